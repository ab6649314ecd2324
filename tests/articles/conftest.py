"""What the tests of the admin share."""

import pytest

from .agencyserver import agency, source  # noqa: F401 - fixtures


@pytest.fixture
def sign_in(client):
    """`sign_in(user)`: the client as that member of staff."""

    def sign_in(user):
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in
