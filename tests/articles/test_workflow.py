"""The verbs: allowed, refused by state or permission, effect on what readers see."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from articles import workflow
from articles.models import Article, Redirect, Revision
from articles.workflow import Conflict
from newsroom.lib.verbs import NotPermitted, Refused
from newsroom.models import SiteSettings
from tests.factories import UserFactory, make_article, make_content, make_draft

pytestmark = pytest.mark.django_db


def edited(article, **values):
    """The head's content with some values changed."""
    return make_content(**{**article.head.content, **values})


def read(article) -> Article:
    return Article.objects.get(pk=article.pk)


def test_story_of_an_article_from_draft_to_publication(reporter, editor):
    article = make_draft(by=reporter, headline="Rain")
    assert (article.status, article.slug, article.live) == ("draft", "rain", None)
    workflow.submit(article, by=reporter)
    assert not Article.objects.visible().exists()
    workflow.approve(article, by=editor)
    workflow.publish(article, by=editor)
    article = read(article)
    assert article.status == "published"
    assert list(Article.objects.visible()) == [article]
    assert article.live_id == article.head_id
    log = article.log.order_by("pk").values_list("verb", "from_status", "to_status", "by__username")
    assert list(log) == [
        ("create", "draft", "draft", "rita"),
        ("submit", "draft", "in_review", "rita"),
        ("approve", "in_review", "approved", "edgar"),
        ("publish", "approved", "published", "edgar"),
    ]


def test_reporter_may_not_publish_or_approve(reporter):
    article = make_draft(by=reporter)
    for verb in (workflow.publish, workflow.approve):
        with pytest.raises(NotPermitted):
            verb(article, by=reporter)
    assert read(article).status == "draft"


def test_reporter_may_not_change_what_another_wrote_or_what_was_submitted(reporter):
    other = make_draft()
    own = make_draft(by=reporter)
    workflow.submit(own, by=reporter)
    for article in (other, own):
        with pytest.raises(NotPermitted):
            workflow.save_draft(
                article, edited(article, headline="Mine"), by=reporter, base=article.head
            )


@pytest.mark.parametrize(
    ("values", "english", "german"),
    [
        ({"headline": ""}, "The headline is missing.", "Es fehlt der Titel."),
        ({"body": "<p> </p>"}, "The text is empty.", "Der Text ist leer."),
    ],
)
def test_there_is_no_handing_in_without_a_text(reporter, values, english, german):
    article = make_draft(by=reporter, **values)
    for language, said in (("en", english), ("de", german)):
        with translation.override(language), pytest.raises(Refused) as refused:
            workflow.submit(article, by=reporter)
        assert str(refused.value) == said
    assert read(article).status == "draft"
    workflow.save_draft(article, make_content(), by=reporter, base=article.head)
    assert workflow.submit(article, by=reporter).status == "in_review"


def test_sending_back_needs_a_reason(reporter, editor):
    article = workflow.submit(make_draft(by=reporter), by=reporter)
    with pytest.raises(Refused):
        workflow.send_back(article, by=editor, reason="  ")
    workflow.send_back(article, by=editor, reason="Who says so?")
    assert read(article).status == "draft"
    assert article.log.first().reason == "Who says so?"


def test_saving_a_live_article_changes_nothing_for_readers_until_publish(editor):
    article = make_article(headline="Old", body="<p>Old text</p>")
    revision = workflow.save_draft(
        article,
        edited(article, headline="New", body="<p>New text</p>", tags=["Fresh"]),
        by=editor,
        base=article.head,
    )
    live = read(article)
    assert (live.headline, live.body, live.tags.count()) == ("Old", "<p>Old text</p>", 0)
    assert live.has_unpublished_changes
    workflow.publish(article, by=editor, seen=revision)
    live = read(article)
    assert (live.headline, live.body) == ("New", "<p>New text</p>")
    assert [tag.name for tag in live.tags.all()] == ["Fresh"]
    assert not live.has_unpublished_changes
    assert live.updated_at is not None


def test_a_save_on_top_of_anothers_is_refused_and_kept(editor, chief):
    article = make_draft(by=editor)
    base = article.head
    first = workflow.save_or_set_aside(
        article, edited(article, headline="Clara"), by=chief, base=base
    )
    with pytest.raises(Conflict) as caught:
        workflow.save_or_set_aside(article, edited(article, headline="Edgar"), by=editor, base=base)
    assert caught.value.head == first
    assert "Clara" in str(caught.value)
    kept = caught.value.kept
    assert (kept.kind, kept.content["headline"]) == (Revision.Kind.CONFLICT, "Edgar")
    assert read(article).head == first


