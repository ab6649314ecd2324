"""The second factor: set up, asked for, lost, taken away. A password alone opens nothing."""

import re
import time
from binascii import unhexlify

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from newsroom import secondfactor
from newsroom.models import SiteSettings
from tests.factories import UserFactory, make_draft

pytestmark = pytest.mark.django_db

SETUP = "/admin/second-factor/"
VERIFY = "/admin/second-factor/verify/"
KEY = "3132333435363738393031323334353637383930"
PASSWORD = "correct horse"


@pytest.fixture(autouse=True)
def clock(time_machine):
    """A clock that stands still: shift(30) makes the app show its next code."""
    time_machine.move_to("2026-03-01 12:00:00+00:00", tick=False)
    return time_machine


def code_for(key: str) -> str:
    totp = TOTP(unhexlify(key))
    totp.time = time.time()
    return f"{totp.token():06d}"


def give_factor(user) -> list[str]:
    """Set up an app with KEY for a user, some time ago; return the recovery codes."""
    _device, codes = secondfactor.set_up(user, KEY, code_for(KEY))
    return codes


def log_in(user) -> Client:
    client = Client()
    response = client.post(
        "/admin/login/", {"username": user.username, "password": PASSWORD, "next": "/admin/"}
    )
    assert response.status_code == 302
    return client


def demand_factor():
    SiteSettings(pk=1, requires_second_factor=True).save()


# --- Asked for ------------------------------------------------------------------------------------


def test_password_alone_opens_no_page_of_the_desk(editor):
    give_factor(editor)
    client = log_in(editor)
    draft = make_draft()
    for path in (
        "/admin/",
        "/admin/newsroom/user/",
        "/admin/password_change/",
        SETUP,
        f"{SETUP}?renew=1",
        "/admin/no-such-page/",
        f"/admin/articles/article/{draft.pk}/change/",
    ):
        response = client.get(path)
        assert response.status_code == 302
        assert response.url.startswith(f"{VERIFY}?next=")
    for path in ("/admin/second-factor/remove/", "/admin/second-factor/codes/"):
        assert client.post(path, {"remove-proof": PASSWORD}).url.startswith(VERIFY)
    assert TOTPDevice.objects.filter(user=editor).exists()


def test_password_alone_leaves_a_stranger_on_public_pages(editor):
    give_factor(editor)
    client = log_in(editor)
    assert client.get("/").wsgi_request.user.is_anonymous
    assert Client().get("/").status_code == 200


def test_code_opens_the_page_that_was_asked_for(editor, clock):
    give_factor(editor)
    client = log_in(editor)
    key_before = client.session.session_key
    clock.shift(30)
    response = client.post(f"{VERIFY}?next=/admin/password_change/", {"code": code_for(KEY)})
    assert (response.status_code, response.url) == (302, "/admin/password_change/")
    assert client.get("/admin/password_change/").status_code == 200
    assert client.session.session_key != key_before
    assert client.get("/").wsgi_request.user == editor


def test_next_leads_to_no_other_site(editor, clock):
    give_factor(editor)
    client = log_in(editor)
    clock.shift(30)
    response = client.post(f"{VERIFY}?next=https://evil.example/", {"code": code_for(KEY)})
    assert response.url == "/admin/"


@pytest.mark.parametrize("code", ["000000", "", "abcdef", "٣٣٣٣٣٣", "x" * 20, "1 2 3", "0\x00"])
def test_wrong_code_opens_nothing(editor, code, clock):
    give_factor(editor)
    client = log_in(editor)
    clock.shift(30)
    response = client.post(VERIFY, {"code": code})
    assert response.status_code == 200
    assert client.get("/admin/").status_code == 302


def test_code_opens_only_once(editor, clock):
    give_factor(editor)
    clock.shift(30)
    code = code_for(KEY)
    assert log_in(editor).post(VERIFY, {"code": code}).status_code == 302
    second = log_in(editor)
    assert second.post(VERIFY, {"code": code}).status_code == 200
    assert second.get("/admin/").status_code == 302


