"""Tags that every template has without loading them."""

from typing import Any

from django import template
from django.utils.safestring import SafeString

from ..lib import pictures
from ..lib.pagination import Page

register = template.Library()


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


@register.inclusion_tag("_pagination.html", takes_context=True)
def pagination(context: template.Context, page: Page[Any]) -> dict[str, object]:
    """Show the way to the newer and the older page: `{% pagination page %}`. No query."""
    return {"page": page, "path": context["request"].path}
