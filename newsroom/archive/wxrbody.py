"""Texts as WordPress keeps them: pictures by address and attachment, embeds as its own blocks."""

from html import escape

from selectolax.lexbor import LexborHTMLParser

from articles.models import Image
from newsroom.lib.addresses import absolute
from newsroom.lib.images import rendition_widths

# WordPress numbers all of them together.
_KINDS = ("post", "attachment", "page")


def post_number(kind: str, pk: int) -> int:
    """Return WordPress' number for a row of ours; no two kinds share one."""
    return len(_KINDS) * pk + _KINDS.index(kind)


def attachment_url(image: Image) -> str:
    """Return the address from which WordPress fetches a picture: originals are not public."""
    width = rendition_widths(image.width, image.height, "full")[-1]
    return absolute(image.rendition_url("full", width, "jpg"))


def body_of(source: str, images: dict[int, Image]) -> str:
    """Return a source text for WordPress. `images` are those that it may show, by id."""
    if "<img" not in source and "data-embed" not in source:
        return source
    tree = LexborHTMLParser(source, is_fragment=True)
    for node in tree.css("img[data-file]"):
        number = node.attributes.get("data-file") or ""
        image = images.get(int(number)) if number.isdecimal() else None
        if image is None:
            node.decompose()
            continue
        # The same address as the attachment's: that is what WordPress' importer rewrites.
        node.attrs["src"] = attachment_url(image)
        node.attrs["class"] = f"wp-image-{post_number('attachment', image.pk)}"
        del node.attrs["data-file"]
    for node in tree.css("figure[data-embed]"):
        address = escape(node.attributes.get("data-embed") or "")
        block = (
            '<figure class="wp-block-embed"><div class="wp-block-embed__wrapper">\n'
            f"{address}\n</div></figure>"
        )
        made = LexborHTMLParser(block, is_fragment=True).root
        if made is not None:
            node.replace_with(made)
    return tree.html or ""