def test_after_a_wrong_code_the_right_one_has_to_wait(editor, clock):
    give_factor(editor)
    client = log_in(editor)
    clock.shift(30)
    client.post(VERIFY, {"code": "000000"})
    assert client.post(VERIFY, {"code": code_for(KEY)}).status_code == 200
    clock.shift(30)
    assert client.post(VERIFY, {"code": code_for(KEY)}).status_code == 302


def test_another_ones_code_opens_nothing(editor, reporter, clock):
    give_factor(editor)
    secondfactor.set_up(reporter, "61" * 20, code_for("61" * 20))
    client = log_in(editor)
    clock.shift(30)
    assert client.post(VERIFY, {"code": code_for("61" * 20)}).status_code == 200
    assert client.get("/admin/").status_code == 302


def test_recovery_code_opens_once(editor):
    codes = give_factor(editor)
    client = log_in(editor)
    assert client.post(VERIFY, {"code": codes[3].upper()}).status_code == 302
    assert client.get("/admin/password_change/").status_code == 200
    assert StaticToken.objects.filter(device__user=editor).count() == 9
    assert log_in(editor).post(VERIFY, {"code": codes[3]}).status_code == 200


def test_owing_session_may_log_out(editor):
    give_factor(editor)
    client = log_in(editor)
    assert client.post("/admin/logout/").status_code == 200
    assert "_auth_user_id" not in client.session


def test_account_without_factor_is_asked_for_nothing(editor):
    assert log_in(editor).get("/admin/password_change/").status_code == 200


def test_readers_page_asks_for_no_session(client):
    client.get("/")
    before = client.get("/")
    assert not before.cookies
    assert "Cookie" not in before.headers.get("Vary", "")


# --- Demanded ---------------------------------------------------------------------------------


def test_site_that_demands_it_leads_everybody_to_set_up(editor):
    client = log_in(editor)
    assert client.get("/admin/password_change/").status_code == 200
    demand_factor()
    response = client.get("/admin/newsroom/user/")
    assert response.url == f"{SETUP}?next=%2Fadmin%2Fnewsroom%2Fuser%2F"
    assert client.get("/").wsgi_request.user.is_anonymous
    assert "asks everybody who works here" in client.get(SETUP).text


def test_set_up_lets_a_demanded_session_go_on(editor):
    demand_factor()
    client = log_in(editor)
    client.get(SETUP)
    response = client.post(SETUP, {"code": code_for(client.session["second_factor_key"])})
    assert response.status_code == 200
    assert client.get("/admin/password_change/").status_code == 200
    other = log_in(editor)
    assert other.get("/admin/").url.startswith(VERIFY)


# --- Set up -----------------------------------------------------------------------------------


def test_set_up_shows_the_secret_as_picture_and_text(editor):
    client = log_in(editor)
    page = client.get(SETUP)
    secret = re.search(r'<code class="secret">([A-Z2-7]{32})</code>', page.text)
    assert secret
    assert re.search(r'<svg class="qr" viewBox="0 0 \d+ \d+".*<path d="M\d+ \d+h1v1h-1z', page.text)
    assert "style=" not in page.text
    assert client.get(SETUP).text.count(secret[1]) == 1
    assert "no-store" in page.headers["Cache-Control"]


def test_set_up_with_a_wrong_code_changes_nothing(editor):
    client = log_in(editor)
    client.get(SETUP)
    assert client.post(SETUP, {"code": "000000"}).status_code == 200
    assert not TOTPDevice.objects.exists()
    assert client.get("/admin/password_change/").status_code == 200


def test_set_up_shows_ten_codes_once(editor):
    client = log_in(editor)
    client.get(SETUP)
    key = client.session["second_factor_key"]
    page = client.post(SETUP, {"code": code_for(key)})
    codes = re.findall(r"<li><code>([a-z2-7]{8})</code></li>", page.text)
    assert len(set(codes)) == 10
    assert sorted(codes) == sorted(StaticToken.objects.values_list("token", flat=True))
    assert TOTPDevice.objects.get(user=editor).key == key
    assert "second_factor_key" not in client.session
    again = client.get(SETUP).text
    assert not [code for code in codes if code in again]


