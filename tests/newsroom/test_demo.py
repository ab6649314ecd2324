"""The demo newsroom: complete, idempotent, in both languages, and nothing of it leaks."""

from collections import Counter
from io import StringIO

import pytest
from django.conf import settings as django_settings
from django.contrib.auth import authenticate
from django.contrib.flatpages.models import FlatPage
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Count, F, Max, Min, Sum
from django.test import RequestFactory
from django.utils import timezone
from selectolax.lexbor import LexborHTMLParser

from articles import body, content, layout, search
from articles.models import (
    AIUse,
    Article,
    Author,
    Banner,
    Byline,
    Correction,
    Dossier,
    Genre,
    Image,
    LiveEntry,
    LiveTicker,
    MissingPath,
    Pin,
    ReadCount,
    Redirect,
    RelatedProfile,
    RelatedScore,
    Section,
    Slot,
    Subscription,
    Tag,
    TaggedArticle,
    ZeroHit,
)
from articles.shelves import Shelves
from newsroom import roles, tick
from newsroom.demo import generated, house, pictures, stories, texts
from newsroom.demo.build import DemoRefused, build
from newsroom.demo.memory import Memory
from newsroom.lib import richtext
from newsroom.models import Message, SiteSettings, User
from newsroom.models.site import LEGAL_PAGES

VISIBLE, HIDDEN = 18, 8


def by_key(language: str) -> dict[str, Article]:
    memory = Memory(language)
    return {
        story.key: Article.objects.get(pk=memory.find("article", story.key))
        for story in texts.stories(language)
    }


def say(**options) -> str:
    out = StringIO()
    call_command("demo", stdout=out, **options)
    return out.getvalue()


def test_second_run_adds_nothing(demo):
    models = [Article, Author, Dossier, FlatPage, Image, Redirect, Section, Tag, User]
    models += [Banner, LiveEntry, LiveTicker, Pin, Slot]
    before = [model.objects.count() for model in models]
    assert 0 not in before
    before += [model.objects.aggregate(Sum("count")) for model in (MissingPath, ReadCount, ZeroHit)]
    assert before[0] == VISIBLE + HIDDEN
    assert build() == Counter()
    assert "nothing added" in say()
    after = [model.objects.count() for model in models]
    after += [model.objects.aggregate(Sum("count")) for model in (MissingPath, ReadCount, ZeroHit)]
    assert after == before


def test_second_run_leaves_what_people_changed(demo):
    SiteSettings.objects.update(name="Renamed")
    Section.objects.filter(pk=Section.objects.first().pk).update(name="Renamed")
    Dossier.objects.first().delete()
    assert build() == Counter()
    assert SiteSettings.load().name == "Renamed"
    assert Section.objects.filter(name="Renamed").count() == 1
    assert Dossier.objects.count() == 1


def test_refused_in_production(db, settings):
    settings.DEBUG = False
    before = User.objects.count(), Article.objects.count()
    with pytest.raises(DemoRefused):
        build()
    with pytest.raises(CommandError, match="DEBUG"):
        say()
    assert (User.objects.count(), Article.objects.count()) == before


def test_refused_beside_another_language(demo, settings):
    settings.LANGUAGE_CODE = "de" if demo == "en" else "en"
    with pytest.raises(CommandError, match="another language"):
        say()


def test_accounts_sign_in_with_the_printed_password_and_have_their_group(demo):
    password = say().strip().rpartition(" ")[2]
    found = {}
    for login in house.ACCOUNTS:
        user = authenticate(RequestFactory().post("/"), username=login, password=password)
        assert user is not None
        assert user.is_staff
        assert not user.is_superuser
        assert user.get_full_name()
        found[login] = user.groups.get().name
    assert found == {
        "chief": roles.CHIEF,
        "editor": roles.EDITOR,
        "reporter": roles.REPORTER,
        "moderator": roles.MODERATOR,
        "jobs": roles.JOB_DESK,
        "commercial": roles.COMMERCIAL,
    }
    writing = Author.objects.exclude(user=None).values_list("user__username", flat=True)
    assert set(writing) == {"chief", "editor", "reporter"}


