"""Tables of the admin whose rows stand on pages for readers: saving one purges what shows it."""

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from . import pagecache


class PurgingAdmin(admin.ModelAdmin):
    """Purges `purges` with every row that is added, changed or deleted here."""

    purges: tuple[str, ...] = ("site",)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        pagecache.purge(*self.purges)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        pagecache.purge(*self.purges)

    # Django opens a transaction around saving and deleting one row, around this it does not.
    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        super().delete_queryset(request, queryset)
        pagecache.purge(*self.purges)
