"""The page on which a live ticker is written: fast, by keyboard, one entry after the other."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_prose_editor.fields import ProseEditorFormField
from django_prose_editor.widgets import AdminProseEditorWidget

from newsroom.lib import richtext
from newsroom.lib.verbs import Refused
from newsroom.models import User

from .. import liveticker
from ..models import Article, LiveEntry, LiveTicker
from .desk import badges, to_read

# An entry has no headings of its own besides its headline, and no boxes.
_LEFT_OUT = {"Heading", "FactBox", "PullQuote", "HorizontalRule", "Subscript", "Superscript"}
_EXTENSIONS = {
    name: options for name, options in richtext.EXTENSIONS.items() if name not in _LEFT_OUT
}
_LISTED = 50


class EntryForm(forms.Form):
    """An entry of a live ticker."""

    title = forms.CharField(
        label=gettext_lazy("Headline"),
        required=False,
        max_length=140,
        help_text=gettext_lazy("May stay empty."),
    )
    text = ProseEditorFormField(
        label=gettext_lazy("Text"),
        config={"extensions": _EXTENSIONS},
        sanitize=richtext.clean,
        widget=AdminProseEditorWidget,
    )
    is_key = forms.BooleanField(
        label=gettext_lazy("Key event"),
        required=False,
        help_text=gettext_lazy("Stands in the list above the entries."),
    )
    is_pinned = forms.BooleanField(
        label=gettext_lazy("Stays on top"),
        required=False,
        help_text=gettext_lazy("One at a time: another one gives way."),
    )


class CorrectionForm(EntryForm):
    """An entry that readers have seen already."""

    correction = forms.CharField(
        label=gettext_lazy("Correction"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("What was wrong. Readers see it below the entry; empty for a typo."),
    )


def page(request: HttpRequest, pk: int, model_admin: Any) -> HttpResponse:
    """Show a ticker to write in; take an entry, a change of one, or the ticker's end."""
    article = to_read(model_admin, request, pk)
    if not request.user.has_perm(liveticker.PERMISSION):
        raise PermissionDenied
    ticker = LiveTicker.objects.filter(article=article).first()
    changed = _changed(request, ticker)
    form = _form(changed, request.POST if "write" in request.POST else None)
    if request.method == "POST":
        try:
            if _act(article, ticker, changed, form, request):
                return HttpResponseRedirect(address(article))
        except Refused as refused:
            messages.error(request, str(refused))
    entries = LiveEntry.objects.filter(ticker=ticker).select_related("author")
    context = {
        **admin.site.each_context(request),
        "opts": Article._meta,
        "title": _("Live ticker"),
        "article": article,
        "badges": badges(article),
        "ticker": ticker,
        "form": form,
        "media": form.media,
        "changed": changed,
        "entries": entries.prefetch_related("versions__saved_by").order_by("-at", "-pk")[:_LISTED],
    }
    return TemplateResponse(request, "admin/articles/article/live.html", context)


def address(article: Article) -> str:
    """The page on which an article's ticker is written."""
    return reverse("admin:articles_article_live", args=[article.pk])


def _changed(request: HttpRequest, ticker: LiveTicker | None) -> LiveEntry | None:
    """The entry that is being changed, if one is."""
    number = request.GET.get("entry", "")
    if ticker is None or not number.isdecimal() or len(number) > 18:
        return None
    return get_object_or_404(LiveEntry, ticker=ticker, pk=number)


def _form(changed: LiveEntry | None, data: Any) -> EntryForm:
    if changed is None:
        return EntryForm(data)
    names = ("title", "text", "is_key", "is_pinned", "correction")
    return CorrectionForm(data, initial={name: getattr(changed, name) for name in names})


def _act(
    article: Article,
    ticker: LiveTicker | None,
    changed: LiveEntry | None,
    form: EntryForm,
    request: HttpRequest,
) -> bool:
    """Do what the button asks for; tell whether it is done. Raises Refused."""
    by: User = request.user  # type: ignore[assignment]  # admin_view lets in nobody else
    given = request.POST
    if "open" in given:
        liveticker.open_ticker(article, by=by)
        return True
    if ticker is None:
        return False
    if "close" in given:
        liveticker.close_ticker(ticker, by=by)
        messages.success(request, _("The ticker is closed."))
        return True
    for name, verb in (("withdraw", liveticker.withdraw), ("put_back", liveticker.put_back)):
        number = given.get(name, "")
        if number.isascii() and number.isdecimal() and len(number) < 19:
            verb(get_object_or_404(LiveEntry, ticker=ticker, pk=number), by=by)
            return True
    return "write" in given and form.is_valid() and _write(ticker, changed, form, by, request)


def _write(
    ticker: LiveTicker, changed: LiveEntry | None, form: EntryForm, by: User, request: HttpRequest
) -> bool:
    if changed is None:
        liveticker.write(ticker, by=by, **form.cleaned_data)
    else:
        liveticker.edit(changed, by=by, **form.cleaned_data)
        messages.success(request, _("The entry is changed."))
    return True
