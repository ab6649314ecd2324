"""Every address of the site. Fixed words first: sections take what is left of the first level."""

from django.contrib import admin
from django.urls import include, path, re_path

from . import look, mailreports, monitoring, robots

urlpatterns = [
    path("healthz", monitoring.healthz, name="healthz"),
    path("readyz", monitoring.readyz, name="readyz"),
    path("metrics", monitoring.metrics, name="metrics"),
    path("robots.txt", robots.robots_txt, name="robots"),
    path("icon-<slug:version>.svg", look.icon, name="site-icon"),
    re_path(
        r"^logo-(?P<version>[0-9a-f]{16})\.(?P<extension>svg|png|webp)$",
        look.logo,
        name="site-logo",
    ),
    path("<slug:key>.txt", robots.indexnow_key, name="indexnow-key"),
    path(".well-known/tdmrep.json", robots.tdm_reservation, name="tdmrep"),
    path("mail-reports/", mailreports.webhook, name="mail-reports"),
    path("admin/", admin.site.urls),
    path("jobs/", include("jobs.urls")),
    path("", include("comments.urls")),
    path("", include("articles.urls")),
]
