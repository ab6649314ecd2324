"""The editorial calendar's page: a month or a week, and moving what stands on it."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from .. import calendar, workflow
from ..models import Article, Section
from .desk import find

# A day without an hour: when the desk meets.
_USUAL = time(10, 0)


class _Where(forms.Form):
    """Which sheet of the calendar; what makes no sense is left out."""

    scale = forms.ChoiceField(choices=[("month", ""), ("week", "")], required=False)
    day = forms.DateField(required=False)
    section = forms.ModelChoiceField(Section.objects.all(), required=False)


class _Move(forms.Form):
    """What is to stand where. Without a day: off the plan. Without an hour it keeps its own."""

    article = forms.IntegerField(min_value=1)
    kind = forms.ChoiceField(choices=[(kind, "") for kind in ("planned", "scheduled", "update")])
    seen = forms.DateTimeField(required=False)
    day = forms.DateField(required=False)
    hour = forms.TimeField(required=False)

    def clean_day(self) -> date | None:
        day: date | None = self.cleaned_data["day"]
        if day is not None and not 1900 <= day.year <= 2199:
            raise forms.ValidationError(_("Enter a valid date."))
        return day

    def moment(self) -> datetime | None:
        """Return the new time, in the site's zone."""
        given = self.cleaned_data
        if given["day"] is None:
            return None
        kept = timezone.localtime(given["seen"]).time() if given["seen"] else _USUAL
        hour = (given["hour"] or kept).replace(second=0, microsecond=0)
        return datetime.combine(given["day"], hour, timezone.get_current_timezone())


@require_safe
def page(request: HttpRequest, model_admin: Any) -> HttpResponse:
    """Show a month (or `?scale=week`) around a day, of all sections or one."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    form = _Where(request.GET)
    form.is_valid()
    given = form.cleaned_data
    day = given.get("day") or timezone.localdate()
    if not 1901 <= day.year <= 2198:
        day = timezone.localdate()
    section = given.get("section")
    sheet = calendar.sheet(
        given.get("scale") or "month",
        day,
        request.user,  # type: ignore[arg-type]
        section.pk if section else None,
    )
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": _("Editorial calendar"),
        "sheet": sheet,
        "span": _span(sheet),
        "today": timezone.localdate(),
        "section": section,
        "sections": Section.objects.order_by("position", "name"),
    }
    return TemplateResponse(request, "admin/articles/article/calendar.html", context)


@require_POST
def move(request: HttpRequest, model_admin: Any) -> HttpResponse:
    """Move one article; answer a script with what was done or why not, everybody else by a page."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    form = _Move(request.POST)
    if not form.is_valid():
        return _answer(request, _("This day or time cannot be read."), status=400)
    given = form.cleaned_data
    article, at = find(given["article"]), form.moment()
    try:
        calendar.move(article, given["kind"], by=request.user, at=at, seen=given["seen"])  # type: ignore[arg-type]
    except workflow.NotPermitted as refused:
        return _answer(request, str(refused), status=403)
    except workflow.Conflict as conflict:
        return _answer(request, str(conflict), status=409)
    except workflow.Refused as refused:
        return _answer(request, str(refused), status=422)
    return _answer(request, _told(article, given["kind"], at))


def _told(article: Article, kind: str, at: datetime | None) -> str:
    if at is None:
        return _("“%(name)s” stands on no day any more.") % {"name": article}
    words = {"name": article, "time": date_format(timezone.localtime(at), "DATETIME_FORMAT")}
    if kind == "planned":
        return _("“%(name)s” is planned for %(time)s.") % words
    return _("“%(name)s” appears %(time)s.") % words


def _answer(request: HttpRequest, said: str, *, status: int = 200) -> HttpResponse:
    if request.accepts("text/html"):
        if status == 403:
            raise PermissionDenied(said)
        (messages.success if status == 200 else messages.error)(request, said)
        return HttpResponseRedirect(_back(request))
    return JsonResponse({"said": said}, status=status)


def _back(request: HttpRequest) -> str:
    wanted = request.POST.get("back", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}):
        return wanted
    return reverse("admin:articles_article_calendar")


def _span(sheet: calendar.Sheet) -> str:
    """Name the month, or the week with its number."""
    if sheet.scale == "month":
        return date_format(sheet.day, "YEAR_MONTH_FORMAT")
    first, last = sheet.weeks[0][0].date, sheet.weeks[0][-1].date
    return _("Week %(number)d: %(first)s – %(last)s") % {
        "number": first.isocalendar().week,
        "first": date_format(first, "SHORT_DATE_FORMAT"),
        "last": date_format(last, "SHORT_DATE_FORMAT"),
    }
