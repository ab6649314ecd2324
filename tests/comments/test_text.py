"""Attacks on every field come out as text; links are links; equal texts are equal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from comments.text import clean, clean_line, fold, links, render, text_hash

from .conftest import write

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg/onload=alert(1)>',
    "<a href='javascript:alert(1)'>x</a>",
    "javascript:alert(1)",
    "</p></div><iframe src=//evil.example>",
    "<!--<style>*{display:none}</style>-->",
    "&lt;script&gt; &amp; &#60;b&#62;",
    'https://evil.example/"onmouseover="alert(1)',
    "https://evil.example/<script>alert(1)</script>",
    "https://user:pass@evil.example/ https://evil.example\\@good.example/",
    "{{ 7*7 }} {% load x %} %s %(x)s",
    "\x00\x01\x1b[31mred\x7f",
    "\u202egnp.exe\u202c \u2066abc\u2069",
    "e" + "\u0301" * 200,
    "a\u200bb\ufeffc\u00add",
    "مرحبا بالعالم שלום",
    "نمی‌خواهم 👩‍👩‍👧",
    "\ud800 lone",
    "x" * 5000,
    "https://a.example/" + "y" * 4000,
    "((((((https://a.example/(b))))))",
]


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.django_db
def test_attack_comes_out_as_text(article, attack):
    comment = write(article, f"Hi {attack}"[:5000], name=f"N {attack}"[:60])
    comment.refresh_from_db()
    tree = LexborHTMLParser(comment.body_html)
    assert {node.tag for node in tree.css("body *")} <= {"p", "br", "a"}
    assert {name for node in tree.css("body *") for name in node.attributes} <= {"href", "rel"}
    shown = [node.attributes["href"] for node in tree.css("a")]
    assert all(address.startswith(("http://", "https://")) for address in shown)
    if not shown:
        assert tree.body.text() == comment.body.replace("\n", "")
    for text in (comment.body, comment.name):
        assert not set(text) & set("\x00\x1b\x7f\u202e\u202c\u2066\u2069\u200b\ufeff\u00ad")
        assert "\u0301" * 4 not in text
    assert "\n" not in comment.name


def test_joiners_of_languages_and_emoji_stay():
    assert clean("نمی‌خواهم 👩‍👩‍👧") == "نمی‌خواهم 👩‍👩‍👧"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("One\ntwo\n\nthree", "<p>One<br>two</p><p>three</p>"),
        ("1 < 2 & 3", "<p>1 &lt; 2 &amp; 3</p>"),
        (
            "See https://a.example/x?a=1&b=2.",
            '<p>See <a href="https://a.example/x?a=1&amp;b=2" rel="ugc nofollow noopener">'
            "a.example/x?a=1&amp;b=2</a>.</p>",
        ),
        (
            "(http://a.example/b_(c))",
            '<p>(<a href="http://a.example/b_(c)" rel="ugc nofollow noopener">'
            "a.example/b_(c)</a>)</p>",
        ),
        ("ftp://a.example mailto:x@y.example", "<p>ftp://a.example mailto:x@y.example</p>"),
    ],
)
def test_render(text, html):
    assert render(text) == html


def test_long_address_is_shortened_only_for_the_eye():
    address = "https://a.example/" + "x" * 100
    assert f'href="{address}"' in render(address)
    assert "x…</a>" in render(address)


@given(st.text(max_size=400))
def test_cleaning_and_rendering_take_any_text(text):
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    tree = LexborHTMLParser(render(cleaned))
    assert {node.tag for node in tree.css("body *")} <= {"p", "br", "a"}
    assert "\n" not in clean_line(text)


def test_same_text_is_the_same_however_it_is_written():
    assert text_hash("Buy this, NOW!") == text_hash("buy  this\nnow") != text_hash("buy that now")
    assert text_hash("!!!") != text_hash("???")
    assert len(text_hash("x")) == 64


def test_links_are_what_readers_could_follow():
    text = "https://a.example/, http://b.example and ftp://c.example https://u:p@d.example"
    assert links(text) == ["https://a.example/", "http://b.example"]


def test_names_are_compared_without_tricks():
    assert fold("Ｍona\u200b  MUSTER ") == fold("mona muster")
