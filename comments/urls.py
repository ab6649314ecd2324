"""Readers' addresses of comments. Stand before those of articles: sections take `/<slug>/feed/`."""

from django.urls import path

from newsroom.lib.converters import ARTICLE

from . import feeds
from .views import mailed, own, reading, reporting

app_name = "comments"
urlpatterns = [
    path(f"{ARTICLE}comments/", reading.comments, name="thread"),
    path(f"{ARTICLE}comments/feed/", feeds.article, name="feed"),
    path("comments/feed/", feeds.whole_site, name="site-feed"),
    path("comments/<int:pk>/report/", reporting.report, name="report"),
    path("comments/own/<str:token>/", own.own, name="own"),
    path("comments/confirm/<str:token>/", mailed.confirm, name="confirm"),
    path("comments/no-replies/<str:token>/", mailed.stop_replies, name="stop-replies"),
]
