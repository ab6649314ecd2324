"""The editorial calendar: what stands on which day, and moving it."""

from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from articles import calendar, workflow
from articles.models import Article
from newsroom.models import User
from tests.factories import SectionFactory, UserFactory, make_article, make_content, make_draft

pytestmark = pytest.mark.django_db

PAGE = reverse("admin:articles_article_calendar")
MOVE = reverse("admin:articles_article_calendar_move")
NOW = "2026-03-18T12:00:00+01:00"


@pytest.fixture(autouse=True)
def noon(time_machine):
    time_machine.move_to(NOW, tick=False)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-{text}").replace(tzinfo=timezone.get_current_timezone())


def planned(at: datetime | None, by: User, **values) -> Article:
    return workflow.replan(make_draft(by=by, **values), by=by, planned_at=at, seen=None)


def scheduled(at: datetime, by: User, **values) -> Article:
    article = make_draft(by=by, **values)
    workflow.publish(article, by=by, at=at)
    article.refresh_from_db()
    return article


def standing(user: User, scale: calendar.Scale = "month", **options) -> dict[str, list[str]]:
    """The sheet as kinds and headlines by day; days without any are left out."""
    fresh = User.objects.get(pk=user.pk)
    sheet = calendar.sheet(scale, date(2026, 3, 18), fresh, **options)
    return {
        f"{day.date:%m-%d}": [f"{item.kind}: {item.article.headline}" for item in day.items]
        for week in sheet.weeks
        for day in week
        if day.items
    }


# --- What stands where ---------------------------------------------------------------


def test_month_holds_plans_schedules_updates_and_what_is_out(editor):
    planned(moment("20T23:30"), editor, headline="Plan")
    scheduled(moment("20T06:00"), editor, headline="Schedule")
    live = make_article(headline="Out", at=moment("02T09:00"))
    changed = make_content(**{**live.head.content, "standfirst": "New"})
    workflow.save_draft(live, changed, by=editor, base=live.head)
    workflow.publish(live, by=editor, at=moment("29T02:30"))  # no such time: clocks go forward
    planned(None, editor, headline="Nowhere")
    planned(moment("20T10:00").replace(month=5), editor, headline="In May")
    assert standing(editor) == {
        "03-02": ["published: Out"],
        "03-20": ["scheduled: Schedule", "planned: Plan"],
        "03-29": ["update: Out"],
    }
    assert list(standing(editor, "week")) == ["03-20"]


def test_sheet_is_whole_weeks_and_names_what_waits_for_a_day(editor):
    planned(None, editor, headline="Nowhere")
    sheet = calendar.sheet("month", date(2026, 3, 18), editor)
    days = [day for week in sheet.weeks for day in week]
    assert (days[0].date, days[-1].date) == (date(2026, 2, 23), date(2026, 4, 5))
    assert [day.date for day in days if day.is_today] == [date(2026, 3, 18)]
    assert [item.article.headline for item in sheet.unplanned] == ["Nowhere"]
    assert (sheet.previous, sheet.next) == (date(2026, 2, 1), date(2026, 4, 1))


def test_day_with_much_that_is_out_shows_the_newest_and_the_number(editor):
    for hour in range(5):
        make_article(headline=f"At {hour}", at=moment(f"10T0{hour}:00"))
    sheet = calendar.sheet("month", date(2026, 3, 18), editor)
    (day,) = [day for week in sheet.weeks for day in week if day.date == date(2026, 3, 10)]
    assert [item.article.headline for item in day.items] == ["At 2", "At 3", "At 4"]
    assert day.more == 2


def test_one_section_alone(editor):
    sport = SectionFactory(name="Sport")
    planned(moment("20T10:00"), editor, headline="Match", section=sport.pk)
    planned(moment("20T11:00"), editor, headline="Council")
    assert standing(editor, section=sport.pk) == {"03-20": ["planned: Match"]}


def test_reporters_move_their_own_drafts_only(reporter, editor):
    planned(moment("19T10:00"), reporter, headline="Mine")
    planned(moment("19T11:00"), editor, headline="Theirs")
    scheduled(moment("19T12:00"), editor, headline="Scheduled")
    handed_in = planned(moment("19T13:00"), reporter, headline="Handed in")
    workflow.submit(handed_in, by=reporter)
    sheet = calendar.sheet("week", date(2026, 3, 18), User.objects.get(pk=reporter.pk))
    items = [item for day in sheet.weeks[0] for item in day.items]
    assert [(item.article.headline, item.may_move) for item in items] == [
        ("Mine", True), ("Theirs", False), ("Scheduled", False), ("Handed in", False),
    ]  # fmt: skip


