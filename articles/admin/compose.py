"""The page on which an issue of the newsletter is put together, and its previews.

One form holds everything, and every button saves it first, so that nothing typed is lost and all
of it works without a script.
"""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from django_prose_editor.fields import ProseEditorFormField
from django_prose_editor.widgets import AdminProseEditorWidget

from newsroom.lib import richtext
from newsroom.lib.mailframe import framed
from newsroom.lib.verbs import Refused

from .. import newsletter
from ..deskforms import MomentField
from ..models import Article, NewsletterIssue, Subscription
from ..newsletter import mails
from ..views import newsletter as readers
from .article import staff
from .desk import badges
from .fronts import look_up

# Words, lists and links: what richtext.clean_words leaves.
_IN_LETTERS = (
    "Bold", "Italic", "Strike", "HardBreak", "Heading", "BulletList", "OrderedList", "ListItem",
    "Blockquote", "HorizontalRule", "Link", "HTML",
)  # fmt: skip


def _words(name: str) -> ProseEditorFormField:
    column: Any = NewsletterIssue._meta.get_field(name)
    return ProseEditorFormField(
        label=column.verbose_name,
        help_text=column.help_text,
        required=False,
        config={"extensions": {name: richtext.EXTENSIONS[name] for name in _IN_LETTERS}},
        sanitize=richtext.clean_words,
        widget=AdminProseEditorWidget,
    )


class IssueForm(forms.ModelForm):
    """What an editor writes; the articles that are picked stand beside it in the same form."""

    intro = _words("intro")
    closing = _words("closing")
    version = forms.IntegerField(widget=forms.HiddenInput, initial=0)
    scheduled_for = MomentField(label=gettext_lazy("Goes out"))

    class Meta:
        model = NewsletterIssue
        fields = ("subject", "intro", "closing", "auto_count", "auto_source", "sections")
        widgets = {
            "subject": forms.TextInput(attrs={"class": "vLargeTextField"}),
            "sections": forms.CheckboxSelectMultiple,
        }

    def contents(self, picks: list[int]) -> newsletter.Contents:
        """Return what is to be saved."""
        names = ("subject", "intro", "closing", "auto_count", "auto_source", "sections")
        return newsletter.Contents(**{name: self.cleaned_data[name] for name in names}, picks=picks)


def find(request: HttpRequest, number: str | int) -> NewsletterIssue:
    """Return an issue for somebody who may send it."""
    if not request.user.has_perm(newsletter.PERMISSION):
        raise PermissionDenied
    is_number = str(number).isdecimal() and str(number).isascii() and len(str(number)) < 19
    issue = NewsletterIssue.objects.filter(pk=number).first() if is_number else None
    if issue is None:
        raise Http404
    return issue


def address(issue: NewsletterIssue, words: str = "") -> str:
    """The page of an issue, with what was searched for."""
    path = reverse("admin:articles_newsletterissue_change", args=[issue.pk])
    return f"{path}?{urlencode({'q': words})}#pick" if words else path


def page(request: HttpRequest, issue: NewsletterIssue | None, model_admin: Any) -> HttpResponse:
    """Show an issue; save what comes back, then do what the button says."""
    if not request.user.has_perm(newsletter.PERMISSION):
        raise PermissionDenied
    if issue is not None and not issue.is_draft:
        return _settled(request, issue, model_admin)
    if request.method != "POST":
        picks = list(issue.picks.values_list("article", flat=True)) if issue else []
        return _draft_page(request, issue, _form(issue), picks, model_admin)
    form, picks = IssueForm(request.POST), _picks(request)
    if form.is_valid():
        try:
            row = newsletter.save(
                issue,
                form.contents(picks),
                by=staff(request),
                seen=form.cleaned_data["version"],
            )
            issue = row
            form = _form(row)
            _act(request, row)
        except Refused as refused:
            messages.error(request, str(refused))
            if not form.is_bound:  # it is saved: only the step was refused
                return HttpResponseRedirect(address(row))
        else:
            return HttpResponseRedirect(address(row, _asked(request.POST)))
    return _draft_page(request, issue, form, picks, model_admin)


@require_safe
def preview(request: HttpRequest, pk: int, model_admin: Any) -> HttpResponse:
    """Show the mail of an issue as it would look at its time: text, HTML in a frame, the page."""
    issue = find(request, pk)
    mail = mails.write(_letter(issue), to="")
    context = {
        **_frame(request, model_admin, issue),
        "title": _("Preview"),
        "subject": mail.subject,
        "text": mail.body,
        "at": issue.scheduled_for,
    }
    return TemplateResponse(request, "admin/articles/newsletterissue/preview.html", context)


