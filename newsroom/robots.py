"""Which machines may read the site: robots.txt by class of bot, and the reservation of mining.

The classes are the switches in the site's settings. Link previews of messengers are no switch: a
link that shows no picture costs readers and protects nothing. Called by urls.py and settings.py.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from .lib import pagecache
from .models import SiteSettings
from .models.site import settings_for

# Nobody's business: the desk, pages that open by a secret address, counted links.
_CLOSED = ("/admin/", "/preview/", "/r/", "/jobs/manage/")


@dataclass(frozen=True)
class BotClass:
    """Machines with one purpose. `switch` names the setting that lets them in; empty: always."""

    title: str
    switch: str
    agents: tuple[str, ...]


# As the operators document them. Training before search: some readers of robots.txt take the first
# name that is a part of their own, and "Applebot" is one of "Applebot-Extended".
CLASSES = (
    BotClass(
        "Link previews",
        "",
        (
            "facebookexternalhit", "Twitterbot", "LinkedInBot", "Slackbot",
            "Slackbot-LinkExpanding", "Discordbot", "TelegramBot", "WhatsApp", "SkypeUriPreview",
            "Pinterestbot", "Iframely", "Mastodon", "Signal", "redditbot", "vkShare",
            "XING-contenttabreceiver",
        ),
    ),
    BotClass(
        "Training of AI models",
        "allows_training_bots",
        (
            "GPTBot", "ClaudeBot", "Claude-Web", "anthropic-ai", "CCBot", "Google-Extended",
            "Applebot-Extended", "meta-externalagent", "FacebookBot", "Bytespider", "Amazonbot",
            "cohere-ai", "cohere-training-data-crawler", "Diffbot", "omgili", "omgilibot",
            "Webzio-Extended", "ImagesiftBot", "img2dataset", "AI2Bot", "PanguBot", "Timpibot",
            "VelenPublicWebCrawler", "ICC-Crawler", "DeepSeekBot", "TikTokSpider",
        ),
    ),
    BotClass(
        "Search engines",
        "allows_search_bots",
        (
            "Googlebot", "Googlebot-News", "Googlebot-Image", "Googlebot-Video", "Storebot-Google",
            "Bingbot", "msnbot", "DuckDuckBot", "Applebot", "YandexBot", "Baiduspider", "Qwantbot",
            "Qwantify", "Slurp", "SeznamBot", "MojeekBot", "Yeti", "PetalBot", "Ecosiabot",
        ),
    ),
    BotClass(
        "AI search",
        "allows_ai_search_bots",
        (
            "OAI-SearchBot", "Claude-SearchBot", "PerplexityBot", "YouBot", "PhindBot", "Bravebot",
            "Amzn-SearchBot", "meta-webindexer", "LinerBot", "kagi-fetcher",
        ),
    ),
    BotClass(
        "AI assistants, on a user's request",
        "allows_assistant_bots",
        (
            "ChatGPT-User", "Claude-User", "Perplexity-User", "MistralAI-User", "DuckAssistBot",
            "Google-NotebookLM", "meta-externalfetcher", "Amzn-User", "Gemini-Deep-Research",
        ),
    ),
)  # fmt: skip
# A reservation in words as well: courts differ on which form counts (LG Hamburg, 310 O 227/23).
_RESERVED = (
    "# Text and data mining of this site is reserved (Directive (EU) 2019/790, article 4 (3)).\n"
    "# Die Nutzung für Text und Data Mining ist vorbehalten (§ 44b Abs. 3 UrhG).\n"
    "# See also /.well-known/tdmrep.json\n\n"
)


@pagecache.cached()
@require_safe
def robots_txt(request: HttpRequest) -> HttpResponse:
    """Say which machines may come where. One query."""
    site = settings_for(request)
    text = "" if site.allows_training_bots else _RESERVED
    for group in CLASSES:
        text += f"# {group.title}\n" + _group(group.agents, is_open=_is_open(group, site))
    text += "# All others\n" + _group(("*",), is_open=site.allows_search_bots)
    for name in ("articles:sitemap", "articles:news-sitemap"):
        text += f"Sitemap: {settings.SITE_URL}{reverse(name)}\n"
    return pagecache.tag(HttpResponse(text, content_type="text/plain; charset=utf-8"))


@require_safe
def indexnow_key(request: HttpRequest, key: str) -> HttpResponse:
    """Prove to search engines that a ping with this key is of this site (indexnow.org)."""
    if not key or key != settings_for(request).indexnow_key:
        raise Http404
    return HttpResponse(key, content_type="text/plain; charset=utf-8")


@pagecache.cached()
@require_safe
def tdm_reservation(request: HttpRequest) -> HttpResponse:
    """Say whether text and data mining is reserved (W3C TDM Reservation Protocol). One query."""
    reserved = int(not settings_for(request).allows_training_bots)
    rules = [{"location": "/", "tdm-reservation": reserved}]
    return pagecache.tag(JsonResponse(rules, safe=False))


class ReservationMiddleware:
    """Send the reservation with everything that has read the site's settings: pages, feeds, API.

    No query of its own; for pictures and files tdmrep.json speaks.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if hasattr(request, "_site_settings"):
            reserved = not settings_for(request).allows_training_bots
            response.headers["tdm-reservation"] = str(int(reserved))
        return response


def _is_open(group: BotClass, site: SiteSettings) -> bool:
    return not group.switch or bool(getattr(site, group.switch))


def _group(agents: tuple[str, ...], *, is_open: bool) -> str:
    """Return a group; a machine heeds only the most specific one, so each says all."""
    names = "".join(f"User-agent: {agent}\n" for agent in agents)
    rules = "".join(f"Disallow: {path}\n" for path in _CLOSED)
    return f"{names}{f'{rules}Allow: /' if is_open else 'Disallow: /'}\n\n"
