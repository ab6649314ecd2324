"""Live tickers: the verbs, the readers' page, the shared address, the gate, the front."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from selectolax.lexbor import LexborHTMLParser

from articles import layout, liveticker, workflow
from articles.models import Article, LiveEntry, LiveEntryVersion, LiveTicker
from articles.shelves import Shelves
from tests.factories import AuthorFactory, SectionFactory, make_article, make_draft

pytestmark = pytest.mark.django_db

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def clock(time_machine):
    time_machine.move_to(START, tick=False)
    return time_machine


@pytest.fixture
def ticker(clock, editor) -> LiveTicker:
    article = make_article(headline="Storm", slug="storm", at=START - timedelta(hours=1))
    return liveticker.open_ticker(article, by=editor)


def write(ticker, by, text: str, clock=None, **values) -> LiveEntry:
    if clock is not None:
        clock.shift(60)
    return liveticker.write(ticker, by=by, text=f"<p>{text}</p>", **values)


def read(client, ticker, query="") -> LexborHTMLParser:
    response = client.get(ticker.article.get_absolute_url() + query)
    assert response.status_code == 200
    return LexborHTMLParser(response.content)


def texts(page) -> list[str]:
    return [node.text(strip=True) for node in page.css(".live-entry .prose")]


def bucket() -> str:
    return f"/2026/03/storm/live/{int(timezone.now().timestamp() // 10)}.json"


# --- The verbs -------------------------------------------------------------------------------


def test_entries_are_published_at_once_under_the_writers_name(client, clock, ticker, editor):
    author = AuthorFactory(name="Edgar Editor", user=editor)
    write(ticker, editor, "First <script>x()</script>", clock)
    second = write(ticker, editor, "Second", clock, title="Bridge closed", is_key=True)
    page = read(client, ticker)
    assert texts(page) == ["Second", "First"]
    assert page.css_first(".live-keys a").attributes["href"] == f"#entry-{second.pk}"
    assert page.css_first(f"#entry-{second.pk} h3").text() == "Bridge closed"
    assert page.css_first(f"#entry-{second.pk} .live-author a").text() == author.name
    times = [node.attributes["datetime"] for node in page.css(".live-when time")]
    assert times == ["2026-03-02T10:02+01:00", "2026-03-02T10:01+01:00"]


def test_an_edit_keeps_what_was_said_before_and_may_be_marked(client, clock, ticker, editor):
    entry = write(ticker, editor, "Three hurt")
    clock.shift(60)
    liveticker.edit(entry, by=editor, text="<p>Two hurt</p>", correction="We first wrote of three.")
    page = read(client, ticker)
    assert texts(page) == ["Two hurt"]
    assert "We first wrote of three." in page.css_first(".live-correction").text()
    versions = LiveEntryVersion.objects.order_by("pk").values_list("text", "saved_by")
    assert list(versions) == [("<p>Three hurt</p>", editor.pk), ("<p>Two hurt</p>", editor.pk)]


def test_what_is_taken_back_is_hidden_and_kept(client, clock, ticker, editor):
    entry = write(ticker, editor, "Wrong rumour", is_key=True, is_pinned=True)
    assert texts(read(client, ticker)) == ["Wrong rumour"]
    liveticker.withdraw(entry, by=editor)
    assert "Wrong rumour" not in client.get(ticker.article.get_absolute_url()).content.decode()
    assert LiveEntry.objects.get().text == "<p>Wrong rumour</p>"
    assert LiveEntryVersion.objects.first().is_withdrawn
    with pytest.raises(workflow.Refused):
        liveticker.withdraw(entry, by=editor)
    liveticker.put_back(entry, by=editor)
    assert texts(read(client, ticker)) == ["Wrong rumour"]


def test_one_entry_stays_on_top(client, clock, ticker, editor):
    first = write(ticker, editor, "First", clock, is_pinned=True)
    write(ticker, editor, "Second", clock)
    assert texts(read(client, ticker)) == ["First", "Second"]
    write(ticker, editor, "Third", clock, is_pinned=True)
    assert texts(read(client, ticker)) == ["Third", "Second", "First"]
    first.refresh_from_db()
    assert not first.is_pinned


def test_a_closed_ticker_takes_nothing_more_until_it_is_opened_again(client, ticker, editor):
    write(ticker, editor, "Last words")
    liveticker.close_ticker(ticker, by=editor)
    with pytest.raises(workflow.Refused, match="closed"):
        write(ticker, editor, "Too late")
    page = read(client, ticker)
    assert texts(page) == ["Last words"]
    assert page.css_first("#live").attributes.get("data-updates") is None
    assert not [node for node in page.css("script[src]") if "live.js" in node.attributes["src"]]
    liveticker.open_ticker(ticker.article, by=editor)
    write(ticker, editor, "Not over")
    assert [entry.verb for entry in ticker.article.log.order_by("pk")][-3:] == [
        "open_ticker", "close_ticker", "open_ticker",
    ]  # fmt: skip
    with pytest.raises(workflow.Refused, match="open already"):
        liveticker.open_ticker(ticker.article, by=editor)


def test_every_verb_asks_for_the_permission_to_publish(ticker, editor, reporter):
    entry = write(ticker, editor, "Said")
    for act in [
        lambda: liveticker.open_ticker(make_article(), by=reporter),
        lambda: liveticker.close_ticker(ticker, by=reporter),
        lambda: write(ticker, reporter, "Mine"),
        lambda: liveticker.edit(entry, by=reporter, text="<p>Mine</p>"),
        lambda: liveticker.withdraw(entry, by=reporter),
        lambda: liveticker.put_back(entry, by=reporter),
    ]:
        with pytest.raises(workflow.NotPermitted):
            act()
    with pytest.raises(workflow.Refused, match="Write something"):
        liveticker.write(ticker, by=editor, text="<p> </p>")
    assert LiveEntry.objects.get().text == "<p>Said</p>"
    assert LiveTicker.objects.get().is_open


# --- The page --------------------------------------------------------------------------------


def test_a_long_ticker_has_pages(client, clock, ticker, editor):
    for n in range(105):
        write(ticker, editor, f"Entry {n}", clock, is_pinned=n == 2)
    page = read(client, ticker)
    assert texts(page) == ["Entry 2", *[f"Entry {n}" for n in range(104, 4, -1)]]
    older = page.css_first(".pagination a[rel=next]").attributes["href"]
    page = read(client, ticker, older[older.index("?") :])
    assert texts(page) == [f"Entry {n}" for n in range(4, -1, -1)]
    assert page.css_first("#live").attributes.get("data-updates") is None


@pytest.mark.parametrize("count", [10, 1000])
def test_a_ticker_costs_one_query_however_long(
    client, clock, ticker, editor, count, django_assert_num_queries
):
    AuthorFactory(user=editor)
    for n in range(10):
        write(ticker, editor, f"Entry {n}", clock, is_key=True, is_pinned=True)
    (first,) = LiveEntry.objects.filter(words="Entry 0")
    columns = {
        field.attname: getattr(first, field.attname)
        for field in LiveEntry._meta.concrete_fields
        if not field.primary_key
    }
    LiveEntry.objects.bulk_create(
        LiveEntry(**columns | {"at": first.at + timedelta(seconds=n)}) for n in range(count - 10)
    )
    with django_assert_num_queries(12):
        page = read(client, ticker)
    assert len(page.css(".live-entry")) == min(count, 101)  # one stays on top
    if older := page.css_first(".pagination a[rel=next]"):
        href = older.attributes["href"]
        with django_assert_num_queries(12):
            read(client, ticker, href[href.index("?") :])
    with django_assert_num_queries(3):
        client.get(bucket())
    with django_assert_num_queries(6):
        client.get("/")
    plain = make_article().get_absolute_url()
    with django_assert_num_queries(11):
        client.get(plain)


def test_structured_data_is_a_live_blog(client, clock, ticker, editor):
    AuthorFactory(name="Edgar Editor", user=editor)
    entry = write(ticker, editor, "It rains & pours", clock, title="Rain")
    node = read(client, ticker).css_first("script[type='application/ld+json']")
    data = json.loads(node.text())
    url = f"http://testserver{ticker.article.get_absolute_url()}"
    assert data["@type"] == "LiveBlogPosting"
    assert data["coverageStartTime"] == "2026-03-02T10:00:00+01:00"
    assert "coverageEndTime" not in data
    assert data["dateModified"] == "2026-03-02T10:01:00+01:00"
    assert data["liveBlogUpdate"] == [
        {
            "@type": "BlogPosting",
            "url": f"{url}#entry-{entry.pk}",
            "headline": "Rain",
            "articleBody": "It rains & pours",
            "datePublished": "2026-03-02T10:01:00+01:00",
            "dateModified": "2026-03-02T10:01:00+01:00",
            "author": {
                "@type": "Person",
                "name": "Edgar Editor",
                "url": f"http://testserver{entry.author.get_absolute_url()}",
            },
        }
    ]
    clock.shift(3600)
    liveticker.close_ticker(ticker, by=editor)
    node = read(client, ticker).css_first("script[type='application/ld+json']")
    assert json.loads(node.text())["coverageEndTime"] == "2026-03-02T11:01:00+01:00"


def test_times_of_another_day_have_their_date(client, clock, ticker, editor):
    write(ticker, editor, "Yes", is_key=True)
    for days, said in [(0, "10 a.m."), (2, "03/02/2026 10 a.m.")]:
        clock.shift(days * 86400)
        page = read(client, ticker)
        assert {node.text() for node in page.css(".live-entries time, .live-keys time")} == {said}


def test_key_events_stand_above_every_page(client, clock, ticker, editor):
    write(ticker, editor, "Dawn", clock, is_key=True)
    for n in range(104):
        write(ticker, editor, f"Entry {n}", clock, is_key=n == 50, is_pinned=n == 103)
    page = read(client, ticker)
    assert texts(page)[0] == "Entry 103"
    assert [node.text() for node in page.css(".live-keys a")] == ["Entry 50", "Dawn"]
    older = page.css_first(".pagination a[rel=next]").attributes["href"]
    page = read(client, ticker, older[older.index("?") :])
    assert texts(page) == [f"Entry {n}" for n in range(3, -1, -1)] + ["Dawn"]
    assert [node.text() for node in page.css(".live-keys a")] == ["Entry 50", "Dawn"]
    newer = page.css_first(".pagination a[rel=prev]").attributes["href"]
    assert texts(read(client, ticker, newer[newer.index("?") :]))[0] == "Entry 103"


def test_what_is_brought_in_has_its_own_time(client, clock, editor):
    article = make_article(headline="Old", at=START - timedelta(hours=9))
    at = START - timedelta(hours=8)
    ticker = liveticker.open_ticker(article, by=editor, at=at)
    entry = liveticker.write(ticker, by=editor, text="<p>Then</p>", at=at)
    liveticker.close_ticker(ticker, by=editor, at=at)
    ticker.refresh_from_db()
    assert (ticker.opened_at, ticker.closed_at, entry.at, entry.changed_at) == (at, at, at, at)


def test_no_time_is_still_to_come(clock, ticker, editor):
    later = START + timedelta(seconds=1)
    plain = make_article()
    for verb in (
        lambda: liveticker.open_ticker(plain, by=editor, at=later),
        lambda: liveticker.write(ticker, by=editor, text="<p>x</p>", at=later),
        lambda: liveticker.close_ticker(ticker, by=editor, at=later),
    ):
        with pytest.raises(workflow.Refused, match="still to come"):
            verb()
    ticker.refresh_from_db()
    assert (ticker.is_open, LiveEntry.objects.count(), LiveTicker.objects.count()) == (True, 0, 1)


# --- The shared address ----------------------------------------------------------------------


def test_the_page_names_the_bucket_of_its_moment(client, ticker):
    assert read(client, ticker).css_first("#live").attributes["data-updates"] == bucket()


def test_a_bucket_is_public_for_ten_seconds_and_has_a_tag(client, clock, ticker, editor):
    entry = write(ticker, editor, "News", clock, is_key=True)
    gone = write(ticker, editor, "Rumour", clock)
    liveticker.withdraw(gone, by=editor)
    response = client.get(bucket())
    assert response["Cache-Control"] == "public, max-age=10"
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
    data = response.json()
    assert (data["open"], data["gone"]) == (True, [gone.pk])
    assert [found["id"] for found in data["entries"]] == [entry.pk]
    fragment = LexborHTMLParser(data["entries"][0]["html"]).css_first("li")
    page = read(client, ticker).css_first(f"#entry-{entry.pk}")
    assert fragment.html.split() == page.html.split()
    assert f"#entry-{entry.pk}" in data["keys"]
    again = client.get(bucket(), headers={"If-None-Match": response["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", response["ETag"])
    assert again["Cache-Control"] == "public, max-age=10"
    write(ticker, editor, "More")
    again = client.get(bucket(), headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 200


def test_a_bucket_tells_of_the_last_quarter_of_an_hour(client, clock, ticker, editor):
    old = write(ticker, editor, "Old", clock)
    clock.shift(16 * 60)
    assert client.get(bucket()).json()["entries"] == []
    liveticker.edit(old, by=editor, text="<p>Changed</p>")
    assert [found["id"] for found in client.get(bucket()).json()["entries"]] == [old.pk]
    liveticker.close_ticker(ticker, by=editor)
    assert client.get(bucket()).json()["open"] is False


def test_other_buckets_lead_to_the_present_one(client, clock, ticker):
    past = bucket()
    clock.shift(3600)
    response = client.get(past)
    assert (response.status_code, response["Location"]) == (302, bucket())
    assert response["Cache-Control"] == "no-store"
    assert client.get("/2026/03/storm/live/99999999999999999999999.json").status_code == 302
    assert client.get("/2026/03/none/live/1.json").status_code == 404
    make_article(slug="plain", at=START)
    assert client.get("/2026/03/plain/live/1.json").status_code == 404


# --- The gate --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "columns",
    [
        {"expires_at": START - timedelta(minutes=1)},
        {"embargo_until": START + timedelta(days=1)},
        {"published_at": START + timedelta(days=1)},
        {"status": "draft"},
    ],
)
def test_entries_of_a_hidden_article_are_hidden_everywhere(client, ticker, editor, columns):
    write(ticker, editor, "Secret words", is_key=True)
    paths = ["/", ticker.article.get_absolute_url(), bucket()]
    assert all("Secret words" in client.get(path).content.decode() for path in paths)
    Article.objects.filter(pk=ticker.article_id).update(**columns)
    answers = [client.get(path) for path in paths]
    assert [answer.status_code for answer in answers] == [200, 404, 404]
    assert not any("Secret words" in answer.content.decode() for answer in answers)
    assert list(LiveEntry.objects.visible()) == []


def test_a_front_shows_whole_words_of_an_entry(client, ticker, editor):
    entry = write(ticker, editor, "Sandbags " * 30)
    (line,) = LexborHTMLParser(client.get("/").content).css(f'a[href$="#entry-{entry.pk}"]')
    assert line.text() == "Sandbags " * 16 + "Sandbags…"


def test_a_draft_can_be_a_ticker_that_nobody_sees(client, clock, editor):
    draft = make_draft(headline="Later")
    ticker = liveticker.open_ticker(draft, by=editor)
    write(ticker, editor, "Secret words")
    assert "Secret words" not in client.get("/").content.decode()
    workflow.publish(draft, by=editor)
    assert "Secret words" in client.get("/").content.decode()


# --- The front -------------------------------------------------------------------------------


def test_the_front_shows_the_newest_entries_of_open_tickers(client, clock, editor):
    section, other = SectionFactory(slug="local"), SectionFactory()
    tickers = [
        liveticker.open_ticker(
            make_article(headline=name, section=where.pk, at=START - timedelta(days=3)), by=editor
        )
        for name, where in [("Storm", section), ("Match", other)]
    ]
    for n in range(3):
        for ticker in tickers:
            write(ticker, editor, f"{ticker.article.headline} {n}", clock)
    gone = write(tickers[0], editor, "Gone", clock)
    liveticker.withdraw(gone, by=editor)
    (box,) = [
        box for box in layout.compose(None, Shelves.load()).boxes if box.slot.kind == "ticker"
    ]
    assert [
        (article.headline, [line.words for line in lines]) for article, lines in box.tickers
    ] == [("Match", ["Match 2", "Match 1"]), ("Storm", ["Storm 2"])]
    page = LexborHTMLParser(client.get("/").content)
    links = [node.attributes["href"] for node in page.css(".live-strip li a")]
    newest = LiveEntry.objects.get(words="Match 2")
    assert links[0] == f"{tickers[1].article.get_absolute_url()}#entry-{newest.pk}"
    liveticker.close_ticker(tickers[1], by=editor)
    page = LexborHTMLParser(client.get("/").content)
    assert [node.text() for node in page.css(".live-strip h2 a")] == ["Storm"]
