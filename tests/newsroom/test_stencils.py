"""Templates with gaps: filled in, they say what the template says."""

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString

from newsroom.lib.stencils import Stencil

SOURCES = {
    "plain.html": (
        '{% if kind %}<b class="{{ kind }}">{% endif %}{{ name }}{% if link %} 100 % {{ link }}'
        '{% endif %} {{ name }}{{ html }}{{ raw|safe }} {% translate "Jobs" %}'
    ),
    "upper.html": "{{ name|upper }}",
    "shortened.html": "{{ name|truncatechars:40 }}",
    "broken.html": "{{ name|linebreaks }}",
    "counted.html": "{{ name|length }}",
    "quoted.html": "{{ name|urlencode }}",
}


@pytest.fixture(autouse=True)
def templates(settings):
    (engine,) = settings.TEMPLATES
    options = {
        **engine["OPTIONS"],
        "loaders": [("django.template.loaders.locmem.Loader", SOURCES)],
    }
    settings.TEMPLATES = [{**engine, "APP_DIRS": False, "OPTIONS": options}]


@pytest.mark.parametrize("kind", ["", "wide", "<"])
@pytest.mark.parametrize("name", ["", "Ann", '<b>&"100%s" %(name)s', "1name <Ä&'>"])
@pytest.mark.parametrize("link", ["", None, "/a/?b=1&c=2", SafeString("<i>%d</i>")])
@pytest.mark.parametrize("language", ["en", "de"])
def test_it_says_what_the_template_says(kind, name, link, language):
    stencil = Stencil("plain.html")
    with translation.override(language):
        for number in (7, 8):
            values = {"name": name, "link": link, "html": SafeString(f"<p>{number}</p>")}
            values["raw"] = f"<hr>%({number}"
            plain = render_to_string("plain.html", {"kind": kind, **values})
            filled = stencil({"kind": kind}, values)
            assert (str(filled), type(filled)) == (str(plain), SafeString)


def test_what_was_filled_in_before_is_never_seen_again():
    stencil = Stencil("plain.html")
    first = stencil({"kind": ""}, {"name": "Ann", "link": "/a/", "html": "", "raw": ""})
    with translation.override("de"):
        second = stencil({"kind": ""}, {"name": "", "link": "", "html": "<", "raw": ""})
    assert first == "Ann 100 % /a/ Ann Jobs"
    assert second == " &lt; Stellenmarkt"


@pytest.mark.parametrize("name", sorted(set(SOURCES) - {"plain.html"}))
def test_a_template_that_does_something_with_a_value_is_refused(name):
    with pytest.raises(TypeError, match="as they are"):
        Stencil(name)({}, {"name": "Ann"})
