"""Writing a live ticker in the admin."""

import pytest

from articles import liveticker
from articles.models import LiveEntry, LiveTicker
from tests.factories import make_article

pytestmark = pytest.mark.django_db


@pytest.fixture
def article():
    return make_article(headline="Storm")


@pytest.fixture
def path(article) -> str:
    return f"/admin/articles/article/{article.pk}/live/"


@pytest.fixture
def desk(client, editor):
    client.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_reporters_do_not_write_tickers(client, reporter, path):
    client.force_login(reporter, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(path).status_code == 403
    assert client.post(path, {"open": "1"}).status_code == 403
    assert not LiveTicker.objects.exists()


def test_open_write_change_take_back_close(desk, path):
    assert "Make it a live ticker" in desk.get(path).content.decode()
    assert desk.post(path, {"open": "1"}).status_code == 302
    assert desk.post(path, {"write": "1", "text": ""}).status_code == 200
    assert not LiveEntry.objects.exists()
    desk.post(path, {"write": "1", "title": "Rain", "text": "<p>Wet<script>x</script></p>"})
    entry = LiveEntry.objects.get()
    assert (entry.title, entry.text, entry.is_key) == ("Rain", "<p>Wet</p>", False)
    form = desk.get(f"{path}?entry={entry.pk}").content.decode()
    assert 'value="Rain"' in form
    desk.post(
        f"{path}?entry={entry.pk}",
        {"write": "1", "text": "<p>Dry</p>", "is_key": "on", "correction": "It was dry."},
    )
    entry.refresh_from_db()
    assert (entry.title, entry.text, entry.is_key) == ("", "<p>Dry</p>", True)
    assert "2 versions" in desk.get(path).content.decode()
    desk.post(path, {"withdraw": entry.pk})
    entry.refresh_from_db()
    assert entry.withdrawn_at is not None
    desk.post(path, {"put_back": entry.pk})
    entry.refresh_from_db()
    assert entry.withdrawn_at is None
    desk.post(path, {"close": "1"})
    assert not LiveTicker.objects.get().is_open
    said = desk.post(path, {"write": "1", "text": "<p>Late</p>"}).content.decode()
    assert "The ticker is closed. Open it again to write on." in said
    assert LiveEntry.objects.count() == 1


def test_a_get_changes_nothing(desk, path):
    for query in ["?open=1", "?write=1&text=x", "?withdraw=1", "?close=1"]:
        assert desk.get(path + query).status_code == 200
    assert not LiveTicker.objects.exists()


def test_entries_of_other_tickers_are_out_of_reach(desk, editor, article, path):
    other = liveticker.open_ticker(make_article(), by=editor)
    entry = liveticker.write(other, by=editor, text="<p>Theirs</p>")
    liveticker.open_ticker(article, by=editor)
    assert desk.get(f"{path}?entry={entry.pk}").status_code == 404
    assert desk.post(path, {"withdraw": entry.pk}).status_code == 404
    for junk in ["x", "-1", "9" * 30]:
        assert desk.post(path, {"withdraw": junk}).status_code == 200
        assert desk.get(f"{path}?entry={junk}").status_code == 200