@require_safe
def preview_mail(request: HttpRequest, pk: int, model_admin: Any) -> HttpResponse:
    """Send the HTML of the mail for the frame."""
    mail = mails.write(_letter(find(request, pk)), to="")
    return framed(str(mail.alternatives[0][0]))


@require_safe
def preview_page(request: HttpRequest, pk: int, model_admin: Any) -> HttpResponse:
    """Show the page that the archive will have."""
    response = readers.page(request, _letter(find(request, pk)), is_preview=True)
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _letter(issue: NewsletterIssue) -> newsletter.Letter:
    """Read an issue as of its time: what is to appear before that is in it."""
    return newsletter.read(issue, issue.scheduled_for if not issue.is_sent else None)


def _frame(request: HttpRequest, model_admin: Any, issue: NewsletterIssue | None) -> dict[str, Any]:
    return {
        **admin.site.each_context(request),
        "opts": model_admin.opts,
        "title": issue.subject if issue else _("New issue"),
        "issue": issue,
    }


def _settled(request: HttpRequest, issue: NewsletterIssue, model_admin: Any) -> HttpResponse:
    """Show an issue that is scheduled or has gone out; only its schedule can be undone."""
    if request.method == "POST":
        try:
            if "unschedule" in request.POST:
                newsletter.unschedule(issue, by=staff(request))
                messages.success(request, _("It is a draft again."))
            elif "test" in request.POST:
                _test(request, issue)
        except Refused as refused:
            messages.error(request, str(refused))
        return HttpResponseRedirect(address(issue))
    context = {
        **_frame(request, model_admin, issue),
        "letter": _letter(issue),
        "entries": issue.entries.select_related("by"),
        "readers": _readers(),
    }
    return TemplateResponse(request, "admin/articles/newsletterissue/settled.html", context)


def _draft_page(
    request: HttpRequest,
    issue: NewsletterIssue | None,
    form: IssueForm,
    picks: list[int],
    model_admin: Any,
) -> HttpResponse:
    rows = {row.pk: row for row in Article.objects.filter(pk__in=picks).for_desk()}
    words = _asked(request.POST if request.method == "POST" else request.GET)
    context = {
        **_frame(request, model_admin, issue),
        "form": form,
        "media": form.media,
        "picked": [(rows[pk], badges(rows[pk])) for pk in picks if pk in rows],
        "words": words,
        "found": [(row, badges(row)) for row in look_up(words)] if words else None,
        "entries": issue.entries.select_related("by") if issue else [],
        "readers": _readers(),
    }
    return TemplateResponse(request, "admin/articles/newsletterissue/compose.html", context)


def _form(issue: NewsletterIssue | None) -> IssueForm:
    if issue is None:
        return IssueForm()
    return IssueForm(instance=issue, initial={"version": issue.version})


def _act(request: HttpRequest, issue: NewsletterIssue) -> None:
    """Do what the button says beside saving. Raises Refused."""
    if "test" in request.POST:
        _test(request, issue)
    elif "schedule" in request.POST:
        at = _moment(request.POST.get("scheduled_for", ""))
        if at is None:
            raise Refused(_("Say when it is to go out."))
        newsletter.schedule(issue, at, by=staff(request), seen=issue.version)
        when = date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT")
        messages.success(request, _("It goes out on %s.") % when)
    elif "find" not in request.POST:
        messages.success(request, _("Saved."))


def _test(request: HttpRequest, issue: NewsletterIssue) -> None:
    user = staff(request)
    newsletter.send_test(issue, by=user)
    messages.success(request, _("A test is on its way to %s.") % user.email)


def _picks(request: HttpRequest) -> list[int]:
    """Read the picked articles in their order, changed as the button says."""
    given = request.POST
    picks = [pk for text in given.getlist("picked") if (pk := _number(text))]
    if (added := _number(given.get("pick", ""))) and added not in picks:
        picks.append(added)
    if (gone := _number(given.get("unpick", ""))) in picks:
        picks.remove(gone)
    for name, step in (("up", -1), ("down", 1)):
        if (moved := _number(given.get(name, ""))) in picks:
            place = picks.index(moved)
            picks.insert(max(0, place + step), picks.pop(place))
    return picks


def _readers() -> int:
    wanted = [(Subscription.Scope.NEWSLETTER, [0])]
    return Subscription.objects.active().of(wanted).count()


def _asked(given: Any) -> str:
    return str(given.get("q", "")).replace("\x00", "").strip()[:100]


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


def _moment(text: str) -> datetime | None:
    try:
        moment: datetime | None = MomentField().clean(text)
    except forms.ValidationError:
        return None
    return moment
