"""Points of rules, their precision, and word lists."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from comments import housekeeping, spam
from comments.models import Comment, CommentAuthor, ModerationAction
from comments.spam import Hit
from comments.wordlist import Found, WordList, compile_list
from tests.factories import make_article

from .conftest import approved, decided, write

NOON = datetime(2026, 5, 4, 12, tzinfo=ZoneInfo("Europe/Berlin"))
LETTERS = st.text(alphabet="aäbcßéж", min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("entries", "text", "found"),
    [
        ("press", "WordPress is a press, the PRESS!", ["press"]),
        ("press", "Press2 pressed wordpress", []),
        ("press*", "They pressed on", ["press*"]),
        ("press*", "WordPress", []),
        ("*press", "WordPress", ["*press"]),
        ("*press", "pressed", []),
        ("*press*", "Oppressed", ["*press*"]),
        ("press", "op-press.", ["press"]),
        ("press", "under_press_ure", ["press"]),
        ("straße", "An der STRASSE", ["straße"]),
        ("Ärger", "a\u0308rger", ["Ärger"]),
        ("casino", "ＣＡＳＩＮＯ", ["casino"]),
        ("casino", "c\u200bas\u00adino and ca\u0336s\u0336ino", ["casino"]),
        ("buy now", "Buy   NOW!", ["buy now"]),
        ("buy now", "buy nowhere", []),
        ("buy now*", "buy nowhere", ["buy now*"]),
        ("дом", "Это мой ДОМ, домик", ["дом"]),
        ("a\nb", "b a b", ["b", "a"]),
        ("*a*", "x xax", ["*a*"]),
        ("*a", "aab aba", ["*a"]),
        ("\n  \n*\n**\n!", "anything at all *", []),
        ("", "anything", []),
        ("x", "", []),
    ],
)
def test_word_list(entries, text, found):
    assert [hit.entry for hit in WordList(entries).find(text)] == found


def test_word_list_says_where_it_found_something():
    text = "Das große Ca\u00adsino, ein CASINO"
    assert WordList("casino").find(text) == [Found("casino", 10, 17)]
    assert WordList("*sin*\ngroße casino").find(text) == [
        Found("große casino", 4, 17),
        Found("*sin*", 10, 17),
    ]


@given(st.lists(LETTERS, min_size=1, max_size=5), st.lists(LETTERS, max_size=12))
def test_word_list_finds_whole_words_and_nothing_else(entries, words):
    found = {hit.entry for hit in WordList("\n".join(entries)).find(" ".join(words))}
    folded = {word.casefold() for word in words}
    first = {}
    for entry in entries:
        first.setdefault(entry.casefold(), entry)
    assert found == {entry for key, entry in first.items() if key in folded}


@given(LETTERS, st.lists(LETTERS, max_size=12))
def test_word_list_stars_mean_beginning_end_and_middle(entry, words):
    text, key = " ".join(words), entry.casefold()
    folded = [word.casefold() for word in words]
    for pattern, matches in (
        (f"{entry}*", any(word.startswith(key) for word in folded)),
        (f"*{entry}", any(word.endswith(key) for word in folded)),
        (f"*{entry}*", any(key in word for word in folded)),
    ):
        assert bool(WordList(pattern).find(text)) is matches


@given(st.text(max_size=300), st.text(max_size=60))
def test_word_list_takes_any_text(text, entries):
    for hit in WordList(entries).find(text):
        assert 0 <= hit.start < hit.end <= len(text)


def test_word_list_is_compiled_once_and_anew_when_changed():
    assert compile_list("one\ntwo") is compile_list("one\ntwo")
    assert len(compile_list("one\ntwo")) == 2
    assert compile_list("one\nthree") is not compile_list("one\ntwo")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "signals"),
    [
        ({"fell_into_trap": True}, {"trap": 6}),
        ({"seconds": 2.9}, {"fast": 3}),
        ({"seconds": 3.0}, {}),
        ({"body": "See https://a.example/ please"}, {}),
        ({"body": "https://a.example/ https://b.example/ http://c.example"}, {"links": 2}),
        ({"name": "http://cheap.example"}, {"link_in_name": 4}),
        ({"name": "www.cheap.example"}, {"link_in_name": 4}),
        ({"body": "A Viagra for you"}, {"suspect": 3}),
        ({"body": "Casinos and casino, viagra"}, {"suspect": 3, "banned": 6}),
        ({"name": "Casino King"}, {"banned": 6}),
        ({"body": "THIS IS AN OUTRAGE AND NOBODY SEES"}, {"shouting": 1}),
        ({"body": "NATO und EU"}, {}),
        ({"body": "Купите наши товары сейчас"}, {"script": 2}),
        ({"body": "Das Wort дом heißt Haus, sonst nichts"}, {}),
        ({"body": "👍🏽👍🏽"}, {}),
    ],
)
def test_signal_and_its_points(article, rules, values, signals):
    rules.suspect_words, rules.banned_words = "viagra", "casino*"
    rules.save()
    comment = write(article, **values)
    assert {rule: hit["points"] for rule, hit in comment.signals.items()} == signals
    assert comment.score == sum(signals.values())


@pytest.mark.django_db
def test_thresholds_flag_and_hold(article, rules):
    rules.suspect_words = "odd"
    rules.save()
    plain, flagged = write(article), write(article, "How odd")
    held = write(article, "How odd", seconds=1)
    assert (plain.status, plain.hold_reason, plain.rank) == ("pending", "new", 1)
    assert (flagged.status, flagged.hold_reason, flagged.rank) == ("pending", "flagged", 0)
    assert (held.status, held.hold_reason, held.score) == ("spam", "scored", 9)
    line = ModerationAction.objects.get()
    assert (line.comment, line.actor, line.rule, line.source) == (held, None, "score", "rule")
    order = Comment.objects.pending().order_by("rank", "queued_at", "pk")
    assert list(order) == [flagged, plain]


@pytest.mark.django_db
def test_points_of_nought_switch_a_rule_off(article, rules):
    rules.points_trap = 0
    rules.save()
    assert write(article, fell_into_trap=True).signals == {}


@pytest.mark.django_db
def test_past_comments_speak(moderator):
    with time_machine.travel(NOON, tick=False) as clock:
        first = write(make_article(), "Buy this now!", network_hash="n1")
        again = write(make_article(), "BUY this,  now")
        assert set(again.signals) == {"same_text"}
        decided(first, "spam", moderator)
        clock.shift(timedelta(hours=1))
        near = write(make_article(), "Another word", network_hash="n1")
        assert near.signals == {"network": {"points": 1, "found": []}}
        clock.shift(timedelta(hours=24))
        assert set(write(make_article(), "buy this now").signals) == {"known_spam"}
        assert write(make_article(), "A third word", network_hash="n1").signals == {}


@pytest.mark.django_db
def test_spam_is_remembered_ninety_days_after_its_purge_at_thirty(moderator):
    with time_machine.travel(NOON, tick=False) as clock:
        decided(write(make_article(), "Buy this now!"), "spam", moderator)
        clock.shift(timedelta(days=30))
        assert housekeeping.purge_spam() == 0
        clock.shift(timedelta(seconds=1))
        assert housekeeping.purge_spam() == 1
        assert Comment.objects.count() == 0
        line = ModerationAction.objects.get()
        assert (line.to_status, line.comment_id is not None) == ("spam", True)
        clock.shift(timedelta(days=59))
        write(make_article(), "buy this now")
        assert Comment.objects.get().signals["known_spam"]["points"] == 6
        Comment.objects.all().delete()
        clock.shift(timedelta(days=2))
        housekeeping.purge_spam()
        assert "known_spam" not in write(make_article(), "buy this now").signals


@pytest.mark.django_db
def test_purge_leaves_spam_with_answers_and_other_comments(moderator):
    with time_machine.travel(NOON, tick=False) as clock:
        article = make_article()
        root = approved(article, moderator)
        approved(article, moderator, parent=root)
        decided(root, "spam", moderator)
        write(article)
        clock.shift(timedelta(days=31))
        assert housekeeping.purge_spam() == 0
    assert Comment.objects.count() == 3


@pytest.mark.django_db
def test_precision_is_what_moderators_confirmed(article, moderator, django_assert_num_queries):
    outcomes = ["spam", "rejected", "approved", None]
    for outcome in outcomes:
        comment = write(article, seconds=1)
        if outcome:
            decided(comment, outcome, moderator)
    write(article, fell_into_trap=True)
    with django_assert_num_queries(1):
        report = {line.rule: line for line in spam.precision()}
    assert list(report) == list(spam.RULES)
    fast, trap = report["fast"], report["trap"]
    assert (fast.hits, fast.confirmed, fast.refuted) == (4, 2, 1)
    assert fast.share == pytest.approx(2 / 3)
    assert (trap.hits, trap.share, report["links"].hits) == (1, None, 0)


def scorer(given):
    return {"site": Hit(7, (given.name,))}


def broken(_given):
    raise ValueError("away")


@pytest.mark.django_db
def test_site_may_add_a_scorer(article, settings):
    settings.COMMENT_SCORER = f"{__name__}.scorer"
    comment = write(article, name="Ada")
    assert comment.signals == {"site": {"points": 7, "found": ["Ada"]}}
    assert comment.status == "spam"
    assert spam.label_of("site") == "site"


@pytest.mark.django_db
def test_scorer_that_fails_costs_nobody_a_comment(article, settings):
    settings.COMMENT_SCORER = f"{__name__}.broken"
    assert write(article).status == "pending"


@pytest.mark.django_db
def test_watched_author_is_flagged(article):
    comment = write(article, address="a@example.org")
    CommentAuthor.objects.filter(pk=comment.author_id).update(state="watch")
    with time_machine.travel(datetime.now(tz=ZoneInfo("UTC")) + timedelta(minutes=1)):
        again = write(make_article(), "More of it", address="a@example.org")
    assert (set(again.signals), again.rank) == ({"watched"}, 0)
