"""Every address of the site. Fixed words first: sections take what is left of the first level."""

from django.contrib import admin
from django.urls import include, path

from . import monitoring, robots

urlpatterns = [
    path("healthz", monitoring.healthz, name="healthz"),
    path("readyz", monitoring.readyz, name="readyz"),
    path("metrics", monitoring.metrics, name="metrics"),
    path("robots.txt", robots.robots_txt, name="robots"),
    path(".well-known/tdmrep.json", robots.tdm_reservation, name="tdmrep"),
    path("admin/", admin.site.urls),
    path("", include("articles.urls")),
]
