"""Ways in and ways to stall the site that were found once and stay closed."""

import re
from datetime import timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from articles import body, compare, content, images, redirects, workflow
from articles.deskforms import PlanForm
from articles.forms import split_names
from articles.models import Article, Dossier, DossierEntry, Tag
from newsroom.lib import richtext
from newsroom.lib.verbs import NotPermitted, Refused
from newsroom.models import SiteSettings
from tests.factories import (
    DossierFactory,
    ImageFactory,
    UserFactory,
    make_article,
    make_content,
    make_draft,
)

pytestmark = pytest.mark.django_db


def edited(article, **values):
    return make_content(**{**article.head.content, **values})


@pytest.mark.parametrize("role", ["Moderator", "Reporter", "Chief editor"])
def test_nobody_learns_addresses_by_number(client, role):
    dossier = DossierFactory()
    client.force_login(UserFactory(role=role))
    for model in (Dossier, Article, Tag):
        number = ContentType.objects.get_for_model(model).pk
        assert client.get(f"/admin/r/{number}/{dossier.pk}/").status_code == 404


def test_view_on_site_stays_on_this_site(client, chief):
    dossier = DossierFactory(slug="floods")
    client.force_login(chief)
    page = client.get(f"/admin/articles/dossier/{dossier.pk}/change/").content.decode()
    assert 'href="/dossiers/floods/"' in page
    assert "example.com" not in page


@pytest.mark.parametrize("source", ["/\\evil.example/p", "/\tevil.example/p", "/\n/evil.example/p"])
def test_picture_cannot_come_from_another_host(source):
    assert richtext.clean(f'<img src="{source}">') == "<img>"


def test_markup_without_an_end_keeps_its_words():
    cleaned = richtext.clean("<aside>" * 50_000 + "Help &amp; <b>hope</b>")
    assert cleaned == "<p>Help &amp; hope</p>"


def test_equal_headings_without_number_get_ids_of_their_own():
    html = body.render("<h2>A</h2>" * 20_000).html
    assert len(set(re.findall(r'id="(.*?)"', html))) == 20_000


def test_paragraphs_that_nobody_closed_are_not_taken_for_depth():
    assert richtext.clean("<p>a" * 300).count("<p>a</p>") == 300


@pytest.mark.parametrize("number", [250, 2_000])
def test_lines_that_repeat_without_number_are_shown_whole(number):
    old, new = "a\n" * number, "b\n" + "a\nb\n" * number
    assert compare.words(old, new) == [compare.Part("removed", old), compare.Part("added", new)]


@pytest.fixture
def four_eyes():
    SiteSettings.objects.create(pk=1, requires_four_eyes=True)


def test_four_eyes_have_to_see_this_very_text(four_eyes, editor, chief, reporter):
    article = workflow.submit(make_draft(by=reporter), by=reporter)
    workflow.approve(article, by=chief)
    workflow.publish(article, by=chief)
    article.refresh_from_db()
    workflow.save_draft(article, edited(article, headline="Mine"), by=editor, base=article.head)
    with pytest.raises(Refused):
        workflow.publish(article, by=editor)
    workflow.publish(article, by=chief)
    assert Article.objects.get().headline == "Mine"


def test_an_autosave_is_no_second_pair_of_eyes(four_eyes, editor, chief):
    article = make_draft(by=editor)
    workflow.autosave(article, edited(article), by=chief, base=article.head, sitting="s")
    with pytest.raises(Refused):
        workflow.publish(article, by=editor)


def test_address_of_the_original_is_a_web_address_or_nothing():
    assert make_content(canonical_url="javascript:alert(1)")["canonical_url"] == ""
    assert make_content(canonical_url="https://a.example/1")["canonical_url"] == (
        "https://a.example/1"
    )


def test_reporter_changes_own_pictures_until_readers_see_them(reporter, editor):
    own, other = ImageFactory(uploaded_by=reporter), ImageFactory(uploaded_by=editor)
    images.update(own, by=reporter, caption="Mine")
    with pytest.raises(NotPermitted):
        images.update(other, by=reporter, caption="Mine")
    make_article(lead_image=own.pk)
    with pytest.raises(NotPermitted):
        images.update(own, by=reporter, caption="Live")
    images.update(own, by=editor, caption="Live")
    own.refresh_from_db()
    assert own.caption == "Live"


def test_what_an_embargo_kept_hidden_is_called_off_not_withdrawn(
    client, editor, chief, time_machine
):
    article = make_draft(by=editor, headline="Merger")
    now = timezone.now()
    workflow.publish(article, by=editor, at=now + timedelta(hours=1))
    workflow.plan(
        article, by=chief, planned_at=None, embargo_until=now + timedelta(days=1), expires_at=None
    )
    time_machine.move_to(now + timedelta(hours=2))
    article.refresh_from_db()
    address = article.get_absolute_url()
    with pytest.raises(Refused):
        workflow.withdraw(article, by=chief, reason="Called off")
    assert "unschedule" in workflow.allowed_moves(article, chief)
    workflow.unschedule(article, by=chief)
    assert client.get(address).status_code == 404


def test_old_address_of_an_empty_shelf_tells_nothing():
    topic, dossier = Tag(name="Takeover"), DossierFactory(slug="takeover")
    topic.save()
    redirects.remember("/topics/project-x/", topic)
    redirects.remember("/dossiers/project-x/", dossier)
    old = ["/topics/project-x/", "/dossiers/project-x/"]
    assert [redirects.target(path) for path in old] == [None, None]
    article = make_article(tags=["Takeover"])
    DossierEntry.objects.create(dossier=dossier, article=article)
    assert [redirects.target(path) for path in old] == ["/topics/takeover/", "/dossiers/takeover/"]


def test_endless_names_are_cut():
    assert split_names("x" * 200_000) == ["x" * 10_000]
    assert len(make_content(tags=[f"t{n}" for n in range(3_000)])["tags"]) == 50


@pytest.mark.parametrize("year", ["0001", "9999"])
def test_year_beyond_reckoning_is_refused(year):
    assert list(PlanForm({"planned_at": f"{year}-01-01T00:00"}).errors) == ["planned_at"]


def test_update_that_fails_keeps_no_other_back(editor, time_machine):
    broken, good = make_article(headline="One"), make_article(headline="Two")
    later = timezone.now() + timedelta(hours=1)
    for article in (broken, good):
        workflow.save_draft(article, edited(article, headline="New"), by=editor, base=article.head)
        workflow.publish(article, by=editor, at=later)
    revision = broken.revisions.get(publish_at=later)
    type(revision).objects.filter(pk=revision.pk).update(content={"headline": "No section"})
    time_machine.move_to(later + timedelta(minutes=1))
    with pytest.raises(ExceptionGroup):
        workflow.publish_due()
    assert Article.objects.get(pk=good.pk).headline == "New"
    assert Article.objects.get(pk=broken.pk).headline == "One"
    assert content.read(Article.objects.get(pk=good.pk))["headline"] == "New"
