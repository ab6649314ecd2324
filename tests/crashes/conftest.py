"""What all stories of killed processes begin with."""

from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.urls import get_resolver

from articles import search
from jobs import findable

from ..newsroom.othersite import OtherSite
from .killing import let_go


@pytest.fixture(autouse=True)
def empty_indexes(transactional_db):
    """No flush between tests knows these tables."""
    for index in (search.INDEX, findable.INDEX):
        index.clear()


@pytest.fixture(autouse=True)
def own_files(settings, tmp_path):
    """No picture that another test of this process has left."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True, scope="session")
def addresses_are_known():
    """What every child would load for itself before it begins."""
    get_resolver()._populate()


@pytest.fixture
def places(tmp_path) -> Iterator[Callable[[OtherSite | None], OtherSite]]:
    """New sites, empty or each a copy of another."""
    made: list[OtherSite] = []

    def new(original: OtherSite | None = None) -> OtherSite:
        folder = tmp_path / f"place{len(made)}"
        let_go()
        made.append(original.copy(folder) if original else OtherSite(folder, connection.vendor))
        return made[-1]

    yield new
    let_go()
    for place in made:
        place.drop()
