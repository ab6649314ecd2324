"""Sending in a job, without an account and without a cookie."""

from http import HTTPStatus

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from newsroom.lib import antispam
from newsroom.lib.limits import Limit, take
from newsroom.lib.privacy import hash_address, hash_network

from .. import moderation
from ..forms import NEUTRAL_SUFFIX, SubmissionForm

SUBJECT = "job"
# Per network and per address.
LIMITS = (Limit(most=5, seconds=3600), Limit(most=20, seconds=86400))


@csrf_exempt  # antispam.examine() does what the token would, without a cookie
@require_http_methods(["GET", "HEAD", "POST"])
def submit(request: HttpRequest) -> HttpResponse:
    """Show the form; take a filled one and mail the link that confirms it."""
    if request.method != "POST":
        return _page(request, SubmissionForm())
    sent = antispam.examine(request, SUBJECT)
    form = SubmissionForm(with_neutral_form(request))
    if not form.is_valid():
        return _page(request, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    if sent.fell_into_trap:
        # Some browsers fill in what people do not see: nobody's text is lost over it.
        form.add_error(None, _("A field that stays empty was filled in. Please send it again."))
        return _page(request, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    if not sent.is_ours or sent.is_expired:
        form.add_error(None, _("The page was open for too long. Please send the form again."))
        return _page(request, form, HTTPStatus.FORBIDDEN)
    if form.lacks_neutral_form and "as_it_is" not in request.POST:
        return _page(request, form, HTTPStatus.UNPROCESSABLE_ENTITY, warns=True)
    if wait := _take(request, form):
        minutes = -(-wait // 60)
        form.add_error(
            None, _("That was a lot at once. Please try again in %(n)d minutes.") % {"n": minutes}
        )
        return _page(request, form, HTTPStatus.TOO_MANY_REQUESTS)
    return redirect("jobs:submitted")


@require_safe
def submitted(request: HttpRequest) -> HttpResponse:
    """Say that a mail is on its way."""
    return render(request, "jobs/submitted.html")


def with_neutral_form(request: HttpRequest) -> dict[str, object]:
    """Return what was typed; a click on "add (m/w/d)" adds it to the title."""
    data = request.POST.copy()
    if "add_suffix" in data:
        room = 160 - len(NEUTRAL_SUFFIX) - 1
        data["title"] = f"{data.get('title', '').strip()[:room]} {NEUTRAL_SUFFIX}"
    return data  # type: ignore[return-value]


@transaction.atomic
def _take(request: HttpRequest, form: SubmissionForm) -> int:
    """Keep the job, or return the seconds to wait for the next one."""
    email: str = form.cleaned_data["email"]
    if wait := take("job", [hash_network(request), hash_address(email)], LIMITS):
        return wait
    moderation.submit(
        form.advert,
        email=email,
        days=form.cleaned_data["days"],
        language=form.advert.language,
    )
    return 0


def _page(
    request: HttpRequest,
    form: SubmissionForm,
    status: HTTPStatus = HTTPStatus.OK,
    *,
    warns: bool = False,
) -> HttpResponse:
    context = {
        "form": form,
        "token": antispam.form_token(SUBJECT),
        "trap": antispam.TRAP_FIELD,
        "warns": warns,
        "suffix": NEUTRAL_SUFFIX,
    }
    return render(request, "jobs/submit.html", context, status=status)
