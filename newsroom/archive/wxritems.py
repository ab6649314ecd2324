"""Articles, pages, pictures and comments as elements of a WordPress export. Called by wxr.py.

WordPress counts posts, pages and attachments together: ours get numbers by kind.
"""

from datetime import UTC, datetime
from email.utils import format_datetime

from django.contrib.flatpages.models import FlatPage
from django.utils import timezone

from articles.models import Article, Image, Status
from comments.models import Comment
from newsroom.lib.addresses import absolute
from newsroom.lib.xmltext import allowed, element

from .wxrbody import attachment_url, body_of, post_number

_NO_DATE = "0000-00-00 00:00:00"


def post(article: Article, images: dict[int, Image]) -> str:
    """Return an article up to its comments; the item is closed behind them."""
    lead = post_number("attachment", article.lead_image_id) if article.lead_image_id else 0
    people = [byline.author for byline in article.bylines.all()]
    labels = _label("category", article.section.slug, article.section.name)
    for tag in article.tags.all():
        labels += _label("post_tag", tag.slug, tag.name)
    for person in people if len(people) > 1 else []:  # as Co-Authors Plus writes them
        labels += _label("author", f"cap-{person.slug}", person.name)
    meta = {
        "_thumbnail_id": str(lead or ""),
        "_yoast_wpseo_title": article.seo_title,
        "_yoast_wpseo_metadesc": article.seo_description,
        "_yoast_wpseo_canonical": article.canonical_url,
        "kicker": article.kicker,
    }
    return _item(
        "post",
        post_number("post", article.pk),
        title=article.headline,
        link=article.get_absolute_url() if article.month else f"/?p={article.pk}",
        creator=people[0].slug if people else "",
        body=body_of(article.body, images),
        excerpt=article.standfirst,
        name=article.slug,
        status=_state(article),
        written_at=article.published_at,
        changed_at=article.updated_at or article.edited_at,
        comments_open=article.comments_enabled,
        more=labels + _meta(meta),
        is_open=True,
    )


def _state(article: Article) -> str:
    """Return WordPress' word for where an article stands; what is not for readers stays so."""
    if article.is_live:
        return "publish"
    if article.status == Status.DRAFT:
        return "draft"
    if article.status in {Status.IN_REVIEW, Status.APPROVED}:
        return "pending"
    return "future" if article.is_scheduled and not article.is_embargoed else "private"


def page(page: FlatPage, images: dict[int, Image]) -> str:
    return _item(
        "page",
        post_number("page", page.pk),
        title=page.title,
        link=page.url,
        body=body_of(page.content, images),
        name=page.url.strip("/").rpartition("/")[2],
        status="publish",
        written_at=timezone.now(),
    )


def attachment(image: Image) -> str:
    """Return a picture: its largest public copy is what WordPress fetches."""
    size = len(image.credit.encode())
    credit = f's:6:"credit";s:{size}:"{image.credit}";'
    meta = {
        "_wp_attached_file": image.file.name or "",
        "_wp_attachment_image_alt": image.alt,
        "_wp_attachment_metadata": f'a:1:{{s:10:"image_meta";a:1:{{{credit}}}}}' * bool(size),
    }
    return _item(
        "attachment",
        post_number("attachment", image.pk),
        title=image.title,
        link=f"/?attachment_id={post_number('attachment', image.pk)}",
        excerpt=image.caption,
        name=f"picture-{image.pk}",
        status="inherit",
        written_at=image.uploaded_at,
        more=element("wp:attachment_url", attachment_url(image)) + _meta(meta),
    )


def _item(
    kind: str,
    number: int,
    *,
    title: str,
    link: str,
    name: str,
    status: str,
    written_at: datetime | None,
    changed_at: datetime | None = None,
    creator: str = "",
    body: str = "",
    excerpt: str = "",
    comments_open: bool = False,
    more: str = "",
    is_open: bool = False,
) -> str:
    return (
        "<item>\n"
        + cdata("title", title)
        + element("link", absolute(link))
        + (element("pubDate", format_datetime(written_at)) if written_at else "")
        + cdata("dc:creator", creator)
        + f'<guid isPermaLink="false">{absolute(f"/?p={number}")}</guid>\n'
        + element("description", "")
        + cdata("content:encoded", body)
        + cdata("excerpt:encoded", excerpt)
        + element("wp:post_id", str(number))
        + _dates("wp:post_date", written_at)
        + _dates("wp:post_modified", changed_at or written_at)
        + element("wp:comment_status", "open" if comments_open else "closed")
        + element("wp:ping_status", "closed")
        + cdata("wp:post_name", name)
        + element("wp:status", status)
        + element("wp:post_parent", "0")
        + element("wp:menu_order", "0")
        + element("wp:post_type", kind)
        + element("wp:post_password", "")
        + element("wp:is_sticky", "0")
        + more
        + ("" if is_open else "</item>\n")
    )


def comment(comment: Comment, known: set[int]) -> str:
    """Return a comment by name alone: no address, no network."""
    parent = comment.parent_id if comment.parent_id in known else 0
    return (
        "<wp:comment>"
        + element("wp:comment_id", str(comment.pk))
        + cdata("wp:comment_author", comment.name)
        + element("wp:comment_author_email", "")
        + element("wp:comment_author_url", "")
        + element("wp:comment_author_IP", "")
        + _dates("wp:comment_date", comment.created_at)
        + cdata("wp:comment_content", comment.body_html)
        + element("wp:comment_approved", "1")
        + element("wp:comment_type", "comment")
        + element("wp:comment_parent", str(parent or 0))
        + element("wp:comment_user_id", "0")
        + "</wp:comment>\n"
    )


def cdata(name: str, text: str) -> str:
    inner = allowed(text).replace("]]>", "]]]]><![CDATA[>")
    return f"<{name}><![CDATA[{inner}]]></{name}>\n"


def _dates(name: str, moment: datetime | None) -> str:
    """Return a time by the site's clock and in GMT, as WordPress writes both."""
    pattern = "%Y-%m-%d %H:%M:%S"
    local = f"{timezone.localtime(moment):{pattern}}" if moment else _NO_DATE
    gmt = f"{moment.astimezone(UTC):{pattern}}" if moment else _NO_DATE
    return element(name, local) + element(f"{name}_gmt", gmt)


def _label(domain: str, slug: str, name: str) -> str:
    inner = allowed(name).replace("]]>", "]]]]><![CDATA[>")
    return f'<category domain="{domain}" nicename="{slug}"><![CDATA[{inner}]]></category>\n'


def _meta(values: dict[str, str]) -> str:
    return "".join(
        "<wp:postmeta>"
        + element("wp:meta_key", key)
        + cdata("wp:meta_value", value)
        + "</wp:postmeta>\n"
        for key, value in values.items()
        if value
    )