@pytest.mark.parametrize("proof", ["password", "code"])
def test_renewing_replaces_app_and_codes(editor, clock, proof):
    old_codes = give_factor(editor)
    client = verified(editor, clock)
    clock.shift(30)
    client.get(f"{SETUP}?renew=1")
    new_key = client.session["second_factor_key"]
    proofs = {"password": PASSWORD, "code": code_for(KEY)}
    page = client.post(f"{SETUP}?renew=1", {"code": code_for(new_key), "proof": proofs[proof]})
    assert "recovery-codes" in page.text
    assert TOTPDevice.objects.get(user=editor).key == new_key
    assert not StaticToken.objects.filter(token__in=old_codes).exists()
    assert client.get("/admin/password_change/").status_code == 200


def test_renewing_needs_a_proof(editor, clock):
    give_factor(editor)
    client = verified(editor, clock)
    client.get(f"{SETUP}?renew=1")
    new_code = code_for(client.session["second_factor_key"])
    for proof in ("", "wrong"):
        client.post(f"{SETUP}?renew=1", {"code": new_code, "proof": proof})
    assert TOTPDevice.objects.get(user=editor).key == KEY


def test_new_codes_need_a_proof_and_void_the_old(editor, clock):
    old = give_factor(editor)
    client = verified(editor, clock)
    assert "neither your password" in client.post(f"{SETUP}codes/", {"codes-proof": "wrong"}).text
    assert StaticToken.objects.filter(token__in=old).count() == 10
    page = client.post(f"{SETUP}codes/", {"codes-proof": PASSWORD})
    assert "recovery-codes" in page.text
    assert not StaticToken.objects.filter(token__in=old).exists()
    assert StaticToken.objects.count() == 10


def test_removing_needs_a_proof(editor, clock):
    give_factor(editor)
    client = verified(editor, clock)
    client.post(f"{SETUP}remove/", {"remove-proof": "wrong"})
    assert TOTPDevice.objects.exists()
    assert client.post(f"{SETUP}remove/", {"remove-proof": PASSWORD}).url == "/admin/"
    assert not TOTPDevice.objects.exists()
    assert not StaticDevice.objects.exists()
    assert log_in(editor).get("/admin/password_change/").status_code == 200


def test_guessing_the_password_as_proof_locks_the_account(editor, clock):
    give_factor(editor)
    client = verified(editor, clock)
    answers = [
        client.post(f"{SETUP}remove/", {"remove-proof": "wrong"}).status_code for _time in range(5)
    ]
    assert answers == [200, 200, 200, 200, 429]
    client.post(f"{SETUP}remove/", {"remove-proof": PASSWORD})
    assert TOTPDevice.objects.exists()


@pytest.mark.parametrize("name", ["codes", "remove"])
def test_get_changes_nothing(editor, clock, name):
    give_factor(editor)
    assert verified(editor, clock).get(f"{SETUP}{name}/").status_code == 405
    assert TOTPDevice.objects.exists()


# --- Lost ---------------------------------------------------------------------------------------


def test_superuser_takes_anothers_factor_away(editor):
    give_factor(editor)
    root = UserFactory(is_superuser=True)
    act(root, "reset_second_factor", editor)
    assert not TOTPDevice.objects.exists()
    assert not StaticDevice.objects.exists()
    assert LogEntry.objects.get().change_message == "Took away the second factor"
    assert log_in(editor).get("/admin/password_change/").status_code == 200


def test_chief_cannot_take_a_factor_away(chief, editor):
    give_factor(editor)
    act(chief, "reset_second_factor", editor)
    assert TOTPDevice.objects.filter(user=editor).exists()


def verified(user, clock) -> Client:
    client = log_in(user)
    clock.shift(30)
    client.post(VERIFY, {"code": code_for(KEY)})
    assert client.get("/admin/password_change/").status_code == 200
    return client


def act(by, action, user):
    client = Client()
    client.force_login(by)
    client.post(
        reverse("admin:newsroom_user_changelist"),
        {"action": action, "_selected_action": [user.pk]},
    )