def test_every_state_is_present(demo):
    states = Counter(Article.objects.values_list("status", flat=True))
    assert states == {"draft": 4, "in_review": 1, "approved": 1, "published": 19, "withdrawn": 1}
    articles = by_key(demo)
    assert articles["ten-nights"].is_scheduled
    assert articles["book-prize"].is_embargoed
    assert articles["nine-second-battery"].withdrawn_reason
    assert articles["night-tram"].has_unpublished_changes
    assert articles["night-tram"].headline != articles["night-tram"].head.content["headline"]
    assert articles["apology"].is_sensitive
    assert articles["bridge-files"].ai_use == AIUse.ASSISTED
    assert articles["bridge-files"].ai_reviewed_by.username == "chief"
    assert articles["port-strike"].canonical_url.startswith("https://npa.example/")
    assert {byline.author.is_agency for byline in articles["port-strike"].bylines.all()} == {True}
    corrected = Correction.objects.values_list("article", "kind")
    assert set(corrected) == {
        (articles["cup"].pk, "correction"),
        (articles["glacier"].pk, "clarification"),
        (articles["apology"].pk, "update"),
        (articles["open-library"].pk, "retraction"),
    }


def test_nothing_unfinished_is_visible(demo):
    articles = by_key(demo)
    hidden = {"ten-nights", "book-prize", "bats", "marathon", "school-tablets"}
    hidden.add("nine-second-battery")
    visible = set(Article.objects.visible())
    assert {key for key, article in articles.items() if article in visible} == set(
        articles
    ) - hidden
    assert len(visible) == VISIBLE


def test_live_articles_are_complete(demo):
    for article in Article.objects.visible().prefetch_related("bylines", "tags", "body_images"):
        assert article.standfirst
        assert article.kicker
        assert article.bylines.all()
        assert article.tags.all()
        assert article.lead_image is not None
        if article.genre != Genre.LIVE:
            assert 200 <= article.word_count <= 620, article.headline
            assert "<h2" in article.body_html
    shown = Article.objects.visible()
    for mark in ("factbox", "<table", "data-embed=", 'class="figure"', "pullquote", "<ul>", "<ol>"):
        assert shown.filter(body__contains=mark).exists(), mark
    assert shown.filter(bylines__role=Byline.Role.PHOTO).exists()
    assert len(set(shown.values_list("section", flat=True))) == 7


def test_every_kind_of_text_is_shown(demo):
    assert set(Article.objects.visible().values_list("genre", flat=True)) == set(Genre.values)


def test_one_ticker_runs_and_one_has_ended(demo, client):
    articles = by_key(demo)
    running, ended = (
        LiveTicker.objects.get(article=articles[key]) for key in ("high-water", "cup-live")
    )
    assert running.is_open
    assert not ended.is_open
    shown = running.entries.shown()
    assert shown.count() >= 12
    assert running.entries.count() == shown.count() + 1  # one was taken back
    assert shown.filter(is_key=True).count() >= 4
    assert shown.get(is_pinned=True).title
    assert shown.get(correction__gt="").versions.count() == 2
    page = LexborHTMLParser(client.get(articles["high-water"].get_absolute_url()).content)
    assert len(page.css(".live-entry")) == shown.count()
    for ticker in (running, ended):
        times = ticker.entries.aggregate(first=Min("at"), last=Max("at"))
        assert ticker.opened_at <= times["first"] < times["last"] <= timezone.now()


