"""The look of a site is settings: colours that can be read, typefaces, head, logo, icon."""

import itertools
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from articles.models import Section
from newsroom.lib import colors
from newsroom.models import SiteSettings
from tests.factories import make_article

from .test_logos import drawing

FORM = {
    "name": "The Tide",
    "typeface": "serif",
    "mast": "centred",
    "house_color": "#8f1d21",
    "paper_color": "#fdfcf9",
}


def save(client, **values):
    address = reverse("admin:newsroom_sitesettings_change", args=[1])
    return client.post(address, {**FORM, **values})


def stylesheet(client) -> str:
    address = re.search(r'href="(/sections-\w+\.css)"', client.get("/").text)[1]
    response = client.get(address)
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    return response.text


@pytest.mark.parametrize("paper", ["#ffffff", "#fdfcf9", "#f3eee1"])
def test_every_colour_can_be_read_on_its_paper_and_in_its_boxes(paper):
    SiteSettings(house_color="#000000", paper_color=paper).clean()
    steps = ["00", "55", "aa", "ff"]
    for red, green, blue in itertools.product(steps, repeat=3):
        picked = f"#{red}{green}{blue}"
        for ground in colors.boxes(paper):
            shown = colors.legible(picked, ground)
            assert colors.contrast(shown, ground) >= 4.5
        for outer in (paper, colors.DARK_PAPER):
            box = colors.boxes(paper)[0 if outer == paper else 1]
            assert colors.contrast(colors.legible(picked, box), outer) >= 4.5
        assert colors.contrast(colors.ink_on(picked), picked) >= 4.5


@pytest.mark.parametrize("paper", ["#ffffff", "#f3eee1"])
def test_soft_text_and_edges_can_be_seen_on_every_paper(paper):
    # The shares of readers/base.css.
    for ink, outer, box in (
        (colors.INK, paper, colors.boxes(paper)[0]),
        (colors.INK_IN_THE_DARK, colors.DARK_PAPER, colors.boxes(paper)[1]),
    ):
        soft, edge = colors.mixed(outer, ink, 0.70), colors.mixed(outer, ink, 0.55)
        assert colors.contrast(soft, box) >= 4.5
        assert colors.contrast(edge, box) >= 3


def test_a_second_paper_looks_different_by_its_settings(client, chief):
    make_article()
    section = Section.objects.get()
    before, page = stylesheet(client), client.get("/").text
    assert 'class="type-serif mast-centred"' in page
    client.force_login(chief)
    looks = {"typeface": "sans", "mast": "bar", "house_color": "#0b62c4", "mast_color": "#12232e"}
    assert save(client, **looks).status_code == 302
    client.logout()
    after, page = stylesheet(client), client.get("/").text
    assert 'class="type-sans mast-bar"' in page
    assert "serif.woff2" not in page
    assert "sans.woff2" in page
    assert "--house-light:#0b62c4" in after
    assert ".masthead{--mast-paper:#12232e;--mast-ink:#ffffff;--mast-mark:#ffffff}" in after
    assert after != before
    assert f".s-{section.pk}{{" in after


@pytest.mark.parametrize(
    "values",
    [
        {"house_color": "red"},
        {"house_color": "#12345"},
        {"mast_color": "#000}*{display:none"},
        {"paper_color": "#888888"},
        {"typeface": "comic"},
        {"mast": "none"},
    ],
)
def test_a_look_that_could_not_be_read_is_refused(client, chief, values):
    client.force_login(chief)
    response = save(client, **values)
    assert response.status_code == 200
    assert list(response.context["adminform"].form.errors) == list(values)
    assert not SiteSettings.objects.exists()


def test_a_logo_stands_in_place_of_the_name_and_is_served_for_ever(client, chief):
    client.force_login(chief)
    upload = SimpleUploadedFile("l.svg", drawing("<script>x</script><path d='M0 0h1'/>"))
    assert save(client, logo_upload=upload).status_code == 302
    client.logout()
    page = client.get("/").text
    address = re.search(
        r'<img src="(/logo-\w+\.svg)" width="90" height="30" alt="The Tide">', page
    )[1]
    response = client.get(address)
    assert response["Content-Type"] == "image/svg+xml"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert b"<path" in response.content
    assert b"script" not in response.content
    assert client.get("/logo-0123456789abcdef.svg").status_code == 404
    assert client.get(address.replace(".svg", ".png")).status_code == 404


def test_a_logo_of_one_colour_is_drawn_by_the_stylesheet(client, chief):
    client.force_login(chief)
    upload = SimpleUploadedFile("l.svg", drawing())
    assert save(client, logo_upload=upload, logo_is_mono="on").status_code == 302
    client.logout()
    site = SiteSettings.objects.get()
    rule = f".logo-mono{{--logo:url(/{site.logo_file});--logo-ratio:90/30}}"
    assert rule in stylesheet(client)
    assert '<span class="logo-mono" role="img" aria-label="The Tide">' in client.get("/").text


def test_a_saved_form_keeps_the_logo_until_it_is_taken_off(client, chief):
    client.force_login(chief)
    save(client, logo_upload=SimpleUploadedFile("l.svg", drawing()))
    assert SiteSettings.objects.get().logo
    save(client, tagline="Twice a day")
    kept = SiteSettings.objects.get()
    assert (kept.tagline, bool(kept.logo), kept.logo_width) == ("Twice a day", True, 90)
    save(client, removes_logo="on")
    bare = SiteSettings.objects.get()
    assert (bare.logo, bare.logo_file, bare.logo_width) == (None, "", 0)


def test_only_a_logo_that_is_there_can_be_taken_off(client, chief):
    client.force_login(chief)
    address = reverse("admin:newsroom_sitesettings_change", args=[1])
    assert 'name="removes_logo"' not in client.get(address).text
    save(client, logo_upload=SimpleUploadedFile("l.svg", drawing()))
    assert 'name="removes_logo"' in client.get(address).text


def test_a_file_that_is_no_logo_is_refused_with_a_sentence(client, chief):
    client.force_login(chief)
    response = save(client, logo_upload=SimpleUploadedFile("l.svg", b"<html/>"))
    errors = response.context["adminform"].form.errors
    assert errors == {"logo_upload": ["That is no SVG, PNG or WebP picture."]}


def test_pages_do_not_read_the_bytes_of_the_logo(client, chief, django_assert_num_queries):
    client.force_login(chief)
    save(client, logo_upload=SimpleUploadedFile("l.svg", drawing()))
    with django_assert_num_queries(1):
        site = SiteSettings.load()
        assert site.css.startswith(":root{")
        assert site.logo_file
    assert "logo" in site.get_deferred_fields()


@pytest.mark.django_db
def test_the_icon_is_the_first_letter_on_the_colour_of_the_house(client):
    SiteSettings(pk=1, name="“Ölwerk”", house_color="#ffd84d").save()
    address = re.search(r'rel="icon" href="([^"]+)"', client.get("/").text)[1]
    response = client.get(address)
    assert response["Content-Type"] == "image/svg+xml"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert 'fill="#ffd84d"' in response.text
    assert 'fill="#17181b">Ö</text>' in response.text
    # The quotation mark is the same, the letter is not.
    other = SiteSettings(name="“Bote”", house_color="#ffd84d")
    assert reverse("site-icon", args=[other.icon_version]) != address
    assert client.get("/icon-old.svg")["Cache-Control"] == "public, max-age=60"
