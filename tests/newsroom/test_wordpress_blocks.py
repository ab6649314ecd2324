"""Bodies: from the block editor, from the classic one, by hand."""

from collections import Counter

import pytest

from newsroom.lib.richtext import clean
from newsroom.wordpress.blocks import to_html
from newsroom.wordpress.embeds import embed_address
from newsroom.wordpress.figures import Context, Picture


class Shelf:
    """Pictures 1–9 of the library; attachment 404 has no file."""

    def find(self, attachment, url, alt):
        if attachment and attachment != "404":
            return Picture(int(attachment), f"/media/{attachment}.jpg", "Its alt", "Its caption")
        if "/uploads/known" in url:
            return Picture(9, "/media/9.jpg", "", "")
        return None

    def attached(self):
        return ["3", "4"]


def convert(source):
    leftovers: Counter[str] = Counter()
    html = to_html(source, Context(Shelf(), frozenset({"old.example"}), leftovers))
    return html, dict(leftovers)


FIGURE = '<figure class="figure"><img data-file="{0}" src="/media/{0}.jpg" alt="{1}">{2}</figure>'
YOUTUBE = "https://www.youtube.com/watch?v=abcdefghijk"
EMBED = f'<figure class="embed" data-embed="{YOUTUBE}"><a href="{YOUTUBE}">{YOUTUBE}</a></figure>'

CONVERSIONS = {
    # Classic text: empty lines part paragraphs, single ones break lines.
    "One\nline\n\nTwo": "<p>One<br>line</p><p>Two</p>",
    "One<br />\nline": "<p>One<br>line</p>",
    "One<!--more-->Two": "<p>One</p><p>Two</p>",
    "<div>One</div>\n\n<p>Two</p>\n": "<p>One</p><p>Two</p>",
    "a <b>b</b> <i>c</i> <span style='color:red'>d</span>": (
        "<p>a <strong>b</strong> <em>c</em> d</p>"
    ),
    "<h1>A</h1><h4>B</h4>": "<h2>A</h2><h3>B</h3>",
    "<h2></h2><p>&nbsp;</p>x": "<p>x</p>",
    "<ul>\n<li>a</li>\n<li>b<ol><li>c</li></ol></li>\n</ul>": (
        "<ul><li>a</li><li>b<ol><li>c</li></ol></li></ul>"
    ),
    "<ul><li>a</li><ul><li>b</li></ul></ul>": "<ul><li>a<ul><li>b</li></ul></li></ul>",
    "<blockquote>Said</blockquote>": "<blockquote><p>Said</p></blockquote>",
    "<pre>a  b\n&lt;c&gt;</pre>": "<pre>a  b\n&lt;c&gt;</pre>",
    "<table><tr><th>a</th><td colspan='2'>b</td></tr></table>": (
        '<table><tbody><tr><th>a</th><td colspan="2">b</td></tr></tbody></table>'
    ),
    # Links to the old site become paths, others stay.
    '<a href="https://old.example/2019/05/x/?p=1#c">x</a>': (
        '<p><a href="/2019/05/x/?p=1#c">x</a></p>'
    ),
    '<a href="https://else.example/">x</a>': '<p><a href="https://else.example/">x</a></p>',
    '<a href="#more">x</a>': "<p>x</p>",
    # Pictures.
    '<p>a <img class="wp-image-5" src="x.jpg" alt="Me"> b</p>': (
        f"<p>a</p>{FIGURE.format(5, 'Me', '')}<p>b</p>"
    ),
    '<a href="x.jpg"><img class="wp-image-5" src="x.jpg"></a>': FIGURE.format(5, "Its alt", ""),
    '<img src="https://old.example/wp-content/uploads/known.jpg" alt="K">': FIGURE.format(
        9, "K", ""
    ),
    '<img src="https://old.example/wp-content/uploads/gone.jpg" alt="K">x': "<p>x</p>",
    '<img src="https://else.example/x.jpg" alt="K">': '<p><a href="https://else.example/x.jpg">K</a></p>',
    'ok <img class="wp-smiley" alt=":)" src="https://s.example/s.gif">': "<p>ok :)</p>",
    '[caption id="attachment_5" width="300"]<a href="x"><img class="wp-image-5" alt="A"/></a> '
    "By the <em>sea</em>[/caption]": FIGURE.format(
        5, "A", "<figcaption>By the <em>sea</em></figcaption>"
    ),
    '[caption caption="Old way"]<img class="wp-image-5" alt="A">[/caption]': FIGURE.format(
        5, "A", "<figcaption>Old way</figcaption>"
    ),
    '<figure class="wp-block-image"><img class="wp-image-5" alt="A"/><figcaption>C</figcaption>'
    "</figure>": FIGURE.format(5, "A", "<figcaption>C</figcaption>"),
    '[gallery ids="1,404,2"]': "".join(
        FIGURE.format(n, "Its alt", "<figcaption>Its caption</figcaption>") for n in (1, 2)
    ),
    "[gallery]": "".join(
        FIGURE.format(n, "Its alt", "<figcaption>Its caption</figcaption>") for n in (3, 4)
    ),
    '<!-- wp:gallery --><ul class="blocks-gallery-grid"><li><figure><img data-id="1" alt="A"/>'
    "<figcaption>C</figcaption></figure></li></ul><!-- /wp:gallery -->": FIGURE.format(
        1, "A", "<figcaption>C</figcaption>"
    ),
    # Embeds and players.
    f"a\n\n{YOUTUBE}&feature=share\n\nb": f"<p>a</p>{EMBED}<p>b</p>",
    f"[embed]{YOUTUBE}[/embed]": EMBED,
    "[youtube abcdefghijk]": EMBED,
    f"[youtube={YOUTUBE}]": EMBED,
    '<iframe src="//www.youtube.com/embed/abcdefghijk?rel=0"></iframe>': EMBED,
    f'<!-- wp:embed {{"url":"{YOUTUBE}"}} --><figure class="wp-block-embed"><div>\n{YOUTUBE}\n'
    "</div><figcaption>C</figcaption></figure><!-- /wp:embed -->": f"{EMBED}<p><em>C</em></p>",
    '<iframe src="https://maps.example/x"></iframe>': (
        '<p><a href="https://maps.example/x">https://maps.example/x</a></p>'
    ),
    '[audio src="https://old.example/wp-content/uploads/a%20b.mp3"]': (
        '<p><a href="https://old.example/wp-content/uploads/a%20b.mp3">Audio: a b.mp3</a></p>'
    ),
    '<video><source src="https://v.example/x.mp4"></video>': (
        '<p><a href="https://v.example/x.mp4">Video: x.mp4</a></p>'
    ),
    # Blocks.
    "<!-- wp:paragraph --><p>a\nb</p><!-- /wp:paragraph -->": "<p>a b</p>",
    '<figure class="wp-block-pullquote"><blockquote><p>Q</p><cite>Z</cite></blockquote></figure>': (
        '<blockquote class="pullquote"><p>Q</p><p><cite>Z</cite></p></blockquote>'
    ),
    '<figure class="wp-block-table"><table><tr><td>a</td></tr></table><figcaption>C</figcaption>'
    "</figure>": "<table><tbody><tr><td>a</td></tr></tbody></table><p><em>C</em></p>",
    '<div class="wp-block-file"><a href="https://old.example/wp-content/uploads/a.pdf">A</a>'
    '<a class="wp-block-file__button" href="x" download>Download</a></div>': (
        '<p><a href="https://old.example/wp-content/uploads/a.pdf">A</a></p>'
    ),
    # Brackets that are text.
    "He called [the minister] a [so-called] friend [1]": (
        "<p>He called [the minister] a [so-called] friend [1]</p>"
    ),
    # A cover of the first block editor.
    '<div class="wp-block-cover" style="background-image:url(https://old.example/wp-content/'
    'uploads/known.jpg)"><p>On it</p></div>': FIGURE.format(9, "", "") + "<p>On it</p>",
    "[[gallery]]": "<p>[gallery]</p>",
    '<code>[gallery ids="1"]</code>': '<p><code>[gallery ids="1"]</code></p>',
    "": "",
}


