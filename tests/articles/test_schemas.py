"""The schemas against which sitemaps are tested refuse what is wrong."""

import pytest
from lxml import etree

from . import schemas

pytestmark = pytest.mark.node

SITEMAP = (
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1" '
    'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url>{}</url></urlset>'
)
LOC = "<loc>https://post.example/</loc>"
NEWS = (
    "<news:news><news:publication><news:name>Post</news:name><news:language>{}</news:language>"
    "</news:publication><news:publication_date>{}</news:publication_date>"
    "<news:title>Storm</news:title></news:news>"
)
IMAGE = "<image:image><image:loc>https://post.example/1.jpg</image:loc></image:image>"
INDEX = (
    '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    "<sitemap>{}</sitemap></sitemapindex>"
)
LASTMOD = "<lastmod>2026-03-01T12:00:00+01:00</lastmod>"


@pytest.mark.parametrize(
    ("frame", "inside"),
    [
        (SITEMAP, LOC + LASTMOD + IMAGE + NEWS.format("de", "2026-03-01T12:00:00+01:00")),
        (INDEX, LOC + LASTMOD),
    ],
)
def test_what_is_right_is_valid(frame, inside):
    assert schemas.validate(frame.format(inside).encode()) == 1


@pytest.mark.parametrize(
    ("frame", "inside"),
    [
        (SITEMAP, LASTMOD),
        (SITEMAP, LASTMOD + LOC),
        (SITEMAP, LOC + "<lastmod>1 March 2026</lastmod>"),
        (SITEMAP, LOC + "<priority>2</priority>"),
        (SITEMAP, LOC + "<image:image/>"),
        (SITEMAP, LOC + "<image:unknown/>"),
        (SITEMAP, LOC + NEWS.format("German", "2026-03-01T12:00:00+01:00")),
        (SITEMAP, LOC + NEWS.format("de", "2026-03-01T12:00:00")),
        (INDEX, LASTMOD + LOC),
        (INDEX, "<loc>short</loc>"),
    ],
)
def test_what_is_wrong_is_refused(frame, inside):
    with pytest.raises(etree.DocumentInvalid):
        schemas.validate(frame.format(inside).encode())
