"""What every response carries, and whom a failed sign-in counts against. Used by settings.py."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from .lib.richtext import drop_control_characters

PERMISSIONS_POLICY = (
    "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"
)


class SecurityHeadersMiddleware:
    """Add the headers for which Django has no setting."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        return response


def attempted_name(request: HttpRequest, credentials: dict[str, str] | None) -> str:
    """Return the name of a failed sign-in, as long as an account's name can be."""
    name = (credentials or {}).get("username") or request.POST.get("username", "")
    return drop_control_characters(name)[:150]
