"""What templates need of comments: `{% load comments %}`."""

from django import template

from articles.models import Article

from .. import block
from ..block import Block

register = template.Library()


@register.simple_tag(takes_context=True)
def comment_block(context: template.Context, article: Article) -> Block:
    """An article's comments and the form below: `{% comment_block article as talk %}`.

    Three queries at the most; shown by `comments/_block.html`.
    """
    return block.of_article(context["request"], article)
