"""Other sites in the processes of a test: their database, their files."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import override_settings

from ..newsroom.othersite import OtherSite
from .killing import let_go


@contextmanager
def at(place: OtherSite) -> Iterator[None]:
    """Be another site: its database and its files."""
    let_go()
    here = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = place.name
    ContentType.objects.clear_cache()
    try:
        with override_settings(MEDIA_ROOT=place.media):
            yield
    finally:
        let_go()
        connection.settings_dict["NAME"] = here
        ContentType.objects.clear_cache()
