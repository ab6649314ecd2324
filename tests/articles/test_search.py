"""The index in step with the texts, the gate, filters, pages, the desk, hostile queries."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from articles import search, topics, workflow
from articles.models import Article, Tag, ZeroHit
from articles.search import Filters
from articles.shelves import Shelves
from articles.zerohits import record
from newsroom.lib.fulltext import parse
from tests.factories import AuthorFactory, SectionFactory, make_article, make_content, make_draft

pytestmark = pytest.mark.django_db


def found(query: str, **options) -> list[Article]:
    return [hit.article for hit in search.search(query, **options).hits]


def pieces(marked) -> str:
    return "".join(f"[{piece.text}]" if piece.is_hit else piece.text for piece in marked)


# --- In step with the texts -----------------------------------------------------------------------


def test_publication_replaces_what_is_found(editor):
    article = make_article(headline="Ducks", body="<p>On the pond.</p>")
    values = make_content(**{**article.head.content, "headline": "Geese", "slug": "geese"})
    workflow.save_draft(article, values, by=editor, base=article.head)
    assert (found("ducks"), found("geese")) == ([article], [])
    workflow.publish(Article.objects.get(pk=article.pk), by=editor)
    assert (found("ducks"), found("geese")) == ([], [article])


def test_words_that_name_labels_of_the_index_are_words_like_others():
    body = "<p>Seven draft budgets, is_draft, section 1, section_1.</p>"
    article = make_article(headline="The crack", body=body)
    assert [found(word) for word in ("crack", "draft", "budgets")] == [[article]] * 3


def test_discarded_draft_is_forgotten(chief):
    draft = make_draft(headline="Ducks")
    assert search.INDEX.ids() == {draft.pk}
    workflow.discard(draft, by=chief)
    assert search.INDEX.ids() == set()


def test_renamed_and_merged_topics_are_found_by_their_new_names(chief):
    article = make_article(tags=["Ornithology"])
    tag = Tag.objects.get()
    tag.name = "Birds"
    topics.save(tag)
    assert (found("ornithology"), found("birds")) == ([], [article])
    other = make_article(tags=["Feathers"])
    topics.merge([Tag.objects.get(name="Feathers")], Tag.objects.get(name="Birds"), by=chief)
    assert found("feathers") == []
    assert set(found("birds")) == {article, other}


def test_undone_change_leaves_the_index_as_it_was(editor):
    article = make_article(headline="Ducks")
    with pytest.raises(workflow.Refused):
        workflow.publish(article, by=editor, at=timezone.now() - timedelta(days=1))
    assert found("ducks") == [article]


# --- The gate -------------------------------------------------------------------------------------


def test_readers_find_no_hidden_text_but_the_desk_does(editor, chief):
    hidden = [
        make_draft(headline="Secret drafts"),
        make_article(headline="Secret plans", at=timezone.now() + timedelta(hours=1)),
        make_article(headline="Secret end"),
        workflow.withdraw(make_article(headline="Secret gone"), by=chief, reason="Wrong"),
    ]
    Article.objects.filter(pk=hidden[2].pk).update(expires_at=timezone.now())
    assert set(search.for_desk("secret")) == set(hidden)
    results = search.search("secret")
    assert (results.hits, results.total, results.suggestion) == ([], 0, "")
    shown = make_article(headline="Secret shown")
    assert found("secret") == [shown]


def test_scheduled_article_is_found_when_its_time_has_come(time_machine):
    at = timezone.now() + timedelta(hours=1)
    article = make_article(headline="Later", at=at)
    assert found("later") == []
    time_machine.move_to(at + timedelta(seconds=1))
    assert found("later") == [article]


def test_suggestion_never_names_a_word_of_a_hidden_text():
    make_draft(headline="Codename Bluebird")
    assert search.search("Bluebrid").suggestion == ""
    make_article(headline="A bluebird sings")
    assert search.search("Bluebrid").suggestion == "bluebird"


# --- Order, marks, filters, pages -----------------------------------------------------------------


def test_headline_counts_more_than_standfirst_topics_text_and_age():
    now = timezone.now()
    plain = {"standfirst": "Nothing here.", "headline": "Nothing"}
    text = make_article(**plain, body="<p>An otter.</p>", at=now)
    topic = make_article(**plain, tags=["Otters"], at=now - timedelta(days=1))
    old_text = make_article(**plain, body="<p>The otters.</p>", at=now - timedelta(days=2000))
    standfirst = make_article(**{**plain, "standfirst": "Otter seen."}, at=now - timedelta(days=30))
    headline = make_article(**{**plain, "headline": "Otters back"}, at=now - timedelta(days=900))
    assert found("otter") == [headline, standfirst, topic, text, old_text]


def test_hits_are_marked_in_every_text():
    make_article(
        headline="Otters & <b>bears</b>",
        standfirst="No animal here.",
        body="<p>" + "One word. " * 60 + "</p><p>At last an otter, and ÖTTER.</p>",
    )
    (hit,) = search.search("otter").hits
    assert pieces(hit.headline) == "[Otters] & <b>bears</b>"
    last = "At last an [otter], and [ÖTTER]."
    assert pieces(hit.summary) == "… " + "One word. " * 14 + last


def test_filters_narrow_by_section_family_author_topic_and_days():
    below = SectionFactory(parent=SectionFactory(slug="nature"))
    author = AuthorFactory(name="Maria Huber")
    day = timezone.now() - timedelta(days=10)
    wanted = make_article(
        headline="Otter",
        section=below.pk,
        tags=["Wild animals"],
        bylines=[{"author": author.pk, "role": "text"}],
        at=day,
    )
    other = make_article(headline="Otter", at=day + timedelta(days=5))
    local = timezone.localdate(day)
    nature = Shelves.load().family(below.parent)
    for filters in (
        Filters(sections=nature),
        Filters(author="huber"),
        Filters(author="Maria Huber"),
        Filters(topic="wild animal"),
        Filters(since=local, until=local),
        Filters(until=local),
    ):
        assert found("otter", filters=filters) == [wanted]
    assert found("otter", filters=Filters(since=local + timedelta(days=1))) == [other]
    assert found("otter", filters=Filters(author="Huber Maria")) == []
    assert found("otter", filters=Filters(since=date.max, until=date.min)) == []
    assert set(found("otter")) == {wanted, other}


def test_pages_hold_every_hit_once_and_end_at_the_last():
    section = SectionFactory().pk
    workflow.place(
        [
            workflow.Placement(
                content=make_content(headline=f"Otter {n}", section=section),
                status="published",
                published_at=timezone.now() - timedelta(hours=n),
            )
            for n in range(45)
        ]
    )
    pages = [search.search("otter", page=number) for number in (1, 2, 3)]
    assert [len(page.hits) for page in pages] == [20, 20, 5]
    shown = [hit.article.headline for page in pages for hit in page.hits]
    assert shown == [f"Otter {n}" for n in range(45)]
    assert [(page.previous, page.next) for page in pages] == [(None, 2), (1, 3), (2, None)]
    assert search.search("otter", page=99).page == 3
    assert (pages[0].total, pages[0].is_more) == (45, False)


def test_more_than_a_thousand_hits_are_said_and_not_counted():
    section = SectionFactory().pk
    values = make_content(headline="Otter", section=section)
    now = timezone.now()
    workflow.place(
        [
            workflow.Placement(
                content={**values, "slug": f"otter-{n}"},
                status="published",
                published_at=now - timedelta(minutes=n),
            )
            for n in range(1005)
        ]
    )
    results = search.search("otter")
    assert (results.total, results.is_more, results.pages) == (1000, True, 50)


def test_search_asks_the_same_queries_for_any_number_of_rows(django_assert_num_queries):
    section = SectionFactory().pk

    def place(count: int) -> None:
        texts = [
            workflow.Placement(
                content=make_content(headline=f"Otter {n}", section=section), status="published"
            )
            for n in range(count)
        ]
        workflow.place(texts)

    place(10)
    # Compounds, candidates, the gate, the articles of the page.
    with django_assert_num_queries(4):
        search.search("otter")
    place(990)
    with django_assert_num_queries(4):
        search.search("otter")


# --- Whatever is typed ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        "",
        "   ",
        "\x00",
        "otter\x00",
        '"',
        "'",
        "\\",
        '"""',
        '"otter',
        "otter*",
        "NEAR(otter",
        "(otter OR",
        "otter AND NOT",
        "^otter",
        "headline:otter",
        "h_otter",
        "_draft",
        "draft",
        "{otter} : x",
        "otter & | ! <-> :*",
        "'otter'::tsquery",
        "%s %(x)s",
        "; DROP TABLE articles_search",
        "-" * 200,
        "- - -otter",
        "x" * 10_000,
        "otter " * 500,
        " ".join(f"w{n}" for n in range(500)),
        "🦦 ½ ² ﬁ ǅ ॐ मछली 水獺 عثمان",
        "\ud800",
        "İ̇ı",
    ],
)
def test_no_query_is_an_error(query):
    article = make_article(headline="Otter")
    results = search.search(query)
    assert results.total in {0, 1}
    assert [hit.article for hit in results.hits] in ([], [article])
    assert set(search.for_desk(query)) <= {article}


