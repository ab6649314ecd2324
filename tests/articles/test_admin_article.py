"""The table of articles: who may see and do what, the list, steps for many, deletion."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from articles import workflow
from articles.models import Article
from tests.factories import AuthorFactory, UserFactory, make_article, make_content, make_draft

pytestmark = pytest.mark.django_db

LIST = reverse("admin:articles_article_changelist")
PAGES = [
    "change",
    "history",
    "compare",
    "related",
    "preview",
    "delete",
]
POSTS = ["autosave", "presence"]


def at(name, article, *more) -> str:
    return reverse(f"admin:articles_article_{name}", args=[article.pk, *more])


def heads(response) -> list[str]:
    """The headlines of a list's page, in their order."""
    return [article.headline for article in response.context["cl"].result_list]


@pytest.mark.parametrize("count", [3, 200])
def test_list_takes_the_same_queries_at_any_size(count, sign_in, editor, django_assert_num_queries):
    author = AuthorFactory()
    for number in range(count):
        make_article(headline=f"Report {number}", bylines=[{"author": author.pk}])
    client = sign_in(editor)
    client.get(LIST)
    with django_assert_num_queries(10, is_warm=True):
        response = client.get(LIST)
    assert len(response.context["cl"].result_list) == min(count, 50)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Later", "Edited live", "Live", "Review", "Draft"]),
        ("?status=draft", ["Draft"]),
        ("?status=in_review", ["Review"]),
        ("?status=published", ["Later", "Edited live", "Live"]),
        ("?status=scheduled", ["Later"]),
        ("?status=changed", ["Edited live"]),
        ("?status=embargoed", []),
        ("?status=nonsense", ["Later", "Edited live", "Live", "Review", "Draft"]),
        ("?author=me", ["Review", "Draft"]),
        ("?author=99999999999999999999", ["Later", "Edited live", "Live", "Review", "Draft"]),
        ("?author=999999", []),
        ("?q=review", ["Review"]),
    ],
)
def test_list_filters_and_finds(query, expected, sign_in, reporter, editor):
    make_draft(by=reporter, headline="Draft")
    workflow.submit(make_draft(by=reporter, headline="Review"), by=reporter)
    make_article(headline="Live")
    edited = make_article(headline="Edited live")
    values = make_content(**{**edited.head.content, "standfirst": "New"})
    workflow.save_draft(edited, values, by=editor, base=edited.head)
    later = make_draft(by=editor, headline="Later")
    workflow.publish(later, by=editor, at=timezone.now() + timedelta(days=1))
    assert heads(sign_in(reporter).get(LIST + query)) == expected


def test_list_finds_an_authors_articles_by_name_and_by_click(sign_in, editor):
    author = AuthorFactory(name="Rita Reuter")
    make_article(
        headline="Hers", bylines=[{"author": author.pk}, {"author": author.pk, "role": "photo"}]
    )
    make_article(headline="Not hers")
    client = sign_in(editor)
    assert heads(client.get(LIST + "?q=reuter")) == ["Hers"]
    assert heads(client.get(LIST + f"?author={author.pk}")) == ["Hers"]
    assert client.get(LIST).content.decode().count(f'<a href="?author={author.pk}">') == 1


def test_list_shows_where_each_article_stands(sign_in, editor, chief):
    article = make_draft(by=editor, headline="Secret")
    until = timezone.now() + timedelta(days=2)
    workflow.plan(article, by=editor, planned_at=None, embargo_until=until, expires_at=None)
    workflow.publish(article, by=editor, at=until)
    page = sign_in(editor).get(LIST).content.decode()
    assert '<span class="status status-scheduled">Scheduled</span>' in page
    assert '<span class="status status-embargoed">Embargo</span>' in page


def test_moderator_and_strangers_see_nothing_of_this(client, sign_in, moderator):
    article = make_draft()
    addresses = [
        LIST,
        reverse("admin:articles_article_add"),
        *(at(page, article) for page in PAGES),
    ]
    addresses.append(at("links", article))
    for address in addresses:
        assert client.get(address).status_code == 302
    sign_in(moderator)
    assert [client.get(address).status_code for address in addresses] == [403] * len(addresses)
    posts = [at(page, article) for page in POSTS]
    posts += [
        reverse("admin:articles_article_bulk"),
        reverse("admin:articles_article_autosave_new"),
    ]
    data = {"sitting": "s", "section": article.section_id}
    assert [client.post(address, data).status_code for address in posts] == [403] * len(posts)
    assert Article.objects.count() == 1


def test_refusals_do_not_tell_which_articles_there_are(sign_in, moderator):
    article = make_draft()
    client = sign_in(moderator)
    for pk in (article.pk, article.pk + 1):
        for name in ("articles_article_change", "articles_promo_why"):
            assert client.get(reverse(f"admin:{name}", args=[pk])).status_code == 403
        seen = reverse("admin:articles_article_agency_seen", args=[pk])
        assert client.post(seen).status_code == 403


