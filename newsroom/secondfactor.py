"""The second factor: an authenticator app (TOTP) and ten recovery codes for the day it is lost.

A password alone opens nothing: the middleware takes the powers of a session that still owes its
code. The pages stand in templates/admin/second_factor_*.html and are wired by adminsite.py.
"""

import time
from base64 import b32encode
from collections.abc import Callable
from typing import Any, cast

import django_otp
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin import site as admin_site
from django.contrib.auth import authenticate
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from django_otp.models import Device
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp.util import random_hex
from qrcode.main import QRCode

from .models import User
from .models.site import settings_for

RECOVERY_CODES = 10
_KEY = "second_factor_key"  # in the session, until the first code proves that the app has it


# --- Verbs ---------------------------------------------------------------------------------------


def app_of(user: User) -> TOTPDevice | None:
    """Return the authenticator app that a user has set up."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).first()


def verify_code(user: User, code: str) -> Device | None:
    """Return the device that takes this code: the app's six digits, or a recovery code.

    Uses the code up. Several wrong ones in a row make the device refuse for a while, each time
    twice as long.
    """
    code = "".join(code.split()).lower()
    model = TOTPDevice if len(code) == 6 and code.isdecimal() else StaticDevice
    device = model.objects.filter(user=user, confirmed=True).first()
    return django_otp.verify_token(user, device.persistent_id, code) if device else None


@transaction.atomic
def set_up(user: User, key: str, code: str) -> tuple[TOTPDevice, list[str]] | None:
    """Make the app with this secret (hex) the user's second factor, instead of any before.

    Returns it and the recovery codes; None where the code does not fit the secret.
    """
    device = TOTPDevice(user=user, key=key, name="Authenticator", confirmed=True)
    # Not device.verify_token(): it would save the device also after a wrong code.
    clock = TOTP(device.bin_key)
    clock.time = time.time()
    if not (code.isdecimal() and clock.verify(int(code), tolerance=device.tolerance)):
        return None
    User.objects.select_for_update().get(pk=user.pk)
    TOTPDevice.objects.filter(user=user).delete()
    device.last_t, device.drift = clock.t(), clock.drift
    device.save()
    return device, new_codes(user)


@transaction.atomic
def new_codes(user: User) -> list[str]:
    """Replace the user's recovery codes; return the new ones, which nothing shows again."""
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="Recovery codes")
    codes = [StaticToken.random_token() for _number in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return codes


@transaction.atomic
def reset(user: User) -> bool:
    """Take away a user's app and codes; tell whether there were any."""
    codes, _by_model = StaticDevice.objects.filter(user=user).delete()
    apps, _by_model = TOTPDevice.objects.filter(user=user).delete()
    return bool(codes or apps)


# --- The gate ------------------------------------------------------------------------------------


class SecondFactorMiddleware:
    """Lead a session without its second factor to the page that it owes, and nowhere else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Readers have no session: their pages must not even ask, or no cache could keep them.
        if settings.SESSION_COOKIE_NAME in request.COOKIES and (page := owed_page(request)):
            if not request.path.startswith(reverse("admin:index")):
                request.user = AnonymousUser()
            elif request.path not in {reverse(page), reverse("admin:logout")}:
                query = urlencode({"next": request.get_full_path()})
                return redirect(f"{reverse(page)}?{query}")
        return self.get_response(request)


def owed_page(request: HttpRequest) -> str | None:
    """Return the page where a session must prove or set up its second factor; None if it need not.

    One query for a verified session, two for another.
    """
    user = request.user
    if not user.is_authenticated or user.is_verified():  # type: ignore[attr-defined]
        return None
    if app_of(user):
        return "admin:second_factor_verify"
    return "admin:second_factor" if settings_for(request).requires_second_factor else None


# --- Pages ---------------------------------------------------------------------------------------


class CodeForm(forms.Form):
    """The code that a session owes."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=20,
        help_text=gettext_lazy("Six digits from your authenticator app, or a recovery code."),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}
        ),
    )