def test_words_of_every_script_are_found_on_both_databases():
    words = ["мир", "मछली", "水獺", "عثمان", "ﬁnal", "naïve", "Ωμέγα", "co2", "ǅungla"]
    for word in words:
        article = make_article(headline=word)
        assert (word, found(word)) == (word, [article])


def test_endless_and_repetitive_texts_are_indexed():
    body = "<p>" + "otter " * 9_000 + " ".join(f"word{n}" for n in range(9_000)) + "</p>"
    article = make_article(body=body)
    assert found("otter") == found('"word2998 word2999"') == [article]


def test_phrase_is_found_below_any_number_of_texts_with_its_words_apart():
    now = timezone.now()
    apart = {"headline": ["Night of the moths, then a train"]}
    search.INDEX.put(
        [
            search.Entry(1, now - timedelta(days=9), {"headline": ["The night train is late"]}),
            *(search.Entry(n, now - timedelta(minutes=n), apart) for n in range(2, 2_002)),
        ],
        "en",
    )
    query = parse('"night train"', "en")
    hits = search.INDEX.hits({"text": (search.INDEX.anywhere(query), 100)})
    assert [hit.id for hit in hits] == [1]
    both = parse("night train", "en")
    assert len(search.INDEX.hits({"text": (search.INDEX.anywhere(both), 3_000)})) == 2_001
    without = parse('moth -"night train" -"then a"', "en")
    found = {"text": (search.INDEX.anywhere(without), 3_000)}
    assert search.INDEX.hits(found, excluded=search.INDEX.unwanted(without)) == []


