"""What the tests of jobs share."""

import pytest

from jobs.models import JobSource


@pytest.fixture
def source(db, tmp_path) -> JobSource:
    """A trusted partner whose feed is a file; write_text() on `path` sends another one."""
    return JobSource.objects.create(
        name="Orchard", file=str(tmp_path / "feed"), format="xml", is_trusted=True
    )