class ProofForm(forms.Form):
    """That it is still the same person who sits here."""

    proof = forms.CharField(
        label=gettext_lazy("Your password or a code"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, request: HttpRequest, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.request = request

    def clean_proof(self) -> str:
        """Take a code of the second factor or the password; wrong passwords count as at login."""
        user, proof = _user(self.request), self.cleaned_data["proof"]
        code = "".join(proof.split())
        if len(code) == 6 and code.isdecimal():
            is_right = verify_code(user, code) is not None
        else:
            is_right = authenticate(self.request, username=user.username, password=proof) == user
        if is_right:
            return str(proof)
        raise forms.ValidationError(_("This is neither your password nor a valid code."))


@sensitive_post_parameters()
def verify(request: HttpRequest) -> HttpResponse:
    """Ask a session for the code that it owes."""
    user = _user(request)
    if request.user.is_verified() or not app_of(user):  # type: ignore[union-attr]
        return redirect(_next(request))
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if device := verify_code(user, form.cleaned_data["code"]):
            request.session.cycle_key()
            django_otp.login(request, device)
            return redirect(_next(request))
        form.add_error("code", _("This code is wrong or was used before. Wait for the next one."))
    return _page(request, "verify", _("One more step"), form=form)


@sensitive_post_parameters()
def manage(request: HttpRequest) -> HttpResponse:
    """Show the second factor that a user has, or set one up (`?renew`: in place of the old)."""
    user = _user(request)
    device = app_of(user)
    if device and "renew" not in request.GET:
        return _status_page(request, device)
    key = request.session.setdefault(_KEY, random_hex(20))
    form = CodeForm(request.POST or None)
    proof = ProofForm(request, request.POST or None) if device else None
    if request.method == "POST" and form.is_valid() and (proof is None or proof.is_valid()):
        if made := set_up(user, key, form.cleaned_data["code"].replace(" ", "")):
            new_device, codes = made
            del request.session[_KEY]
            request.session.cycle_key()
            django_otp.login(request, new_device)
            return _codes_page(request, codes)
        form.add_error("code", _("This code does not fit. Is the time on your phone right?"))
    form.fields["code"].help_text = _("The six digits that the app shows now.")
    new = TOTPDevice(user=user, key=key)
    return _page(
        request,
        "setup",
        _("Set up a second factor"),
        form=form,
        proof=proof,
        qr=_qr_path(new.config_url),
        secret=b32encode(new.bin_key).decode(),
    )


@require_POST
@sensitive_post_parameters()
def renew_codes(request: HttpRequest) -> HttpResponse:
    """Give out ten new recovery codes; the old ones are void."""
    device = app_of(_user(request))
    if device is None:
        return redirect("admin:second_factor")
    form = ProofForm(request, request.POST, prefix="codes")
    if not form.is_valid():
        return _status_page(request, device, codes_form=form)
    return _codes_page(request, new_codes(_user(request)))


@require_POST
@sensitive_post_parameters()
def remove(request: HttpRequest) -> HttpResponse:
    """Go back to the password alone; a site that demands a second factor asks for a new one."""
    device = app_of(_user(request))
    if device is None:
        return redirect("admin:second_factor")
    form = ProofForm(request, request.POST, prefix="remove")
    if not form.is_valid():
        return _status_page(request, device, remove_form=form)
    reset(_user(request))
    messages.success(request, _("Your second factor is removed."))
    return redirect("admin:index")


def _user(request: HttpRequest) -> User:
    return cast("User", request.user)


def _next(request: HttpRequest) -> str:
    """Return the page that the session was on its way to, if it is one of ours."""
    target = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure())
    return target if is_ours else reverse("admin:index")


def _page(request: HttpRequest, name: str, title: str, **context: Any) -> HttpResponse:
    everywhere = {**admin_site.each_context(request), "title": title}
    return render(request, f"admin/second_factor_{name}.html", everywhere | context)


def _status_page(request: HttpRequest, device: TOTPDevice, **forms_: ProofForm) -> HttpResponse:
    left = StaticToken.objects.filter(device__user=device.user).count()
    defaults = {
        "codes_form": ProofForm(request, prefix="codes"),
        "remove_form": ProofForm(request, prefix="remove"),
    }
    context = {"device": device, "codes_left": left, **defaults, **forms_}
    return _page(request, "status", _("Second factor"), **context)


def _codes_page(request: HttpRequest, codes: list[str]) -> HttpResponse:
    return _page(request, "codes", _("Your recovery codes"), codes=codes)


def _qr_path(text: str) -> dict[str, object]:
    """Return a QR code as the data of one SVG path, and how many modules it is wide."""
    code = QRCode(border=2)
    code.add_data(text)
    matrix = code.get_matrix()
    squares = [
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark
    ]
    return {"path": "".join(squares), "size": len(matrix)}
