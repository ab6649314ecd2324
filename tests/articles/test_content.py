"""Snapshots: whole, clean, and the same after a round through the rows."""

import pytest

from articles import content
from articles.models import Tag
from tests.factories import (
    AuthorFactory,
    DossierFactory,
    ImageFactory,
    SectionFactory,
    make_article,
    make_content,
    make_draft,
)

pytestmark = pytest.mark.django_db


def test_content_is_the_same_after_a_round_through_the_rows():
    author, other = AuthorFactory(), make_article()
    values = make_content(
        kicker="Traffic",
        front_headline="Bridge",
        seo_title="Bridge closed in Example",
        seo_description="Why",
        social_title="No way across",
        slug="bridge",
        dateline=["BERLIN", "WIEN"],
        tags=["Bridges", "Köln"],
        dossiers=[DossierFactory().pk],
        bylines=[{"author": author.pk, "role": "text"}, {"author": author.pk, "role": "photo"}],
        lead_image=ImageFactory().pk,
        lead_caption="Closed",
        related=[{"article": other.pk, "kind": "banned"}],
        canonical_url="https://example.org/1",
        is_sensitive=True,
        comments_enabled=False,
        ai_use="assisted",
    )
    article = make_draft(**values)
    assert content.read(article) == values


def test_rough_input_becomes_whole_and_clean():
    values = make_content(
        headline="  Two\nlines \x00 " + "x" * 500,
        body="<p>a</p><script>b</script>",
        dateline=["  Rom ", "", "Bern"],
        tags=["A", "A", " ", "B"],
        bylines=[{"author": "3", "role": ""}, {"author": 3, "role": "text"}],
        ai_use="nonsense",
    )
    assert values["headline"].startswith("Two lines xxx")
    assert len(values["headline"]) == 200
    assert values["body"] == "<p>a</p>"
    assert values["dateline"] == ["Rom", "Bern"]
    assert values["tags"] == ["A", "B"]
    assert values["bylines"] == [{"author": 3, "role": "text"}]
    assert values["ai_use"] == "none"


@pytest.mark.parametrize("headline", ["🎉🎉", "العربية", ""])
def test_headline_without_latin_letters_still_gets_an_address(headline):
    assert make_content(headline=headline)["slug"] == "text"


def test_two_spellings_of_a_topic_are_one_row():
    first = make_draft(tags=["Köln"])
    second = make_draft(tags=["KÖLN", "köln"])
    assert list(first.tags.all()) == list(second.tags.all()) == [Tag.objects.get()]


def test_what_is_gone_is_left_out_when_an_old_content_comes_back():
    section, image = SectionFactory(), ImageFactory()
    article = make_draft(section=section.pk)
    old = make_content(section=10**9, lead_image=image.pk, bylines=[{"author": 10**9}])
    image.delete()
    content.set_fields(article, old)
    content.write_rows(article, old)
    assert (article.section_id, article.lead_image_id) == (section.pk, None)
    assert not article.bylines.exists()
