"""Plain links to elsewhere that stand below an article: share it, look for more. No scripts."""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from newsroom.lib.addresses import host


@dataclass(frozen=True)
class Outlink:
    """Where it leads and what it says."""

    label: str
    url: str


def share_links(title: str, url: str) -> list[Outlink]:
    """Return the ways to pass an article on, by mail first."""
    text = f"{title} {url}"
    return [
        Outlink(_("E-mail"), "mailto:?" + _query(subject=title, body=url)),
        Outlink("WhatsApp", "https://wa.me/?" + _query(text=text)),
        Outlink("Telegram", "https://t.me/share/url?" + _query(url=url, text=title)),
        Outlink("Bluesky", "https://bsky.app/intent/compose?" + _query(text=text)),
        Outlink("LinkedIn", "https://www.linkedin.com/sharing/share-offsite/?" + _query(url=url)),
    ]


def research_links(headline: str) -> list[Outlink]:
    """Return searches for a headline elsewhere, in the site's language."""
    language = (get_language() or "en").partition("-")[0]
    google = pgettext("host of the country's Google", "www.google.com")
    return [
        Outlink("Google", f"https://{google}/search?" + _query(q=headline, hl=language)),
        Outlink("Bing", "https://www.bing.com/search?" + _query(q=headline, setlang=language)),
        Outlink("Google News", "https://news.google.com/search?" + _query(q=headline, hl=language)),
    ]


def news_links(site_name: str) -> list[Outlink]:
    """Return what Google News and Bing News have of this site: plain searches for it."""
    language = (get_language() or "en").partition("-")[0]
    where = f"site:{host()}"
    google = "https://news.google.com/search?" + _query(q=where, hl=language)
    bing = "https://www.bing.com/news/search?" + _query(q=where, setlang=language)
    return [
        Outlink(_("%(site)s on Google News") % {"site": site_name}, google),
        Outlink(_("%(site)s on Bing News") % {"site": site_name}, bing),
    ]


def _query(**values: str) -> str:
    """Encode spaces as %20: mail programs show a plus sign as it is."""
    return urlencode(values, quote_via=quote)
