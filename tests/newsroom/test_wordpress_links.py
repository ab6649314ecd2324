"""Links in bodies, links to pictures, reusable blocks."""

from collections import Counter

import pytest

from newsroom.wordpress.blocks import to_html
from newsroom.wordpress.figures import Context, Picture

OWN = frozenset({"old.example", "www.old.example"})


class Pictures:
    def find(self, attachment, url, alt):
        return Picture(5, "/media/5.jpg", "", "") if "bridge" in url else None

    def attached(self):
        return []


def converted(body, reusable=None):
    leftovers = Counter()
    html = to_html(body, Context(Pictures(), OWN, leftovers, reusable or {}))
    return html, dict(leftovers)


@pytest.mark.parametrize(
    ("href", "kept"),
    [
        ("http://old.example/2019/05/12/x/", "/2019/05/12/x/"),
        ("https://www.old.example/2019/05/12/x/#more", "/2019/05/12/x/#more"),
        ("//old.example/x/", "/x/"),
        ("https://old.example/?p=12", "/?p=12"),
        ("https://old.example/index.php?p=12", "/?p=12"),
        ("https://old.example/index.php/2019/x/", "/2019/x/"),
        ("?p=12", "/?p=12"),
        ("https://old.example", "/"),
        ("https://else.example/?p=12", "https://else.example/?p=12"),
        ("https://old.example/wp-content/a.pdf", "https://old.example/wp-content/a.pdf"),
        ("https://old.example/wp-content/uploads/bridge.jpg", "/media/5.jpg"),
        ("/wp-content/uploads/bridge-300x200.jpg", "/media/5.jpg"),
        ("https://[broken", "https://[broken"),
    ],
)
def test_link(href, kept):
    assert converted(f'<p><a href="{href}">x</a></p>')[0] == f'<p><a href="{kept}">x</a></p>'


BLOCK = '<!-- wp:block {"ref":7} /-->'


def test_reusable_block_stands_where_a_text_refers_to_it():
    html, leftovers = converted(
        f"<!-- wp:paragraph --><p>a</p><!-- /wp:paragraph -->{BLOCK}<p>c</p>",
        {"7": "<!-- wp:paragraph --><p>b</p><!-- /wp:paragraph -->"},
    )
    assert (html, leftovers) == ("<p>a</p><p>b</p><p>c</p>", {})


def test_reusable_block_that_is_not_there_is_counted():
    assert converted(f"<p>a</p>{BLOCK}") == ("<p>a</p>", {"<!-- wp:block -->": 1})


def test_reusable_blocks_in_a_circle_end():
    html, leftovers = converted(BLOCK, {"7": f"<p>b</p>{BLOCK}"})
    assert html == "<p>b</p>" * 3
    assert leftovers == {"<!-- wp:block -->": 1}


def test_credit_in_a_caption_leaves_picture_and_words():
    body = (
        '[caption id="a"][media-credit name="Ada"]<img src="/wp-content/uploads/bridge.jpg">'
        "[/media-credit] The bridge[/caption]"
    )
    html, leftovers = converted(body)
    assert "data-file" in html and "<figcaption>The bridge</figcaption>" in html
    assert leftovers == {}
