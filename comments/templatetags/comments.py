"""What templates need of comments: `{% load comments %}`."""

from django import template
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
def comment_in_thread(entry: Entry, talk: Block) -> SafeString:
    """A comment in its place. No query."""
    comment = entry.comment
    shape = {
        "depth": entry.depth,
        "is_removed": comment.is_removed,
        "is_staff": comment.is_staff,
        "is_changed": comment.edited_at is not None,
        "is_parent_here": entry.is_parent_here,
        "is_told_where": entry.is_flattened or not entry.is_parent_here,
        "is_open": not talk.closed,
    }
    values = {
        "pk": comment.pk,
        "name": comment.name,
        "written_at": moments.element(comment.created_at),
        # Made of plain text by comments/text.py: paragraphs, line breaks and links.
        "text": SafeString(comment.body_html),
        "parent": comment.parent_id,
        "parent_name": comment.parent_name,
        "report": path_to("comments:report", comment.pk),
        "address": talk.address,
        "more": entry.more,
    }
    return _COMMENT(shape, values)
