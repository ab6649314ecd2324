"""Tags that every template has without loading them."""

from datetime import datetime
from typing import Any

from django import template
from django.template import defaulttags
from django.template.base import Parser, Token
from django.templatetags import i18n
from django.utils import timezone
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from ..lib import addresses, pictures
from ..lib.kept import KeptNode
from ..lib.pagination import Page

register = template.Library()


class UrlNode(defaulttags.URLNode):
    def render(self, context: template.Context) -> str:
        name = self.view_name.resolve(context)
        if self.asvar or self.kwargs or name.startswith("admin:"):
            return super().render(context)
        found = addresses.path_to(name, *(arg.resolve(context) for arg in self.args))
        return conditional_escape(found) if context.autoescape else found


class TranslateNode(i18n.TranslateNode):
    def __init__(self, filter_expression: Any, *rest: Any) -> None:
        super().__init__(filter_expression, *rest)
        word = filter_expression.var
        self._is_fixed = not (word.lookups or filter_expression.filters or self.asvar)
        self._words: dict[tuple[str | None, bool], str] = {}

    def render(self, context: template.Context) -> str:
        if not self._is_fixed:
            return super().render(context)
        key = (get_language(), context.autoescape)
        if key not in self._words:
            self._words[key] = super().render(context)
        return self._words[key]


@register.tag
def kept(parser: Parser, token: Token) -> KeptNode:
    """Remember a piece under what it is made of: `{% kept article n=list.count %}…{% endkept %}`.

    Its content sees these values and nothing else.
    """
    values = {}
    for bit in token.split_contents()[1:]:
        name, sign, expression = bit.partition("=")
        if not name.isidentifier():
            raise template.TemplateSyntaxError(f"{bit} needs a name of its own: name={bit}")
        values[name] = parser.compile_filter(expression if sign else name)
    content = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(values, content)


@register.tag
def url(parser: Parser, token: Token) -> UrlNode:
    """Django's tag; an address that was asked for before costs nothing."""
    node = defaulttags.url(parser, token)
    return UrlNode(node.view_name, node.args, node.kwargs, node.asvar)


@register.tag(name="translate")
def translate(parser: Parser, token: Token) -> TranslateNode:
    """Django's tag; a fixed word is looked up once in each language."""
    node = i18n.do_translate(parser, token)
    return TranslateNode(node.filter_expression, node.noop, node.asvar, node.message_context)


@register.simple_tag
def picture(
    image: pictures.Picture | None,
    sizes: str = "100vw",
    ratio: str = "",
    priority: bool = False,
    alt: str | None = None,
) -> SafeString | str:
    """Show an image: `{% picture article.lead_image sizes="50vw" ratio="16x9" %}`. No query."""
    if image is None:
        return ""
    return pictures.picture_html(image, sizes=sizes, ratio=ratio, priority=priority, alt=alt)


@register.filter
def iso(moment: datetime | None) -> str:
    """Write a moment in the site's zone as HTML's `datetime` wants it, to the second."""
    return timezone.localtime(moment).isoformat(timespec="seconds") if moment else ""


@register.inclusion_tag("_pagination.html", takes_context=True)
def pagination(context: template.Context, page: Page[Any]) -> dict[str, object]:
    """Show the way to the newer and the older page: `{% pagination page %}`. No query."""
    return {"page": page, "path": context["request"].path}
