"""What is asked for: a request read into the name of a page, as far as it is one for everybody."""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from .marks import Rule, rule_of

# Longer ones are nobody's links.
_LONGEST_PATH, _LONGEST_QUERY, _MOST_PARAMETERS = 500, 1_000, 30
_MOST_RULES, _MOST_HOSTS = 20_000, 1_000
# What a page to keep is asked with: nothing that tells one reader from another.
_KEPT_HEADERS = {"HTTP_HOST", "HTTP_X_FORWARDED_PROTO"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A page that may be kept: its name in the cache, and the request that makes it."""

    name: str
    rule: Rule
    query: str
    accept: str
    # Of a plain page of the site's own address, its path; else empty.
    shown_as: str = ""

    def request(self, environ: dict[str, object]) -> dict[str, object]:
        """Return the request with what belongs to the page and without the reader."""
        clean = {
            name: value
            for name, value in environ.items()
            if not name.startswith("HTTP_") or name in _KEPT_HEADERS
        }
        clean |= {"REQUEST_METHOD": "GET", "QUERY_STRING": self.query}
        if self.accept:
            clean["HTTP_ACCEPT"] = self.accept
        return clean


class Reader:
    """Reads requests; remembers which paths have a rule and which hosts are ours."""

    def __init__(self, release: str) -> None:
        self._release = release
        self._rules: dict[str, Rule | None] = {}
        self._hosts: set[str] = set()
        self._private = (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, "messages")
        self._bypass = frozenset(settings.PAGE_CACHE_BYPASS_PARAMETERS)

    def read(self, environ: dict[str, str]) -> Asked | None:
        """Return what is asked for; None for what only the site itself can answer."""
        path = environ.get("PATH_INFO", "")
        rule = self._rule(path)
        if rule is None or not self._is_anybody(environ):
            return None
        given = environ.get("QUERY_STRING", "")
        query = self._normal(given, rule) if given else ""
        if query is None:
            return None
        host = environ.get("HTTP_HOST", "")
        if host not in self._hosts and not self._is_ours(host):
            return None
        scheme = self._scheme(environ)
        accept = (
            rule.accept if rule.accept and rule.accept in environ.get("HTTP_ACCEPT", "") else ""
        )
        script = environ.get("SCRIPT_NAME", "")
        name = f"{self._release} {scheme} {host} {script} {accept} {path}?{query}"
        is_plain = not (query or accept or script) and f"{scheme}://{host}" == settings.SITE_URL
        return Asked(name, rule, query, accept, path if is_plain else "")

    def _rule(self, path: str) -> Rule | None:
        try:
            return self._rules[path]
        except KeyError:
            pass
        if len(path) > _LONGEST_PATH:
            return None
        if len(self._rules) >= _MOST_RULES:
            self._rules.clear()
        # As Django reads it: WSGI hands over bytes as Latin-1.
        rule = rule_of(path.encode("latin-1").decode("utf-8", "replace"))
        self._rules[path] = rule
        return rule

    def _is_anybody(self, environ: dict[str, str]) -> bool:
        """Tell whether nothing in the request names a member of staff."""
        if "HTTP_AUTHORIZATION" in environ:
            return False
        cookies = environ.get("HTTP_COOKIE")
        return not cookies or not any(f"{name}=" in cookies for name in self._private)

    def _normal(self, query: str, rule: Rule) -> str | None:
        """Return the query with what the view reads, in one order; None for an odd one."""
        if len(query) > _LONGEST_QUERY:
            return None
        try:
            pairs = parse_qsl(
                query.encode("latin-1").decode("utf-8", "replace"),
                keep_blank_values=True,
                max_num_fields=_MOST_PARAMETERS,
            )
        except ValueError:
            return None
        if any(name in self._bypass for name, _value in pairs):
            return None
        # Sorted by name only: the order of equal ones may count.
        known = [pair for pair in pairs if pair[0] in rule.reads]
        return urlencode(sorted(known, key=lambda pair: pair[0]))

    def _is_ours(self, host: str) -> bool:
        """Tell whether Django would answer to a host. Others never get as far as the cache."""
        domain, _port = split_domain_port(host)
        if not domain or not validate_host(domain, settings.ALLOWED_HOSTS):
            return False
        if len(self._hosts) >= _MOST_HOSTS:
            self._hosts.clear()
        self._hosts.add(host)
        return True

    def _scheme(self, environ: dict[str, str]) -> str:
        """Return the scheme as Django sees it: believing a proxy only where settings do."""
        proxy = settings.SECURE_PROXY_SSL_HEADER
        if proxy and proxy[0] in environ:
            value = environ[proxy[0]].split(",")[0].strip()
            return "https" if value == proxy[1] else "http"
        return environ.get("wsgi.url_scheme", "http")
