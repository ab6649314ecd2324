"""What a request tells of who sent it from where, and no more of it than is needed."""

import re
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

# What calls itself a machine, or is no browser at all.
_MACHINE = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|preview|headless|lighthouse|monitor|archiver|scrap|fetch|"
    r"facebookexternalhit|whatsapp|telegram|python|curl|wget|java/|go-http|okhttp|libwww|perl|ruby",
    re.IGNORECASE,
)


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


def network_of(address: str) -> str:
    """Return the network that an address belongs to: /24 of IPv4, /48 of IPv6, "" of no address.

    An IPv4 address that is written as an IPv6 one counts as what it is.
    """
    if not _is_address(address):
        return ""
    found = ip_address(address)
    found = getattr(found, "ipv4_mapped", None) or found
    prefix = 24 if found.version == 4 else 48
    return str(ip_network(f"{found}/{prefix}", strict=False))


def is_same_origin(request: HttpRequest) -> bool:
    """Tell whether a browser sent this from a page of ours; what says nothing does not pass."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin", "")
    return origin.partition("://")[2] == request.get_host()


def is_person(request: HttpRequest) -> bool:
    """Tell whether a reader asks, by what it says of itself: no machine, no prefetch, no staff."""
    agent = request.headers.get("User-Agent", "")
    if not agent.startswith("Mozilla/") or _MACHINE.search(agent):
        return False
    purpose = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    if "prefetch" in purpose.lower() or "prerender" in purpose.lower():
        return False
    return not request.user.is_authenticated


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
