"""Readers' pages of alerts. What a link opens is shown; only a POST changes anything.

Posts carry no CSRF token, for no page of readers has one: asking is guarded by lib.antispam, the
others by a signed link that nobody else has.
"""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from newsroom.lib import antispam
from newsroom.lib.privacy import hash_network
from newsroom.lib.verbs import Refused

from .. import alerts
from ..alertforms import AskForm, PreferencesForm
from ..alerts import links, privacy
from ..models import Subscriber
from ..shelves import Shelves

FORM = "alert"
# Quicker than anybody reads and types; a page from a cache is older anyway.
_TOO_QUICK = 2.0


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Show the form for the whole site; take the form of any page.

    The answer is the same for addresses that are new, asked already or active.
    """
    if request.method != "POST":
        return _ask_page(request, None)
    sent = antispam.examine(request, FORM)
    form = AskForm(request.POST)
    if not sent.is_ours or sent.is_expired or sent.seconds < _TOO_QUICK:
        form.add_error(None, _("Please look at it once more and send it again."))
    if not form.is_valid():
        return _ask_page(request, form, status=422)
    if not sent.fell_into_trap:
        try:
            alerts.ask(
                form.cleaned_data["address"],
                form.cleaned_data["scope"],
                frequency=form.cleaned_data["frequency"],
                page=form.cleaned_data["page"],
                language=get_language() or "",
                network=hash_network(request),
            )
        except Refused as refused:
            form.add_error(None, str(refused))
            return _ask_page(request, form, status=429)
    return redirect("articles:alert-asked", permanent=False)


@require_safe
def asked(request: HttpRequest) -> HttpResponse:
    """Say that a mail is on its way if the address may get one."""
    return render(request, "articles/alerts/asked.html")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Show what is to be confirmed; confirm it by POST: scanners of mail open links.

    Only what the page showed is confirmed. A page that nothing is left of is shown anew.
    """
    if request.method == "POST":
        try:
            subscriber = alerts.confirm(token, request.POST.getlist("shown"))
        except alerts.Outdated:
            pass
        except Refused:
            return _private(render(request, "articles/alerts/void.html", status=410))
        else:
            context: dict[str, Any] = {"preferences": links.preferences_path(subscriber.pk)}
            return _private(render(request, "articles/alerts/confirmed.html", context))
    subscriber_or_none = alerts.asked_by(token)
    if subscriber_or_none is None:
        return _private(render(request, "articles/alerts/void.html", status=410))
    waiting = alerts.described(list(subscriber_or_none.subscriptions.requested()))
    context = {"subscriber": subscriber_or_none, "alerts": waiting}
    status = 409 if request.method == "POST" else 200
    return _private(render(request, "articles/alerts/confirm.html", context, status=status))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def off(request: HttpRequest, token: str) -> HttpResponse:
    """Show the buttons that end alerts; end them by POST, at once and however often (RFC 8058).

    The field `all` ends all alerts of the address, not only those that the link is about.
    """
    read = links.read_off(token)
    if read is None:
        raise Http404
    subscriber_id, ids = read
    if request.method == "POST":
        alerts.end(subscriber_id, ids if ids and "all" not in request.POST else None)
        context: dict[str, Any] = {"preferences": links.preferences_path(subscriber_id)}
        return _private(render(request, "articles/alerts/ended.html", context))
    subscriber = Subscriber.objects.filter(pk=subscriber_id).first()
    rows = list(subscriber.subscriptions.running()) if subscriber else []
    named = [row for row in rows if not ids or row.pk in ids]
    context = {"alerts": alerts.described(named), "has_more": len(rows) > len(named)}
    return _private(render(request, "articles/alerts/off.html", context))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    """Show an address's alerts and change them, without a password: by the link in its mails."""
    subscriber = _subscriber(token)
    if request.method == "POST":
        if "none" in request.POST:
            alerts.end(subscriber.pk)
        else:
            form = _preferences_form(subscriber, request.POST)
            if form.is_valid():
                alerts.change(subscriber, form.frequencies())
        return _private(redirect(f"{request.path}?saved"))
    context = {
        "subscriber": subscriber,
        "form": _preferences_form(subscriber),
        "is_saved": "saved" in request.GET,
        "token": token,
    }
    return _private(render(request, "articles/alerts/preferences.html", context))


@require_safe
def own_data(request: HttpRequest, token: str) -> HttpResponse:
    """Send all that is kept about the address of a signed link (art. 15 and 20 GDPR)."""
    data = privacy.export(_subscriber(token).address)
    response = JsonResponse(data, json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = 'attachment; filename="alerts.json"'
    return _private(response)


def _ask_page(request: HttpRequest, form: AskForm | None, status: int = 200) -> HttpResponse:
    context = {"shelves": Shelves.load(), "form": form}
    return render(request, "articles/alerts/ask.html", context, status=status)


def _preferences_form(subscriber: Subscriber, data: Any = None) -> PreferencesForm:
    active = alerts.described(list(subscriber.subscriptions.active().order_by("pk")))
    return PreferencesForm(data, alerts=active)


def _subscriber(token: str) -> Subscriber:
    pk = links.read_preferences(token)
    subscriber = Subscriber.objects.filter(pk=pk).first() if pk else None
    if subscriber is None:
        raise Http404
    return subscriber


def _private[R: HttpResponse](response: R) -> R:
    """Keep a page that a secret link opens out of caches, indexes and other sites' logs."""
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response
