"""The page cache's door: what is kept and for whom, and what a kept page looks like."""

import gzip
import re
from datetime import timedelta

import brotli
import pytest
from django.conf import settings as site_settings
from django.utils import timezone

from articles import workflow
from articles.models import Article, ZeroHit
from newsroom.lib import pagecache
from newsroom.lib.metering import Meter
from newsroom.lib.pagecache import entries, purging
from newsroom.lib.pagecache.entries import encodings_for
from tests.conftest import SettledDoor
from tests.factories import UserFactory, make_article
from tests.wsgi import ask, plain

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def far_from_the_full_hour(time_machine) -> None:
    """Promos change with the hour, so that no page outlives it: here nothing else decides."""
    time_machine.move_to(timezone.now().replace(minute=10), tick=True)


@pytest.fixture
def address(door) -> str:
    """Of an article that was not asked for yet."""
    return make_article(headline="Bridge closed").get_absolute_url()


def test_the_second_reader_gets_what_the_first_has_caused(door, address, django_assert_num_queries):
    first = ask(door, address)
    assert (first.status, first.way) == (200, "miss")
    with django_assert_num_queries(0):
        second = ask(door, address)
    assert (second.status, second.way) == (200, "hit")
    assert second.body == first.body
    # The tokens of forms tell the second in which a page was made.
    token = re.compile(rb'name="form" value="[^"]+"')
    assert token.sub(b"", first.body) == token.sub(b"", ask(plain(), address).body)


def test_a_kept_page_has_the_headers_of_the_site(door, address):
    own = ask(plain(), address).headers
    for way in ("miss", "hit"):
        answer = ask(door, address)
        assert answer.way == way
        added = {"ETag", "Cache-Control", "Vary", "Cache-Status", "Content-Length"}
        assert {name: value for name, value in answer.headers.items() if name not in added} == {
            name: value for name, value in own.items() if name not in added
        }
        assert answer.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("br;q=0.1, gzip;q=0.8", "gzip"),
        ("br;q=0, gzip;q=0", None),
        ("*", "br"),
        ("*;q=0", None),
        ("identity", None),
        ("GZIP", "gzip"),
        ("br;q=nonsense", None),
        (";;,,=,", None),
        ("", None),
    ],
)
def test_bodies_come_as_the_reader_takes_them(door, address, accepted, encoding):
    whole = ask(door, address).body
    answer = ask(door, address, HTTP_ACCEPT_ENCODING=accepted)
    assert answer.headers.get("Content-Encoding") == encoding
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[encoding]
    assert unpack(answer.body) == whole
    assert int(answer.headers["Content-Length"]) == len(answer.body)
    assert answer.headers["Vary"] == "Accept-Encoding"


def test_the_best_encoding_comes_first_and_plain_is_never_refused():
    assert encodings_for("gzip;q=1.0, br;q=0.5") == ("gzip", "br", "identity")
    assert encodings_for("identity;q=0") == ("identity",)


def test_who_has_the_page_is_told_so(door, address):
    etag = ask(door, address).headers["ETag"]
    for given in (etag, f'"other", {etag}', "*", etag.removeprefix("W/")):
        answer = ask(door, address, HTTP_IF_NONE_MATCH=given)
        assert (answer.status, answer.body, answer.headers["ETag"]) == (304, b"", etag)
        assert "Content-Length" not in answer.headers
    assert ask(door, address, HTTP_IF_NONE_MATCH='"other"').status == 200


def test_the_first_reader_may_ask_conditionally_and_leaves_a_whole_page(door, address):
    assert ask(door, address, HTTP_IF_NONE_MATCH='"other"', HTTP_RANGE="bytes=0-1").status == 200
    answer = ask(door, address)
    assert answer.way == "hit"
    assert b"Bridge closed" in answer.body


def test_feeds_are_known_by_their_date_too(door, address):
    first = ask(door, "/feed/")
    assert first.way == "miss"
    since = {"HTTP_IF_MODIFIED_SINCE": first.headers["Last-Modified"]}
    assert ask(door, "/feed/", **since).status == 304
    assert ask(door, "/feed/", HTTP_IF_NONE_MATCH='"other"', **since).status == 200
    assert ask(door, "/feed/", HTTP_IF_MODIFIED_SINCE="nonsense").status == 200


