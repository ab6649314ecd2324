"""What the tests of the admin share."""

import pytest

from tests.feedserver import feed_server  # noqa: F401 - a fixture

from .agencyserver import source  # noqa: F401 - a fixture


@pytest.fixture
def sign_in(client):
    """`sign_in(user)`: the client as that member of staff."""

    def sign_in(user):
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in
