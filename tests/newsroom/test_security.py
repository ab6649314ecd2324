"""Headers on every kind of response, whose address counts, what a wrong password leads to."""

import pytest
from django.test import RequestFactory
from django.urls import reverse

from newsroom.lib.network import client_address
from newsroom.models import SiteSettings
from newsroom.security import PERMISSIONS_POLICY
from tests.factories import UserFactory, make_article

PUBLIC_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; media-src 'self'; manifest-src 'self'; "
    "frame-src https://www.youtube-nocookie.com https://player.vimeo.com "
    "https://platform.twitter.com https://www.instagram.com; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
LOGIN = "/admin/login/"


def directives(response) -> dict[str, str]:
    policy = response.headers["Content-Security-Policy"]
    return dict(part.strip().partition(" ")[::2] for part in policy.split(";"))


def assert_common_headers(response):
    headers = response.headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert headers["Permissions-Policy"] == PERMISSIONS_POLICY
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/no-such-page/", "/healthz"])
def test_public_response_has_the_strict_policy_without_nonce(client, path):
    response = client.get(path)
    assert_common_headers(response)
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["Content-Security-Policy"] == PUBLIC_CSP


@pytest.mark.django_db
def test_public_page_sets_no_cookie_and_varies_by_none(client):
    article = make_article()
    for path in ("/", article.get_absolute_url(), article.section.get_absolute_url()):
        response = client.get(path)
        assert response.status_code == 200
        assert not response.cookies
        assert "Cookie" not in response.headers.get("Vary", "")


@pytest.mark.parametrize("path", [LOGIN, "/admin/", "/admin/newsroom/user/", "/admin/jsi18n/"])
def test_admin_has_its_own_policy(admin_client, path):
    response = admin_client.get(path)
    assert_common_headers(response)
    policy = directives(response)
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'self'"
    assert policy["img-src"] == "'self' data: blob:"
    assert "unsafe" not in response.headers["Content-Security-Policy"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", [LOGIN, "/admin/"])
def test_admin_page_carries_the_nonce_of_its_policy(client, path):
    client.force_login(UserFactory(role="Chief editor"))
    if path == LOGIN:
        client.logout()
    response = client.get(path)
    source = directives(response)["script-src"]
    nonce = source.partition("'nonce-")[2].rstrip("'")
    assert source == f"'self' 'nonce-{nonce}'"
    assert len(nonce) >= 20
    assert f'nonce="{nonce}"' in response.text


@pytest.mark.django_db
def test_hsts_only_over_https(client, settings):
    settings.SECURE_HSTS_SECONDS = 31_536_000
    assert "Strict-Transport-Security" not in client.get("/").headers
    response = client.get("/", secure=True)
    assert response.headers["Strict-Transport-Security"].startswith("max-age=31536000")


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, None, "10.0.0.9"),
        (0, "1.2.3.4", "10.0.0.9"),
        (1, "1.2.3.4", "1.2.3.4"),
        # The reader wrote 6.6.6.6; our proxy appended whom it really saw.
        (1, "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        (2, "6.6.6.6, 1.2.3.4, 10.0.0.2", "1.2.3.4"),
        # Fewer hops than proxies: somebody went round them.
        (2, "6.6.6.6", "10.0.0.9"),
        (1, "", "10.0.0.9"),
        (1, "6.6.6.6, ", "10.0.0.9"),
        # No address at all is no address.
        (1, "<script>", "10.0.0.9"),
    ],
)
def test_client_address_cannot_be_forged(settings, proxies, forwarded, expected):
    settings.TRUSTED_PROXIES = proxies
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    request = RequestFactory(REMOTE_ADDR="10.0.0.9").get("/", headers=headers)
    assert client_address(request) == expected


# --- Too many wrong passwords ------------------------------------------------------------------


def log_in(client, password="wrong", username="edgar", **headers):
    return client.post(
        LOGIN, {"username": username, "password": password, "next": "/admin/"}, **headers
    )


@pytest.mark.django_db
def test_right_password_leads_to_the_start_page(client, editor):
    response = log_in(client, "correct horse")
    assert (response.status_code, response.url) == (302, "/admin/")


@pytest.mark.django_db
def test_fifth_wrong_password_locks_the_account_from_that_address(client, editor):
    answers = [log_in(client).status_code for _attempt in range(5)]
    assert answers == [200, 200, 200, 200, 429]
    response = log_in(client, "correct horse")
    assert response.status_code == 429
    assert "Locked for a while" in response.text
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db
def test_lock_holds_neither_another_account_nor_another_address(client, editor, reporter):
    for _attempt in range(5):
        log_in(client)
    assert log_in(client, "correct horse", username="rita").status_code == 302
    client.logout()
    assert log_in(client, "correct horse", REMOTE_ADDR="10.9.9.9").status_code == 302


@pytest.mark.django_db
def test_lock_ends_after_a_quarter_of_an_hour(client, editor, time_machine):
    time_machine.move_to("2026-03-01 12:00:00+00:00", tick=False)
    for _attempt in range(5):
        log_in(client)
    assert log_in(client, "correct horse").status_code == 429
    time_machine.shift(16 * 60)
    assert log_in(client, "correct horse").status_code == 302


@pytest.mark.django_db
def test_forged_forwarded_header_does_not_evade_the_lock(client, editor, settings):
    settings.TRUSTED_PROXIES = 1
    answers = [
        log_in(client, headers={"X-Forwarded-For": f"6.6.6.{number}, 1.2.3.4"}).status_code
        for number in range(5)
    ]
    assert answers[-1] == 429


@pytest.mark.django_db
def test_locked_out_page_is_ours(client, editor):
    SiteSettings(pk=1, name="The Tide").save()
    for _attempt in range(5):
        response = log_in(client)
    assert "The Tide" in response.text
    assert "<style" not in response.text
    assert reverse("articles:front") in response.text
