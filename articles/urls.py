"""Readers' addresses of the editorial part."""

from collections.abc import Callable

from django.http.response import HttpResponseBase
from django.urls import URLPattern, path

from newsroom.lib.converters import ARTICLE

from . import api, feeds, sitemaps
from .views import alerts, live, media, newsletter, pages, preview, promos, reading, search


def feed_paths(prefix: str, view: Callable[..., HttpResponseBase], name: str) -> list[URLPattern]:
    """Return the addresses of a list's feed: RSS, Atom, JSON Feed."""
    return [
        path(f"{prefix}feed/", view, name=name),
        path(f"{prefix}feed.atom", view, {"kind": "atom"}, name=f"{name}-atom"),
        path(f"{prefix}feed.json", view, {"kind": "json"}, name=f"{name}-json"),
    ]


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
    *feed_paths("", feeds.whole_site, "feed"),
    path("alerts/", alerts.ask, name="alert-ask"),
    path("alerts/asked/", alerts.asked, name="alert-asked"),
    path("alerts/confirm/<str:token>/", alerts.confirm, name="alert-confirm"),
    path("alerts/off/<str:token>/", alerts.off, name="alert-off"),
    path("alerts/preferences/<str:token>/", alerts.preferences, name="alert-preferences"),
    path("alerts/preferences/<str:token>/data.json", alerts.own_data, name="alert-data"),
    path("newsletter/", newsletter.archive, name="newsletter"),
    path("newsletter/<int:pk>-<slug:slug>/", newsletter.issue, name="newsletter-issue"),
    path("corrections/", pages.corrections, name="corrections"),
    *feed_paths("corrections/", feeds.corrections, "corrections-feed"),
    path("read/<int:pk>/", reading.read, name="read"),
    path("r/<int:pk>/<slug:slot>/", promos.leave, name="promo"),
    path("r/<int:pk>/<slug:slot>/<slug:section>/", promos.leave, name="promo-in-section"),
    path("topics/", pages.topics, name="topics"),
    path("topics/<slug:slug>/", pages.topic, name="topic"),
    *feed_paths("topics/<slug:slug>/", feeds.topic, "topic-feed"),
    path("authors/<slug:slug>/", pages.author, name="author"),
    *feed_paths("authors/<slug:slug>/", feeds.author, "author-feed"),
    path("dossiers/<slug:slug>/", pages.dossier, name="dossier"),
    *feed_paths("dossiers/<slug:slug>/", feeds.dossier, "dossier-feed"),
    path("archive/", pages.archive, name="archive"),
    path("archive/<yyyy:year>/<mm:month>/", pages.archive_month, name="archive-month"),
    path(ARTICLE, pages.article, name="article"),
    path(f"{ARTICLE}live/<int:bucket>.json", live.changes, name="live"),
    path("<slug:slug>/", pages.section, name="section"),
    *feed_paths("<slug:slug>/", feeds.section, "section-feed"),
]
