"""The pages behind the signed link in an employer's mails. Nothing changes without a button."""

from collections.abc import Callable
from http import HTTPStatus

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from newsroom.lib import antispam
from newsroom.lib.verbs import Refused

from .. import links, moderation
from ..forms import NEUTRAL_SUFFIX, AdvertForm, advert_of, initial_of
from ..models import Job
from .submitting import with_neutral_form

_VERBS: dict[str, Callable[..., Job]] = {
    "confirm": moderation.confirm,
    "renew": moderation.renew,
    "mark_filled": moderation.mark_filled,
    "withdraw": moderation.withdraw,
}
_EDITS = {"rewrite", "try_again", "propose"}


@never_cache
@csrf_exempt  # antispam.examine() does what the token would, without a cookie
@require_http_methods(["GET", "HEAD", "POST"])
def manage(request: HttpRequest, token: str) -> HttpResponse:
    """Show where a job stands and what its employer can do; do it on a button."""
    job = _job(token)
    if request.method != "POST":
        return _page(request, job)
    if not _is_ours(request, job):
        return _page(request, job, _stale(), HTTPStatus.FORBIDDEN)
    verb = _VERBS.get(request.POST.get("do", ""))
    if verb is None:
        raise Http404
    try:
        verb(job, seen=_seen(request))
    except Refused as refused:
        job.refresh_from_db()
        return _page(request, job, str(refused), HTTPStatus.CONFLICT)
    return redirect(request.path)


@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, token: str) -> HttpResponse:
    """Show the advert in its form; take a new text."""
    job = _job(token)
    if not _EDITS & set(moderation.allowed_moves(job)):
        return redirect("jobs:manage", token)
    if request.method != "POST":
        return _form_page(request, job, AdvertForm(initial=initial_of(advert_of(job))))
    form = AdvertForm(with_neutral_form(request))
    if not form.is_valid():
        return _form_page(request, job, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    if not _is_ours(request, job):
        form.add_error(None, _stale())
        return _form_page(request, job, form, HTTPStatus.FORBIDDEN)
    if form.lacks_neutral_form and "as_it_is" not in request.POST:
        return _form_page(request, job, form, HTTPStatus.UNPROCESSABLE_ENTITY, warns=True)
    try:
        moderation.change(job, form.advert, seen=_seen(request))
    except (Refused, ValidationError) as refused:
        form.add_error(None, refused if isinstance(refused, ValidationError) else str(refused))
        job.refresh_from_db()
        return _form_page(request, job, form, HTTPStatus.CONFLICT)
    return redirect("jobs:manage", token)


def _job(token: str) -> Job:
    job = links.read(token)
    if job is None:
        raise Http404
    return job


def _subject(job: Job) -> str:
    return f"job:{job.pk}"


def _is_ours(request: HttpRequest, job: Job) -> bool:
    sent = antispam.examine(request, _subject(job))
    return sent.is_ours and not sent.is_expired and not sent.fell_into_trap


def _seen(request: HttpRequest) -> int:
    """The version that the page showed; one that nobody has for whatever is no number."""
    typed = request.POST.get("version", "")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else 0


def _stale() -> str:
    return _("The page was open for too long. Please try again.")


def _context(job: Job) -> dict[str, object]:
    return {
        "job": job,
        "form_token": antispam.form_token(_subject(job)),
        "trap": antispam.TRAP_FIELD,
    }


def _page(
    request: HttpRequest, job: Job, problem: str = "", status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    moves = set(moderation.allowed_moves(job))
    if not moderation.may_renew(job):
        moves.discard("renew")
    last = job.log.filter(verb__in=["reject", "reject_change", "take_down"]).first()
    context = {
        **_context(job),
        "moves": moves,
        "may_edit": bool(moves & _EDITS),
        "last_refusal": last,
        "problem": problem,
        "renewals_left": moderation.MOST_RENEWALS - job.renewals,
    }
    return _private(render(request, "jobs/manage.html", context, status=status))


def _form_page(
    request: HttpRequest,
    job: Job,
    form: AdvertForm,
    status: HTTPStatus = HTTPStatus.OK,
    *,
    warns: bool = False,
) -> HttpResponse:
    context = {**_context(job), "form": form, "warns": warns, "suffix": NEUTRAL_SUFFIX}
    return _private(render(request, "jobs/edit.html", context, status=status))


def _private(response: HttpResponse) -> HttpResponse:
    """The address is the key: it is told to nobody, not even as a referrer."""
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
