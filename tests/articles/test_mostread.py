"""Most read: who counts, exact sums from many threads, decay, the boxes."""

from collections import Counter
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.utils import timezone
from selectolax.lexbor import LexborHTMLParser

from articles import mostread
from articles.models import Article, MostRead, ReadCount, ReadDay
from tests.factories import SectionFactory, make_article, make_draft

pytestmark = pytest.mark.django_db

BROWSER = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Sec-Fetch-Site": "same-origin",
}


@pytest.fixture(autouse=True)
def buffer(monkeypatch):
    """A buffer of the test's own that writes when it is told to."""
    fresh = mostread.Buffer(most=10_000, seconds=3600)
    monkeypatch.setattr(mostread, "buffer", fresh)
    return fresh


def beacon(client, article, **headers):
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    sent = {name: value for name, value in {**BROWSER, **headers}.items() if value is not None}
    return client.post(f"/read/{article.pk}/", headers=sent)


def counts() -> dict[int, int]:
    sums: Counter[int] = Counter()
    for row in ReadCount.objects.all():
        sums[row.article_id] += row.count
    return dict(sums)


def test_a_read_is_counted_by_the_hour_and_nothing_else_is_kept(client, buffer, time_machine):
    article, other = make_article(), make_article()
    time_machine.move_to(timezone.now().replace(minute=10) + timedelta(hours=1))
    for _turn in range(3):
        response = beacon(client, article)
    beacon(client, other)
    assert (response.status_code, response.content) == (204, b"")
    assert response["Cache-Control"] == "no-store"
    assert not response.cookies
    assert counts() == {}
    buffer.flush()
    assert counts() == {article.pk: 3, other.pk: 1}
    beacon(client, article)
    time_machine.move_to(timezone.now() + timedelta(hours=1))
    beacon(client, article)
    buffer.flush()
    assert sorted(ReadCount.objects.filter(article=article).values_list("count", flat=True)) == [
        1,
        4,
    ]
    assert {field.name for field in ReadCount._meta.fields} == {"id", "article", "hour", "count"}


