"""The admin's page for persons who ask what is kept of them, or to be forgotten (GDPR 15, 17)."""

import json

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import persons

PERMISSION = "comments.erase_commentauthor"


class PersonForm(forms.Form):
    """Whom it is about, and the word that erasing is meant."""

    address = forms.EmailField(label=gettext_lazy("E-mail address"))
    is_sure = forms.BooleanField(
        label=gettext_lazy("Erase name, address and texts for good"), required=False
    )


def page(request: HttpRequest) -> HttpResponse:
    """Ask for an address; hand out all that is kept of it as a file, or erase it everywhere."""
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    form = PersonForm(request.POST or None)
    if form.is_valid():
        address, wants_erasing = form.cleaned_data["address"], "erase" in request.POST
        if not wants_erasing:
            return _file(persons.export(address))
        if form.cleaned_data["is_sure"]:
            count = sum(persons.erase(address).values())
            messages.success(request, _("Erased. Rows concerned: %(count)d") % {"count": count})
            return HttpResponseRedirect(request.path)
        form.add_error("is_sure", _("Tick this to erase."))
    context = {**admin.site.each_context(request), "title": _("Persons"), "form": form}
    return TemplateResponse(request, "admin/persons.html", context)


def _file(found: object) -> HttpResponse:
    """Return what was found as a file; its name does not tell of whom."""
    text = json.dumps(found, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="person.json"'
    response["Cache-Control"] = "no-store"
    return response
