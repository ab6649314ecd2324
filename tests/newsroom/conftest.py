"""What the tests of the importer and of the demo share."""

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import override_settings

from newsroom.demo.build import build
from newsroom.wordpress.importing import Options, run

from .wordpress import export


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
