"""Comparing two contents: every field, word by word, at a fixed number of queries."""

import pytest

from articles.compare import Part, differences, words
from articles.readable import LABELS, body_text
from tests.factories import (
    AuthorFactory,
    DossierFactory,
    ImageFactory,
    PromoFactory,
    SectionFactory,
    make_article,
    make_content,
)


def parts(*pairs):
    return [Part(kind, text) for kind, text in pairs]


def test_words_of_equal_texts_are_one_part():
    assert words("One two.", "One two.") == parts(("same", "One two."))


def test_words_that_changed_stand_alone():
    assert words("The old bridge is shut.", "The new bridge is shut.") == parts(
        ("same", "The "), ("removed", "old"), ("added", "new"), ("same", " bridge is shut.")
    )


def test_words_from_nothing_and_to_nothing():
    assert words("", "New") == parts(("added", "New"))
    assert words("Old", "") == parts(("removed", "Old"))
    assert words("", "") == []


def test_words_of_a_line_more():
    assert words("One\nThree", "One\nTwo\nThree") == parts(
        ("same", "One\n"), ("added", "Two\n"), ("same", "Three")
    )


def test_words_of_very_long_texts_are_shown_whole():
    old, new = "a " * 3000, "b " * 3000
    assert words(old, new) == parts(("removed", old), ("added", new))


def test_both_sides_can_be_read_from_the_parts():
    old, new = "It rains in Berlin, says the office.", "It snows in Bonn, the office says."
    compared = words(old, new)
    assert "".join(part.text for part in compared if part.kind != "added") == old
    assert "".join(part.text for part in compared if part.kind != "removed") == new


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Plain</p><p>Second</p>", "Plain\nSecond"),
        ("<h2>Head</h2><h3>Small</h3>", "## Head\n### Small"),
        ("<p><strong>bold</strong> <em>it</em></p>", "**bold** *it*"),
        ('<p><a href="https://a.example/">here</a></p>', "here [→ https://a.example/]"),
        ("<ul><li><p>One</p></li></ul>", "• One"),
        ('<blockquote class="pullquote"><p>Q</p></blockquote>', "» Q"),
        ('<aside class="factbox"><p>F</p></aside>', "[Fact box]\nF\n[End of the fact box]"),
        ('<figure><img data-file="7" alt="A cat"></figure>', "[Picture 7: A cat]"),
        ("<p>a &amp; b</p>", "a & b"),
        ("<table><tr><td><p>1</p></td><td><p>2</p></td></tr></table>", "| 1 | 2"),
        (
            '<figure class="embed"><a href="https://a.example/">https://a.example/</a></figure>',
            "https://a.example/",
        ),
    ],
)
def test_body_as_lines(html, text):
    assert body_text(html) == text


@pytest.mark.django_db
def test_differences_cover_every_field_of_a_content():
    old = make_content()
    assert set(LABELS) == set(old)
    new = make_content(
        **{
            **old,
            "kicker": "City",
            "headline": "Bridge open",
            "front_headline": "Open",
            "seo_title": "Bridge",
            "seo_description": "About a bridge",
            "social_title": "Look",
            "slug": "other",
            "dateline": ["BERLIN"],
            "standfirst": "New",
            "body": "<p>New</p>",
            "section": SectionFactory().pk,
            "tags": ["Bridges"],
            "dossiers": [DossierFactory().pk],
            "bylines": [{"author": AuthorFactory().pk}],
            "lead_image": ImageFactory().pk,
            "lead_caption": "A bridge",
            "related": [{"article": make_article().pk, "kind": "banned"}],
            "promos": [{"promo": PromoFactory().pk, "kind": "banned"}],
            "genre": "opinion",
            "language": "de",
            "translation_of": make_article().pk,
            "canonical_url": "https://example.org/",
            "is_sensitive": True,
            "is_evergreen": True,
            "comments_enabled": False,
            "ai_use": "assisted",
        }
    )
    assert [found.name for found in differences(old, new)] == list(LABELS)


@pytest.mark.django_db
def test_rows_are_compared_by_name_and_gone_ones_are_told():
    anna, bert = AuthorFactory(name="Anna"), AuthorFactory(name="Bert")
    old = make_content(bylines=[{"author": anna.pk}, {"author": 999_999}])
    new = make_content(section=old["section"], bylines=[{"author": bert.pk, "role": "photo"}])
    (found,) = differences(old, new)
    shown = "".join(part.text for part in found.old)
    assert shown == "Anna (Text)\n(no longer there: no. 999999) (Text)"
    assert "".join(part.text for part in found.new) == "Bert (Photo)"


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_differences_take_one_query_for_each_kind_of_row(count, django_assert_num_queries):
    old = make_content()
    new = make_content(
        section=SectionFactory().pk,
        lead_image=ImageFactory().pk,
        dossiers=[DossierFactory().pk for _ in range(count)],
        bylines=[{"author": AuthorFactory().pk} for _ in range(count)],
        related=[{"article": make_article().pk} for _ in range(count)],
    )
    with django_assert_num_queries(5):
        differences(old, new)