def test_publishing_what_somebody_changed_meanwhile_is_refused(editor, chief):
    article = make_draft(by=editor)
    seen = article.head
    workflow.save_draft(article, edited(article, headline="Changed"), by=chief, base=seen)
    with pytest.raises(Conflict):
        workflow.publish(article, by=editor, seen=seen)
    assert read(article).status == "draft"


def test_two_editors_move_at_once_the_second_is_told_by_whom(editor, chief, reporter):
    article = workflow.submit(make_draft(by=reporter), by=reporter)
    workflow.approve(article, by=chief)
    with pytest.raises(Conflict, match="Clara"):
        workflow.approve(article, by=editor)


def test_scheduled_article_appears_by_time_alone(editor, time_machine):
    article = make_draft(by=editor)
    at = timezone.now() + timedelta(hours=2)
    workflow.publish(article, by=editor, at=at)
    assert not Article.objects.visible().exists()
    time_machine.move_to(at + timedelta(seconds=1))
    assert Article.objects.visible().count() == 1


def test_scheduled_update_goes_live_by_tick_once(editor, time_machine):
    article = make_article(headline="Old")
    workflow.save_draft(article, edited(article, headline="New"), by=editor, base=article.head)
    at = timezone.now() + timedelta(hours=2)
    workflow.publish(article, by=editor, at=at)
    assert workflow.publish_due() == 0
    assert read(article).headline == "Old"
    time_machine.move_to(at)
    assert workflow.publish_due() == 1
    assert workflow.publish_due() == 0
    assert read(article).headline == "New"
    assert article.log.filter(verb="publish").count() == 1


def test_scheduled_update_of_a_withdrawn_article_stays_dead(editor, chief, time_machine):
    article = make_article()
    workflow.save_draft(article, edited(article, headline="New"), by=editor, base=article.head)
    workflow.publish(article, by=editor, at=timezone.now() + timedelta(hours=2))
    workflow.withdraw(article, by=chief, reason="Wrong")
    time_machine.move_to(timezone.now() + timedelta(hours=3))
    assert workflow.publish_due() == 0
    assert read(article).status == "withdrawn"


def test_unscheduling_takes_back_a_first_publication(editor):
    article = make_draft(by=editor)
    workflow.publish(article, by=editor, at=timezone.now() + timedelta(hours=2))
    workflow.unschedule(article, by=editor)
    article = read(article)
    assert (article.status, article.published_at, article.month) == ("approved", None, None)


def test_unscheduling_an_update_leaves_the_live_text(editor):
    article = make_article()
    workflow.save_draft(article, edited(article, headline="New"), by=editor, base=article.head)
    workflow.publish(article, by=editor, at=timezone.now() + timedelta(hours=2))
    workflow.unschedule(article, by=editor)
    assert not article.revisions.filter(publish_at__isnull=False).exists()
    assert read(article).status == "published"
    with pytest.raises(Refused):
        workflow.unschedule(article, by=editor)


def test_past_time_is_refused(editor):
    with pytest.raises(Refused):
        workflow.publish(make_draft(by=editor), by=editor, at=timezone.now() - timedelta(minutes=1))


def test_embargo_holds_against_publish_and_only_the_chief_lifts_it(editor, chief):
    article = make_draft(by=editor)
    until = timezone.now() + timedelta(days=1)
    workflow.plan(article, by=editor, planned_at=None, embargo_until=until, expires_at=None)
    with pytest.raises(Refused, match="Embargo"):
        workflow.publish(article, by=editor)
    with pytest.raises(NotPermitted):
        workflow.plan(article, by=editor, planned_at=None, embargo_until=None, expires_at=None)
    workflow.publish(article, by=editor, at=until + timedelta(minutes=1))
    assert not Article.objects.visible().exists()
    workflow.plan(article, by=chief, planned_at=None, embargo_until=None, expires_at=None)
    workflow.publish(article, by=editor)
    assert Article.objects.visible().exists()


def test_withdrawing_needs_chief_and_reason_and_can_be_taken_back(editor, chief):
    article = make_article()
    with pytest.raises(NotPermitted):
        workflow.withdraw(article, by=editor, reason="Wrong")
    with pytest.raises(Refused):
        workflow.withdraw(article, by=chief, reason="")
    workflow.withdraw(article, by=chief, reason="The source was forged.")
    assert not Article.objects.visible().exists()
    assert read(article).withdrawn_reason == "The source was forged."
    workflow.reinstate(article, by=chief, reason="It was genuine.")
    assert Article.objects.visible().exists()


def test_changed_slug_of_a_live_article_leaves_a_redirect(editor):
    article = make_article(headline="First", slug="first")
    old = article.get_absolute_url()
    workflow.save_draft(article, edited(article, slug="second"), by=editor, base=article.head)
    workflow.publish(article, by=editor)
    article = read(article)
    assert article.slug == "second"
    assert Redirect.objects.get(old_path=old).article == article


