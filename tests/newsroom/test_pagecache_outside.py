"""Caches of others in front: what they are told, by a real server that answers like theirs."""

import json
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from articles import workflow
from newsroom.delivery import deliver
from newsroom.lib import pagecache
from newsroom.lib.pagecache import outside
from newsroom.models import Message
from tests.factories import UserFactory, make_draft

pytestmark = pytest.mark.django_db


class Cache(ThreadingHTTPServer):
    """Notes what it is asked, and answers with `status` and `body`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[tuple[str, str, dict[str, str], str]] = []
        self.status, self.body = 200, b'{"success": true, "status": "ok"}'
        Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Cache

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.asked.append((self.command, self.path, headers, body))
        self.send_response(self.server.status)
        self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(self.server.body)

    do_POST = do_PURGE = do_GET = _answer  # noqa: N815 - names of the base class

    def log_message(self, *_told: object) -> None:
        pass


@pytest.fixture
def cache(settings, monkeypatch):
    server = Cache()
    monkeypatch.setattr(outside, "APIS", dict.fromkeys(outside.APIS, server.url))
    settings.CDN_TOKEN = "s3cret-token"
    yield server
    server.shutdown()
    server.server_close()


def keys_in(call: tuple[str, str, dict[str, str], str], kind: str) -> set[str]:
    _command, _path, headers, body = call
    if kind == "varnish":
        return set(headers["xkey"].split())
    return set(json.loads(body)["surrogate_keys" if kind == "fastly" else "tags"])


def test_without_a_cache_in_front_nothing_is_written(settings):
    assert settings.CDN_PURGE == []
    pagecache.purge("site")
    assert not Message.objects.filter(kind="cdn").exists()


@pytest.mark.parametrize("kind", ["varnish", "fastly", "cloudflare"])
def test_a_publication_is_told_with_all_its_keys(kind, cache, settings):
    settings.CDN_PURGE = [f"varnish:{cache.url}/purge" if kind == "varnish" else f"{kind}:the/one"]
    article, chief = make_draft(), UserFactory(role="Chief editor")
    Message.objects.all().delete()
    workflow.publish(article, by=chief)
    assert cache.asked == []
    deliver()
    (call,) = cache.asked
    command, path, headers, _body = call
    assert {"articles", f"article:{article.pk}", f"section:{article.section_id}"} <= keys_in(
        call, kind
    )
    if kind == "varnish":
        assert (command, path) == ("PURGE", "/purge")
        found = re.compile(headers["xkey-pattern"]).search
        assert found(f"site article:{article.pk}") and found(f"article:{article.pk} x")
        assert not found(f"article:{article.pk}0 aarticle:{article.pk}")
        # A blank would end it in a ban of Varnish.
        assert " " not in headers["xkey-pattern"]
        assert "s3cret-token" not in str(headers)
    elif kind == "fastly":
        assert (command, path) == ("POST", "/service/the%2Fone/purge")
        assert headers["fastly-key"] == "s3cret-token"
        # A soft one would show what is withdrawn to the next reader.
        assert "fastly-soft-purge" not in headers
    else:
        assert (command, path) == ("POST", "/zones/the%2Fone/purge_cache")
        assert headers["authorization"] == "Bearer s3cret-token"
    assert set(Message.objects.filter(kind="cdn").values_list("state", flat=True)) == {"sent"}


def test_many_changes_are_told_in_few_requests(cache, settings):
    settings.CDN_PURGE = ["cloudflare:zone"]
    for number in range(150):
        pagecache.purge(f"article:{number}", "articles")
    assert deliver() == 150
    sizes = [len(keys_in(call, "cloudflare")) for call in cache.asked]
    assert sizes == [100, 51]
    assert set.union(*(keys_in(call, "cloudflare") for call in cache.asked)) == {
        "articles", *(f"article:{number}" for number in range(150)),
    }  # fmt: skip
    # What comes later is told anew.
    pagecache.purge("article:7")
    assert deliver() == 1
    assert keys_in(cache.asked[-1], "cloudflare") == {"article:7"}


def test_a_change_of_everything_is_one_key(cache, settings):
    settings.CDN_PURGE = ["fastly:service"]
    pagecache.purge("site")
    pagecache.purge("article:7")
    assert deliver() == 2
    assert [keys_in(call, "fastly") for call in cache.asked] == [{"site"}]


@pytest.mark.parametrize(
    ("status", "body"), [(500, b""), (403, b""), (429, b""), (302, b""), (200, b"no"), (200, b"[]")]
)
def test_a_cache_that_does_not_take_it_is_told_later_and_no_token_is_noted(
    status, body, cache, settings, caplog
):
    settings.CDN_PURGE = ["cloudflare:zone"]
    pagecache.purge("article:7")
    cache.status, cache.body = status, body
    assert deliver() == 0
    message = Message.objects.get(kind="cdn")
    assert (message.state, message.attempts) == ("queued", 1)
    assert "cloudflare" in message.note
    assert "s3cret-token" not in message.note + caplog.text
    # A redirect is not followed: the token is for one address.
    assert {path for _command, path, _headers, _body in cache.asked} == {"/zones/zone/purge_cache"}
    cache.status, cache.body = 200, b'{"success": true}'
    Message.objects.update(due_at=timezone.now())
    assert deliver() == 1


def test_a_cache_that_is_away_is_told_later(cache, settings):
    settings.CDN_PURGE = [f"varnish:{cache.url}/", "varnish:http://127.0.0.1:9/"]
    pagecache.purge("article:7")
    assert deliver() == 0
    assert "varnish" in Message.objects.get(kind="cdn").note
    settings.CDN_PURGE = []
    Message.objects.update(due_at=timezone.now())
    assert deliver() == 1
    assert Message.objects.get(kind="cdn").state == "skipped"


def test_what_is_rolled_back_is_not_told(cache, settings):
    settings.CDN_PURGE = ["fastly:service"]
    with transaction.atomic():
        pagecache.purge("article:7")
        transaction.set_rollback(True)
    assert deliver() == 0
    assert cache.asked == []


def test_no_budget_of_mails_keeps_a_purge_back(cache, settings):
    settings.CDN_PURGE, settings.MESSAGES_PER_HOUR = ["fastly:service"], 1
    for number in range(3):
        pagecache.purge(f"article:{number}")
    assert deliver() == 3
    workflow.publish(make_draft(), by=UserFactory(role="Chief editor"))
    assert deliver() > 0
    assert not Message.objects.filter(kind="cdn").exclude(state="sent").exists()


@pytest.mark.parametrize(
    ("purges", "token", "header", "problem"),
    [
        (["akamai:x"], "t", "xkey", "akamai"),
        (["fastly"], "t", "xkey", "fastly"),
        (["fastly:x"], "", "Surrogate-Key", "CDN_TOKEN"),
        ([], "", "xkey", "CDN_PURGE names nobody"),
        (["fastly:x"], "t", "", ""),
    ],
)
def test_settings_that_do_not_fit_are_told(settings, capsys, purges, token, header, problem):
    settings.CDN_PURGE, settings.CDN_TOKEN, settings.CDN_KEYS_HEADER = purges, token, header
    settings.CDN_SECONDS = 60
    call_command("check", "--deploy", "--tag", "caches")
    told = capsys.readouterr().err
    assert problem in told
    assert ("newsroom.W003" in told) is bool(problem)
