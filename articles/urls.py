"""Readers' addresses of the editorial part."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from . import api, feeds, sitemaps
from .views import alerts, live, media, pages, preview, reading, search


class YearConverter(StringConverter):
    """A year that a date can have: 1900–2199."""

    regex = r"(?:19|20|21)\d{2}"

    def to_python(self, value: str) -> int:  # type: ignore[override]
        return int(value)


class MonthConverter(StringConverter):
    """A month with two digits."""

    regex = r"(?:0[1-9]|1[0-2])"

    def to_python(self, value: str) -> int:  # type: ignore[override]
        return int(value)


register_converter(YearConverter, "yyyy")
register_converter(MonthConverter, "mm")

app_name = "articles"
urlpatterns = [
    path("", pages.front, name="front"),
    path("media/<uuid:token>/<slug:spec>.<str:extension>", media.rendition, name="rendition"),
    path("preview/<slug:token>/", preview.by_link, name="preview"),
    path(
        "preview/<slug:token>/media/<uuid:image>/<slug:spec>.<str:extension>",
        preview.picture_by_link,
        name="preview-picture",
    ),
    path("sections-<slug:version>.css", pages.section_colors, name="section-colors"),
    path("search/", search.search, name="search"),
    path("api/v1/articles/", api.articles, name="api-articles"),
    path("api/v1/articles/<int:pk>/", api.article, name="api-article"),
    path("api/v1/openapi.json", api.description, name="api-description"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemap-lists.xml", sitemaps.lists, name="sitemap-lists"),
    path("sitemap-<yyyy:year>-<mm:month>.xml", sitemaps.month, name="sitemap-month"),
    path("sitemap-<yyyy:year>-<mm:month>-<int:part>.xml", sitemaps.month, name="sitemap-part"),
    path("news-sitemap.xml", sitemaps.news, name="news-sitemap"),
    path("feed/", feeds.whole_site, name="feed"),
    path("feed.atom", feeds.whole_site, {"kind": "atom"}, name="feed-atom"),
    path("feed.json", feeds.whole_site, {"kind": "json"}, name="feed-json"),
    path("alerts/", alerts.ask, name="alert-ask"),
    path("alerts/asked/", alerts.asked, name="alert-asked"),
    path("alerts/confirm/<str:token>/", alerts.confirm, name="alert-confirm"),
    path("alerts/off/<str:token>/", alerts.off, name="alert-off"),
    path("alerts/preferences/<str:token>/", alerts.preferences, name="alert-preferences"),
    path("alerts/preferences/<str:token>/data.json", alerts.own_data, name="alert-data"),
    path("corrections/", pages.corrections, name="corrections"),
    path("corrections/feed/", feeds.corrections, name="corrections-feed"),
    path("read/<int:pk>/", reading.read, name="read"),
    path("topics/", pages.topics, name="topics"),
    path("topics/<slug:slug>/", pages.topic, name="topic"),
    path("topics/<slug:slug>/feed/", feeds.topic, name="topic-feed"),
    path("authors/<slug:slug>/", pages.author, name="author"),
    path("authors/<slug:slug>/feed/", feeds.author, name="author-feed"),
    path("dossiers/<slug:slug>/", pages.dossier, name="dossier"),
    path("dossiers/<slug:slug>/feed/", feeds.dossier, name="dossier-feed"),
    path("archive/", pages.archive, name="archive"),
    path("archive/<yyyy:year>/<mm:month>/", pages.archive_month, name="archive-month"),
    path("<yyyy:year>/<mm:month>/<slug:slug>/", pages.article, name="article"),
    path("<yyyy:year>/<mm:month>/<slug:slug>/live/<int:bucket>.json", live.changes, name="live"),
    path("<slug:slug>/", pages.section, name="section"),
    path("<slug:slug>/feed/", feeds.section, name="section-feed"),
]