def test_word_is_suggested_once_it_stands_in_a_headline():
    make_article(headline="Birds", body="<p>A bluebird.</p>")
    assert search.search("bluebrid").suggestion == ""
    make_article(headline="Bluebird")
    assert search.search("bluebrid").suggestion == "Bluebird"


# --- The desk and the editors' report -------------------------------------------------------------


def test_desk_finds_drafts_by_the_beginning_of_the_last_word():
    draft = make_draft(headline="Bridge over the canal")
    assert list(search.for_desk("bridge cana")) == [draft]
    assert list(search.for_desk("cana bridge")) == []
    assert list(search.for_desk("bridge -canal")) == []
    assert list(search.for_desk("")) == []


def test_vain_search_is_counted_under_one_spelling():
    for query in ("Otter  Pups", "otter pups ", "OTTER PUPS"):
        assert record(query)
    assert list(ZeroHit.objects.values_list("query", "count")) == [("otter pups", 3)]


@pytest.mark.parametrize("query", ["anna@example.org", "0171 1234567", "12345", "  ", "\x00", "?!"])
def test_vain_search_that_may_be_personal_is_not_kept(query):
    assert record(query) is False
    assert not ZeroHit.objects.exists()


def test_table_of_vain_searches_is_bounded(monkeypatch):
    monkeypatch.setattr("articles.zerohits._MAX_ROWS", 3)
    record("often")
    for query in ("often", "a1", "b2", "c3", "d4"):
        record(query)
    assert list(ZeroHit.objects.values_list("query", flat=True)) == ["often", "d4", "c3"]