def test_fronts_are_arranged_and_filled(demo, client):
    articles, shelves = by_key(demo), Shelves.load()
    home = layout.compose(None, shelves)
    assert home.is_arranged
    # Of a section of which all stands further up, no block is left.
    assert {box.slot.kind for box in home.boxes if not box.articles} == {"sections"}
    boxes = {box.slot.kind: box for box in home.boxes}
    assert boxes["lead"].articles == [articles["bridge-files"]]
    assert boxes["lead"].pinned == {articles["bridge-files"].pk}
    assert boxes["ticker"].articles == [articles["high-water"]]
    assert [article.pk for article in boxes["read_day"].articles[:2]] == [
        articles["high-water"].pk, articles["bridge-files"].pk,
    ]  # fmt: skip
    once = [pk for box in home.boxes if not box.slot.may_repeat for pk in box.ids]
    assert len(once) == len(set(once))
    assert not {articles["translation"].pk, articles["warm-house"].pk} & home.shown
    arranged = [section for section in shelves.sections if layout.compose(section, shelves).bands]
    assert len(arranged) == 2
    banner = LexborHTMLParser(client.get("/").content).css_first(".banner a")
    assert banner.attributes["href"] == articles["high-water"].get_absolute_url()


def test_old_addresses_lead_on_in_one_step(demo, client):
    articles = by_key(demo)
    old = dict(Redirect.objects.values_list("old_path", "article"))
    assert articles["port-strike"].pk in old.values()
    assert len(Redirect.objects.exclude(tag=None)) == 2
    for path in old:
        response = client.get(path)
        assert response.status_code == 301
        assert client.get(response["Location"]).status_code == 200
    assert client.get(articles["nine-second-battery"].get_absolute_url()).status_code == 410


def test_the_translations_name_each_other(demo, client):
    articles = by_key(demo)
    pair = [articles["little-heron"], articles["translation"]]
    for article in pair:
        page = LexborHTMLParser(client.get(article.get_absolute_url()).content)
        links = page.css("link[hreflang]")
        assert {node.attributes["hreflang"] for node in links} == {"de", "en"}
        assert {node.attributes["href"] for node in links} == {
            f"{django_settings.SITE_URL}{other.get_absolute_url()}" for other in pair
        }


def test_reports_have_something_to_say(demo):
    for model in (ZeroHit, MissingPath):
        counts = list(model.objects.order_by("-count").values_list("count", flat=True))
        assert len(counts) == 8
        assert counts[0] > 10 > counts[-1]


def test_front_page_order_has_no_two_at_one_moment(demo):
    moments = list(Article.objects.visible().newest().values_list("published_at", flat=True))
    assert len(set(moments)) == VISIBLE
    assert (moments[0] - moments[-1]).days >= 4


def test_dossiers_and_pinned_articles_are_filled(demo):
    assert sorted(dossier.articles.count() for dossier in Dossier.objects.all()) == [2, 3]
    pinned = by_key(demo)["let-people-read"].related_choices.values_list("other__headline")
    assert pinned.count() == 2


def test_pictures_have_words_and_credit(demo):
    images = Image.objects.all()
    assert images.count() == len(pictures.DRAWINGS)
    for image in images:
        assert image.alt
        assert image.credit
        assert (image.width, image.height) in {(1920, 1280), (1200, 1200)}


def test_drawing_is_the_same_every_time():
    assert pictures.DRAWINGS["glacier"]() == pictures.DRAWINGS["glacier"]()


def test_bodies_need_no_cleaning(demo):
    memory = Memory(demo)
    for story in texts.stories(demo):
        body = stories.with_pictures(story.body, memory)
        assert richtext.clean(body) == body, story.key
        assert not {"[[", "]]"} & set(body.split())


def test_legal_pages_are_filled(demo):
    pages = FlatPage.objects.filter(url__in=[page.url for page in LEGAL_PAGES])
    assert pages.count() == len(LEGAL_PAGES)
    for page in pages:
        assert page.title
        assert len(richtext.plain_text(page.content)) > 300
        assert richtext.clean(page.content) == page.content
        assert list(page.sites.values_list("pk", flat=True)) == [django_settings.SITE_ID]


def test_site_speaks_its_language(demo):
    names = {"en": "The Ashmere Courier", "de": "Auenburger Tagblatt"}
    assert SiteSettings.load().name == names[demo]
    for section in Section.objects.all():
        section.full_clean()