def test_browsers_and_programs_get_their_own_feed(door, address):
    people = {"HTTP_ACCEPT": "text/html,application/xhtml+xml,*/*;q=0.8"}
    kinds = {
        "program": [ask(door, "/feed/").headers for _twice in range(2)],
        "browser": [ask(door, "/feed/", **people).headers for _twice in range(2)],
        "another": [ask(door, "/feed/", HTTP_ACCEPT="text/html").headers],
    }
    assert [each["Content-Type"].partition(";")[0] for each in kinds["program"]] == [
        "application/rss+xml", "application/rss+xml",
    ]  # fmt: skip
    assert [each["Content-Type"].partition(";")[0] for each in kinds["browser"]] == [
        "text/xml", "text/xml",
    ]  # fmt: skip
    assert kinds["another"][0]["Cache-Status"] == "newsroom; hit"
    assert kinds["another"][0]["Vary"] == "Accept-Encoding, Accept"


def test_head_is_answered_from_the_page_and_makes_it(door, address):
    answers = [ask(door, address, "HEAD"), ask(door, address, "HEAD"), ask(door, address)]
    assert [answer.way for answer in answers] == ["miss", "hit", "hit"]
    assert [len(answer.body) for answer in answers[:2]] == [0, 0]
    lengths = {answer.headers["Content-Length"] for answer in answers}
    assert lengths == {str(len(answers[2].body))}


def test_head_of_what_is_not_kept_has_no_body_either(door, address):
    answer = ask(door, "/healthz", "HEAD")
    assert (answer.status, answer.way, answer.body) == (200, "", b"")
    assert ask(door, "/sitemap-lists.xml?p=1", "HEAD").body == b""


def test_what_is_streamed_is_kept_whole(door, address):
    whole = ask(plain(), "/sitemap-lists.xml")
    assert whole.body.endswith(b"</urlset>\n")
    answers = [ask(door, "/sitemap-lists.xml") for _twice in range(2)]
    assert [(answer.way, answer.body) for answer in answers] == [
        ("miss", whole.body), ("hit", whole.body),
    ]  # fmt: skip


def test_a_stream_that_is_too_long_is_sent_whole_and_not_kept(door, address, monkeypatch):
    monkeypatch.setattr(entries, "_LARGEST", 200)
    whole = ask(plain(), "/sitemap-lists.xml").body
    assert len(whole) > 200
    answers = [ask(door, "/sitemap-lists.xml") for _twice in range(2)]
    assert [(answer.way, answer.body) for answer in answers] == [("", whole), ("", whole)]


def test_a_search_is_kept_for_a_minute_and_one_in_vain_is_counted(door, address, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    assert [ask(door, "/search/?q=bridge&utm=1").way for _twice in range(2)] == ["miss", "hit"]
    time_machine.shift(61)
    assert ask(door, "/search/?q=bridge").way == "miss"
    assert [ask(door, "/search/?q=ferry").way for _twice in range(2)] == ["", ""]
    assert ZeroHit.objects.get().count == 2


@pytest.mark.parametrize(
    "query",
    ["utm_source=x", "fbclid=1&gclid=2", "z", "&&&", "%00=%ff", "before", "before=&utm=1"],
)
def test_parameters_that_no_view_reads_make_no_new_page(door, query):
    make_article()
    ask(door, "/archive/?a=1")
    answer = ask(door, f"/archive/?{query}")
    assert answer.way == "hit"


def test_parameters_that_the_view_reads_are_pages_of_their_own(door):
    section = make_article().section
    path = section.get_absolute_url()
    assert ask(door, path).way == "miss"
    assert ask(door, f"{path}?before=5.5&x=1").way == "miss"
    assert ask(door, f"{path}?y=2&before=5.5").way == "hit"
    assert ask(door, f"{path}?before=5.4").way == "miss"


def test_what_the_query_says_is_in_no_kept_page(door):
    path = make_article().section.get_absolute_url()
    ask(door, f"{path}?before=5.5&evil=%22%3E%3Cscript%3E")
    assert b"evil" not in ask(door, f"{path}?before=5.5").body


@pytest.mark.parametrize(
    "address",
    [
        "/?p=12",  # a permalink of WordPress: leads elsewhere
        "/?" + "a" * 2_000,
        "/?" + "&".join(f"a{n}=1" for n in range(40)),
        "/" + "x" * 600 + "/",
        "/api/v1/articles/",
        "/healthz",
        "/admin/login/",
        "/nothing-here/",
        "/static/newsroom/site.css",
        "/%ff%fe/",
        "//",
    ],
)
def test_what_is_not_kept(door, address):
    make_article()
    ask(door, "/")
    for _twice in range(2):
        answer = ask(door, address)
        assert (answer.way, answer.status) == ("", ask(plain(), address).status)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW"])
def test_other_methods_reach_the_site(door, address, method):
    ask(door, address)
    assert ask(door, address, method).status == ask(plain(), address, method).status
    assert ask(door, address).way == "hit"


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_COOKIE": "a=b; sessionid=x"},
        {"HTTP_COOKIE": "csrftoken=x"},
        {"HTTP_COOKIE": "messages=x"},
        {"HTTP_AUTHORIZATION": "Basic eDp5"},
    ],
)
def test_staff_neither_get_nor_leave_a_kept_page(door, address, headers):
    assert ask(door, address, **headers).way == ""
    assert ask(door, address).way == "miss"
    assert ask(door, address, **headers).way == ""