@pytest.mark.parametrize("source", CONVERSIONS)
def test_body_becomes_html_of_the_house(source):
    assert convert(source)[0] == CONVERSIONS[source]


@pytest.mark.parametrize("source", CONVERSIONS)
def test_result_passes_the_allow_list_unchanged(source):
    html = convert(source)[0]
    assert clean(html) == html


@pytest.mark.parametrize(
    ("source", "text", "leftovers"),
    [
        ('a [contact-form-7 id="1" title="x"] b', "<p>a b</p>", {"[contact-form-7]": 1}),
        ("[box]in[/box] out", "<p>in out</p>", {"[box]": 1}),
        ("a [my_thing] b", "<p>a b</p>", {"[my_thing]": 1}),
        ("a [toc] b", "<p>a [toc] b</p>", {"[toc] (left as text)": 1}),
        ('<!-- wp:latest-posts {"n":5} /-->', "", {"<!-- wp:latest-posts -->": 1}),
        (
            "<!-- wp:acme/box --><p>in</p><!-- /wp:acme/box -->",
            "<p>in</p>",
            {"<!-- wp:acme/box -->": 1},
        ),
        ("a<script>alert(1)</script>b", "<p>ab</p>", {"<script>": 1}),
        ("<form><input></form>x", "<p>x</p>", {"<form>": 1}),
        ("<iframe></iframe>x", "<p>x</p>", {"<iframe>": 1}),
    ],
)
def test_what_cannot_be_carried_over_is_listed(source, text, leftovers):
    assert convert(source) == (text, leftovers)


@pytest.mark.parametrize(
    "source",
    [
        '<p onclick="x()">a</p>',
        '<a href="javascript:alert(1)">a</a>',
        '<img src=x onerror="alert(1)">',
        "<svg onload=alert(1)>",
        '[caption caption="<script>alert(1)</script>"]<img class="wp-image-5">[/caption]',
        '[embed]https://www.youtube.com/watch?v="><script>alert(1)</script>[/embed]',
        '<iframe src="javascript:alert(1)"></iframe>',
        '[video src="https://x.example/"><script>alert(1)</script>"]',
    ],
)
def test_nothing_hostile_gets_through(source):
    html = clean(convert(source)[0])
    assert not any(
        word in html for word in ("<script", "onerror", "onclick", "javascript:", "<svg")
    )


@pytest.mark.parametrize(
    "source",
    ["<div>" * 20_000 + "x", "<b>" * 20_000 + "x", "[a " * 20_000, "<!--" * 20_000, "[box]" * 5000],
)
def test_hostile_nesting_ends(source):
    assert isinstance(convert(source)[0], str)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://youtu.be/abcdefghijk", "https://youtu.be/abcdefghijk"),
        ("http://player.vimeo.com/video/12?x=1", "https://vimeo.com/12"),
        ("https://chaos.example/@ada/1234", "https://chaos.example/@ada/1234"),
        ("https://notyoutube.com/watch?v=x", ""),
        ("https://www.youtube.com/", ""),
        ("javascript:alert(1)", ""),
    ],
)
def test_address_of_an_embed(url, address):
    assert embed_address(url) == address