def test_same_slug_in_the_same_month_is_numbered(editor):
    first, second = make_draft(by=editor, slug="storm"), make_draft(by=editor, slug="storm")
    workflow.publish(first, by=editor)
    workflow.publish(second, by=editor)
    assert [read(first).slug, read(second).slug] == ["storm", "storm-2"]


def test_first_date_and_address_survive_updates(editor, time_machine):
    time_machine.move_to("2026-01-31T22:30:00+00:00")  # 23:30 in Berlin
    article = make_draft(by=editor)
    workflow.publish(article, by=editor)
    first = read(article)
    time_machine.move_to("2026-03-05T12:00:00+00:00")
    workflow.save_draft(first, edited(first, headline="Later"), by=editor, base=first.head)
    workflow.publish(article, by=editor)
    later = read(article)
    assert later.published_at == first.published_at
    assert later.get_absolute_url() == first.get_absolute_url() == "/2026/01/bridge-closed/"


def test_typo_fix_leaves_the_updated_time(editor):
    article = make_article()
    workflow.save_draft(article, edited(article, headline="Fixed"), by=editor, base=article.head)
    workflow.publish(article, by=editor, is_substantial=False)
    assert read(article).updated_at is None


def test_four_eyes(editor, chief):
    SiteSettings.objects.create(pk=1, requires_four_eyes=True)
    article = make_draft(by=editor)
    with pytest.raises(Refused):
        workflow.publish(article, by=editor)
    workflow.publish(article, by=chief)
    assert read(article).status == "published"


def test_review_of_an_ai_text_is_recorded_per_publication(editor):
    article = make_draft(by=editor, ai_use="generated")
    workflow.publish(article, by=editor, ai_reviewed=True)
    article = read(article)
    assert article.ai_reviewed_by == editor
    assert article.log.first().details["ai_reviewed_by"] == editor.pk
    workflow.save_draft(article, edited(article, headline="More"), by=editor, base=article.head)
    workflow.publish(article, by=editor)
    assert read(article).ai_reviewed_by is None


def test_empty_text_is_not_published(editor):
    with pytest.raises(Refused, match="empty"):
        workflow.publish(make_draft(by=editor, body=""), by=editor)


def test_restoring_adds_a_revision_and_touches_no_old_one(editor):
    article = make_draft(by=editor, headline="One")
    first = article.head
    second = workflow.save_draft(article, edited(article, headline="Two"), by=editor, base=first)
    third = workflow.restore(article, first, by=editor, base=second)
    assert third.content == first.content
    assert [r.number for r in article.revisions.order_by("number")] == [1, 2, 3]
    assert read(article).headline == "One"


def test_saving_the_same_again_adds_no_revision(editor):
    article = make_draft(by=editor)
    same = workflow.save_draft(article, edited(article), by=editor, base=article.head)
    assert same == article.head
    assert article.revisions.count() == 1


def test_autosave_is_one_revision_per_sitting_and_gives_way_to_the_save(editor):
    article = make_draft(by=editor)
    base = article.head
    for text in ("A", "AB", "ABC"):
        draft = workflow.autosave(
            article, edited(article, headline=text), by=editor, base=base, sitting="s1"
        )
    assert article.revisions.filter(kind="autosaved").count() == 1
    assert Revision.objects.get(pk=draft.pk).content["headline"] == "ABC"
    assert read(article).head == base
    workflow.save_or_set_aside(
        article, edited(article, headline="ABCD"), by=editor, base=base, sitting="s1"
    )
    assert not article.revisions.filter(kind="autosaved").exists()
    assert read(article).headline == "ABCD"


def test_correction_is_dated_and_needs_an_article_that_appeared(editor, reporter):
    article = make_article()
    correction = workflow.correct(article, by=editor, kind="correction", text="It was Tuesday.")
    assert read(article).updated_at == correction.corrected_at
    with pytest.raises(NotPermitted):
        workflow.correct(article, by=reporter, kind="correction", text="No.")
    with pytest.raises(Refused):
        workflow.correct(make_draft(), by=editor, kind="correction", text="No.")


def test_moderator_may_do_nothing_here(moderator):
    article = make_draft()
    assert workflow.allowed_moves(article, moderator) == []
    assert not workflow.may_edit(article, moderator)


def test_buttons_of_each_role(reporter, editor, chief):
    article = make_draft(by=reporter)
    assert workflow.allowed_moves(article, reporter) == ["submit"]
    assert workflow.allowed_moves(article, UserFactory(role="Reporter")) == []
    assert workflow.allowed_moves(article, editor) == ["submit", "publish"]
    assert workflow.allowed_moves(make_article(), editor) == ["publish"]
    assert workflow.allowed_moves(make_article(), chief) == ["publish", "withdraw"]
