"""Texts in the forms of Ghost's editors: no word is lost."""

import json
from collections import Counter

import pytest

from newsroom.ghost.cards import plain_cards
from newsroom.ghost.documents import body_of
from newsroom.ghost.markdown import to_html as markdown


def lexical(*children):
    leftovers = Counter()
    html = body_of({"lexical": json.dumps({"root": {"children": list(children)}})}, leftovers)
    return html, leftovers


def words(text, bits=0):
    return {"type": "extended-text", "text": text, "format": bits}


def test_lexical_text():
    html, leftovers = lexical(
        {"type": "extended-heading", "tag": "h2", "children": [words("Head")]},
        {"type": "paragraph", "children": [
            words("plain <b>, "), words("bold", 1), words(" both", 3), {"type": "linebreak"},
            {"type": "link", "url": "https://a.example/?a=1&b=2", "children": [words("link")]},
        ]},
        {"type": "list", "listType": "number", "children": [
            {"type": "listitem", "children": [words("one")]},
        ]},
        {"type": "extended-quote", "children": [words("said")]},
        {"type": "horizontalrule"},
    )  # fmt: skip
    assert html == (
        "<h2>Head</h2><p>plain &lt;b&gt;, <strong>bold</strong><em><strong> both</strong></em><br>"
        '<a href="https://a.example/?a=1&amp;b=2">link</a></p><ol><li>one</li></ol>'
        "<blockquote><p>said</p></blockquote><hr>"
    )
    assert leftovers == {}


@pytest.mark.parametrize(
    ("card", "html"),
    [
        ({"type": "image", "src": "/x.jpg", "alt": "A", "caption": "C"},
         '<figure><img src="/x.jpg" alt="A"><figcaption>C</figcaption></figure>'),
        ({"type": "bookmark", "url": "https://b.example",
          "metadata": {"title": "T", "description": "D"}},
         '<p><a href="https://b.example">T</a></p><p>D</p>'),
        ({"type": "callout", "calloutText": "Mind", "calloutEmoji": "!"},
         "<aside class='factbox'><p>! Mind</p></aside>"),
        ({"type": "toggle", "heading": "Q", "content": "<p>A</p>"}, "<h3>Q</h3><p>A</p>"),
        ({"type": "button", "buttonText": "Go", "buttonUrl": "https://g.example"},
         '<p><a href="https://g.example">Go</a></p>'),
        ({"type": "codeblock", "code": "a < b"}, "<pre>a &lt; b</pre>"),
        ({"type": "html", "html": "<b>raw</b>"}, "<b>raw</b>"),
        ({"type": "markdown", "markdown": "**m**"}, "<p><strong>m</strong></p>"),
        ({"type": "video", "src": "/v.mp4", "fileName": "v.mp4", "caption": "C"},
         '<p><a href="/v.mp4">v.mp4</a></p><p><em>C</em></p>'),
        ({"type": "file", "src": "/f.pdf", "fileTitle": "F", "fileCaption": "C"},
         '<p><a href="/f.pdf">F</a></p><p>C</p>'),
    ],
)  # fmt: skip
def test_cards(card, html):
    assert lexical(card) == (html, {})


def test_unknown_card_keeps_its_words_and_is_counted():
    html, leftovers = lexical(
        {"type": "poll", "version": "1", "question": "Why?", "src": "/x", "count": 3}
    )
    assert (html, leftovers) == (
        "<p>poll</p><p>Why?</p>".replace("<p>poll</p>", ""),
        {"card poll": 1},
    )


def test_mobiledoc():
    document = {
        "version": "0.3.1",
        "atoms": [["soft-return", "", {}]],
        "cards": [["image", {"src": "/x.jpg"}], ["hr", {}]],
        "markups": [["strong"], ["a", ["href", "https://a.example"]]],
        "sections": [
            [1, "h2", [[0, [], 0, "Head"]]],
            [1, "p", [[0, [], 0, "a < "], [0, [1, 0], 1, "b"], [0, [], 1, "c"], [1, [], 0, 0],
                      [0, [], 0, "d"]]],
            [3, "ul", [[[0, [], 0, "one"]]]],
            [10, 0],
            [10, 1],
            [10, 9],
            [99],
        ],
    }  # fmt: skip
    assert body_of({"mobiledoc": json.dumps(document)}, Counter()) == (
        '<h2>Head</h2><p>a &lt; <a href="https://a.example"><strong>b</strong>c</a><br>d</p>'
        '<ul><li>one</li></ul><figure><img src="/x.jpg" alt=""></figure><hr>'
    )


def test_html_goes_first_and_plain_words_last():
    assert body_of({"html": "<p>h</p>", "lexical": "{}"}, Counter()) == "<p>h</p>"
    leftovers = Counter()
    assert body_of({"lexical": "{broken", "plaintext": "a <\n\nb"}, leftovers) == (
        "<p>a &lt;</p><p>b</p>"
    )
    assert leftovers == {"lexical, broken": 1}


def test_markdown():
    source = (
        "## H\ntext\n\n- a\n- b\n\n1. c\n\n> q\n\n```\nx\n\ny\n```\n\n[l](https://l.example) `c`"
    )
    assert markdown(source) == (
        "<h2>H</h2><p>text</p><ul><li>a</li><li>b</li></ul><ol><li>c</li></ol>"
        "<blockquote><p>q</p></blockquote><pre>x\n\ny</pre>"
        '<p><a href="https://l.example">l</a> <code>c</code></p>'
    )


def test_rendered_cards_keep_their_words():
    html = plain_cards(
        '<p>before</p><figure class="kg-card kg-bookmark-card"><a class="kg-bookmark-container" '
        'href="https://b.example"><div class="kg-bookmark-content"><div class="kg-bookmark-title">'
        'T &amp; T</div><div class="kg-bookmark-description">D</div></div><div><img src="x.jpg">'
        "</div></a><figcaption>C</figcaption></figure>"
        '<div class="kg-card kg-audio-card"><img src="t.jpg"><div class="kg-audio-title">Song</div>'
        '<audio src="/a.mp3"></audio><div>1×</div></div><p>after</p>'
    )
    assert html == (
        '<p>before</p><div><p><a href="https://b.example">T &amp; T</a></p><p>D</p>'
        '<p><em>C</em></p></div><div><p><a href="/a.mp3">Song</a></p></div><p>after</p>'
    )
