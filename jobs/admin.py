"""The job desk's tables. A job is changed by verbs only; its page offers those that are allowed."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from newsroom.lib.columns import moment, short
from newsroom.lib.longlists import LongListPaginator
from newsroom.lib.purgingadmin import PurgingAdmin
from newsroom.lib.verbs import Refused
from newsroom.models import User

from . import moderation
from .advert import Advert
from .forms import AdvertForm, initial_of
from .models import Action, Employer, Job, JobSource, Reason, SourceRun

# The buttons of a job's page, in their order; "edit" is the form itself.
BUTTONS = {
    "approve": _("List it"),
    "approve_change": _("Accept the change"),
    "reject": _("Reject"),
    "reject_change": _("Turn the change down"),
    "renew": _("Renew"),
    "mark_filled": _("Filled"),
    "take_down": _("Take it down"),
    "reinstate": _("List it again"),
    "reconsider": _("Review again"),
    "drop_overrides": _("Let the source decide again"),
}


class FeatureForm(forms.Form):
    """Until when a job is put forward, and whether that is paid for."""

    until = forms.DateField(
        label=_("Put forward until"),
        required=False,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
    )
    is_paid = forms.BooleanField(
        label=_("Paid for"), required=False, help_text=_("Readers see that it is an advertisement.")
    )


class ReadOnlyAdmin(admin.ModelAdmin):
    """A table that is written elsewhere."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Job)