@pytest.mark.parametrize("count", [1, 12])
def test_page_takes_the_same_queries_for_any_number(
    client, editor, count, django_assert_num_queries
):
    for number in range(count):
        planned(moment("20T10:00"), editor, headline=f"Plan {number}")
        scheduled(moment("21T10:00"), editor, headline=f"Schedule {number}")
        make_article(headline=f"Out {number}", at=moment("10T09:00"))
        planned(None, editor, headline=f"Nowhere {number}")
    client.force_login(editor)
    client.get(PAGE)
    with django_assert_num_queries(10, is_warm=True):
        response = client.get(PAGE)
    assert response.text.count("data-item=") == 3 * count


# --- Moving ---------------------------------------------------------------


def test_plan_moves_and_readers_see_nothing_of_it(editor):
    article = planned(moment("20T10:00"), editor)
    before = Article.objects.filter(pk=article.pk).values().get()
    workflow.replan(article, by=editor, planned_at=moment("22T10:00"), seen=moment("20T10:00"))
    after = Article.objects.filter(pk=article.pk).values().get()
    assert {name for name in after if after[name] != before[name]} == {"planned_at"}
    assert after["planned_at"] == moment("22T10:00")


def test_plan_of_another_is_refused(reporter, editor):
    article = planned(moment("20T10:00"), editor)
    with pytest.raises(workflow.NotPermitted):
        workflow.replan(article, by=reporter, planned_at=None, seen=moment("20T10:00"))
    article.refresh_from_db()
    assert article.planned_at == moment("20T10:00")


def test_plan_that_somebody_else_has_moved_is_a_conflict(editor):
    article = planned(moment("20T10:00"), editor)
    with pytest.raises(workflow.Conflict, match="has moved"):
        workflow.replan(article, by=editor, planned_at=moment("25T10:00"), seen=moment("19T10:00"))
    workflow.publish(article, by=editor)
    with pytest.raises(workflow.Conflict, match="out already"):
        workflow.replan(article, by=editor, planned_at=None, seen=moment("20T10:00"))


def test_schedule_moves_with_address_and_line_of_the_log(editor):
    make_article(slug="storm", at=moment("01T09:00").replace(month=4, day=1, year=2025))
    article = scheduled(moment("20T10:00"), editor, slug="storm")
    later = moment("20T10:00").replace(month=4)
    workflow.reschedule(article, by=editor, at=later, seen=moment("20T10:00"))
    article.refresh_from_db()
    assert (article.published_at, article.month) == (later, date(2026, 4, 1))
    assert article.live_id == article.head_id
    entry = article.log.get(verb="reschedule")
    assert (entry.by, entry.details["at"]) == (editor, later.isoformat())
    assert not Article.objects.visible(later - timedelta(minutes=1)).filter(pk=article.pk).exists()
    assert Article.objects.visible(later).filter(pk=article.pk).exists()


def test_schedule_keeps_the_text_that_was_scheduled(editor):
    article = scheduled(moment("20T10:00"), editor, standfirst="Old")
    changed = make_content(**{**article.head.content, "standfirst": "Not yet read by anybody"})
    workflow.save_draft(article, changed, by=editor, base=article.head)
    workflow.reschedule(article, by=editor, at=moment("21T10:00"), seen=moment("20T10:00"))
    article.refresh_from_db()
    assert article.standfirst == "Old"
    assert article.has_unpublished_changes


def test_waiting_update_moves(editor):
    live = make_article(at=moment("02T09:00"))
    changed = make_content(**{**live.head.content, "standfirst": "New"})
    workflow.save_draft(live, changed, by=editor, base=live.head)
    workflow.publish(live, by=editor, at=moment("20T10:00"))
    workflow.reschedule(live, by=editor, at=moment("21T10:00"), seen=moment("20T10:00"))
    assert [row.publish_at for row in live.revisions.filter(publish_at__isnull=False)] == [
        moment("21T10:00")
    ]
    live.refresh_from_db()
    assert live.published_at == moment("02T09:00")