def test_a_reporter_reads_what_others_wrote_and_changes_nothing(sign_in, reporter):
    article = make_draft(by=UserFactory(role="Reporter"), headline="Not mine")
    client = sign_in(reporter)
    page = client.get(at("change", article))
    assert page.status_code == 200
    assert "Not mine" in page.content.decode()
    assert "<form method" not in page.content.decode().split('id="content"')[1]
    revision = article.head.pk
    for address in (
        at("change", article),
        at("autosave", article),
        at("presence", article),
        at("restore", article, revision),
        at("collision", article, revision),
        at("set_aside", article, revision),
    ):
        data = {"sitting": "s", "headline": "Mine", "section": article.section_id}
        assert client.post(address, data).status_code == 403
    assert article.revisions.count() == 1


@pytest.mark.parametrize("name", ["autosave", "restore", "set_aside", "revoke", "bulk"])
def test_changes_are_made_by_post_only(name, sign_in, chief):
    article = make_draft(by=chief)
    args = {
        "autosave": [article.pk],
        "restore": [article.pk, article.head_id],
        "set_aside": [article.pk, article.head_id],
        "revoke": [article.pk, 1],
        "bulk": [],
    }[name]
    address = reverse(f"admin:articles_article_{name}", args=args)
    assert sign_in(chief).get(address).status_code == 405


@pytest.mark.parametrize("pk", ["0", "999999", "99999999999999999999999", "x"])
def test_an_article_that_is_not_there_answers_404(pk, sign_in, editor):
    client = sign_in(editor)
    assert client.get(f"/admin/articles/article/{pk}/change/").status_code == 404


# --- Steps for many -------------------------------------------------------------------------------


def run(client, action, articles, **data):
    chosen = {"action": action, "_selected_action": [article.pk for article in articles]}
    return client.post(LIST, chosen | data, follow=True)


def said(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def test_approving_many_names_the_refused_ones(sign_in, reporter, editor):
    ready = [make_draft(by=reporter, headline=f"Ready {number}") for number in (1, 2)]
    for article in ready:
        workflow.submit(article, by=reporter)
    draft = make_draft(by=reporter, headline="Unready")
    response = run(sign_in(editor), "approve", [*ready, draft])
    messages = said(response)
    assert "Approve: 2 articles." in messages
    assert [message for message in messages if "Unready" in message] == [
        next(message for message in messages if message.startswith("“Unready”: The article is now"))
    ]
    assert list(Article.objects.order_by("pk").values_list("status", flat=True)) == [
        "approved",
        "approved",
        "draft",
    ]


def test_publishing_many_asks_first(sign_in, editor):
    articles = [make_draft(by=editor, headline="One"), make_draft(by=editor, body="")]
    client = sign_in(editor)
    page = run(client, "publish", articles)
    assert not Article.objects.visible().exists()
    assert "Publish now" in page.content.decode()
    chosen = {"verb": "publish", "article": [article.pk for article in articles]}
    response = client.post(reverse("admin:articles_article_bulk"), chosen, follow=True)
    assert [article.headline for article in Article.objects.visible()] == ["One"]
    assert any("The text is empty." in message for message in said(response))


def test_sending_many_back_needs_a_reason(sign_in, reporter, editor):
    article = workflow.submit(make_draft(by=reporter), by=reporter)
    client = sign_in(editor)
    chosen = {"verb": "send_back", "article": [article.pk], "reason": " "}
    page = client.post(reverse("admin:articles_article_bulk"), chosen)
    assert "Give a reason." in page.content.decode()
    assert Article.objects.get().status == "in_review"
    client.post(reverse("admin:articles_article_bulk"), chosen | {"reason": "Too short"})
    assert Article.objects.get().status == "draft"
    assert Article.objects.get().log.first().reason == "Too short"


def test_a_reporter_is_offered_and_allowed_only_to_submit(sign_in, reporter):
    article = make_draft(by=reporter)
    client = sign_in(reporter)
    choices = client.get(LIST).context["action_form"].fields["action"].choices
    assert [name for name, _label in choices if name] == ["submit"]
    data = {"verb": "publish", "article": [article.pk]}
    assert client.post(reverse("admin:articles_article_bulk"), data).status_code == 403
    assert Article.objects.get().status == "draft"


# --- Deletion -------------------------------------------------------------------------------------


def test_only_the_chief_deletes_and_only_what_never_appeared(sign_in, editor, chief):
    draft, live = make_draft(by=editor), make_article()
    values = make_content(**{**draft.head.content, "headline": "New"})
    workflow.save_draft(draft, values, by=editor, base=draft.head)
    assert sign_in(editor).post(at("delete", draft), {"post": "yes"}).status_code == 403
    client = sign_in(chief)
    assert client.post(at("delete", live), {"post": "yes"}).status_code == 403
    assert client.post(at("delete", draft), {"post": "yes"}).status_code == 302
    assert list(Article.objects.all()) == [live]


def test_discarding_what_appeared_is_refused_by_the_verb_too(chief, editor):
    with pytest.raises(workflow.Refused):
        workflow.discard(make_article(), by=chief)
    with pytest.raises(workflow.NotPermitted):
        workflow.discard(make_draft(by=editor), by=editor)
    assert Article.objects.count() == 2
