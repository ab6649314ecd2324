"""Whole articles from elsewhere."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from articles import workflow
from articles.models import Article, Status
from tests.factories import AuthorFactory, ImageFactory, make_article, make_content, make_draft

pytestmark = pytest.mark.django_db
LAST_YEAR = datetime(2025, 5, 1, 12, tzinfo=UTC)


def placement(status=Status.PUBLISHED, at=LAST_YEAR, **values):
    return workflow.Placement(make_content(**values), status, published_at=at)


def test_everything_of_a_text_is_placed_with_its_own_date():
    image, author = ImageFactory(), AuthorFactory()
    body = f'<figure class="figure"><img data-file="{image.pk}" src="/x.jpg"></figure>'
    (article,) = workflow.place(
        [placement(tags=["Old"], bylines=[{"author": author.pk}], body=body)]
    )
    article = Article.objects.visible().get(pk=article.pk)
    assert article.get_absolute_url() == "/2025/05/bridge-closed/"
    assert article.published_at == LAST_YEAR
    assert [tag.name for tag in article.tags.all()] == ["Old"]
    assert [byline.author for byline in article.bylines.all()] == [author]
    assert list(article.body_images.all()) == [image]
    assert article.head == article.live == article.revisions.get()
    assert article.log.get().verb == "import"


def test_a_translation_of_a_translation_points_at_the_first_text():
    original = make_article(slug="bridge")
    german = make_article(language="de", translation_of=original.pk)
    french = make_article(translation_of=german.pk)
    lost = make_article(translation_of=10**9)
    assert [a.translation_of_id for a in (german, french, lost)] == [original.pk, original.pk, None]


def test_drafts_stay_unseen():
    workflow.place([placement(Status.DRAFT, None), placement(Status.IN_REVIEW, None)])
    assert Article.objects.count() == 2
    assert not Article.objects.visible().exists()


def test_equal_slugs_are_numbered_within_a_month_only():
    june = datetime(2025, 6, 1, 12, tzinfo=UTC)
    placed = workflow.place([placement(), placement(), placement(at=june)])
    assert [article.slug for article in placed] == [
        "bridge-closed",
        "bridge-closed-2",
        "bridge-closed",
    ]
    (again,) = workflow.place([placement()])
    assert again.slug == "bridge-closed-3"


def test_number_of_queries_does_not_grow_with_the_texts(django_assert_max_num_queries):
    section = make_draft().section_id
    texts = [placement(section=section, slug=f"s{n}", tags=["A"]) for n in range(150)]
    with django_assert_max_num_queries(27):
        workflow.place(texts)


def test_changed_record_updates_and_an_edited_one_stays(editor):
    (article,) = workflow.place([placement(headline="One", slug="s")])
    assert workflow.place_again(article, placement(headline="Two", slug="s"))
    article = Article.objects.get(pk=article.pk)
    assert (article.headline, article.published_at, article.slug) == ("Two", LAST_YEAR, "s")
    mine = make_content(**{**article.head.content, "headline": "Mine"})
    workflow.save_draft(article, mine, by=editor, base=article.head)
    workflow.publish(article, by=editor)
    assert not workflow.place_again(article, placement(headline="Three", slug="s"))
    assert Article.objects.get(pk=article.pk).headline == "Mine"


def test_a_draft_of_the_source_that_was_published_there_since_appears():
    (article,) = workflow.place([placement(Status.DRAFT, None)])
    assert workflow.place_again(article, placement(at=LAST_YEAR))
    article = Article.objects.visible().get(pk=article.pk)
    assert article.published_at == LAST_YEAR
    assert article.updated_at is None
    assert article.get_absolute_url().startswith("/2025/05/")
    assert article.edited_at <= timezone.now()