def test_schedule_is_refused_without_permission_for_the_past_and_before_an_embargo(
    reporter, editor
):
    article = scheduled(moment("20T10:00"), editor)
    seen = moment("20T10:00")
    with pytest.raises(workflow.NotPermitted):
        workflow.reschedule(article, by=reporter, at=moment("21T10:00"), seen=seen)
    with pytest.raises(workflow.Refused, match="past"):
        workflow.reschedule(article, by=editor, at=moment("17T10:00"), seen=seen)
    with pytest.raises(workflow.Conflict, match="has moved"):
        workflow.reschedule(article, by=editor, at=moment("21T10:00"), seen=moment("19T10:00"))
    Article.objects.filter(pk=article.pk).update(embargo_until=moment("20T09:00"))
    with pytest.raises(workflow.Refused, match="Embargo"):
        workflow.reschedule(article, by=editor, at=moment("19T10:00"), seen=seen)
    workflow.unschedule(article, by=editor)
    with pytest.raises(workflow.Conflict, match="not scheduled"):
        workflow.reschedule(article, by=editor, at=moment("21T10:00"), seen=seen)


# --- The page ---------------------------------------------------------------


def post(client, row, kind="planned", *, script=True, **values):
    seen = row.planned_at if kind == "planned" else row.published_at
    data = {"article": row.pk, "kind": kind, "seen": seen.isoformat() if seen else "", **values}
    accept = "application/json" if script else "text/html"
    return client.post(MOVE, data, headers={"accept": accept})


def test_form_moves_and_leads_back(client, editor):
    article = planned(moment("20T10:00"), editor, headline="Council")
    client.force_login(editor)
    back = f"{PAGE}?scale=week&day=2026-03-18"
    response = post(client, article, script=False, day="2026-03-24", hour="08:15", back=back)
    assert (response.status_code, response["Location"]) == (302, back)
    article.refresh_from_db()
    assert article.planned_at == moment("24T08:15")
    assert "“Council” is planned for" in client.get(PAGE).text
    away = post(client, article, script=False, day="2026-03-25", back="https://evil.example/")
    assert away["Location"] == PAGE


def test_script_moves_to_a_day_and_keeps_the_hour_across_the_change_of_clocks(client, editor):
    article = planned(moment("20T10:30"), editor)
    client.force_login(editor)
    assert post(client, article, day="2026-03-30").status_code == 200
    article.refresh_from_db()
    assert timezone.localtime(article.planned_at).isoformat() == "2026-03-30T10:30:00+02:00"
    assert post(client, article, day="").status_code == 200
    article.refresh_from_db()
    assert article.planned_at is None
    assert post(client, article, day="2026-03-31").status_code == 200
    article.refresh_from_db()
    assert timezone.localtime(article.planned_at).strftime("%d %H:%M") == "31 10:00"


def test_script_is_told_who_may_not_what_collides_and_what_cannot_be(client, reporter, editor):
    article = planned(moment("20T10:00"), editor, headline="Council")
    client.force_login(reporter)
    assert post(client, article, day="2026-03-24").status_code == 403
    page = post(client, article, script=False, day="2026-03-24")
    assert (page.status_code, page.context["said"]) == (403, "You may not change this article.")
    assert page.context["said"] in page.text
    client.force_login(editor)
    stale = post(client, article, day="2026-03-24", seen=moment("19T10:00").isoformat())
    assert (stale.status_code, "Council" in stale.json()["said"]) == (409, True)
    soon = scheduled(moment("21T10:00"), editor)
    assert post(client, soon, "scheduled", day="2026-03-17").status_code == 422
    for wrong in ({"day": "nonsense"}, {"day": "9999-12-31"}, {"article": "x"}, {"kind": "x"}):
        assert post(client, article, **{"day": "2026-03-24", **wrong}).status_code == 400
    article.refresh_from_db()
    assert article.planned_at == moment("20T10:00")


def test_page_is_closed_to_other_desks_and_moves_by_post_only(client, editor, moderator):
    client.force_login(moderator)
    assert (client.get(PAGE).status_code, client.post(MOVE).status_code) == (403, 403)
    client.force_login(editor)
    assert client.get(MOVE).status_code == 405
    assert client.post(PAGE).status_code == 405
    assert client.get(f"{PAGE}?day=0001-01-01&scale=century&section=x").status_code == 200


def test_embargo_is_shown(client):
    chief = UserFactory(role="Chief editor")
    article = planned(moment("20T10:00"), chief)
    workflow.plan(
        article, by=chief, planned_at=article.planned_at, embargo_until=moment("20T18:00"),
        expires_at=None,
    )  # fmt: skip
    client.force_login(chief)
    assert "Embargo 03/20/2026 6 p.m." in client.get(PAGE).text
