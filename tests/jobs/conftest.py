"""What the tests of jobs share."""

import pytest

from jobs.models import JobSource
from tests.feedserver import feed_server  # noqa: F401 - a fixture


@pytest.fixture
def source(db, tmp_path) -> JobSource:
    """A trusted partner whose feed is a file; write_text() on `path` sends another one."""
    return JobSource.objects.create(
        name="Orchard", file=str(tmp_path / "feed"), format="xml", is_trusted=True
    )
