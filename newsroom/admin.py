"""The admin site: its policy and its start page."""

from django.contrib import admin


class NewsroomAdminSite(admin.AdminSite):
    """Django's admin under our name and policy."""
