"""Mails from templates: templates/mail/<name>.txt (first line: subject) and <name>.html.

The one place where text is rendered without HTML escaping. Both parts say the same; pictures and
links are of this site only.
"""

from collections.abc import Mapping
from email.headerregistry import HeaderRegistry, UnstructuredHeader
from email.policy import Policy
from email.policy import default as default_policy
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context
from django.template.loader import get_template, render_to_string
from django.utils import translation

from newsroom.models import SiteSettings

from .addresses import absolute, host

# RFC 8058 and RFC 2919 want these on one line each, and the addresses in them are long.
_ON_ONE_LINE = ("List-Unsubscribe", "List-Unsubscribe-Post", "List-Id", "Message-ID")


class Mail(EmailMultiAlternatives):
    """A mail whose list headers are not folded, however long they are."""

    def message(self, *, policy: Any = default_policy) -> Any:
        registry: Any = HeaderRegistry()
        for name in _ON_ONE_LINE:
            registry.map_to_type(name, _Unfolded)
        return super().message(policy=policy.clone(header_factory=registry))


class _Unfolded(UnstructuredHeader):
    """A header that goes out as it is."""

    name: str

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


def compose(
    name: str,
    context: Mapping[str, Any],
    *,
    to: str,
    language: str = "",
    unsubscribe: str = "",
    list_id: str = "",
) -> Mail:
    """Return the mail `name` to one address, in a language (default: the site's).

    `unsubscribe` is a path of this site that ends the subscription by POST without a cookie
    (RFC 8058); `list_id` a word that names the list (RFC 2919). One query: the site's settings.
    """
    site = SiteSettings.load()
    values = {**context, "site": site, "site_url": settings.SITE_URL}
    if unsubscribe:
        values["unsubscribe_url"] = absolute(unsubscribe)
    with translation.override(language or settings.LANGUAGE_CODE):
        text = _render_text(f"mail/{name}.txt", values)
        html = render_to_string(f"mail/{name}.html", values)
    subject, _newline, body = text.lstrip().partition("\n")
    mail = Mail(" ".join(subject.split()), body.strip() + "\n", to=[to])
    mail.attach_alternative(html, "text/html")
    if unsubscribe:
        mail.extra_headers["List-Unsubscribe"] = f"<{absolute(unsubscribe)}>"
        mail.extra_headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if list_id:
        mail.extra_headers["List-Id"] = f"<{list_id}.{host()}>"
    return mail


def _render_text(name: str, values: dict[str, Any]) -> str:
    # Django escapes for HTML whatever the file's name is; in text that would show as "&amp;".
    template: Any = get_template(name)
    return str(template.template.render(Context(values, autoescape=False)))