class JobAdmin(admin.ModelAdmin):
    """All jobs; one is opened to be read, changed and decided on."""

    list_display = ("title", "employer", "status", "ends", "source", moment(Job, "created_at"))
    list_filter = ("status", "is_paid", "source")
    search_fields = ("title", "employer__name", "external_id")
    ordering = ("-created_at", "-pk")
    list_per_page = 50
    show_full_result_count = False
    paginator = LongListPaginator
    list_select_related = ("employer", "source")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Job | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        return super().get_queryset(request).defer("description", "proposed", "overrides")

    @admin.display(description=_("Ends"), ordering="valid_through")
    def ends(self, job: Job) -> str:
        return short(job.valid_through)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        """Show a job with its form, its log and the buttons of the moves that are allowed now."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = self.get_object(request, object_id)
        if found is None:
            return redirect("admin:jobs_job_changelist")
        job = Job.objects.select_related("employer", "source").get(pk=found.pk)
        form = AdvertForm(initial=initial_of(Advert.of(job)))
        if request.method == "POST":
            if request.POST.get("do") == "edit":
                form = AdvertForm(request.POST)
            if self._carry_out(request, job, form):
                return redirect(request.path)
            job.refresh_from_db()
        return TemplateResponse(request, "admin/jobs/job/job.html", self._page(request, job, form))

    def _page(self, request: HttpRequest, job: Job, form: AdvertForm) -> dict[str, Any]:
        allowed = set(moderation.allowed_moves(job, staff(request)))
        if not moderation.may_renew(job):
            allowed.discard("renew")
        if not job.overrides:
            allowed.discard("drop_overrides")
        proposed = Advert.from_json(job.proposed) if job.proposed_at else None
        return {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": job.title,
            "job": job,
            "form": form,
            "feature_form": FeatureForm(
                initial={"until": job.featured_until, "is_paid": job.is_paid}
            ),
            "proposed": initial_of(proposed) if proposed else None,
            "allowed": allowed,
            "buttons": [
                (verb, label, moderation.MOVES[verb].needs_reason)
                for verb, label in BUTTONS.items()
                if verb in allowed
            ],
            "reasons": Reason.choices,
            "log": job.log.select_related("by")[:50],
        }

    def _carry_out(self, request: HttpRequest, job: Job, form: AdvertForm) -> bool:
        """Do what a button asks for; say so, or why not."""
        try:
            if not self._do(request, job, form):
                return False
        except Refused as refused:
            self.message_user(request, str(refused), messages.ERROR)
            return False
        except ValidationError as error:
            self.message_user(request, " ".join(error.messages), messages.ERROR)
            return False
        self.message_user(request, gettext("Done."), messages.SUCCESS)
        return True

    def _do(self, request: HttpRequest, job: Job, form: AdvertForm) -> bool:
        verb = request.POST.get("do", "")
        version = request.POST.get("version", "")
        basis: dict[str, Any] = {
            "by": staff(request),
            "seen": int(version) if version.isdecimal() and len(version) < 10 else 0,
        }
        why: dict[str, Any] = {
            "reason": request.POST.get("reason", ""),
            "note": request.POST.get("note", ""),
        }
        match verb:
            case "edit":
                if not form.is_valid():
                    return False
                moderation.edit(job, form.advert, **basis)
            case "feature":
                return self._feature(request, job, basis)
            case "approve" | "approve_change":
                moderation.approve(job, **basis)
            case "reject" | "reject_change":
                moderation.reject(job, **why, **basis)
            case "take_down":
                moderation.take_down(job, **why, **basis)
            case "reinstate":
                moderation.reinstate(job, **why, **basis)
            case "renew" | "mark_filled" | "reconsider" | "drop_overrides":
                getattr(moderation, verb)(job, **basis)
            case _:
                return False
        return True

    def _feature(self, request: HttpRequest, job: Job, basis: dict[str, Any]) -> bool:
        form = FeatureForm(request.POST)
        if not form.is_valid():
            self.message_user(request, gettext("This is no day."), messages.ERROR)
            return False
        day = form.cleaned_data["until"]
        until = None
        if day is not None:
            # To the end of that day, in the site's zone.
            local = timezone.localtime().replace(year=day.year, month=day.month, day=day.day)
            until = local.replace(hour=23, minute=59, second=59, microsecond=0)
        moderation.feature(job, until=until, is_paid=form.cleaned_data["is_paid"], **basis)
        return True


@admin.register(Employer)
class EmployerAdmin(PurgingAdmin):
    """Names can be put right; employers come and go with their jobs."""

    purges = ("jobs",)

    list_display = ("name", moment(Employer, "created_at"))
    search_fields = ("name",)
    fields = ("name",)
    show_full_result_count = False
    paginator = LongListPaginator

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Employer | None = None) -> bool:
        return False


@admin.register(JobSource)
class JobSourceAdmin(admin.ModelAdmin):
    """Partners' feeds; their runs stand in a table of their own."""

    list_display = ("name", "format", "is_trusted", "is_paid", "is_active")
    search_fields = ("name",)
    # The default never changes: no hidden copy of what was shown is needed.
    formfield_overrides = {models.JSONField: {"show_hidden_initial": False}}

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Which of the server's files are read is for superusers to say."""
        if staff(request).is_superuser:
            return ()
        return ("url", "file") if obj is not None and obj.file else ("file",)

    def get_form(self, request: HttpRequest, obj: Any = None, *args: Any, **options: Any) -> Any:
        """Ask those for an address who cannot name a file."""
        form = super().get_form(request, obj, *args, **options)
        if "url" in form.base_fields:
            form.base_fields["url"].required = not staff(request).is_superuser
        return form

    def save_model(self, request: HttpRequest, obj: JobSource, form: Any, change: bool) -> None:
        """What is read from elsewhere, or differently, is read though the feed has not changed."""
        if {"url", "file", "format", "field_map"} & set(form.changed_data):
            obj.etag = obj.last_modified = ""
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, request: HttpRequest, obj: JobSource | None = None) -> bool:
        """Jobs keep their source; one that is not wanted any more is not read any more."""
        return False


@admin.register(SourceRun)
class SourceRunAdmin(ReadOnlyAdmin):
    """What every reading of a feed did."""

    list_display = (
        "source", moment(SourceRun, "started_at"), "outcome", "seen", "new", "changed",
        "unchanged", "missed", "withdrawn", "rejected", "message",
    )  # fmt: skip
    list_filter = ("source", "outcome")
    list_select_related = ("source",)
    show_full_result_count = False
    paginator = LongListPaginator


@admin.register(Action)
class ActionAdmin(ReadOnlyAdmin):
    """The log of all jobs."""

    list_display = (
        moment(Action, "at"), "job", "verb", "from_status", "to_status", "reason", "who",
    )  # fmt: skip
    list_filter = ("actor", "reason")
    counted = _("entries")
    search_fields = ("job__title",)
    list_select_related = ("job", "by")
    fields = (
        "at", "job", "verb", "from_status", "to_status", "reason", "note", "actor", "by",
        "details", "version",
    )  # fmt: skip
    show_full_result_count = False
    paginator = LongListPaginator

    @admin.display(description=_("who"))
    def who(self, action: Action) -> str:
        return action.who


def staff(request: HttpRequest) -> User:
    """Return who asks; admin_view has let in nobody without an account."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101 - narrows the type
    return user
