"""Addresses of the job listings, below /jobs/."""

from django.urls import path

from . import feeds, sitemaps
from .views import managing, pages, submitting

app_name = "jobs"
urlpatterns = [
    path("", pages.index, name="list"),
    path("submit/", submitting.submit, name="submit"),
    path("submit/sent/", submitting.submitted, name="submitted"),
    path("manage/<str:token>/", managing.manage, name="manage"),
    path("manage/<str:token>/edit/", managing.edit, name="edit"),
    path("feed/", feeds.rss, name="feed"),
    path("feed.json", feeds.json_feed, name="feed-json"),
    path("feed.xml", feeds.partners, name="feed-xml"),
    path("sitemap.xml", sitemaps.jobs, name="sitemap"),
    path("sitemap-<int:part>.xml", sitemaps.jobs, name="sitemap-part"),
    path("<int:pk>-<slug:slug>/", pages.job, name="job"),
]
