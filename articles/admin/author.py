"""Authors in the admin: the public profiles."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.forms import ModelChoiceField
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from newsroom.models import User

from ..models import Author
from .addresses import AddressAdmin, AddressForm
from .widgets import PictureField


class AuthorForm(AddressForm):
    """An author's profile."""

    portrait = PictureField(
        label=_("Portrait"),
        help_text=_("From the image library. Readers can see it at once; crops are square."),
    )
    user = ModelChoiceField(
        User.objects.filter(is_staff=True).order_by("last_name", "username"),
        label=_("Account"),
        required=False,
        help_text=_("Whose own texts these are: a reporter may edit drafts that this name signs."),
    )

    class Meta:
        model = Author
        fields = "__all__"


@admin.register(Author)
class AuthorAdmin(AddressAdmin):
    form = AuthorForm
    list_display = ["name", "position", "is_agency", "user", "text_count"]
    list_filter = ["is_agency"]
    list_select_related = ["user"]
    search_fields = ["name", "slug", "position"]
    search_help_text = _("Searches names and positions.")
    fieldsets = [
        (None, {"fields": ["name", "slug", "position", "biography", "portrait"]}),
        (_("Contact"), {"fields": ["email", "website"], "description": _("Readers see both.")}),
        (_("In the newsroom"), {"fields": ["is_agency", "user"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Author]:
        rows: QuerySet[Author] = super().get_queryset(request)
        return rows.annotate(count=Count("bylines"))

    @admin.display(description=_("bylines"), ordering="count")
    def text_count(self, author: Any) -> int:
        return int(author.count)
