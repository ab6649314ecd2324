"""What all stories of killed processes begin with."""

import pytest

from articles import search
from jobs import findable


@pytest.fixture(autouse=True)
def empty_indexes(transactional_db):
    """No flush between tests knows these tables."""
    for index in (search.INDEX, findable.INDEX):
        index.clear()
