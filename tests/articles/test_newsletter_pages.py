"""The newsletter's pages: sign-up and archive for readers, the desk's page of an issue."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from selectolax.lexbor import LexborHTMLParser

from articles import newsletter, workflow
from articles.models import NewsletterIssue, Subscription
from newsroom.models import Message
from tests.factories import UserFactory, make_article, make_draft

pytestmark = pytest.mark.django_db

ADD = "/admin/articles/newsletterissue/add/"


@pytest.fixture(autouse=True)
def clock(time_machine):
    cache.clear()
    time_machine.move_to("2026-03-04 12:00:00+00:00", tick=False)
    return time_machine


def sent(number: int = 1, *articles, **values) -> NewsletterIssue:
    at = timezone.now() - timedelta(days=number)
    ids = [article.pk for article in articles]
    given = {"subject": f"Issue {number}", "state": "sent", "sent_at": at, "articles": ids}
    return NewsletterIssue.objects.create(**given, **values)


def draft(by, **values) -> NewsletterIssue:
    return newsletter.save(None, newsletter.Contents(subject="The week", **values), by=by)


def titles(response) -> list[str]:
    found = LexborHTMLParser(response.content).css(".river .headline")
    return [node.text() for node in found]


# --- Readers --------------------------------------------------------------------------------------


def test_archive_lists_what_was_sent_and_offers_the_form(client, editor):
    draft(editor)
    for number in (1, 2):
        sent(number)
    page = client.get("/newsletter/")
    assert "The week" not in page.text
    tree = LexborHTMLParser(page.content)
    assert [node.text() for node in tree.css(".letters a")] == ["Issue 1", "Issue 2"]
    form = tree.css_first("form.alert-form")
    assert form.attributes["action"] == "/alerts/"
    assert form.css_first("[name=scope]").attributes["value"] == "newsletter:0"
    assert "It may carry one labelled advertisement" in form.text()
    assert '<link rel="canonical" href="http://testserver/newsletter/">' in page.text


def test_issue_has_one_address_and_search_engines_may_have_it(client):
    issue = sent(1, make_article(headline="Bridge"), intro="<p>Hello</p>", closing="<p>Bye</p>")
    address = issue.get_absolute_url()
    assert address == f"/newsletter/{issue.pk}-issue-1/"
    response = client.get(f"/newsletter/{issue.pk}-old-words/")
    assert (response.status_code, response["Location"]) == (301, address)
    page = client.get(address)
    assert titles(page) == ["Bridge"]
    assert f'<link rel="canonical" href="http://testserver{address}">' in page.text
    assert "noindex" not in page.text
    assert page.text.index("Hello") < page.text.index("Bridge") < page.text.index("Bye")


def test_sitemap_names_the_issues_that_were_sent(client, editor):
    draft(editor)
    assert "/newsletter/" not in client.get("/sitemap-lists.xml").getvalue().decode()
    issue = sent(1)
    places = client.get("/sitemap-lists.xml").getvalue().decode()
    assert places.count("/newsletter/") == 2
    assert f"<loc>http://testserver{issue.get_absolute_url()}</loc>" in places


def test_drafts_and_scheduled_issues_do_not_exist_for_readers(client, editor):
    issue = draft(editor, auto_count=1)
    assert client.get(issue.get_absolute_url()).status_code == 404
    newsletter.schedule(issue, timezone.now() + timedelta(days=1), by=editor, seen=1)
    assert client.get(issue.get_absolute_url()).status_code == 404


def test_archive_shows_what_was_sent_without_what_was_withdrawn(client, chief):
    stays, gone = make_article(headline="Stays"), make_article(headline="Gone")
    issue = sent(1, gone, stays)
    assert titles(client.get(issue.get_absolute_url())) == ["Gone", "Stays"]
    workflow.withdraw(gone, by=chief, reason="No.")
    make_article(headline="New")
    assert titles(client.get(issue.get_absolute_url())) == ["Stays"]


@pytest.mark.parametrize("number", [1, 3])
def test_pages_cost_the_same_queries_for_any_number(client, number, django_assert_num_queries):
    for day in range(number):
        issue = sent(day + 1, *(make_article() for _n in range(number)))
    client.get("/newsletter/")
    with django_assert_num_queries(4):
        client.get("/newsletter/")
    with django_assert_num_queries(5):
        client.get(issue.get_absolute_url())


def test_pages_with_the_form_stay_fit_for_any_cache(client):
    issue = sent(1, make_article())
    for path in ("/newsletter/", issue.get_absolute_url(), "/"):
        response = client.get(path)
        assert 'value="newsletter:0"' in response.text, path
        assert not response.cookies, path
        assert "csrfmiddlewaretoken" not in response.text, path
        assert "Cookie" not in response.get("Vary", ""), path
        assert client.post(path).status_code == 405, path


# --- The desk -------------------------------------------------------------------------------------


def form(**values) -> dict:
    return {
        "subject": "The week", "intro": "<p>Hi</p>", "closing": "", "auto_count": 2,
        "auto_source": "newest", "version": 0, "scheduled_for": "", "q": "", **values,
    }  # fmt: skip


def test_only_those_who_send_it_see_its_pages(sign_in, editor, reporter):
    issue = draft(editor, auto_count=1)
    names = ["preview", "preview_mail", "preview_page", "change", "delete"]
    pages = [reverse(f"admin:articles_newsletterissue_{name}", args=[issue.pk]) for name in names]
    pages += [ADD, "/admin/articles/newsletterissue/"]
    for user, status in ((reporter, 403), (UserFactory(role="Commercial"), 403), (editor, 200)):
        client = sign_in(user)
        assert {client.get(page).status_code for page in pages} == {status}, user
    assert client.get("/admin/articles/newsletterissue/999/change/").status_code == 404
    sign_in(reporter)
    assert client.post(ADD, form()).status_code == 403
    assert NewsletterIssue.objects.count() == 1


def test_issue_is_put_together_button_by_button(sign_in, editor):
    client = sign_in(editor)
    one, two = make_article(headline="Bridge open"), make_draft(headline="Bridge shut")
    response = client.post(ADD, form(find="1", q="Bridge"), follow=True)
    issue = NewsletterIssue.objects.get()
    assert [row.headline for row, _badges in response.context["found"]] == [
        "Bridge shut", "Bridge open",
    ]  # fmt: skip
    page = response.request["PATH_INFO"]
    client.post(page, form(version=1, pick=one.pk))
    response = client.post(page, form(version=2, picked=[one.pk], pick=two.pk), follow=True)
    assert "goes along once it is published" in response.text
    order = lambda: list(issue.picks.values_list("article", flat=True))  # noqa: E731
    assert order() == [one.pk, two.pk]
    client.post(page, form(version=3, picked=[one.pk, two.pk], up=two.pk))
    assert order() == [two.pk, one.pk]
    client.post(page, form(version=4, picked=[two.pk, one.pk], down=two.pk))
    client.post(page, form(version=5, picked=[one.pk, two.pk], unpick=one.pk))
    assert order() == [two.pk]
    issue.refresh_from_db()
    assert (issue.intro, issue.auto_count, issue.version) == ("<p>Hi</p>", 2, 6)


def test_text_is_not_lost_when_somebody_was_faster_or_a_field_is_wrong(sign_in, editor):
    client, issue = sign_in(editor), draft(editor)
    page = reverse("admin:articles_newsletterissue_change", args=[issue.pk])
    late = client.post(page, form(version=0, intro="<p>My long text</p>"))
    assert late.status_code == 200
    assert "My long text" in late.text
    assert "Somebody else has saved this issue meanwhile" in late.text
    wrong = client.post(page, form(version=1, subject="", intro="<p>My long text</p>"))
    assert "My long text" in wrong.text
    issue.refresh_from_db()
    assert (issue.version, issue.intro) == (1, "")


def test_schedule_test_and_taking_back(sign_in, editor):
    editor.email = "edgar@example.org"
    editor.save()
    client, issue = sign_in(editor), draft(editor, auto_count=1)
    page = reverse("admin:articles_newsletterissue_change", args=[issue.pk])
    refused = client.post(page, form(version=1, schedule="1"), follow=True)
    assert "Say when it is to go out." in refused.text
    client.post(page, form(version=2, test="1"))
    assert Message.objects.get().kind == "newsletter-test"
    client.post(page, form(version=3, schedule="1", scheduled_for="2026-03-05T18:00"))
    issue.refresh_from_db()
    assert issue.state == "scheduled"
    assert timezone.localtime(issue.scheduled_for).isoformat() == "2026-03-05T18:00:00+01:00"
    shown = client.get(page)
    assert "Take it off the schedule" in shown.text
    client.post(page, form(version=4, subject="Changed"))
    client.post(page, {"unschedule": "1"})
    issue.refresh_from_db()
    assert (issue.state, issue.subject) == ("draft", "The week")
    assert client.post(
        reverse("admin:articles_newsletterissue_delete", args=[issue.pk]), {"post": "yes"}
    ).status_code == 302  # fmt: skip
    assert not NewsletterIssue.objects.exists()


def test_sent_issue_shows_its_counts_and_cannot_be_deleted(sign_in, editor):
    issue = sent(1, make_article(), recipients=9, delivered=5, failed=2, skipped=1)
    client = sign_in(editor)
    page = client.get(reverse("admin:articles_newsletterissue_change", args=[issue.pk]))
    counts = [int(node.text()) for node in LexborHTMLParser(page.content).css(".letter-counts dd")]
    assert counts == [9, 5, 2, 1, 1]
    delete = reverse("admin:articles_newsletterissue_delete", args=[issue.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 403


def test_preview_shows_mail_and_page_as_of_its_time(sign_in, editor, chief):
    coming = make_draft(headline="Coming & going")
    workflow.publish(coming, by=chief, at=timezone.now() + timedelta(hours=1))
    issue = draft(editor, picks=[coming.pk], intro="<p>Hi</p>")
    client = sign_in(editor)
    paths = [
        reverse(f"admin:articles_newsletterissue_{name}", args=[issue.pk])
        for name in ("preview", "preview_mail", "preview_page")
    ]
    assert not any("Coming" in client.get(path).text for path in paths)
    newsletter.schedule(issue, timezone.now() + timedelta(hours=2), by=editor, seen=1)
    whole, mail, page = (client.get(path) for path in paths)
    assert all("Coming &amp; going" in answer.text for answer in (whole, mail, page))
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in whole.text
    policy = mail["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert "private" in page["Cache-Control"]
    assert not Message.objects.exists()
    assert not Subscription.objects.exists()


@pytest.mark.parametrize("number", [1, 3])
def test_desk_costs_the_same_queries_for_any_number(
    sign_in, editor, number, django_assert_num_queries
):
    picks = [make_article().pk for _n in range(number)]
    for _n in range(number):
        issue = draft(editor, picks=picks)
    client = sign_in(editor)
    page = reverse("admin:articles_newsletterissue_change", args=[issue.pk])
    client.get(page)
    with django_assert_num_queries(14):
        client.get(page)
    with django_assert_num_queries(10):
        client.get("/admin/articles/newsletterissue/")
