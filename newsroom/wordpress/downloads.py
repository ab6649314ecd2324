"""Pictures that are missing here, fetched from the old site while it is still there. media.py asks.

From that site only, also after redirects, and from public addresses only (newsroom.lib.fetching).
"""

from urllib.parse import quote, urlsplit

from django.utils.translation import gettext as _

from newsroom.lib import images as pixels
from newsroom.lib.fetching import FetchError, Patience, fetch

from .report import Report

_PATIENCE = Patience(connect=5, read=15, total=60)
# So many failures in a row, and the site is not there: nobody waits for the rest.
_MOST_FAILURES = 5


class Downloads:
    """What can be had from the old site in this run."""

    def __init__(self, hosts: frozenset[str], report: Report) -> None:
        self._hosts = hosts
        self._report = report
        self._failures = 0

    def read(self, url: str) -> bytes | None:
        """Return a picture's bytes; None where there is none, which the report says."""
        if not self._is_own(url) or self._failures >= _MOST_FAILURES:
            return None
        try:
            with fetch(
                quote(url, safe=":/?&=%#[]@!$'()*+,;~"),
                max_bytes=pixels.MAX_BYTES,
                patience=_PATIENCE,
                headers={"Accept": "image/*"},
            ) as answer:
                self._failures = 0
                kind = answer.headers.get("Content-Type", "")
                if not self._is_own(answer.url):
                    raise FetchError(_("it leads to another site"))
                if answer.status != 200 or not kind.startswith("image/"):
                    return None
                return answer.file.read()
        except FetchError as error:
            self._failures += 1
            self._report.notes[_("not downloaded: %(why)s") % {"why": error}] += 1
            return None

    def _is_own(self, url: str) -> bool:
        try:
            return urlsplit(url).hostname in self._hosts
        except ValueError:
            return False
