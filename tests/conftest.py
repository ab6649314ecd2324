"""What all tests share."""

import pytest

from newsroom.models import User

from .factories import UserFactory
from .mailserver import MailServer


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
