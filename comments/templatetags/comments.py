"""What templates need of comments: `{% load comments %}`."""

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from articles.models import Article
from newsroom.lib import moments
from newsroom.lib.addresses import path_to
from newsroom.lib.stencils import Stencil

from .. import block
from ..block import Block
from ..thread import Entry

register = template.Library()

_COMMENT = Stencil("comments/_comment.html")


@register.simple_tag(takes_context=True)
def comment_block(context: template.Context, article: Article) -> Block:
    """An article's comments and the form below: `{% comment_block article as talk %}`.

    Three queries at the most; shown by `comments/_block.html`.
    """
    return block.of_article(context["request"], article)


@register.simple_tag
def comments_in_thread(talk: Block) -> SafeString:
    """The comments of a page, each in its place. No query."""
    address, is_open = talk.address, not talk.closed
    shown = ((_one(entry, address, is_open),) for entry in talk.page.entries)
    return format_html_join("", "{}", shown)


def _one(entry: Entry, address: str, is_open: bool) -> SafeString:
    comment = entry.comment
    shape = {
        "depth": entry.depth,
        "is_removed": comment.is_removed,
        "is_staff": comment.is_staff,
        "is_changed": comment.edited_at is not None,
        "is_parent_here": entry.is_parent_here,
        "is_told_where": entry.is_flattened or not entry.is_parent_here,
        "is_open": is_open,
    }
    values = {
        "pk": comment.pk,
        "name": comment.name,
        "written_at": moments.element(comment.created_at),
        "text": comment.body_html,
        "parent": comment.parent_id,
        "parent_name": comment.parent_name,
        "report": path_to("comments:report", comment.pk),
        "address": address,
        "more": entry.more,
    }
    return _COMMENT(shape, values)
