"""What every response carries, and whose address a request has. Used by settings.py only."""

from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse

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


def client_address(request: HttpRequest) -> str:
    """Return the reader's address: the one that the last trusted proxy saw, else the peer's.

    TRUSTED_PROXIES is the number of proxies of ours in front of the server. Each appends the
    address it saw to X-Forwarded-For, so counting from the right cannot be forged from outside.
    """
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
    trusted: int = settings.TRUSTED_PROXIES
    if trusted and len(hops) >= trusted and _is_address(hops[-trusted]):
        return hops[-trusted]
    return str(request.META.get("REMOTE_ADDR", ""))


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
