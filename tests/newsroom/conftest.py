"""What the tests of the importer and of the demo share."""

import subprocess
import time

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import override_settings

from newsroom.demo.build import build
from newsroom.wordpress.importing import Options, run
from tests import needs

from .wordpress import export

# Of the page cache's stores.
KINDS = ["folder", pytest.param("redis", marks=needs.redis)]


@pytest.fixture
def redis_url(tmp_path_factory):
    """A server that only this test can reach."""
    folder = tmp_path_factory.mktemp("redis")
    socket = folder / "socket"
    options = ["--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(folder)]
    server = subprocess.Popen(["redis-server", *options], stdout=subprocess.DEVNULL)
    while not socket.exists() and server.poll() is None:
        time.sleep(0.01)
    yield f"unix://{socket}"
    server.terminate()
    server.wait()


@pytest.fixture
def load(tmp_path):
    """Write an export of these parts and import it."""

    def load(*parts, **options):
        return run([export.write(tmp_path, *parts)], Options(**options))

    return load


@pytest.fixture(scope="module", params=["en", "de"])
def language(request, django_db_setup, django_db_blocker):
    """A database with the whole demo in one language; gone after the module's tests in it."""
    with (
        django_db_blocker.unblock(),
        override_settings(DEBUG=True, LANGUAGE_CODE=request.param),
        transaction.atomic(),
    ):
        cache.clear()  # other tests' missing addresses would count as a flood
        build()
        yield request.param
        transaction.set_rollback(True)


@pytest.fixture
def demo(language, db):
    """The demo, for a test that may change it."""
    return language
