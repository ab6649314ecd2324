"""Items of feeds are remembered: only while nothing of what they tell has changed."""

import pytest
from django.utils import timezone

from articles.models import Article, Author, Image, Promo, Section
from newsroom.models import SiteSettings
from tests.factories import (
    AuthorFactory,
    ImageFactory,
    PromoFactory,
    SectionFactory,
    make_article,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/feed/", "/feed.atom", "/feed.json"])
def test_whatever_changes_is_in_the_next_answer(client, path):
    author, section = AuthorFactory(name="Anna Old"), SectionFactory(name="Old section")
    image = ImageFactory(credit="Old credit")
    article = make_article(
        headline="Old headline",
        body="<p>Old body</p>",
        section=section.pk,
        tags=["Old topic"],
        bylines=[{"author": author.pk}],
        lead_image=image.pk,
    )
    promo = PromoFactory(title="Old offer", slots=["feed"])
    seen = client.get(path).content.decode()
    assert "Old body" not in seen
    for rows, values, old, new in [
        (Article.objects.filter(pk=article.pk), "headline", "Old headline", "New headline"),
        (Author.objects.filter(pk=author.pk), "name", "Anna Old", "Anna New"),
        (Section.objects.filter(pk=section.pk), "name", "Old section", "New section"),
        (Image.objects.filter(pk=image.pk), "credit", "Old credit", "New credit"),
        (article.tags.all(), "name", "Old topic", "New topic"),
        (Promo.objects.filter(pk=promo.pk), "title", "Old offer", "New offer"),
    ]:
        assert old in seen
        rows.update(**{values: new})
        seen = client.get(path).content.decode()
        assert (old in seen, new in seen) == (False, True)
    article.corrections.create(text="A wrong figure.")
    SiteSettings.objects.update_or_create(pk=1, defaults={"feeds_full_text": True})
    seen = client.get(path).content.decode()
    assert "A wrong figure." in seen
    assert "Old body" in seen
    Article.objects.filter(pk=article.pk).update(expires_at=timezone.now())
    assert "New headline" not in client.get(path).content.decode()
