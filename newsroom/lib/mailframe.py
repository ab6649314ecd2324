"""The HTML of a mail for a frame in the admin, under the rules of a mail program."""

from django.http import HttpResponse
from django.utils.csp import CSP, build_policy

# No script, nothing from elsewhere but the site's own pictures.
_POLICY = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.UNSAFE_INLINE],
    "img-src": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.NONE],
    "frame-ancestors": [CSP.SELF],
}


def framed(html: str) -> HttpResponse:
    """Send a mail's HTML for a sandboxed frame; its links open beside the admin."""
    response = HttpResponse(html.replace("<head>", '<head><base target="_blank">', 1))
    response.headers["Content-Security-Policy"] = build_policy(_POLICY)
    response.headers["Cache-Control"] = "private, no-store"
    return response
