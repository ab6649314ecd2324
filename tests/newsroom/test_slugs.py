"""Addresses from words."""

import pytest

from newsroom.lib.slugs import make_slug


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Größe in Köln", "groesse-in-koeln"),
        ("Öl, Übermut & Ärger", "oel-uebermut-aerger"),
        ("STRASSE ẞ", "strasse-ss"),
        ("C++", "c-plus-plus"),
        ("C# und F#", "c-sharp-und-f-sharp"),
        (".NET", "dot-net"),
        ("Café à Paris", "cafe-a-paris"),
        ("  --a__b--  ", "a__b"),
        ("🎉 🎉", "fallback"),
        ("العربية", "fallback"),
        ("", "fallback"),
    ],
)
def test_make_slug(text, slug):
    assert make_slug(text, fallback="fallback") == slug


def test_long_slug_is_cut_at_a_word():
    assert make_slug("one two three four", max_length=12) == "one-two"
    assert make_slug("one two three four", max_length=13) == "one-two-three"


def test_one_long_word_is_cut_inside():
    assert make_slug("x" * 500, max_length=80) == "x" * 80