def test_generated_articles_are_added_once_and_are_always_the_same(demo):
    own = list(Article.objects.values_list("pk", flat=True))

    def run(*numbers: int) -> list[tuple[str, str, str]]:
        with transaction.atomic():
            for number in numbers:
                build(articles=number)
            assert Memory(demo).missing(generated.KIND, 51) == [51]
            rows = Article.objects.exclude(pk__in=own).order_by("pk")
            found = [(row.slug, row.body, str(row.published_at)) for row in rows]
            assert Article.objects.count() == VISIBLE + HIDDEN + 50
            transaction.set_rollback(True)
        return found

    at_once = run(50)
    assert run(20, 50, 50) == at_once
    assert len({body for _slug, body, _at in at_once}) == 50


def test_articles_that_share_a_body_are_as_whole_as_others(demo, monkeypatch):
    monkeypatch.setattr(generated, "_OWN_BODIES", 0)
    own = set(Article.objects.values_list("pk", flat=True))
    build(articles=400)
    made = list(Article.objects.visible().exclude(pk__in=own))
    assert len({article.body for article in made}) < len({article.slug for article in made}) == 400
    for article in made:
        kept = article.head.content
        assert kept == content.make(kept)
        assert content.read(article) == kept
        rendered = body.render(article.body)
        assert (article.body_html, article.word_count) == (rendered.html, rendered.words)
    beside = RelatedScore.objects.filter(article__in=made).select_related("article", "other")
    assert {row.article.section_id == row.other.section_id for row in beside} == {True}
    listed = {row.article_id for row in beside}
    profiles = RelatedProfile.objects.filter(article__in=made)
    assert {profile.pk for profile in profiles if not profile.is_due} == listed
    assert len(listed) > 300
    as_placed = _indexed()
    search.index_many(made)
    assert _indexed() == as_placed


def test_topics_and_authors_know_the_time_of_their_articles(demo):
    tagged = TaggedArticle.objects.exclude(published_at=F("content_object__published_at"))
    assert not tagged.filter(content_object__published_at__isnull=False).exists()
    assert TaggedArticle.objects.filter(published_at__isnull=False).exists()
    for article in Article.objects.prefetch_related("bylines"):
        times = Counter(
            (part.author_id, part.published_at)
            for part in article.bylines.all()
            if part.published_at
        )
        authors = {part.author_id for part in article.bylines.all() if article.published_at}
        assert times == Counter((author, article.published_at) for author in authors)


def _indexed() -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT rowid, tokens FROM articles_search ORDER BY rowid")
        else:
            cursor.execute("SELECT id, key, tokens::text FROM articles_search ORDER BY id")
        return cursor.fetchall()


def test_generated_articles_are_whole(demo):
    own = set(Article.objects.values_list("pk", flat=True))
    assert build(articles=120) == Counter({generated.KIND: 120})
    made = Article.objects.visible().exclude(pk__in=own)
    assert made.count() == 120
    for article in made.annotate(n_tags=Count("tags", distinct=True)):
        assert article.standfirst
        assert richtext.clean(article.body) == article.body
        assert "{" not in article.headline + article.standfirst + article.body
        assert 3 <= article.body.count("<p>") <= 8
        assert 1 <= article.n_tags <= 5
        assert article.head_id == article.live_id is not None
    newest = made.newest().first().published_at
    assert newest < Article.objects.filter(pk__in=own).visible().newest().last().published_at
    uses = Counter(TaggedArticle.objects.filter(content_object__in=made).values_list("tag"))
    assert uses.most_common(1)[0][1] >= 25


def test_negative_number_is_refused(demo):
    with pytest.raises(CommandError, match="from 0 on"):
        say(articles=-1)


def test_readers_have_alerts_in_every_state_and_the_outbox_too(demo):
    states = dict(Subscription.objects.values_list("state").annotate(number=Count("pk")))
    assert set(states) == set(Subscription.State.values)
    messages = dict(Message.objects.values_list("state").annotate(number=Count("pk")))
    assert set(messages) == {"queued", "sent", "failed", "skipped"}
    call_command("outbox", stdout=StringIO())


def test_alert_about_the_newest_article_goes_out_as_soon_as_tick_runs(demo, mail_server):
    tick.run_once()
    told = [mail["To"] for mail in mail_server.mails]
    assert sorted(told) == ["anna@example.org", "otto@example.org"]
