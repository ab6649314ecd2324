"""Pictures in entries of live tickers: shown to readers, kept while they are, filled in later."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from articles import images, liveticker
from articles.images import ImageRefused
from articles.models import Article, Image, LiveEntry, LiveTicker
from newsroom.lib.verbs import NotPermitted
from tests.factories import ImageFactory, UserFactory, make_article, make_draft

from .test_images import jpeg

pytestmark = pytest.mark.django_db


@pytest.fixture
def image(tmp_path, settings) -> Image:
    settings.MEDIA_ROOT = tmp_path
    return images.store(jpeg(), by=None, title="Bridge", alt="A bridge")


@pytest.fixture
def ticker(editor) -> LiveTicker:
    return liveticker.open_ticker(make_article(headline="Storm"), by=editor)


def write(ticker: LiveTicker, by, *pictures: Image) -> LiveEntry:
    return liveticker.write(ticker, by=by, text=showing(*pictures))


def showing(*pictures: Image) -> str:
    figures = (f'<figure><img data-file="{picture.pk}"></figure>' for picture in pictures)
    return "<p>Look</p>" + "".join(figures)


def status(client, image: Image) -> int:
    return client.get(image.rendition_url("full", 640, "jpg")).status_code


def test_readers_get_the_picture_of_an_entry_as_long_as_they_see_the_entry(
    client, image, ticker, editor
):
    assert status(client, image) == 404
    entry = write(ticker, editor, image)
    assert status(client, image) == 200
    liveticker.withdraw(entry, by=editor)
    assert status(client, image) == 404
    liveticker.put_back(entry, by=editor)
    assert status(client, image) == 200
    later = timezone.now() + timedelta(days=1)
    Article.objects.filter(pk=ticker.article_id).update(embargo_until=later)
    assert status(client, image) == 404


def test_a_drafts_ticker_shows_nobody_its_pictures(client, image, editor):
    write(liveticker.open_ticker(make_draft(), by=editor), editor, image)
    assert status(client, image) == 404


def test_a_picture_in_an_entry_is_in_use_until_the_text_is_without_it(image, ticker, editor):
    entry = write(ticker, editor, image)
    assert [str(use) for use in images.uses(image)] == ["Article “Storm” (live ticker)"]
    assert not Image.objects.unused().exists()
    liveticker.withdraw(entry, by=editor)
    with pytest.raises(ImageRefused):
        images.delete(image, by=editor)
    liveticker.edit(entry, by=editor, text="<p>Nothing</p>")
    assert list(Image.objects.unused()) == [image]
    images.delete(image, by=editor)


def test_the_words_of_a_picture_that_readers_see_in_an_entry_are_the_editors(ticker, editor):
    reporter = UserFactory(role="Reporter")
    image = ImageFactory(uploaded_by=reporter)
    images.update(image, by=reporter, caption="Mine")
    write(ticker, editor, image)
    with pytest.raises(NotPermitted):
        images.update(image, by=reporter, caption="Changed")


def test_new_words_of_a_picture_reach_the_entries_that_show_it(image, ticker, editor):
    entry, other = write(ticker, editor, image), write(ticker, editor)
    before = entry.changed_at
    images.update(image, by=editor, alt="Another bridge")
    entry.refresh_from_db()
    assert 'alt="Another bridge"' in entry.text_html
    assert entry.changed_at == before
    assert not other.images.exists()


def test_the_migration_finds_the_pictures_of_entries_that_were_there(image, ticker, editor):
    second, gone = ImageFactory(), ImageFactory()
    entries = [write(ticker, editor, *shown) for shown in ((image, second, gone), (image,), ())]
    LiveEntry.images.through.objects.all().delete()
    Image.objects.filter(pk=gone.pk).delete()
    fill = import_module("articles.migrations.0021_pictures_of_entries_filled").fill
    for _time in range(2):  # the second finds all done
        fill(apps, connection.schema_editor())
        shown = [list(entry.images.order_by("pk")) for entry in entries]
        assert shown == [[image, second], [image], []]
