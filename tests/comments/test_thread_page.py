"""Threads as readers read them: what shows, in what order, how deep, and at which cost."""

import json

import pytest
from django.test import Client

from articles.models import Article
from comments import block, moderation, thread
from comments.models import Comment
from tests.factories import UserFactory, make_article

from .readers import decide, published, shown, thread_url, tree, write

pytestmark = pytest.mark.django_db


def page_of(client, article: Article, query: str = ""):
    response = client.get(f"{thread_url(article)}{query}")
    assert response.status_code == 200
    return response


def walk(client, article: Article, query: str = "") -> list[str]:
    """Every comment that the links of the pages lead to."""
    found: list[str] = []
    while True:
        response = page_of(client, article, query)
        found += shown(response)
        further = tree(response).css_first("a.pagination-next")
        if further is None:
            return found
        query = further.attributes["href"].partition("?")[2].partition("#")[0]
        query = f"?{query}"


def test_only_approved_comments_below_approved_ones_show(client):
    article = make_article()
    root = published(article, "root")
    published(article, "reply", parent=root)
    hidden = published(article, "to be hidden")
    published(article, "below hidden", parent=hidden)
    decide(hidden, "rejected", "off_topic")
    write(article, "pending")
    decide(write(article, "rejected"), "rejected", "insult")
    decide(write(article, "spam"), "spam")
    assert Comment.objects.count() == 7
    for response in (client.get(article.get_absolute_url()), page_of(client, article)):
        assert shown(response) == ["root", "reply"]
        assert tree(response).css_first("#comments .count").text() == "2"


def test_a_tombstone_keeps_the_thread_together_and_tells_nothing(client):
    article = make_article()
    root = published(article, "gone words", name="Gone", address="gone@example.org")
    published(article, "answer", parent=root)
    published(article, "alone words", name="Gone", address="gone@example.org")
    moderation.erase("gone@example.org")
    response = client.get(article.get_absolute_url())
    assert shown(response) == ["This comment has been removed.", "answer"]
    assert "in reply to" in tree(response).css_first("#comments").text()
    assert b"gone words" not in response.content
    assert b"alone words" not in response.content
    assert tree(response).css_first("#comments .count").text() == "1"


def test_deep_replies_stand_beside_each_other_and_say_whom_they_answer(client):
    article = make_article()
    above = None
    for level in range(1, 7):
        above = published(article, f"level {level}", name=f"Writer {level}", parent=above)
    places = tree(client.get(article.get_absolute_url())).css(".comment")
    depths = [next(c for c in p.attributes["class"].split() if "depth" in c) for p in places]
    assert depths == ["depth-1", "depth-2", "depth-3", "depth-4", "depth-4", "depth-4"]
    said = places[4].css_first(".comment-meta").text(separator=" ", strip=True)
    assert "in reply to Writer 4" in said
    assert places[4].css_first(".hidden") is None
    assert places[1].css_first(".hidden").text(strip=True).startswith("in reply to")


def test_long_threads_end_with_a_way_to_the_rest(client):
    article = make_article()
    root = published(article, "root")
    for n in range(thread.REPLIES + 3):
        published(article, f"reply {n}", parent=root)
    published(article, "next root")
    response = client.get(article.get_absolute_url())
    first = [f"reply {n}" for n in range(thread.REPLIES)]
    assert shown(response) == ["root", *first, "next root"]
    more = tree(response).css_first(".comment-more a").attributes["href"]
    rest = client.get(more.partition("#")[0])
    assert shown(rest) == ["root", *(f"reply {thread.REPLIES + n}" for n in range(3))]
    assert tree(rest).css_first('link[rel="canonical"]').attributes["href"] == (
        f"http://testserver{article.get_absolute_url()}"
    )
    assert 'content="noindex, follow"' in rest.content.decode()


def test_a_thread_of_exactly_as_many_replies_as_fit_promises_no_more(client):
    article = make_article()
    root = published(article, "root")
    for n in range(thread.REPLIES):
        published(article, f"reply {n}", parent=root)
    assert b"comment-more" not in client.get(article.get_absolute_url()).content


@pytest.mark.parametrize("order", ["", "?order=newest"])
def test_every_root_is_on_one_of_the_pages_in_order(client, monkeypatch, order):
    monkeypatch.setattr(thread, "ROOTS", 3)
    article = make_article()
    texts = [f"root {n}" for n in range(8)]
    for text in texts:
        published(article, text)
    assert walk(client, article, order) == (texts[::-1] if order else texts)
    assert shown(client.get(article.get_absolute_url())) == texts[:3]


def test_every_reply_is_on_one_of_the_pages_of_its_thread(client, monkeypatch):
    monkeypatch.setattr(thread, "REPLIES_ALONE", 4)
    article = make_article()
    root = published(article, "root")
    for n in range(9):
        published(article, f"reply {n}", parent=root)
    found = walk(client, article, f"?comment={root.pk}")
    assert [text for text in found if text != "root"] == [f"reply {n}" for n in range(9)]


