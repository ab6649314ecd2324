"""Source body → readers' HTML: pictures, embeds, tables, headings, links; all of it safe."""

import pytest
from selectolax.lexbor import LexborHTMLParser

from articles import body, embeds
from newsroom.lib import richtext
from tests.factories import ImageFactory


def tree(source: str) -> LexborHTMLParser:
    return LexborHTMLParser(body.render(richtext.clean(source)).html, is_fragment=True)


def figure(pk: int, caption: str = "") -> str:
    words = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f'<figure class="figure"><img data-file="{pk}" src="/old.jpg" alt="x">{words}</figure>'


@pytest.fixture
def image(db):
    return ImageFactory(alt='A "boat" & a <mole>', caption="By day", credit="Mira & Co")


def test_plain_text_stays_as_it_is():
    source = "<p>One <strong>two</strong> &amp; three.</p><ul><li><p>four</p></li></ul>"
    rendered = body.render(source)
    assert (rendered.html, rendered.images, rendered.words) == (source, [], 5)


def test_an_empty_body_is_empty():
    assert body.render("") == body.Rendered("", [], 0)


def test_a_picture_comes_from_the_library_not_from_the_source(image):
    rendered = body.render(richtext.clean(figure(image.pk)))
    shown = LexborHTMLParser(rendered.html, is_fragment=True)
    img = shown.css_first("figure > picture > img")
    assert rendered.images == [image]
    assert img.attributes["alt"] == 'A "boat" & a <mole>'
    assert (img.attributes["width"], img.attributes["height"]) == ("1280", "720")
    assert img.attributes["loading"] == "lazy"
    assert "/old.jpg" not in rendered.html
    assert shown.css_first("source").attributes["type"] == "image/avif"
    assert shown.css_first("figcaption").text(strip=True) == "By dayMira & Co"


def test_the_caption_of_the_place_wins_and_keeps_its_markup(image):
    shown = tree(figure(image.pk, 'At <em>night</em><script>alert("x")</script>'))
    assert shown.css_first("figcaption em").text() == "night"
    assert shown.css_first("figcaption small").text() == "Mira & Co"
    assert "By day" not in shown.html
    assert "alert" not in shown.html


@pytest.mark.django_db
def test_a_picture_that_is_gone_takes_its_caption_along():
    rendered = body.render("<p>a</p>" + figure(4711, "gone") + "<p>b</p>")
    assert (rendered.html, rendered.images) == ("<p>a</p><p>b</p>", [])


def test_every_picture_of_a_figure_gets_a_figure_the_last_has_the_words(image):
    other = ImageFactory(caption="", credit="")
    source = (
        f'<figure><img data-file="{other.pk}"><img data-file="{image.pk}">'
        "<figcaption>Both</figcaption></figure>"
    )
    figures = tree(source).css("figure")
    assert [node.text(strip=True) for node in figures] == ["", "BothMira & Co"]


def test_a_picture_in_a_paragraph_moves_in_front_of_it(image):
    shown = tree(f'<p>before <img data-file="{image.pk}"> after</p>')
    assert [node.tag for node in shown.css("figure, p")] == ["figure", "p"]
    assert shown.css_first("p").text() == "before  after"


def test_a_paragraph_that_held_only_a_linked_picture_goes(image):
    shown = tree(f'<p><a href="/x"><img data-file="{image.pk}"></a></p><p>text</p>')
    assert [node.tag for node in shown.css("figure, p, a")] == ["figure", "p"]


def test_pictures_cost_one_query_however_many(image, django_assert_num_queries):
    one, three = figure(image.pk), "".join(figure(ImageFactory().pk) for _ in range(3))
    with django_assert_num_queries(1):
        body.render(one)
    with django_assert_num_queries(1):
        body.render(three)
    with django_assert_num_queries(0):
        body.render("<p>None.</p>")


def test_image_ids_come_in_the_order_of_the_text():
    assert body.image_ids(figure(3) + "<p>x</p>" + figure(1)) == [3, 1]


def test_headings_get_ids_that_differ():
    shown = tree("<h2>Größe</h2><p>x</p><h3>Größe</h3><h2>日本</h2>")
    ids = [node.attributes["id"] for node in shown.css("h2, h3")]
    assert ids == ["h-groesse", "h-groesse__2", "h-part"]


