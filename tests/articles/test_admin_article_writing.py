"""The writing page: saving, steps, autosave, presence, collisions, history, previews."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from selectolax.lexbor import LexborHTMLParser

from articles import sharing, workflow
from articles.models import Article, Presence, PreviewLink, Revision
from newsroom.lib.verbs import NotPermitted, Refused
from tests.factories import SectionFactory, make_article, make_content, make_draft

from .test_admin_article import at, said
from .test_forms import posted

pytestmark = pytest.mark.django_db

ADD = reverse("admin:articles_article_add")


def read(article) -> Article:
    return Article.objects.get(pk=article.pk)


def form_of(article, base=None, **changes) -> dict:
    """What the page of an article sends."""
    base = base or article.head
    data = {"base": base.pk, "sitting": "s1", **posted(base.content)}
    for name in ("planned_at", "embargo_until", "expires_at"):
        if moment := getattr(article, name):
            data[name] = timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")
    return data | changes


def save(client, article, **changes):
    return client.post(at("change", article), form_of(article, **changes), follow=True)


def test_a_new_article_is_saved_and_opened(sign_in, reporter):
    data = {"sitting": "s1", **posted(section=SectionFactory().pk, headline="Rain")}
    response = sign_in(reporter).post(ADD, data)
    article = Article.objects.get()
    assert response.headers["Location"] == at("change", article)
    assert (article.headline, article.created_by, article.status) == ("Rain", reporter, "draft")


def test_an_invalid_field_saves_nothing_and_keeps_all_input(sign_in, reporter):
    data = {"sitting": "s1", **posted(section=SectionFactory().pk, headline="Rain")}
    page = sign_in(reporter).post(ADD, data | {"canonical_url": "no address"})
    assert page.status_code == 200
    assert page.context["form"]["headline"].value() == "Rain"
    assert page.context["form"]["canonical_url"].value() == "no address"
    assert not Article.objects.exists()


def test_saving_a_live_article_changes_nothing_for_readers(sign_in, editor):
    article = make_article(headline="Old")
    response = save(sign_in(editor), article, headline="New")
    assert said(response) == ["Saved as no. 2. Readers see the old text until you publish."]
    assert (read(article).headline, read(article).head.content["headline"]) == ("Old", "New")


@pytest.mark.parametrize(
    ("start", "move", "more", "status"),
    [
        ("draft", "submit", {}, "in_review"),
        ("in_review", "approve", {}, "approved"),
        ("in_review", "send_back", {"send_back_reason": "Why?"}, "draft"),
        ("approved", "publish", {}, "published"),
        ("published", "withdraw", {"withdraw_reason": "Wrong"}, "withdrawn"),
        ("withdrawn", "reinstate", {"reinstate_reason": "Right"}, "published"),
    ],
)
def test_each_button_takes_its_step(start, move, more, status, sign_in, chief):
    article = make_article(status=start if start != "withdrawn" else "published")
    if start == "withdrawn":
        workflow.withdraw(article, by=chief, reason="Wrong")
        article = read(article)
    assert article.status == start
    save(sign_in(chief), article, move=move, **more)
    assert read(article).status == status


def test_an_empty_text_cannot_be_handed_in(sign_in, reporter):
    data = {"sitting": "s1", **posted(section=SectionFactory().pk, headline="Rain", body="")}
    page = sign_in(reporter).post(ADD, data | {"move": "submit"}, follow=True)
    assert "Your text is saved, but: The text is empty." in page.text
    assert Article.objects.get().status == "draft"


def test_a_refused_step_keeps_the_text_and_the_input(sign_in, chief):
    article = make_article(headline="Old")
    page = save(sign_in(chief), article, headline="New", move="withdraw")
    assert page.context["desk"].refusals == ["Your text is saved, but: Give a reason."]
    html = LexborHTMLParser(page.content)
    assert html.css_first("[name=withdraw_reason]").attributes["aria-invalid"] == "true"
    assert html.css_first("#field-withdraw_reason .errorlist").text(strip=True) == "Give a reason."
    assert page.context["form"]["headline"].value() == "New"
    assert (read(article).status, read(article).head.content["headline"]) == ("published", "New")
    # The page stands on what was saved: the next save collides with nothing.
    assert page.context["desk"].base == read(article).head


def test_publishing_with_a_time_in_the_field_asks_which_was_meant(sign_in, editor):
    article = make_draft(by=editor)
    later = timezone.localtime(timezone.now() + timedelta(days=1))
    moment = later.strftime("%Y-%m-%dT%H:%M")
    client = sign_in(editor)
    page = save(client, article, move="publish", publish_at=moment)
    assert "You set a time." in page.context["desk"].refusals[0]
    assert read(article).status == "draft"
    save(client, article, move="schedule", publish_at=moment)
    article = read(article)
    assert article.is_scheduled
    assert article.published_at == later.replace(second=0, microsecond=0)
    save(client, article, move="unschedule")
    assert read(article).status == "approved"


def test_a_typo_leaves_the_updated_time(sign_in, editor):
    article = make_article(headline="Old")
    client = sign_in(editor)
    save(client, article, headline="Old!", move="publish")
    assert read(article).updated_at is None
    save(client, read(article), headline="New", move="publish", is_update="on")
    assert read(article).updated_at is not None


def test_a_correction_is_added(sign_in, editor):
    article = make_article()
    words = {"correction_kind": "correction", "correction_text": "Tuesday", "move": "correct"}
    save(sign_in(editor), article, correction_is_public="on", **words)
    assert [(c.text, c.is_public) for c in article.corrections.all()] == [("Tuesday", True)]


def test_times_are_planned_and_an_embargo_is_lifted_by_the_chief_only(sign_in, editor, chief):
    article = make_draft(by=editor)
    until = timezone.now() + timedelta(days=1, seconds=7)
    workflow.plan(article, by=editor, planned_at=None, embargo_until=until, expires_at=None)
    article = read(article)
    # Seconds that the field does not show are no change of the embargo.
    save(sign_in(editor), article, headline="New")
    assert read(article).embargo_until == until
    page = save(sign_in(editor), read(article), embargo_until="")
    assert "permission" in page.context["desk"].refusals[0]
    save(sign_in(chief), read(article), embargo_until="")
    assert read(article).embargo_until is None


def test_a_save_on_top_of_anothers_shows_both_and_keeps_both(sign_in, editor, chief):
    article = make_draft(by=editor, headline="Storm")
    base = article.head
    save(sign_in(chief), article, headline="Storm in Bonn")
    client = sign_in(editor)
    page = client.post(at("change", article), form_of(article, base=base, headline="Storm in Kiel"))
    assert page.status_code == 409
    (found,) = [d for d in page.context["differences"] if d.name == "headline"]
    assert "".join(part.text for part in found.old) == "Storm in Bonn"
    assert "".join(part.text for part in found.new) == "Storm in Kiel"
    kept = article.revisions.get(kind="conflict")
    assert kept.content["headline"] == "Storm in Kiel"
    assert read(article).head.content["headline"] == "Storm in Bonn"
    data = {"base": read(article).head_id, "mine": ["headline"]}
    client.post(at("collision", article, kept.pk), data)
    assert read(article).head.content["headline"] == "Storm in Kiel"
    assert read(article).head.content["slug"] == "storm-in-bonn"


def test_only_what_the_second_writer_changed_is_marked(sign_in, editor, chief):
    article = make_draft(by=editor, headline="Storm", slug="storm", kicker="Weather")
    base = article.head
    save(sign_in(chief), article, kicker="North")
    client = sign_in(editor)
    page = client.post(at("change", article), form_of(article, base=base, headline="Gale"))
    names = [difference.name for difference in page.context["differences"]]
    assert [name for name in names if name in page.context["touched"]] == ["headline", "slug"]
    assert "kicker" in names


def test_taking_over_again_collides_with_a_third_save(sign_in, editor, chief):
    article = make_draft(by=editor, headline="One")
    base = article.head
    save(sign_in(chief), article, headline="Two")
    client = sign_in(editor)
    client.post(at("change", article), form_of(article, base=base, headline="Three"))
    seen = read(article).head
    save(sign_in(chief), read(article), headline="Four")
    kept = article.revisions.get(kind="conflict")
    data = {"base": seen.pk, "mine": ["headline"]}
    page = sign_in(editor).post(at("collision", article, kept.pk), data)
    assert page.status_code == 409
    assert read(article).head.content["headline"] == "Four"


def test_autosave_keeps_the_text_beside_the_line_and_says_what_is_missing(sign_in, editor):
    article = make_draft(by=editor, headline="One")
    client = sign_in(editor)
    data = form_of(article, headline="")
    answer = client.post(at("autosave", article), data).json()
    assert (answer["base"], answer["others"], answer["overtaken"]) == (article.head_id, [], "")
    assert "The headline is missing." in answer["checks"]
    assert article.revisions.get(kind="autosaved").content["headline"] == ""
    assert read(article).headline == "One"
    page = client.get(at("change", article))
    assert page.context["unsaved"] == article.revisions.get(kind="autosaved")
    opened = client.get(at("change", article) + f"?from={page.context['unsaved'].pk}")
    assert opened.context["form"]["headline"].value() == ""
    assert opened.context["desk"].base == article.head


def test_the_first_autosave_starts_a_draft_once(sign_in, reporter):
    client = sign_in(reporter)
    data = {"sitting": "s9", **posted(section=SectionFactory().pk, headline="Rain")}
    first = client.post(reverse("admin:articles_article_autosave_new"), data).json()
    # The answer got lost: the form sends it as new again.
    again = client.post(reverse("admin:articles_article_autosave_new"), data | {"headline": "Sun"})
    assert again.json()["url"] == first["url"]
    client.post(ADD, data | {"headline": "Snow"})
    article = Article.objects.get()
    assert article.revisions.filter(kind="conflict").count() + article.revisions.count() >= 2
    texts = [row.content["headline"] for row in article.revisions.order_by("number")]
    assert texts == ["Rain", "Snow"]


def test_unsaved_text_is_set_aside_and_stays_in_the_history(sign_in, editor, chief):
    article = make_draft(by=editor)
    client = sign_in(editor)
    client.post(at("autosave", article), form_of(article, headline="Unsaved"))
    unsaved = article.revisions.get(kind="autosaved")
    assert sign_in(chief).post(at("set_aside", article, unsaved.pk)).status_code == 403
    sign_in(editor).post(at("set_aside", article, unsaved.pk))
    assert client.get(at("change", article)).context["unsaved"] is None
    unsaved.refresh_from_db()
    assert (unsaved.kind, unsaved.content["headline"]) == (Revision.Kind.CONFLICT, "Unsaved")


def test_presence_names_the_others_and_ends_with_goodbye(sign_in, editor, chief):
    article = make_draft(by=editor)
    data = {"base": article.head_id}
    assert sign_in(editor).post(at("presence", article), data).json()["others"] == []
    others = sign_in(chief).post(at("presence", article), data).json()["others"]
    assert [other.rsplit(" ", 1)[0] for other in others] == ["Edgar is editing since"]
    sign_in(editor).post(at("presence", article), {"leave": "1"})
    assert [presence.user for presence in Presence.objects.all()] == [chief]


def test_presence_tells_that_somebody_saved_meanwhile(sign_in, editor, chief):
    article = make_draft(by=editor)
    old = article.head_id
    save(sign_in(chief), article, headline="New")
    answer = sign_in(editor).post(at("presence", article), {"base": old}).json()
    assert answer["overtaken"].startswith("Clara saved this article at")


def test_a_revision_of_another_article_is_none_of_this(sign_in, editor):
    article, other = make_draft(by=editor), make_draft(by=editor, headline="Other")
    client = sign_in(editor)
    for name in ("restore", "collision", "set_aside"):
        assert client.post(at(name, article, other.head_id)).status_code == 404
    page = client.get(at("preview", article) + f"?revision={other.head_id}")
    assert "Other" not in page.content.decode()


def test_history_lists_texts_and_steps(sign_in, editor, django_assert_num_queries):
    article = make_draft(by=editor, headline="One")
    client = sign_in(editor)
    for number in range(3):
        save(client, read(article), headline=f"No. {number}")
    workflow.submit(article, by=editor)
    page = client.get(at("history", article))
    assert [row.number for row in page.context["rows"]] == [4, 3, 2, 1]
    assert [entry.verb for entry in page.context["steps"]] == ["submit", "create"]
    with django_assert_num_queries(9, is_warm=True):
        client.get(at("history", article))


def test_restoring_makes_an_old_text_the_newest(sign_in, editor):
    article = make_draft(by=editor, headline="One")
    first = article.head
    client = sign_in(editor)
    save(client, article, headline="Two")
    client.post(at("restore", article, first.pk), {"base": read(article).head_id})
    assert (read(article).headline, read(article).head.kind) == ("One", "restored")


def test_preview_shows_the_working_copy_to_staff_only(client, sign_in, editor):
    article = make_article(headline="Old")
    values = make_content(**{**article.head.content, "headline": "Not yet public"})
    workflow.save_draft(article, values, by=editor, base=article.head)
    assert client.get(at("preview", article)).status_code == 302
    assert "Not yet public" in sign_in(editor).get(at("preview", article)).content.decode()
    assert "Not yet public" not in client.get(article.get_absolute_url()).content.decode()


def test_preview_links_are_made_listed_and_revoked(client, sign_in, reporter, editor):
    article = make_draft(by=reporter, headline="Draft")
    assert sign_in(reporter).get(at("links", article)).status_code == 403
    sign_in(editor).post(at("links", article), {"days": "3", "note": "For the lawyer"})
    link = PreviewLink.objects.get()
    assert (link.note, link.created_by, link.is_open) == ("For the lawyer", editor, True)
    address = reverse("articles:preview", args=[link.token])
    assert address in client.get(at("links", article)).content.decode()
    client.post(at("revoke", article, link.pk))
    link.refresh_from_db()
    assert not link.is_open


def test_no_preview_link_under_an_embargo_nor_for_ever(sign_in, editor):
    article = make_draft(by=editor)
    until = timezone.now() + timedelta(days=1)
    workflow.plan(article, by=editor, planned_at=None, embargo_until=until, expires_at=None)
    client = sign_in(editor)
    for days in ("3", "9999", "", "x"):
        assert client.post(at("links", article), {"days": days}).status_code == 200
    assert not PreviewLink.objects.exists()


def test_sharing_is_refused_without_the_permission(reporter, editor):
    article = make_draft(by=reporter)
    with pytest.raises(NotPermitted):
        sharing.share(article, by=reporter, days=1)
    link = sharing.share(article, by=editor, days=1)
    with pytest.raises(NotPermitted):
        sharing.revoke(link, by=reporter)


def test_setting_aside_what_is_saved_is_refused(editor):
    article = make_draft(by=editor)
    with pytest.raises(Refused):
        workflow.set_aside(article, article.head, by=editor)
