"""What the importer's tests share."""

import pytest

from newsroom.wordpress.importing import run

from .wordpress import export


@pytest.fixture
def load(tmp_path):
    """Write an export of these parts and import it."""

    def load(*parts, **options):
        return run([export.write(tmp_path, *parts)], **options)

    return load
