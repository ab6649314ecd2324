"""Alerts: double opt-in with proof, leaving, and who is told of a new article, once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles import alerts, topics, workflow
from articles.alerts import links, privacy, scopes
from articles.alerts.telling import next_digest
from articles.models import (
    Announcement,
    Article,
    ConfirmationCount,
    Consent,
    DigestStory,
    Subscriber,
    Subscription,
    Tag,
)
from newsroom.lib.verbs import Refused
from newsroom.models import Message
from tests.factories import (
    AuthorFactory,
    SectionFactory,
    UserFactory,
    make_article,
    make_content,
    make_draft,
)

pytestmark = pytest.mark.django_db

NOW = "2026-03-04 12:00:00+00:00"  # a Wednesday
AT_ONCE, DAILY, WEEKLY = Subscription.Frequency.values
# Of telling one and four readers: a tally is written for each kind of message that came up.
QUERIES = {1: 13, 4: 15}


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


def ask(address: str = "anna@example.org", *choices: scopes.Choice, network: str = "", **values):
    alerts.ask(
        address,
        choices or [scopes.everything()],
        frequency=values.get("frequency", AT_ONCE),
        page="/2026/03/bridge/",
        language="en",
        network=network,
    )


def follow(address: str, *choices: scopes.Choice, frequency: int = AT_ONCE) -> Subscriber:
    ask(address, *choices, frequency=frequency)
    subscriber = Subscriber.objects.get(address=address)
    return alerts.confirm(token(links.confirm_path(subscriber)))


def token(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


def states(address: str = "anna@example.org") -> dict[str, str]:
    rows = Subscription.objects.filter(subscriber__address=address)
    return {f"{row.scope}:{row.target}": row.state for row in rows}


def publish(**values) -> Article:
    article = make_draft(**values)
    workflow.publish(article, by=UserFactory(is_superuser=True))
    return Article.objects.get(pk=article.pk)


def mails(kind: str) -> list[str]:
    rows = Message.objects.filter(kind=kind).order_by("about")
    names = dict(Subscriber.objects.values_list("pk", "address"))
    return [names[row.about].partition("@")[0] for row in rows]


def test_request_waits_for_its_confirmation_and_both_are_proven(clock):
    ask("Anna@Example.org ", scopes.everything(), frequency=DAILY)
    subscriber = Subscriber.objects.get()
    assert (subscriber.address, states()) == ("anna@example.org", {"all:0": "requested"})
    assert mails("alert-confirm") == ["anna"]
    nonce = subscriber.nonce
    clock.shift(timedelta(hours=71))
    link = token(links.confirm_path(subscriber))
    assert alerts.asked_by(link) == subscriber
    alerts.confirm(link)
    assert states() == {"all:0": "active"}
    told = [{"scope": "all", "target": 0, "label": "Every article", "frequency": "once a day"}]
    now = timezone.now()
    assert list(
        Consent.objects.values_list("kind", "at", "scopes", "text_version", "page", "token")
    ) == [
        ("requested", now - timedelta(hours=71), told, 2, "/2026/03/bridge/", nonce),
        ("confirmed", now, told, 2, "", nonce),
    ]


def test_confirmation_link_works_once_and_for_three_days(clock):
    ask()
    subscriber = Subscriber.objects.get()
    link = token(links.confirm_path(subscriber))
    clock.shift(timedelta(hours=72, seconds=1))
    assert alerts.asked_by(link) is None
    with pytest.raises(Refused):
        alerts.confirm(link)
    assert states() == {"all:0": "requested"}
    link = token(links.confirm_path(subscriber))
    alerts.confirm(link)
    with pytest.raises(Refused):
        alerts.confirm(link)
    for forged in ("", "x", token(links.preferences_path(subscriber.pk))):
        with pytest.raises(Refused):
            alerts.confirm(forged)


def test_address_gets_one_question_a_day_and_three_without_an_answer(clock):
    for day in range(6):
        ask()
        ask()
        assert Message.objects.count() == min(day + 1, 3)
        clock.shift(timedelta(days=1))
    # Not even when the request itself is long forgotten.
    clock.shift(timedelta(days=30))
    alerts.forget_unconfirmed()
    assert not Subscriber.objects.exists()
    ask()
    assert Message.objects.count() == 3


def test_answer_lets_an_address_ask_again(clock):
    for _day in range(4):
        follow("anna@example.org", scopes.everything())
        clock.shift(timedelta(days=1))
    assert Message.objects.count() == 4
    assert ConfirmationCount.objects.get().unanswered == 0


def test_network_may_ask_five_times_an_hour(clock):
    for number in range(5):
        ask(f"reader{number}@example.org", network="aa")
    with pytest.raises(alerts.TooMany):
        ask("reader5@example.org", network="aa")
    ask("reader6@example.org", network="bb")
    assert Subscriber.objects.count() == 6
    clock.shift(timedelta(hours=1))
    ask("reader5@example.org", network="aa")


def test_active_alert_is_not_touched_by_a_request(clock):
    follow("anna@example.org", scopes.everything(), frequency=DAILY)
    clock.shift(timedelta(days=1))
    section = SectionFactory()
    ask("anna@example.org", scopes.everything(), scopes.of_section(section), frequency=AT_ONCE)
    assert states() == {"all:0": "active", f"section:{section.pk}": "requested"}
    assert Subscription.objects.get(scope="all").frequency == DAILY


def test_unconfirmed_requests_vanish_after_a_week(clock):
    ask()
    follow("otto@example.org", scopes.everything())
    clock.shift(timedelta(days=1))
    ask("otto@example.org", scopes.of_section(SectionFactory()))
    clock.shift(timedelta(days=6))
    assert alerts.forget_unconfirmed() == 0
    clock.shift(timedelta(days=1, seconds=1))
    assert alerts.forget_unconfirmed() == 2
    assert (states(), states("otto@example.org")) == ({}, {"all:0": "active"})
    assert [row.address for row in Subscriber.objects.all()] == ["otto@example.org"]


def test_proof_outlives_the_alert_by_three_years(clock):
    subscriber = follow("anna@example.org", scopes.everything())
    clock.shift(timedelta(days=900))
    alerts.end(subscriber.pk)
    clock.shift(timedelta(days=1100))
    alerts.forget_unconfirmed()
    assert Consent.objects.count() == 3
    clock.shift(timedelta(days=100))
    alerts.forget_unconfirmed()
    assert not Subscriber.objects.exists()


def test_ending_names_alerts_or_means_all_and_repeats_safely():
    section = SectionFactory()
    subscriber = follow("anna@example.org", scopes.everything(), scopes.of_section(section))
    row = Subscription.objects.get(scope="all")
    assert alerts.end(subscriber.pk, [row.pk]) == 1
    assert alerts.end(subscriber.pk, [row.pk]) == 0
    assert states() == {"all:0": "unsubscribed", f"section:{section.pk}": "active"}
    assert alerts.end(subscriber.pk) == 1
    assert set(states().values()) == {"unsubscribed"}
    ended = Consent.objects.filter(kind="ended").values_list("scopes__0__label", flat=True)
    assert list(ended) == ["Every article", f"Section {section.name}"]


def test_change_leaves_alone_what_nobody_can_be_asked_about_now(chief):
    article = publish()
    comments = scopes.of_comments(article)
    anna = follow("anna@example.org", scopes.everything(), comments)
    (everything,) = anna.subscriptions.filter(scope="all")
    workflow.withdraw(article, by=chief, reason="It was wrong.")
    alerts.change(anna, {everything.pk: WEEKLY})
    assert states() == {"all:0": "active", comments.value: "active"}


def test_bounce_ends_all_and_complaint_for_good(clock):
    follow("anna@example.org", scopes.everything())
    assert alerts.report("ANNA@example.org", is_complaint=False) == 1
    assert alerts.report("nobody@example.org", is_complaint=False) == 0
    assert states() == {"all:0": "bounced"}
    clock.shift(timedelta(days=1))
    follow("anna@example.org", scopes.everything())
    assert alerts.report("anna@example.org", is_complaint=True) == 1
    clock.shift(timedelta(days=1))
    written = Message.objects.count()
    ask()
    assert (states(), Message.objects.count()) == ({"all:0": "complained"}, written)


def test_article_is_told_to_those_whose_alerts_it_fits():
    politics = SectionFactory()
    city = SectionFactory(parent=politics)
    other, author = SectionFactory(), AuthorFactory()
    seen = make_article(tags=["Trams", "Bridges"])
    trams, bridges = Tag.objects.get(name="Trams"), Tag.objects.get(name="Bridges")
    follow("all@example.org", scopes.everything())
    follow("parent@example.org", scopes.of_section(politics), scopes.of_topic(trams))
    follow("other@example.org", scopes.of_section(other), scopes.of_topic(bridges))
    follow("author@example.org", scopes.of_author(author))
    follow("comments@example.org", scopes.of_comments(seen))
    ask("asked@example.org", scopes.everything())
    publish(section=city.pk, tags=["Trams"], bylines=[{"author": author.pk}])
    alerts.tell_due()
    assert mails("alert") == ["all", "parent", "author"]
    told = Announcement.objects.get()
    assert (told.mails, told.digests, told.told_at) == (3, 0, timezone.now())


def test_article_is_told_once_whatever_happens_to_it(clock, chief):
    follow("anna@example.org", scopes.everything())
    article = publish()
    assert alerts.tell_due() == 1
    workflow.correct(article, by=chief, kind="correction", text="Wrong bridge.")
    changed = make_content(**{**article.head.content, "headline": "Bridge open"})
    workflow.save_draft(article, changed, by=chief, base=article.head)
    workflow.publish(article, by=chief)
    workflow.withdraw(article, by=chief, reason="No.")
    workflow.reinstate(article, by=chief, reason="Yes.")
    clock.shift(60)
    assert alerts.tell_due() == 0
    assert mails("alert") == ["anna"]


def test_scheduled_article_is_told_when_its_time_comes_also_when_it_was_moved(clock, chief):
    follow("anna@example.org", scopes.everything())
    article = make_draft()
    later = timezone.now() + timedelta(hours=2)
    workflow.publish(article, by=chief, at=later)
    assert alerts.tell_due() == 0
    workflow.unschedule(article, by=chief)
    workflow.publish(article, by=chief, at=later + timedelta(hours=1))
    clock.shift(timedelta(hours=2, minutes=30))
    assert alerts.tell_due() == 0
    clock.shift(timedelta(minutes=30))
    assert alerts.tell_due() == 1
    assert alerts.tell_due() == 0


def test_placed_old_texts_and_paid_ones_are_told_to_nobody():
    follow("anna@example.org", scopes.everything())
    placed = make_article(status="draft")
    again = workflow.Placement(
        make_content(headline="Old text"), "published", published_at=timezone.now()
    )
    assert workflow.place_again(placed, again)
    publish(genre="advertising")
    assert Article.objects.visible().count() == 2
    assert alerts.tell_due() == 0
    assert not Message.objects.filter(kind="alert").exists()


def test_fastest_alert_tells_a_story_and_no_other():
    section = SectionFactory()
    both = follow("both@example.org", scopes.of_section(section), frequency=DAILY)
    Subscription.objects.create(subscriber=both, scope="all", frequency=AT_ONCE, state="active")
    follow("daily@example.org", scopes.of_section(section), scopes.everything(), frequency=DAILY)
    follow("weekly@example.org", scopes.everything(), frequency=WEEKLY)
    for _number in range(2):
        publish(section=section.pk)
    assert alerts.tell_due() == 6
    assert mails("alert") == ["both", "both"]
    assert mails("alert-digest") == ["daily", "weekly"]
    assert DigestStory.objects.count() == 4
    assert [
        timezone.localtime(row.due_at).isoformat()
        for row in Message.objects.filter(kind="alert-digest").order_by("due_at")
    ] == ["2026-03-05T07:00:00+01:00", "2026-03-07T07:00:00+01:00"]


def test_digest_comes_at_seven_also_when_clocks_change(clock):
    clock.move_to("2026-03-28 07:00:00+00:00", tick=False)
    moments = [next_digest(DAILY, timezone.now()), next_digest(WEEKLY, timezone.now())]
    assert [moment.isoformat() for moment in moments] == [
        "2026-03-29T07:00:00+02:00", "2026-04-04T07:00:00+02:00",
    ]  # fmt: skip


@pytest.mark.parametrize("readers", [1, 4])
def test_telling_takes_the_same_queries_for_any_number(readers, django_assert_num_queries):
    for number in range(readers):
        frequency = number % 3
        follow(f"reader{number}@example.org", scopes.everything(), frequency=frequency)
    publish()
    with django_assert_num_queries(QUERIES[readers]):
        assert alerts.tell_due() == readers


def test_comments_are_told_once_an_hour_to_their_followers():
    article = make_article()
    follow("anna@example.org", scopes.of_comments(article))
    follow("otto@example.org", scopes.of_comments(make_article()))
    assert alerts.tell_of_comments(article.pk) == 1
    assert alerts.tell_of_comments(article.pk) == 0
    assert mails("alert-comments") == ["anna"]
    assert Message.objects.get(kind="alert-comments").due_at.minute == 0


@pytest.mark.parametrize(("now", "due"), [("12:45", "13:00"), ("12:55", "14:00")])
def test_nobody_hears_of_a_comment_while_its_approval_can_be_taken_back(clock, now, due):
    article = make_article()
    follow("anna@example.org", scopes.of_comments(article))
    clock.move_to(f"2026-03-04 {now}:00+00:00")
    alerts.tell_of_comments(article.pk)
    assert f"{Message.objects.get(kind='alert-comments').due_at:%H:%M}" == due


def test_followers_of_a_merged_topic_follow_the_other(chief):
    make_article(tags=["Tram", "Trams"])
    tram, trams = Tag.objects.get(name="Tram"), Tag.objects.get(name="Trams")
    follow("one@example.org", scopes.of_topic(tram))
    follow("both@example.org", scopes.of_topic(tram), scopes.of_topic(trams))
    topics.merge([tram], trams, by=chief)
    assert states("one@example.org") == {f"tag:{trams.pk}": "active"}
    assert states("both@example.org") == {f"tag:{trams.pk}": "active"}


def test_choices_name_only_what_readers_can_see():
    make_article(tags=["Seen"])
    make_draft(tags=["Unseen"])
    seen, unseen = (Tag.objects.get_or_create(name=name)[0] for name in ("Seen", "Unseen"))
    hidden = make_draft()
    values = ["all:0", f"tag:{seen.pk}", f"tag:{unseen.pk}", "tag:x", "tag", "what:1",
              f"comments:{hidden.pk}", "section:99999", "section:" + "9" * 30]  # fmt: skip
    assert [choice.label for choice in scopes.find(values)] == ["Every article", "Topic Seen"]


def test_own_data_is_exported_and_erased():
    follow("anna@example.org", scopes.everything(), frequency=WEEKLY)
    data = privacy.export(" ANNA@example.org")
    assert data["subscriber"][0]["address"] == "anna@example.org"
    assert [(row["about"], row["frequency"], row["state"]) for row in data["alerts"]] == [
        ("Every article", "once a week", "Active")
    ]
    assert [row["what"] for row in data["consents"]] == ["asked for", "confirmed"]
    assert "ended" not in data["consents"][0]
    assert "one click" in data["consents"][0]["text"]
    assert privacy.erase("anna@example.org") == 4
    assert privacy.export("anna@example.org") == {}
    assert privacy.erase("anna@example.org") == 0
