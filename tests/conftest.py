"""What all tests share."""

from collections.abc import Iterator

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection

from newsroom.lib import pagecache
from newsroom.lib.metering import Meter
from newsroom.lib.pagecache import purging
from newsroom.models import User, standing

from .factories import UserFactory
from .mailserver import MailServer


@pytest.fixture
def django_assert_num_queries(django_assert_num_queries):
    """Queries are counted as of a process that has just started, unless it `is_warm`."""

    def counted(*arguments, is_warm=False, **options):
        if not is_warm:
            standing.forget()
        return django_assert_num_queries(*arguments, **options)

    return counted


@pytest.fixture
def reporter(db) -> User:
    return UserFactory(username="rita", first_name="Rita", role="Reporter")


@pytest.fixture
def editor(db) -> User:
    return UserFactory(username="edgar", first_name="Edgar", role="Editor")


@pytest.fixture
def chief(db) -> User:
    return UserFactory(username="clara", first_name="Clara", role="Chief editor")


@pytest.fixture
def moderator(db) -> User:
    return UserFactory(username="mona", first_name="Mona", role="Moderator")


@pytest.fixture
def mail_server(settings):
    """A real SMTP server that all mail goes to."""
    with MailServer() as server:
        settings.MAILERS = server.settings
        yield server


class SettledDoor(pagecache.Door):
    """A door for tests inside one transaction: what was done before a request counts as committed.

    Otherwise every row of a factory would be a change under way, whose pages nobody keeps.
    """

    def __call__(self, environ, start_response):
        waiting, connection.run_on_commit = connection.run_on_commit, []
        for _savepoints, call, _robust in waiting:
            call()
        return super().__call__(environ, start_response)


@pytest.fixture
def door(settings, tmp_path, monkeypatch) -> Iterator[pagecache.Door]:
    """The site behind a page cache of its own; tests/wsgi.py asks it."""
    settings.PAGE_CACHE = True
    settings.PAGE_CACHE_DIR = tmp_path
    purging.store.cache_clear()
    # The test's own connection holds its transaction: no request's end may close it.
    monkeypatch.setattr(connection, "close_if_unusable_or_obsolete", lambda: None)
    yield SettledDoor(WSGIHandler(), Meter(tmp_path / "requests"))
    purging.store.cache_clear()


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """`with committed():` what verbs leave for the commit is done at the end of the block."""
    return lambda: django_capture_on_commit_callbacks(execute=True)