def test_a_permalink_finds_its_comment_wherever_it_stands(client, monkeypatch):
    monkeypatch.setattr(thread, "REPLIES_ALONE", 4)
    article = make_article()
    root = published(article, "root")
    last = [published(article, f"reply {n}", parent=root) for n in range(9)][-1]
    response = page_of(client, article, f"?comment={last.pk}")
    assert tree(response).css_first(f"#comment-{last.pk}") is not None
    assert shown(response) == ["root", "reply 8"]


def test_the_permalink_of_a_hidden_comment_leads_to_the_others(client):
    article = make_article()
    hidden = write(article, "pending")
    response = client.get(f"{thread_url(article)}?comment={hidden.pk}")
    assert (response.status_code, response.url) == (302, f"{article.get_absolute_url()}#comments")


@pytest.mark.parametrize(
    "query",
    [
        "?after=x", "?after=9999999", "?after=0", "?order=best", "?comment=x", "?reply=x",
        "?comment=99999999999999999999", "?reply=99999999999999999999", "?after=%00",
        "?comment=%D9%A1",
    ],
)  # fmt: skip
def test_nonsense_in_the_address_shows_the_first_page(client, query):
    article = make_article()
    published(article, "there")
    assert shown(page_of(client, article, query)) == ["there"]


@pytest.mark.parametrize("order", [thread.OLDEST, thread.NEWEST])
def test_a_short_discussion_is_shown_as_a_long_one(order):
    article, moderator = make_article(), UserFactory(role="Moderator")
    roots = [published(article, f"root {n}") for n in range(4)]
    for n in range(thread.REPLIES + 2):
        published(article, f"reply {n}", parent=roots[0])
    below = published(article, "reply", parent=roots[1])
    deeper = published(article, "deeper", parent=below)
    published(article, "below what is hidden", parent=deeper)
    moderation.decide({deeper.pk: deeper.version}, to="spam", by=moderator)
    write(article, "pending", parent=roots[2])
    removed = Comment.objects.filter(pk__in=[roots[1].pk, roots[3].pk])
    removed.update(status="removed", body="", body_html="")
    short = thread.of_article(article, {"order": order})
    long = thread._some_of(article, order, "")
    pages = [
        [entry._replace(comment=entry.comment._replace(cut=None)) for entry in page.entries]
        for page in (short, long)
    ]
    assert pages[0] == pages[1]
    assert len(pages[0]) == 1 + thread.REPLIES + 2 + 1
    assert (short.count, short.first, short.next) == (long.count, long.first, long.next)


@pytest.mark.parametrize(("count", "queries"), [(0, 3), (1, 2), (3, 2), (60, 4)])
def test_what_the_block_costs(rf, count, queries, django_assert_num_queries):
    article = make_article()
    moderator = UserFactory(role="Moderator")
    seen = {}
    for n in range(count):
        root = write(article, f"root {n}", name=f"Ann {n}")
        seen[root.pk] = root.version
    if seen:
        moderation.decide(seen, to="approved", by=moderator)
        published(article, "reply", parent=root)
    shown_article = Article.objects.visible().for_page().get(pk=article.pk)
    request = rf.get("/")
    with django_assert_num_queries(queries):
        talk = block.of_article(request, shown_article)
        assert talk.closed is None
        assert talk.page.count == (count + 1 if count else 0)


def test_the_page_is_the_same_for_everybody(time_machine):
    time_machine.move_to("2026-05-04 12:00:00+02:00", tick=False)
    article = make_article()
    published(article, "there")
    chief = Client()
    chief.force_login(
        UserFactory(role="Chief editor"), backend="django.contrib.auth.backends.ModelBackend"
    )
    pages = [reader.get(article.get_absolute_url()) for reader in (Client(), Client(), chief)]
    assert len({page.content for page in pages}) == 1
    assert [page.cookies for page in pages] == [{}, {}, {}]
    assert b"csrf" not in pages[0].content


def test_staff_are_marked(client):
    article = make_article()
    editor = UserFactory(role="Editor", first_name="Edgar", last_name="Ehm")
    published(article, "from the desk", user=editor)
    published(article, "from a reader")
    badges = [
        node.css_first(".comment-badge") is not None
        for node in tree(client.get(article.get_absolute_url())).css(".comment")
    ]
    assert badges == [True, False]


def structured(client, article: Article) -> list[dict]:
    scripts = tree(client.get(article.get_absolute_url())).css('script[type*="ld+json"]')
    return [json.loads(script.text()) for script in scripts]


def test_structured_data_count_what_readers_see(client):
    article = make_article()
    write(article, "pending")
    assert not [data for data in structured(client, article) if "commentCount" in data]
    published(article, "there", name="</script><b>")
    (data,) = [data for data in structured(client, article) if "commentCount" in data]
    url = f"http://testserver{article.get_absolute_url()}"
    assert data["@id"] == f"{url}#article"
    assert (data["commentCount"], data["discussionUrl"]) == (1, f"{url}#comments")


def test_the_head_of_the_article_counts_comments(client):
    article = make_article()
    assert "#comments" not in tree(client.get(article.get_absolute_url())).css_first(".dates").html
    published(article, "one")
    dates = tree(client.get(article.get_absolute_url())).css_first(".dates")
    assert dates.css_first('a[href="#comments"]').text() == "1 comment"
