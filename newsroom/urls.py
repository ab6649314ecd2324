"""Every address of the site. Fixed words first: sections take what is left of the first level."""

from django.contrib import admin
from django.urls import include, path

from . import monitoring

urlpatterns = [
    path("healthz", monitoring.healthz, name="healthz"),
    path("readyz", monitoring.readyz, name="readyz"),
    path("admin/", admin.site.urls),
    path("", include("articles.urls")),
]