def test_cookies_of_others_make_no_difference(door, address):
    ask(door, address)
    assert ask(door, address, HTTP_COOKIE="_ga=1; consent=yes").way == "hit"


def test_a_signed_in_editor_sees_the_site_itself(door, address, client, editor):
    client.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")
    cookie = f"sessionid={client.cookies['sessionid'].value}"
    assert ask(door, address, HTTP_COOKIE=cookie).way == ""
    assert ask(door, "/admin/", HTTP_COOKIE=cookie).status == 200


def test_a_host_that_is_not_ours_is_refused_and_keeps_nothing(door, address):
    ask(door, address)
    for host in ("evil.example", "testserver.evil.example", "testserver@evil", "", "a b", "[::1"):
        answer = ask(door, address, HTTP_HOST=host)
        expected = ask(plain(), address, HTTP_HOST=host)
        assert (answer.way, answer.status) == ("", expected.status), host


@pytest.mark.parametrize(
    "header",
    [
        "HTTP_X_FORWARDED_HOST", "HTTP_X_HOST", "HTTP_FORWARDED", "HTTP_X_ORIGINAL_URL",
        "HTTP_X_REWRITE_URL", "HTTP_USER_AGENT", "HTTP_ACCEPT_LANGUAGE", "HTTP_REFERER",
        "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PORT", "HTTP_X_HTTP_METHOD_OVERRIDE",
    ],
)  # fmt: skip
def test_no_header_of_one_reader_gets_into_the_page_of_others(door, address, header):
    poisoned = ask(door, address, **{header: "evil.example"})
    assert poisoned.way == "miss"
    kept = ask(door, address)
    assert kept.way == "hit"
    assert b"evil.example" not in kept.body
    assert "evil.example" not in str(kept.headers)


def test_each_scheme_has_its_own_page(door, address, settings):
    settings.SECURE_HSTS_SECONDS = 60
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    site = SettledDoor(plain(), Meter(site_settings.PAGE_CACHE_DIR / "requests"))
    secure = [ask(site, address, HTTP_X_FORWARDED_PROTO="https") for _twice in range(2)]
    assert [answer.way for answer in secure] == ["miss", "hit"]
    assert {answer.headers["Strict-Transport-Security"] for answer in secure} == {"max-age=60"}
    bare = ask(site, address)
    assert (bare.way, "Strict-Transport-Security" in bare.headers) == ("miss", False)


def test_a_withdrawn_article_is_told_gone_from_the_cache(door, committed):
    article = make_article()
    path = article.get_absolute_url()
    assert ask(door, path).status == 200
    with committed():
        workflow.withdraw(article, by=UserFactory(role="Chief editor"), reason="Wrong.")
    answers = [ask(door, path), ask(door, path)]
    assert [(answer.status, answer.way) for answer in answers] == [(410, "miss"), (410, "hit")]
    assert ask(door, path, HTTP_IF_NONE_MATCH="*").status == 410


