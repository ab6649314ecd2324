"""The article's form: content in, the same content out, and nothing typed is dropped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.forms import ArticleSheet, join_names, split_names
from tests.factories import (
    AuthorFactory,
    DossierFactory,
    ImageFactory,
    PromoFactory,
    SectionFactory,
    make_article,
    make_content,
)


def posted(content=None, **changes) -> dict:
    """What a browser sends for a sheet that shows a content, with some fields changed."""
    sheet = ArticleSheet(content=content, section=changes.pop("section", None))
    data = {}
    for form in (sheet.form, *(form for rows in sheet.rows for form in rows.forms)):
        for field in form:
            value = field.value()
            if value is True:
                data[field.html_name] = "on"
            elif value not in (None, False):
                data[field.html_name] = value
    for rows in sheet.rows:
        for field in rows.management_form:
            data[field.html_name] = field.value()
    data |= {name: value for name, value in changes.items() if value is not None}
    for name, value in changes.items():
        if value is None:
            data.pop(name, None)
    return data


@pytest.fixture
def whole(db):
    """A content with something in every field."""
    return make_content(
        kicker="City",
        headline="Bridge closed",
        front_headline="Closed",
        seo_title="Old bridge",
        seo_description="About the bridge",
        social_title="Look",
        slug="the-bridge",
        dateline=["BERLIN", "BONN"],
        body="<p>Text</p>",
        tags=["Bridges", "Berlin, West"],
        dossiers=[DossierFactory().pk],
        bylines=[
            {"author": AuthorFactory().pk, "role": "photo"},
            {"author": AuthorFactory().pk, "role": "text"},
        ],
        lead_image=ImageFactory().pk,
        lead_caption="A bridge",
        related=[{"article": make_article().pk, "kind": "banned"}],
        promos=[{"promo": PromoFactory().pk, "kind": "banned"}],
        canonical_url="https://example.org/a",
        is_sensitive=True,
        comments_enabled=False,
        ai_use="assisted",
    )


def sheet_of(data) -> ArticleSheet:
    sheet = ArticleSheet(data=data)
    assert sheet.is_valid(), (sheet.form.errors, sheet.bylines.errors, sheet.related.errors)
    return sheet


def test_shown_and_sent_back_a_content_stays_the_same(whole):
    assert sheet_of(posted(whole)).to_content() == whole


def test_an_empty_sheet_needs_a_section_only(db):
    section = SectionFactory()
    content = sheet_of(posted(section=section.pk)).to_content()
    assert content == make_content(headline="", standfirst="", body="", section=section.pk)
    assert ArticleSheet(data=posted()).draft() is None


def test_address_follows_the_headline_until_it_has_appeared(db):
    content = make_content(headline="First thoughts")
    data = posted(content, headline="Second thoughts")
    assert "slug" not in {name: value for name, value in data.items() if value}
    assert sheet_of(data).to_content()["slug"] == "second-thoughts"
    appeared = ArticleSheet(content=content, has_appeared=True)
    assert appeared.form["slug"].value() == "first-thoughts"


def test_rows_are_ordered_and_removed(whole):
    first, second = whole["bylines"]
    data = posted(whole, **{"bylines-0-ORDER": "2", "bylines-1-ORDER": "1"})
    assert sheet_of(data).to_content()["bylines"] == [second, first]
    data = posted(whole, **{"bylines-0-DELETE": "on"})
    assert sheet_of(data).to_content()["bylines"] == [second]


def test_body_is_cleaned(db):
    data = posted(make_content(), body='<p onclick="x()">Hello<script>x()</script></p>')
    assert sheet_of(data).to_content()["body"] == "<p>Hello</p>"


def test_an_invalid_sheet_says_so_and_still_yields_a_draft(db):
    data = posted(make_content(), headline="x" * 500, canonical_url="no address", tags="A, B")
    sheet = ArticleSheet(data=data)
    assert not sheet.is_valid()
    assert set(sheet.form.errors) == {"headline", "canonical_url"}
    draft = sheet.draft()
    assert (draft["headline"], draft["canonical_url"]) == ("x" * 200, "")
    assert draft["tags"] == ["A", "B"]


@pytest.mark.parametrize(
    "changes",
    [
        {"headline": "a\x00b"},
        {"tags": "a\x00b"},
        {"dateline": "x" * 600},
        {"section": "no number"},
        {"lead_image": "99999999999999999999999"},
        {"dossiers": ["x"]},
        {"bylines-TOTAL_FORMS": "many"},
        {"bylines-0-author": "0x1"},
        {"ai_use": "perhaps"},
    ],
)
def test_bad_input_is_an_error_of_the_form_and_no_crash(db, changes):
    data = posted(make_content()) | changes
    sheet = ArticleSheet(data=data)
    assert not sheet.is_valid()
    sheet.draft()


@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cc", "Cs", "Z"]), min_size=1, max_size=20),
        max_size=6,
    )
)
def test_topics_survive_being_written_in_one_line(names):
    assert [name for name in split_names(join_names(names)) if name] == names