def test_links_to_other_sites_cut_the_opener_and_open_here():
    shown = tree(
        '<p><a href="https://example.org/">a</a><a href="/b/">b</a>'
        '<a href="http://testserver/c/">c</a><a href="mailto:d@example.org">d</a></p>'
    )
    rels = [node.attributes.get("rel") for node in shown.css("a")]
    assert rels == ["noopener", None, None, None]
    assert "target=" not in shown.html


@pytest.mark.parametrize("href", ["//[x", "//]x/", "//a\u2100b/"])
def test_a_link_that_nobody_can_read_keeps_no_text_from_readers(href):
    source = richtext.clean(f'<p><a href="{href}">Bridge</a></p>')
    assert source == f'<p><a href="{href}">Bridge</a></p>'
    assert body.render(source).html == f'<p><a href="{href}" rel="noopener">Bridge</a></p>'


def test_tables_scroll_in_a_frame_that_keyboards_reach():
    shown = tree("<aside class='factbox'><table><tbody><tr><td>1</td></tr></tbody></table></aside>")
    frame = shown.css_first("aside > div.table-frame")
    assert frame.css_first("table td").text() == "1"
    assert (frame.attributes["role"], frame.attributes["tabindex"]) == ("region", "0")


def test_fact_boxes_and_pull_quotes_keep_their_classes():
    shown = tree(
        '<aside class="factbox"><p>a</p></aside><blockquote class="pullquote">b</blockquote>'
    )
    assert shown.css_matches("aside.factbox")
    assert shown.css_matches("blockquote.pullquote")


def embed(url: str) -> str:
    return f'<figure class="embed" data-embed="{url}"></figure>'


def test_an_embed_loads_nothing_and_links_to_the_original():
    shown = tree(embed("https://www.youtube.com/watch?v=dQw4w9WgXcQ&amp;t=4"))
    node = shown.css_first("figure.embed")
    assert node.attributes["data-src"].startswith(
        "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ"
    )
    assert (
        node.css_first("a").attributes["href"] == "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=4"
    )
    assert "hidden" in node.css_first("button").attributes
    assert not shown.css("iframe, img, script, link, [src]")


@pytest.mark.parametrize(
    ("url", "provider", "frame"),
    [
        ("https://youtu.be/dQw4w9WgXcQ", "YouTube", "https://www.youtube-nocookie.com/embed/dQw"),
        ("https://m.youtube.com/shorts/dQw4w9WgXcQ", "YouTube", "https://www.youtube-nocookie.com"),
        ("https://vimeo.com/76979871", "Vimeo", "https://player.vimeo.com/video/76979871?dnt=1"),
        ("https://x.com/a/status/20", "X", "https://platform.twitter.com/embed/Tweet.html?id=20"),
        ("https://twitter.com/a/status/20", "X", "https://platform.twitter.com/embed/Tweet.html"),
        ("https://www.instagram.com/p/C-1_x/", "Instagram", "https://www.instagram.com/p/C-1_x/"),
    ],
)
def test_known_sites_may_be_framed(url, provider, frame):
    found = embeds.resolve(url)
    assert found.provider == provider
    assert found.frame_url.startswith(frame)
    assert found.url == url


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/video",
        "https://mastodon.example/@anna/109",
        "https://www.youtube.com/@channel",
        'https://youtu.be/"onload="x',
        "https://youtube.com.evil.example/watch?v=dQw4w9WgXcQ",
        "https://x.com/a",
        "https://vimeo.com/about",
    ],
)
def test_everything_else_is_only_linked_to(url):
    found = embeds.resolve(url)
    assert (found.url, found.frame_url) == (url, "")


def test_a_mastodon_host_that_the_site_names_may_be_framed(settings):
    settings.EMBED_FRAME_HOSTS = ["https://mastodon.example"]
    found = embeds.resolve("https://mastodon.example/@anna/109")
    assert found.frame_url == "https://mastodon.example/@anna/109/embed"
    assert embeds.resolve("https://other.example/@anna/109").frame_url == ""


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "//x", "https://a@b.example/", "", "ftp://x"]
)
def test_what_is_no_web_address_shows_nothing(url):
    assert embeds.resolve(url) is None
    assert body.render(embed(url)).html == ""
