"""The allow list: what gets through every door, and what never does."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsroom.lib import richtext


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("<p>Plain <strong>text</strong></p>", "<p>Plain <strong>text</strong></p>"),
        ("<p>a</p><script>alert(1)</script>", "<p>a</p>"),
        ("<style>p{}</style><p>a</p>", "<p>a</p>"),
        ('<p style="color:red" onclick="x()">a</p>', "<p>a</p>"),
        ("<h1>a</h1><h4>b</h4>", "ab"),
        ('<a href="javascript:alert(1)">a</a>', "<a>a</a>"),
        ('<a href="data:text/html,x">a</a>', "<a>a</a>"),
        ('<a href="https://example.org/" target="_blank">a</a>', '<a href="https://example.org/">a</a>'),
        ('<img src="https://evil.example/x.png">', "<img>"),
        ('<img src="//evil.example/x.png">', "<img>"),
        ('<img data-file="7" src="/media/x.jpg">', '<img data-file="7" src="/media/x.jpg">'),
        ('<img data-file="7; drop" src="/media/x.jpg">', '<img src="/media/x.jpg">'),
        ('<iframe src="https://example.org"></iframe><p>a</p>', "<p>a</p>"),
        (
            '<figure class="embed" data-embed="javascript:x"></figure>',
            '<figure class="embed"></figure>',
        ),
        (
            '<figure class="embed evil" data-embed="https://youtu.be/x"></figure>',
            '<figure class="embed" data-embed="https://youtu.be/x"></figure>',
        ),
        ('<aside class="factbox"><p>a</p></aside>', '<aside class="factbox"><p>a</p></aside>'),
        (
            '<blockquote class="pullquote x">a</blockquote>',
            '<blockquote class="pullquote">a</blockquote>',
        ),
        ('<td colspan="2000">a</td>', "a"),
        ("<p>a<!-- secret --></p>", "<p>a</p>"),
        ("<p>a\x00b\x08</p>", "<p>ab</p>"),
        ("<p></p>", ""),
        ("<p>&nbsp;</p> <p><br></p>", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_clean(dirty, clean):
    assert richtext.clean(dirty) == clean


@given(st.text())
def test_clean_is_idempotent_and_never_leaves_a_script(text):
    once = richtext.clean(text)
    assert richtext.clean(once) == once
    assert "<script" not in once.lower()


@given(st.text(alphabet="<>\"'/ =abscriptonerlmgfh:&;#x0\x00"))
def test_clean_stands_broken_markup(text):
    once = richtext.clean(text)
    assert richtext.clean(once) == once
    assert "<script" not in once.lower()
    assert "\x00" not in once


def test_plain_text_has_a_line_per_block():
    html = "<h2>A &amp; B</h2><p>One<br>two</p><ul><li>three</li><li>four</li></ul>"
    assert richtext.plain_text(html) == "A & B\nOne\ntwo\nthree\nfour"


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("The bridge\n is shut", "The bridge is shut"),
        ("The bridge is shut, for now", "The bridge is shut…"),
        ("The bridge is shuttered now", "The bridge is…"),
        ("Donaudampfschifffahrtsgesellschaft", "Donaudampfschifffah…"),
        ("e\u0301" * 20, "e\u0301" * 9 + "e…"),
        ("", ""),
    ],
)
def test_a_text_is_shortened_behind_a_word(text, short):
    assert richtext.shorten(text, 20) == short
    assert len(short) <= 20


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("https://example.org/a?b#c", True),
        ("http://example.org", True),
        ("ftp://example.org", False),
        ("javascript:alert(1)", False),
        ("https://", False),
        ("https://user:pass@example.org", False),
        ("https://exa mple.org", False),
        ("https://[bad", False),
        ("//example.org", False),
    ],
)
def test_is_web_address(value, expected):
    assert richtext.is_web_address(value) is expected


def test_what_is_clean_stays_so_and_what_is_made_of_it_is_cleaned_again():
    once = richtext.clean("<p>Words</p><script>x</script>")
    assert richtext.clean(once) is once
    assert pickle.loads(pickle.dumps(once)) == once  # noqa: S301 - our own
    assert richtext.clean(once + "<script>y</script>") == once
    assert "script" not in richtext.clean(once.replace("Words", "a<script>z</script>"))
