"""Related articles: made at publication, for neighbours too, read through the gate, explained."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from articles import related, search, story, workflow
from articles.models import Article, DossierEntry, RelatedArticle, RelatedProfile, RelatedScore
from articles.reasons import explain
from newsroom import tick
from tests.factories import (
    DossierFactory,
    ImageFactory,
    SectionFactory,
    make_article,
    make_content,
    make_draft,
)

pytestmark = pytest.mark.django_db

FLOOD = {"headline": "Flood in the old town", "standfirst": "The river rises by the hour."}


def publish(editor, **values) -> Article:
    values.setdefault("section", SectionFactory().pk)
    article = make_draft(by=editor, **values)
    workflow.publish(article, by=editor)
    return Article.objects.get(pk=article.pk)


def listed(article: Article) -> list[int]:
    rows = RelatedScore.objects.filter(article=article).order_by("position")
    return list(rows.values_list("other", flat=True))


def read_on(article: Article) -> list[Article]:
    return story.of_article(Article.objects.for_page().get(pk=article.pk)).read_on


def test_publication_makes_the_list_and_tick_that_of_the_neighbours(chief):
    first = publish(chief, **FLOOD)
    assert listed(first) == []
    second = publish(chief, headline="River floods the town hall", standfirst="Old papers are wet.")
    assert listed(second) == [first.pk]
    # Both publications are to be told, then the neighbours' lists are made, and that is the end.
    assert [related.refresh_due() for _run in range(3)] == [2, 0, 0]
    assert listed(first) == [second.pk]
    assert "related articles" in tick.JOBS


def test_unrelated_articles_stand_below_related_ones(chief):
    section = SectionFactory().pk
    cake = publish(chief, headline="How to bake a cake", standfirst="With eggs.", section=section)
    flood = publish(chief, **FLOOD, tags=["River"])
    other = publish(
        chief, headline="Dam at risk", standfirst="Rain", tags=["River"], section=section
    )
    assert listed(other) == [flood.pk, cake.pk]


def test_rare_topic_counts_more_than_a_common_one(chief):
    common = [make_article(headline=f"Text {n}", tags=["News"]) for n in range(20)]
    rare = make_article(headline="Something", tags=["Otters"], at=common[0].published_at)
    article = publish(chief, headline="Nothing", standfirst="At all", tags=["News", "Otters"])
    assert listed(article)[0] == rare.pk


def test_newer_one_stands_before_an_older_unless_that_is_evergreen(chief):
    now = timezone.now()
    old = make_article(**FLOOD, at=now - timedelta(days=400))
    new = make_article(**FLOOD, at=now - timedelta(days=2))
    article = publish(chief, **FLOOD)
    assert listed(article) == [new.pk, old.pk]
    values = make_content(**{**old.head.content, "is_evergreen": True})
    workflow.save_draft(old, values, by=chief, base=old.head)
    workflow.publish(old, by=chief)
    related.refresh(article)
    assert listed(article) == [old.pk, new.pk]
    assert explain(article)[0].age == "Evergreen: its age does not count."


def test_readers_see_pinned_first_and_never_what_is_banned_hidden_or_shown(chief):
    pinned, banned, plain, gone = (make_article(**FLOOD) for _ in range(4))
    shown = make_article(**FLOOD)
    dossier = DossierFactory()
    DossierEntry.objects.create(dossier=dossier, article=shown)
    values = {
        **FLOOD,
        "dossiers": [dossier.pk],
        "related": [
            {"article": pinned.pk, "kind": "pinned"},
            {"article": banned.pk, "kind": "banned"},
        ],
    }
    article = publish(chief, **values)
    assert set(listed(article)) == {pinned.pk, banned.pk, shown.pk, plain.pk, gone.pk}
    workflow.withdraw(gone, by=chief, reason="Wrong")
    assert read_on(article) == [pinned, plain]
    Article.objects.filter(pk=article.pk).update(is_sensitive=True)
    assert read_on(article) == [pinned]


def test_scheduled_neighbour_appears_when_its_time_has_come(chief, time_machine):
    at = timezone.now() + timedelta(hours=1)
    later = make_article(**FLOOD, at=at)
    article = publish(chief, **FLOOD)
    assert listed(article) == [later.pk]
    assert read_on(article) == []
    time_machine.move_to(at + timedelta(seconds=1))
    assert read_on(article) == [later]


def test_page_shows_each_neighbour_once(chief, client):
    section = SectionFactory().pk
    others = [make_article(**FLOOD, section=section) for _ in range(3)]
    article = publish(chief, **FLOOD, section=section)
    page = client.get(article.get_absolute_url()).content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    # One of them is the article before this one already.
    assert [main.count(f'href="{other.get_absolute_url()}"') for other in others] == [1, 1, 1]


@pytest.mark.parametrize("count", [10, 1_000])
def test_reading_costs_the_same_however_many_there_are(chief, count, django_assert_num_queries):
    values = make_content(**FLOOD, section=SectionFactory().pk, lead_image=ImageFactory().pk)
    workflow.place(
        [
            workflow.Placement(content={**values, "slug": f"flood-{n}"}, status="published")
            for n in range(count)
        ]
    )
    article = publish(chief, **FLOOD)
    assert len(listed(article)) == 10
    article = Article.objects.for_page().get(pk=article.pk)
    # What hangs on it, promos, and all that the page leads on to.
    with django_assert_num_queries(3):
        for other in story.of_article(article).read_on:
            assert (other.section.name, other.lead_image.alt) != ("", None)


def test_explanation_says_why_in_sentences(chief):
    now = timezone.now()
    section = SectionFactory().pk
    other = make_article(**FLOOD, section=section, tags=["Rivers"], at=now - timedelta(days=31))
    dossier = DossierFactory(title="Rain")
    DossierEntry.objects.create(dossier=dossier, article=other)
    article = publish(
        chief, headline="Flooding again", section=section, tags=["Rivers"], dossiers=[dossier.pk]
    )
    (reason,) = explain(article)
    assert (reason.other, reason.age) == (other, "It is 31 days old and counts 69 %.")
    assert {part.sentence for part in reason.parts} >= {
        "In the same dossier: Rain.",
        "Topics in common: Rivers.",
        "In the same section.",
    }
    assert [part.points for part in reason.parts] == sorted(
        (part.points for part in reason.parts), reverse=True
    )
    words = [part.sentence for part in reason.parts if part.sentence.startswith("Words in common")]
    assert "Flood" in words[0]


def test_reindex_restores_what_is_missing_and_can_run_twice(chief):
    first, second = make_article(**FLOOD), make_article(**FLOOD)
    make_draft(headline="Flood of drafts")
    search.INDEX.clear()
    RelatedProfile.objects.all().delete()
    assert search.search("flood").total == 0
    for _ in range(2):
        call_command("reindex")
        assert search.search("flood").total == 2
        assert (listed(first), listed(second)) == ([second.pk], [first.pk])
        assert not RelatedProfile.objects.filter(is_due=True).exists()
    assert search.INDEX.ids() == set(Article.objects.values_list("pk", flat=True))


def test_reindex_forgets_what_is_gone(chief):
    article = make_article(**FLOOD)
    search.INDEX.put([search.Entry(article.pk + 7, timezone.now(), {"headline": ["Ghost"]})], "en")
    call_command("reindex", search=True)
    assert search.INDEX.ids() == {article.pk}


def test_editors_choices_live_in_the_content(chief):
    other = make_article()
    article = publish(chief, related=[{"article": other.pk, "kind": "banned"}])
    assert RelatedArticle.objects.get(article=article).other == other
    assert read_on(article) == []
