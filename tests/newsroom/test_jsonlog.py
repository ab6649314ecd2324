"""Lines of the log: one JSON object each, and no key of a reader in them."""

import json
import logging

import pytest

from newsroom.lib import tokens
from newsroom.lib.jsonlog import JsonFormatter


@pytest.mark.parametrize("values", [(7,), (7, "a" * 40), (2**62, *range(40))])
def test_keys_of_readers_stand_in_no_line(values):
    """Django logs the address of each request that is answered with 400 or more."""
    token = tokens.make("comment.own", *values)
    record = logging.LogRecord(
        "django.request", 30, "", 0, "%s: %s", ("Conflict", f"/own/{token}/?x=1"), None
    )
    assert json.loads(JsonFormatter().format(record))["message"] == "Conflict: /own/…/?x=1"


def test_the_key_of_a_preview_stands_in_no_line():
    record = logging.LogRecord(
        "django.request", 30, "", 0, "Not Found: %s", ("/preview/aB3_" + "x" * 20 + "/",), None
    )
    assert json.loads(JsonFormatter().format(record))["message"] == "Not Found: /preview/…/"


def test_other_words_stay_as_they_are():
    text = "Not Found: /2026/05/a-long-slug-of-an-article/x.min.js 1.2.3 newsroom.lib.tokens"
    record = logging.LogRecord("django.request", 30, "", 0, text, (), None)
    assert json.loads(JsonFormatter().format(record))["message"] == text
