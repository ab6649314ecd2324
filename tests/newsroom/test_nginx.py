"""nginx in front, as `manage.py nginx` configures it: a real one, beside the site itself."""

import http.client
import time
from io import StringIO
from threading import Thread
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import brotli
import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import CommandError, call_command

from articles import workflow
from newsroom.lib import pagecache
from newsroom.lib.metering import Meter
from newsroom.lib.pagecache import files, purging
from newsroom.lib.pagecache.entries import Entry
from newsroom.models import SiteSettings
from tests import needs
from tests.factories import UserFactory, make_article, make_content

from .nginxserver import in_front, unused_port

pytestmark = [pytest.mark.django_db(transaction=True), needs.nginx]


class Quiet(WSGIRequestHandler):
    def log_message(self, *_told: object) -> None:
        pass


def configured() -> str:
    """What the command prints."""
    return f"access_log off;\n{call_command('nginx', stdout=StringIO())}"


@pytest.fixture
def front(settings, tmp_path):
    """The address of nginx; behind it a server in this process."""
    folder, place = tmp_path, f"127.0.0.1:{unused_port()}"
    server = WSGIServer(("127.0.0.1", 0), Quiet)
    settings.SITE_URL = f"http://{place}"
    settings.BIND = f"127.0.0.1:{server.server_port}"
    settings.PAGE_CACHE, settings.PAGE_CACHE_DIR = True, folder / "pages"
    settings.PAGE_CACHE_FILES = str(folder / "www")
    purging.store.cache_clear()
    SiteSettings.objects.create(pk=1)
    server.set_app(pagecache.Door(WSGIHandler(), Meter(folder / "requests")))
    Thread(target=server.serve_forever, daemon=True).start()
    with in_front(folder, place, configured()):
        yield settings.SITE_URL
    server.shutdown()
    server.server_close()
    purging.store.cache_clear()


def get(site: str, path: str, method: str = "GET", **headers: str):
    to = http.client.HTTPConnection(site.removeprefix("http://"), timeout=20)
    to.request(method, path, headers={name.replace("_", "-"): v for name, v in headers.items()})
    response = to.getresponse()
    answer = response.status, response.read(), response.headers
    to.close()
    return answer


def far_from_the_end() -> None:
    """Wait while the hundred seconds of the folder are about to end."""
    while time.time() % files.SECONDS > files.SECONDS - 10:
        time.sleep(0.2)


def way(answer) -> str:
    return answer[2]["Cache-Status"] or ""


def test_nginx_answers_from_the_files_like_the_site_itself(front):
    far_from_the_end()
    path = make_article(headline="Bridge closed").get_absolute_url()
    own, kept = get(front, path), get(front, path)
    assert (way(own), way(kept)) == ("newsroom; fwd=miss; stored", "nginx; hit")
    assert kept[:2] == own[:2]
    # The server's own lines, and what may differ.
    left_out = {"date", "connection", "server", "etag", "cache-status", "accept-ranges"}
    assert {n.lower(): v for n, v in kept[2].items() if n.lower() not in left_out} == {
        n.lower(): v for n, v in own[2].items() if n.lower() not in left_out
    }
    packed = get(front, path, Accept_Encoding="gzip, br")
    assert (packed[2]["Content-Encoding"], brotli.decompress(packed[1])) == ("br", own[1])
    assert way(packed) == "nginx; hit"
    assert get(front, path, If_None_Match=kept[2]["ETag"])[0] == 304
    assert get(front, path, "HEAD")[1] == b""
    for asked in (
        get(front, f"{path}?a=1"),
        get(front, path, Accept_Encoding="br;q=0.5, gzip"),
        get(front, path, Cookie="a=b; sessionid=x"),
        get(front, path, Authorization="Basic eDp5"),
        get(front, path.replace("/2", "//2", 1)),
        get(front, path, "POST"),
    ):
        assert not way(asked).startswith("nginx"), asked[0]


