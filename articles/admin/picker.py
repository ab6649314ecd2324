"""The window in which the editor and the forms choose a picture: search, pages, upload in place.

static/articles/admin/image_pick.js hands the choice back and describes how.
"""

from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from ..models import Image
from .article import staff
from .uploads import UploadForm, take_in

_PAGE = 24
# Who asks: the editor's callback number, or the id of a form's input.
_CALLERS = ("CKEditorFuncNum", "target")


def pick(request: HttpRequest) -> HttpResponse:
    """Show the library to choose from, newest first; a POST takes a picture in."""
    if not request.user.has_perm("articles.view_image"):
        raise PermissionDenied
    caller = {name: request.GET[name][:100] for name in _CALLERS if request.GET.get(name)}
    may_upload = request.user.has_perm("articles.add_image")
    form = UploadForm(request.POST or None, request.FILES or None) if may_upload else None
    if request.method == "POST":
        if form is None:
            raise PermissionDenied
        if form.is_valid():
            return _take_in(request, form, caller)
    words = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    page = Paginator(Image.objects.matching(words), _PAGE).get_page(request.GET.get("page"))
    new = [int(pk) for pk in request.GET.get("new", "").split(",") if pk.isdecimal()][:20]
    context = {
        **admin.site.each_context(request),
        "title": _("Choose a picture"),
        "is_popup": True,
        "caller": caller,
        "address": f"{urlencode(caller)}&" if caller else "",
        "words": words,
        "page": page,
        "new": Image.objects.filter(pk__in=[pk for pk in new if pk < 2**31]) if new else [],
        "form": form,
    }
    return TemplateResponse(request, "admin/articles/image/pick.html", context)


def _take_in(request: HttpRequest, form: UploadForm, caller: dict[str, str]) -> HttpResponse:
    result = take_in(form, by=staff(request))
    for name, reason in result.refused:
        messages.error(
            request, _("“%(name)s” was not taken: %(reason)s") % {"name": name, "reason": reason}
        )
    taken = [str(image.pk) for image in result.stored + result.known]
    query = {**caller, "new": ",".join(taken)} if taken else caller
    return HttpResponseRedirect(f"{request.path}?{urlencode(query)}")