@pytest.mark.parametrize(
    "headers",
    [
        {"User_Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        {"User_Agent": "Mozilla/5.0 HeadlessChrome/140"},
        {"User_Agent": "curl/8.9"},
        {"User_Agent": ""},
        {"Sec_Purpose": "prefetch;prerender"},
        {"Purpose": "prefetch"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "none"},
        {"Sec_Fetch_Site": None, "Origin": "https://elsewhere.example"},
        {"Sec_Fetch_Site": None},
    ],
)
def test_machines_prefetches_and_other_sites_count_nothing(client, buffer, headers):
    article = make_article()
    assert beacon(client, article, **headers).status_code == 204
    buffer.flush()
    assert counts() == {}
    beacon(client, article, Sec_Fetch_Site=None, Origin="http://testserver")
    buffer.flush()
    assert counts() == {article.pk: 1}


def test_staff_count_nothing(client, buffer, reporter):
    article = make_article()
    client.force_login(reporter, backend="django.contrib.auth.backends.ModelBackend")
    beacon(client, article)
    buffer.flush()
    assert counts() == {}


def test_what_is_not_there_or_not_visible_counts_nothing(client, buffer):
    draft, article = make_draft(), make_article()
    beacon(client, draft)
    for pk in ["99999999", str(2**63), "9" * 40]:
        assert client.post(f"/read/{pk}/", headers=BROWSER).status_code == 204
    beacon(client, article)
    buffer.flush()
    assert counts() == {article.pk: 1}
    assert client.get(f"/read/{article.pk}/").status_code == 405


def test_a_full_or_late_buffer_writes_itself(client, django_assert_num_queries):
    article = make_article()
    full = mostread.Buffer(most=3, seconds=3600)
    with django_assert_num_queries(0):
        full.add(article.pk)
        full.add(article.pk)
    full.add(article.pk)
    assert counts() == {article.pk: 3}
    late = mostread.Buffer(most=100, seconds=0)
    late.add(article.pk)
    assert counts() == {article.pk: 4}


def test_a_network_lifts_an_article_only_so_far(client, buffer, time_machine):
    article, other = make_article(), make_article()
    time_machine.move_to(timezone.now().replace(minute=10) + timedelta(hours=1), tick=False)
    for number in range(100):
        beacon(client, article, X_Forwarded_For=f"1.2.3.{number}")  # not from a proxy of ours
        client.post(
            f"/read/{article.pk}/", headers=BROWSER, REMOTE_ADDR=f"2001:db8:1:{number:x}::1"
        )
    beacon(client, other)
    client.post(f"/read/{article.pk}/", headers=BROWSER, REMOTE_ADDR="198.51.100.7")
    buffer.flush()
    assert counts() == {article.pk: 61, other.pk: 1}
    time_machine.shift(timedelta(hours=1))
    beacon(client, article)
    buffer.flush()
    assert counts() == {article.pk: 62, other.pk: 1}


def test_networks_are_remembered_by_hashes_of_the_hour_and_not_without_end():
    networks = mostread.Networks(most=2, remembered=3)
    assert [networks.take("1.2.3.0/24", 7, 1) for _n in range(3)] == [True, True, False]
    assert "1.2.3" not in repr(vars(networks))
    names = set(networks._reads)
    assert networks.take("1.2.3.0/24", 7, 2)
    assert names.isdisjoint(networks._reads)
    for article in range(10):
        networks.take("1.2.3.0/24", article, 2)
    assert len(networks._reads) == 3
    assert networks.take("", 9, 2)
    assert [networks.take("1.2.3.0/24", 9, 2) for _n in range(2)] == [True, False]


@pytest.mark.django_db(transaction=True)
def test_counting_from_many_threads_and_processes_is_exact():
    articles = [make_article().pk for _n in range(3)]
    # Two buffers are two processes: they share the database and nothing else.
    buffers = [mostread.Buffer(most=7, seconds=3600) for _n in range(2)]
    barrier = Barrier(8)
    failures = []

    def read(number: int) -> None:
        try:
            barrier.wait()
            for turn in range(30):
                buffers[number % 2].add(articles[(number + turn) % 3])
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [Thread(target=read, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for each in buffers:
        each.flush()
    assert failures == []
    assert counts() == dict.fromkeys(articles, 80)


# --- Ranking ---------------------------------------------------------------------------------


def add(article: Article, count: int, *, hours_ago: int = 0) -> None:
    hour = int(timezone.now().timestamp() // 3600) - hours_ago
    ReadCount.objects.create(article=article, hour=hour, count=count)


def places(window: str) -> list[str]:
    ranked = MostRead.objects.filter(window=window).order_by("place").select_related("article")
    return [entry.article.headline for entry in ranked]


def test_reads_lose_half_their_weight_in_a_half_life(time_machine):
    time_machine.move_to(timezone.now().replace(minute=0, second=0, microsecond=0), tick=False)
    old, new, hidden = (make_article(headline=name) for name in ["Old", "New", "Hidden"])
    add(old, 100, hours_ago=48)
    add(new, 30)
    add(hidden, 900)
    Article.objects.filter(pk=hidden.pk).update(expires_at=timezone.now())
    assert mostread.rank() == 4
    assert places("day") == ["New", "Old"]  # 30 against 100 / 4
    assert places("week") == ["Old", "New"]  # 100 × 0.82 against 30
    scores = MostRead.objects.filter(window="day").order_by("place").values_list("score", flat=True)
    assert [round(score, 6) for score in scores] == [30, 25]


def test_ranking_is_bounded_and_forgets(time_machine):
    articles = [make_article() for _n in range(32)]
    for n, article in enumerate(articles):
        add(article, n + 1)
    add(articles[0], 5, hours_ago=28 * 24 + 1)
    assert mostread.rank() == 60
    assert ReadCount.objects.count() == 32
    assert mostread.rank() == 0  # not again within the minute
    time_machine.move_to(timezone.now() + timedelta(days=40))
    assert mostread.rank() == 0
    assert not MostRead.objects.exists()
    assert not ReadCount.objects.exists()


def test_the_boxes_show_the_most_read_that_readers_may_see(
    client, django_assert_num_queries, time_machine
):
    time_machine.move_to(timezone.now(), tick=False)  # of one hour
    section, now = SectionFactory().pk, timezone.now()
    articles = [
        make_article(headline=f"Read {n}", section=section, at=now - timedelta(hours=n))
        for n in range(8)
    ]
    page = client.get(articles[0].get_absolute_url())
    assert b"Most read" not in page.content
    for n, article in enumerate(articles):
        add(article, 100 - n)
    mostread.rank()
    Article.objects.filter(pk=articles[1].pk).update(expires_at=timezone.now())
    with django_assert_num_queries(6):
        home = LexborHTMLParser(client.get("/").content)
    assert [node.text(strip=True) for node in home.css(".ranking li")] == [
        f"Read {n}" for n in (0, 2, 3, 4, 5)
    ]
    with django_assert_num_queries(11):
        page = LexborHTMLParser(client.get(articles[2].get_absolute_url()).content)
    # Of the first six of the list: without the one that is gone and the article itself.
    assert [node.text(strip=True) for node in page.css(".ranking li")] == [
        f"Read {n}" for n in (0, 3, 4, 5)
    ]
    beside = [node.attributes["href"] for node in page.css(".neighbour")]
    assert beside == [articles[n].get_absolute_url() for n in (3, 0)]


def test_sum_of_a_day_outlives_the_counts_of_its_hours(time_machine, django_assert_num_queries):
    # Half past midnight in Berlin is still the day before elsewhere.
    time_machine.move_to("2026-06-10T00:30:00+02:00", tick=False)
    article, other = make_article(), make_article()
    add(article, 3)
    add(other, 4)
    add(article, 10, hours_ago=1)
    today = timezone.localdate()
    whole = {today: 7, today - timedelta(days=1): 10}
    assert mostread.reads_by_day(today - timedelta(days=1)) == whole
    time_machine.move_to(timezone.now() + timedelta(days=28, hours=1), tick=False)
    add(article, 2)
    for _turn in range(2):
        MostRead.objects.all().delete()
        mostread.rank()
    assert list(ReadCount.objects.values_list("count", flat=True)) == [2]
    with django_assert_num_queries(2):
        found = mostread.reads_by_day(today - timedelta(days=1))
    assert found == {**whole, timezone.localdate(): 2}


def test_hour_that_is_folded_in_parts_is_counted_once(time_machine):
    article = make_article()
    add(article, 5, hours_ago=28 * 24 + 1)
    mostread.rank()
    add(article, 6, hours_ago=28 * 24 + 1)  # from a process that wrote late
    MostRead.objects.all().delete()
    mostread.rank()
    assert [row.count for row in ReadDay.objects.all()] == [11]
