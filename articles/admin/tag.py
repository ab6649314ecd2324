"""Topics in the admin, with the merging of those that mean the same."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from newsroom.lib.purgingadmin import PurgingAdmin
from newsroom.lib.verbs import Refused

from .. import topics
from ..models import Tag, tag_key
from .addresses import AddressForm
from .article import staff


class TagForm(AddressForm):
    """A topic; two spellings of one name are one topic."""

    class Meta:
        model = Tag
        fields = ("name", "slug", "description")

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        other = Tag.objects.filter(key=tag_key(name)).exclude(pk=self.instance.pk).first()
        if other is not None:
            raise forms.ValidationError(
                _("The topic “%(name)s” exists. To make one of two, use “merge” in the list.")
                % {"name": other.name}
            )
        return name


@admin.register(Tag)
class TagAdmin(PurgingAdmin):
    form = TagForm
    list_display = ["name", "slug", "article_count"]
    search_fields = ["name", "slug"]
    actions = ["merge"]

    def view_on_site(self, obj: Tag) -> str:
        """Link to the topic's page right away."""
        return obj.get_absolute_url()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tag]:
        rows: QuerySet[Tag] = super().get_queryset(request)
        counted: QuerySet[Tag] = rows.annotate(count=Count("tagged_articles"))
        return counted

    def get_fields(self, request: HttpRequest, obj: Tag | None = None) -> Any:
        """A new topic's address always follows its name."""
        return ["name", "slug", "description"] if obj else ["name", "description"]

    @admin.display(description=_("articles"), ordering="count")
    def article_count(self, tag: Any) -> int:
        return int(tag.count)

    def save_model(self, request: HttpRequest, obj: Tag, form: Any, change: bool) -> None:
        """Save through the verb, so that the old address leads on."""
        if change:
            topics.save(obj, keep_slug="slug" in form.changed_data)
        else:
            obj.save()

    @admin.action(description=_("Merge the selected topics into one"), permissions=["delete"])
    def merge(self, request: HttpRequest, queryset: QuerySet[Tag]) -> HttpResponse | None:
        """Ask which of the selected topics stays, then merge the others into it."""
        chosen = list(queryset.order_by("-count", "name"))
        if len(chosen) < 2:
            self.message_user(request, gettext("Choose at least two topics."), messages.WARNING)
            return None
        into = {str(tag.pk): tag for tag in chosen}.get(request.POST.get("into", ""))
        if into is None:
            context = {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "title": gettext("Merge topics"),
                "tags": chosen,
            }
            return TemplateResponse(request, "admin/articles/tag/merge.html", context)
        try:
            moved = topics.merge(chosen, into, by=staff(request))
        except Refused as refused:
            self.message_user(request, str(refused), messages.ERROR)
            return None
        self.message_user(
            request,
            ngettext(
                "Merged into “%(name)s”; %(count)d article was moved.",
                "Merged into “%(name)s”; %(count)d articles were moved.",
                moved,
            )
            % {"name": into.name, "count": moved},
            messages.SUCCESS,
        )
        self.log_change(request, into, gettext("Other topics were merged into this one."))
        return None
