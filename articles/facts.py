"""Facts about an article that its page, feeds, sitemaps, the API and structured data all tell.

What two of them say is made here, so that they cannot disagree.
"""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.utils import timezone
from selectolax.lexbor import LexborHTMLParser

from newsroom.lib import richtext
from newsroom.lib.addresses import absolute, identifier
from newsroom.lib.images import rendition_size, rendition_widths
from newsroom.lib.pictures import Crop

from . import body
from .models import Article, Author, Byline, Genre, Image

# Of the fixed widths the smallest that is "large" for Google (1,200 px) and for link previews.
_LARGE = 1280
RATIOS = ("1x1", "4x3", "16x9")
_DESCRIPTION_LENGTH = 200


def url_of(article: Article) -> str:
    return absolute(article.get_absolute_url())


def article_id(article: Article) -> str:
    return identifier("article", article.pk, article.created_at)


def title_of(article: Article) -> str:
    """The headline for readers elsewhere; what is paid for is called so."""
    is_paid = article.genre == Genre.ADVERTISING
    return f"{article.genre_label}: {article.headline}" if is_paid else article.headline


def language_of(article: Article) -> str:
    """The language of the text: its own, else the site's."""
    return article.language or settings.LANGUAGE_CODE


def modified_at(article: Article) -> datetime | None:
    """When readers last had reason to read again: first publication or a substantial update."""
    moments = [at for at in (article.published_at, article.updated_at) if at]
    return max(moments, default=None)


def crop(image: Image, ratio: str = "16x9", wanted: int = _LARGE) -> Crop:
    """Return the rendition around the focal point that is nearest to a width, never beyond it."""
    offered = rendition_widths(image.width, image.height, ratio)
    wide = max([width for width in offered if width <= wanted], default=offered[0])
    width, height = rendition_size(image.width, image.height, ratio, wide)
    return Crop(
        url=absolute(image.rendition_url(ratio, wide, "jpg")),
        width=width,
        height=height,
        alt="" if image.is_decorative else image.alt,
        caption=image.caption,
        credit=image.credit,
    )


def crops(image: Image | None) -> list[Crop]:
    """Return a picture in the three ratios that Google asks for."""
    return [crop(image, ratio) for ratio in RATIOS] if image is not None else []


def writers(bylines: Iterable[Byline]) -> list[Author]:
    """Return the authors of the text, each once, without those of the pictures."""
    signed = [byline.author for byline in bylines if byline.role != Byline.Role.PHOTO.value]
    return list({author.pk: author for author in signed}.values())


def signature(author: Author) -> dict[str, str]:
    """Say who wrote something as structured data."""
    return {
        "@type": "Organization" if author.is_agency else "Person",
        "name": author.name,
        "url": absolute(author.get_absolute_url()),
    }


def short(text: str) -> str:
    return richtext.shorten(text, _DESCRIPTION_LENGTH)


def iso(moment: datetime | None) -> str:
    """Return a time as ISO 8601 with the site's zone; nothing for none."""
    return timezone.localtime(moment).isoformat(timespec="seconds") if moment else ""


def portable(html: str) -> str:
    """Return readers' HTML for other programs: in one piece, full addresses, no buttons, plain
    pictures.
    """
    tree = LexborHTMLParser(body.whole(html), is_fragment=True)
    for node in tree.css("button, [hidden], source"):
        node.decompose()
    for node in tree.css("picture"):
        node.unwrap()
    for node in tree.css("img"):
        for name in ("srcset", "sizes", "loading", "decoding", "fetchpriority"):
            if name in node.attributes:
                del node.attrs[name]
    for node in tree.css("[href], [src]"):
        for name in ("href", "src"):
            value = node.attributes.get(name) or ""
            if value.startswith("/") and not value.startswith("//"):
                node.attrs[name] = absolute(value)
    return tree.html or ""