def test_nothing_is_kept_where_the_setting_says_so(settings, door, address):
    settings.PAGE_CACHE = False
    off = pagecache.Door(plain(), Meter(site_settings.PAGE_CACHE_DIR / "requests"))
    assert [ask(off, address).way for _twice in range(2)] == ["", ""]


def test_a_cache_in_front_is_told_how_long_and_by_which_keys(door, address, settings):
    settings.CDN_SECONDS, settings.CDN_KEYS_HEADER = 60, "Surrogate-Key"
    article = Article.objects.get()
    for _twice in range(2):
        headers = ask(door, address).headers
        control = "public, max-age=0, s-maxage=60, stale-while-revalidate=30"
        assert headers["Cache-Control"] == control
        keys = headers["Surrogate-Key"].split(" ")
        assert {"site", f"article:{article.pk}", f"section:{article.section_id}"} <= set(keys)
    settings.CDN_KEYS_HEADER = "Cache-Tag"
    assert f",section:{article.section_id}," in ask(door, address).headers["Cache-Tag"]


def test_a_cache_in_front_keeps_nothing_that_changed_while_it_was_made(
    door, address, settings, committed
):
    settings.CDN_SECONDS = 600
    site = plain()

    def overtaken(environ, start_response):
        answer = site(environ, start_response)
        for article in Article.objects.visible():
            with committed():
                workflow.withdraw(article, by=UserFactory(role="Chief editor"), reason="Wrong.")
        return answer

    slow = SettledDoor(overtaken, Meter(site_settings.PAGE_CACHE_DIR / "requests"))
    answer = ask(slow, address)
    assert b"Bridge closed" in answer.body
    assert answer.headers["Cache-Control"] == "no-cache"
    assert ask(slow, address).status == 410


# --- Time -----------------------------------------------------------------------------------------


def test_a_cache_in_front_keeps_nothing_beyond_a_planned_change(
    door, address, settings, time_machine
):
    time_machine.move_to(timezone.now(), tick=False)
    settings.CDN_SECONDS = 600
    ends = timezone.now() + timedelta(seconds=20)
    Article.objects.update(expires_at=ends)
    control = "public, max-age=0, s-maxage=20, stale-while-revalidate=0"
    assert ask(door, address).headers["Cache-Control"] == control


def test_a_page_ends_when_something_is_planned(door, address, time_machine):
    time_machine.move_to("2026-03-01 12:00:00+00:00", tick=False)
    Article.objects.update(published_at=timezone.now() - timedelta(hours=2))
    later = timezone.now() + timedelta(seconds=90)
    workflow.place(
        [workflow.Placement(content=Article.objects.get().live.content, status="published",
                            published_at=later)]
    )  # fmt: skip
    assert [ask(door, "/").way for _twice in range(2)] == ["miss", "hit"]
    time_machine.shift(89)
    assert ask(door, "/").way == "hit"
    time_machine.shift(1)
    answer = ask(door, "/")
    assert answer.way == "miss"
    assert answer.body == ask(plain(), "/").body


def test_a_page_that_is_due_is_made_anew_by_one_while_others_get_the_old_one(
    door, address, time_machine
):
    time_machine.move_to("2026-03-01 12:10:00+00:00", tick=False)
    Article.objects.update(published_at=timezone.now() - timedelta(hours=2))
    ask(door, address)
    time_machine.shift(site_settings.PAGE_CACHE_SECONDS + 1)
    store = purging.store()
    # Somebody is at it, in another process.
    name = next(iter(door._memory._entries))
    held = store.lock(name)
    assert ask(door, address).way == "stale"
    store.unlock(held)
    assert ask(door, address).way == "miss"
    assert ask(door, address).way == "hit"


def test_a_due_page_that_was_purged_is_given_to_nobody(door, address, time_machine):
    time_machine.move_to("2026-03-01 12:10:00+00:00", tick=False)
    ask(door, "/archive/")
    time_machine.shift(site_settings.PAGE_CACHE_SECONDS + 1)
    purging.store().purge(purging.slots_of(["articles"]))
    held = purging.store().lock(next(iter(door._memory._entries)))
    purging.store().unlock(held)
    assert ask(door, "/archive/").way == "miss"
