"""Alerts in the admin: no address in the list, the proof for one address, nothing to change."""

import pytest

from articles import alerts
from articles.alerts import links, scopes
from articles.models import Subscriber, Subscription
from tests.factories import SectionFactory

pytestmark = pytest.mark.django_db

LIST, PROOF = "/admin/articles/subscription/", "/admin/articles/subscription/proof/"


def follow(address: str) -> None:
    section = SectionFactory(name=f"Section of {address[:4]}")
    alerts.ask(
        address, [scopes.of_section(section)],
        frequency=1, page="/2026/03/x/", language="en", network="",
    )  # fmt: skip
    alerts.confirm(links.confirm_path(Subscriber.objects.get(address=address)).split("/")[3])


def test_list_masks_addresses(sign_in, chief, editor):
    follow("anna@example.org")
    assert sign_in(editor).get(LIST).status_code == 403
    page = sign_in(chief).get(LIST).text
    assert ("a…@example.org" in page, "anna@example.org" in page) == (True, False)
    assert "Section Section of anna" in page
    row = Subscription.objects.get()
    assert sign_in(chief).post(f"{LIST}{row.pk}/delete/", {"post": "yes"}).status_code == 403


def test_an_alert_says_what_it_is_about_and_no_address(sign_in, chief):
    follow("anna@example.org")
    page = sign_in(chief).get(f"{LIST}{Subscription.objects.get().pk}/change/").text
    assert "Section Section of anna" in page
    assert "anna@example.org" not in page


@pytest.mark.parametrize("readers", [1, 3])
def test_list_takes_the_same_queries_for_any_number(
    sign_in, chief, readers, django_assert_num_queries
):
    for number in range(readers):
        follow(f"r{number}xx@example.org")
    browser = sign_in(chief)
    browser.get(LIST)
    with django_assert_num_queries(9, is_warm=True):
        assert browser.get(LIST).status_code == 200


def test_proof_tells_when_where_and_to_what_an_address_agreed(sign_in, chief, editor):
    follow("anna@example.org")
    nonce = Subscriber.objects.get().consents.first().token
    assert sign_in(editor).get(PROOF).status_code == 403
    assert sign_in(editor).post(PROOF, {"address": "anna@example.org"}).status_code == 403
    assert "anna@example.org" not in sign_in(chief).get(PROOF).text
    page = sign_in(chief).post(PROOF, {"address": "Anna@example.org"}).text
    for word in ("anna@example.org", "/2026/03/x/", "one click", nonce, "once a day", "confirmed"):
        assert word in page, word
    unknown = sign_in(chief).post(PROOF, {"address": "otto@example.org"}).text
    assert "Nothing is kept about this address." in unknown