def test_a_change_is_out_at_the_next_request(front):
    far_from_the_end()
    article, chief = make_article(headline="Number 1000"), UserFactory(role="Chief editor")
    path, seen = article.get_absolute_url(), []
    for number in range(1001, 1011):
        get(front, path)
        seen.append(way(get(front, path)))
        article.refresh_from_db()
        values = {**article.head.content, "headline": f"Number {number}"}
        head = workflow.save_draft(article, make_content(**values), by=chief, base=article.head)
        workflow.publish(article, by=chief, seen=head)
        assert f"Number {number}".encode() in get(front, path)[1]
    assert "nginx; hit" in seen
    workflow.withdraw(article, by=chief, reason="Wrong.")
    assert [get(front, path)[0] for _twice in range(2)] == [410, 410]


def test_other_heads_are_left_to_the_site(front):
    far_from_the_end()
    path = make_article().get_absolute_url()
    SiteSettings.objects.update(allows_training_bots=True)
    pagecache.purge("site")
    answers = [get(front, path) for _twice in range(2)]
    assert [way(each).partition(";")[0] for each in answers] == ["newsroom", "newsroom"]
    assert {each[2]["tdm-reservation"] for each in answers} == {"0"}


def test_only_what_outlasts_the_hundred_seconds_is_a_file(tmp_path, time_machine):
    time_machine.move_to(1_700_000_050, tick=False)
    store, head = files.Files(tmp_path / "www"), [("Content-Type", "text/html; charset=utf-8")]

    def entry(**values):
        facts = {"status": "200 OK", "head": head, "cache_control": "", "vary": "Accept-Encoding",
                 "soft_end": 1_700_000_100, "hard_end": 1_700_000_100}  # fmt: skip
        unused = {"bodies": {}, "etag": "", "modified": None, "slots": [], "epoch": 1, "made": 1}
        return Entry(**{**unused, "keys": [], **facts, **values})

    place = tmp_path / "www" / "17000000" / files.name_of(head)
    assert store.path_of("/a/", entry()) == place / "a" / "index.html"
    assert store.path_of("/", entry()) == place / "index.html"
    for other in (
        {"soft_end": 1_700_000_099.9},
        {"hard_end": 1_700_000_099.9},
        {"status": "410 Gone"},
        {"cache_control": "public, max-age=60"},
        {"vary": "Accept-Encoding, Accept"},
        {"head": [("Content-Type", "text/plain")]},
    ):
        assert store.path_of("/a/", entry(**other)) is None
    for path in ("/a", "/../a/", "/a//", "/ä/", "/a%20b/", "/a/index.html"):
        assert store.path_of(path, entry()) is None


def test_readers_are_told_while_the_site_does_not_answer(settings, tmp_path):
    place = f"127.0.0.1:{unused_port()}"
    settings.SITE_URL, settings.BIND = f"http://{place}", "127.0.0.1:9"
    settings.PAGE_CACHE, settings.PAGE_CACHE_DIR = True, tmp_path / "pages"
    settings.PAGE_CACHE_FILES = str(tmp_path / "www")
    SiteSettings.objects.create(pk=1, name='The "$9" Courier')
    with in_front(tmp_path, place, configured()):
        status, text, head = get(settings.SITE_URL, "/2026/01/anything/")
    assert (status, head["Retry-After"], head["Cache-Control"]) == (503, "60", "no-store")
    assert "Back in a moment – The &quot;&#36;9&quot; Courier" in text.decode()


@pytest.mark.parametrize("left_out", [{"PAGE_CACHE_FILES": ""}, {"REDIS_URL": "redis://x"}])
def test_what_cannot_be_configured_is_refused(settings, left_out):
    settings.PAGE_CACHE_FILES = "/somewhere"
    for name, value in left_out.items():
        setattr(settings, name, value)
    with pytest.raises(CommandError):
        call_command("nginx")
