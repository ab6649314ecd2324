"""The readers' pages of alerts: the same answer for all, no change by GET, one click to leave."""

import json

import pytest
from django.core.cache import cache
from selectolax.lexbor import LexborHTMLParser

from articles import alerts
from articles.alerts import links, scopes
from articles.models import Consent, Subscriber, Subscription
from newsroom.lib import antispam
from newsroom.models import Message
from tests.factories import AuthorFactory, SectionFactory, make_article
from tests.pagelinks import hidden

pytestmark = pytest.mark.django_db

ASKED = "/alerts/asked/"


@pytest.fixture(autouse=True)
def clock(time_machine):
    cache.clear()
    time_machine.move_to("2026-03-04 12:00:00+00:00", tick=False)
    return time_machine


@pytest.fixture
def post(client, clock):
    """`post(address="…")`: the form of a page that was opened ten seconds ago."""

    def post(**values):
        token = antispam.form_token("alert")
        clock.shift(10)
        headers = values.pop("headers", {"Sec-Fetch-Site": "same-origin"})
        data = {
            "form": token, "page": "/2026/03/x/", "scope": ["all:0"], "frequency": "0",
            "address": "anna@example.org", "website": "", **values,
        }  # fmt: skip
        return client.post("/alerts/", data, headers=headers)

    return post


def follow(*choices: scopes.Choice, address: str = "anna@example.org") -> Subscriber:
    alerts.ask(address, choices, frequency=0, page="/", language="en", network="")
    subscriber = Subscriber.objects.get(address=address)
    return alerts.confirm(links.confirm_path(subscriber).split("/")[3])


def fields(page) -> list[tuple[str, str, bool]]:
    form = LexborHTMLParser(page.content).css_first("form.alert-form")
    return [
        (node.attributes["name"], node.attributes.get("value"), "checked" in node.attributes)
        for node in form.css("input[type=checkbox]")
    ]


def test_forms_offer_what_their_page_is_about(client):
    section, author = SectionFactory(slug="city"), AuthorFactory(slug="anna")
    article = make_article(section=section.pk, tags=["Trams"], bylines=[{"author": author.pk}])
    tag = article.tags.get()
    every, letter = ("scope", "all:0", False), ("scope", "newsletter:0", False)
    assert fields(client.get(article.get_absolute_url())) == [
        ("scope", f"tag:{tag.pk}", True),
        ("scope", f"section:{section.pk}", True),
        ("scope", f"author:{author.pk}", False),
        ("scope", f"comments:{article.pk}", False),
        every,
        letter,
    ]
    assert fields(client.get("/city/")) == [("scope", f"section:{section.pk}", True), every]
    assert fields(client.get(tag.get_absolute_url())) == [("scope", f"tag:{tag.pk}", True), every]
    assert fields(client.get("/authors/anna/")) == [("scope", f"author:{author.pk}", True), every]
    both = [every, ("scope", f"section:{section.pk}", False), letter]
    assert fields(client.get("/search/")) == fields(client.get("/alerts/")) == both


def test_box_leads_to_feeds_and_to_the_search_engines_news(client):
    article = make_article(section=SectionFactory(slug="city").pk)
    page = LexborHTMLParser(client.get(article.get_absolute_url()).content)
    addresses = [node.attributes["href"] for node in page.css(".alert-more a")]
    assert addresses == [
        f"{article.get_absolute_url()}comments/feed/", "/feed/", "/city/feed/",
        "https://news.google.com/search?q=site%3Atestserver&hl=en",
        "https://www.bing.com/news/search?q=site%3Atestserver&setlang=en",
    ]  # fmt: skip
    assert all(
        "nofollow" in node.attributes["rel"] for node in page.css(".alert-more a[href^=https]")
    )


def test_pages_with_the_form_stay_fit_for_any_cache(client):
    article = make_article()
    for path in (article.get_absolute_url(), "/alerts/", "/search/"):
        response = client.get(path)
        assert not response.cookies, path
        assert "csrfmiddlewaretoken" not in response.text, path
        assert "Cookie" not in response.get("Vary", ""), path


def test_answer_is_the_same_for_new_asked_and_active_addresses(post, client):
    follow(scopes.everything(), address="active@example.org")
    answers = {
        (answer.status_code, answer["Location"], answer.content)
        for answer in [
            post(address="new@example.org"),
            post(address="new@example.org"),
            post(address="active@example.org"),
        ]
    }
    assert answers == {(302, ASKED, b"")}
    assert Consent.objects.filter(page="/2026/03/x/").count() == 3
    page = client.get(ASKED)
    assert (page.status_code, "example.org" in page.text) == (200, False)


def test_machines_are_told_the_same_and_leave_nothing(post):
    answer = post(website="https://spam.example")
    assert (answer.status_code, answer["Location"]) == (302, ASKED)
    assert not Subscriber.objects.exists()


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"address": "anna"}, "This is no e-mail address."),
        ({"scope": []}, "Tick what you want"),
        ({"scope": ["tag:99"]}, "Tick what you want"),
        ({"form": "forged"}, "once more"),
        ({"headers": {"Sec-Fetch-Site": "cross-site"}}, "once more"),
        ({"headers": {}}, "once more"),
    ],
)
def test_form_comes_back_with_what_is_wrong_and_what_was_filled_in(post, values, error):
    answer = post(**values)
    assert (answer.status_code, error in answer.text) == (422, True)
    assert f'value="{values.get("address", "anna@example.org")}"' in answer.text
    assert not Subscriber.objects.exists()


def test_form_of_yesterday_and_one_too_quick_come_back(post, client, clock):
    token = antispam.form_token("alert")
    data = {"form": token, "scope": ["all:0"], "frequency": "0", "address": "anna@example.org"}
    headers = {"Sec-Fetch-Site": "same-origin"}
    clock.shift(1)
    assert client.post("/alerts/", data, headers=headers).status_code == 422
    clock.shift(25 * 3600)
    assert client.post("/alerts/", data, headers=headers).status_code == 422
    assert not Subscriber.objects.exists()


def test_network_that_asks_too_often_is_told_so(post):
    assert [post(address=f"r{n}@example.org").status_code for n in range(6)] == [302] * 5 + [429]


def test_page_of_a_form_is_a_path_of_this_site_or_nothing(post):
    for number, page in enumerate(["https://evil.example/", "//evil.example/", "/x/" + "y" * 400]):
        post(address=f"r{number}@example.org", page=page)
    assert [len(page) for page in Consent.objects.values_list("page", flat=True)] == [0, 0, 300]


def test_confirmation_is_a_button_on_a_page_that_only_shows(client):
    alerts.ask(
        "anna@example.org", [scopes.everything()],
        frequency=0, page="/", language="en", network="",
    )  # fmt: skip
    address = links.confirm_path(Subscriber.objects.get())
    for _number in range(2):
        page = client.get(address)
        assert "Every article" in page.text
    assert Subscription.objects.get().state == "requested"
    assert page.headers["Cache-Control"] == "private, no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert client.post(address, hidden(page)).status_code == 200
    assert Subscription.objects.get().state == "active"
    again = client.post(address, hidden(page))
    assert [client.get(address).status_code, again.status_code] == [410, 410]


def test_only_what_the_page_showed_is_confirmed(client):
    def ask(choice: scopes.Choice, frequency: int) -> None:
        alerts.ask(
            "anna@example.org", [choice], frequency=frequency, page="/", language="en", network=""
        )

    def states() -> list[tuple[str, int, str]]:
        rows = Subscription.objects.order_by("pk")
        return list(rows.values_list("scope", "frequency", "state"))

    section = scopes.of_section(SectionFactory(), is_chosen=True)
    ask(section, 1)
    address = links.confirm_path(Subscriber.objects.get())
    seen = hidden(client.get(address))
    # Somebody else knows the address.
    ask(section, 0)
    ask(scopes.everything(), 0)
    for old in ({}, {"shown": "1"}, seen, {"shown": ["10000000-0", "x"]}):
        anew = client.post(address, old)
        assert (anew.status_code, "Every article" in anew.text) == (409, True)
    assert states() == [("section", 0, "requested"), ("all", 0, "requested")]
    assert not Consent.objects.filter(kind="confirmed").exists()
    ask(section, 1)
    assert client.post(address, seen).status_code == 200
    assert states() == [("section", 1, "active"), ("all", 0, "requested")]
    (proof,) = Consent.objects.filter(kind="confirmed")
    assert [told["scope"] for told in proof.scopes] == ["section"]
    assert client.post(address, seen).status_code == 410


def test_one_click_leaves_without_cookie_or_token_and_stays_so(client):
    subscriber = follow(scopes.everything(), scopes.of_section(SectionFactory()))
    row = Subscription.objects.get(scope="all")
    address = links.off_path(subscriber.pk, [row.pk])
    page = client.get(address)
    assert "Every article" in page.text
    assert Subscription.objects.filter(state="active").count() == 2
    # As a mail provider posts: no Origin, no cookie, no referrer.
    for _number in range(2):
        answer = client.post(address, {"List-Unsubscribe": "One-Click"})
        assert (answer.status_code, bool(answer.cookies)) == (200, False)
    assert dict(Subscription.objects.values_list("scope", "state")) == {
        "all": "unsubscribed", "section": "active",
    }  # fmt: skip
    assert "no alerts of this kind" not in client.get(address).text
    client.post(address, {"all": "1"})
    assert not Subscription.objects.filter(state="active").exists()
    assert "no alerts of this kind" in client.get(address).text
    assert client.post(f"{address[:-3]}xx/").status_code == 404


def test_leaving_works_after_years_and_after_the_address_is_gone(client, clock):
    subscriber = follow(scopes.everything())
    address = links.off_path(subscriber.pk, [])
    clock.shift(10 * 365 * 86400)
    assert client.post(address).status_code == 200
    assert Subscription.objects.get().state == "unsubscribed"
    subscriber.delete()
    assert [client.get(address).status_code, client.post(address).status_code] == [200, 200]


def test_preferences_change_end_and_export_by_a_signed_link(client):
    section = SectionFactory(name="City")
    subscriber = follow(scopes.everything(), scopes.of_section(section))
    every, city = Subscription.objects.order_by("pk")
    address = links.preferences_path(subscriber.pk)
    page = client.get(address).text
    assert ("anna@example.org" in page, "Section City" in page) == (True, True)
    answer = client.post(address, {f"alert-{every.pk}": "2", f"alert-{city.pk}": ""})
    assert answer["Location"] == f"{address}?saved"
    assert list(Subscription.objects.order_by("pk").values_list("state", "frequency")) == [
        ("active", 2), ("unsubscribed", 0),
    ]  # fmt: skip
    assert list(Consent.objects.values_list("kind", flat=True)) == [
        "requested", "confirmed", "changed", "ended",
    ]  # fmt: skip
    data = json.loads(client.get(f"{address}data.json").content)
    assert [row["state"] for row in data["alerts"]] == ["Active", "Unsubscribed"]
    client.post(address, {"none": "1"})
    assert not Subscription.objects.filter(state="active").exists()
    assert "You have no alerts" in client.get(address).text
    assert client.get("/alerts/preferences/forged/").status_code == 404


def test_foreign_alerts_cannot_be_changed_through_a_link(client):
    subscriber = follow(scopes.everything())
    other = follow(scopes.everything(), address="otto@example.org")
    theirs = Subscription.objects.get(subscriber=other)
    own = Subscription.objects.get(subscriber=subscriber)
    data = {f"alert-{own.pk}": "0", f"alert-{theirs.pk}": "2"}
    client.post(links.preferences_path(subscriber.pk), data)
    client.post(links.off_path(subscriber.pk, [theirs.pk]))
    theirs.refresh_from_db()
    assert (theirs.state, theirs.frequency) == ("active", 0)


def test_form_of_an_article_works_as_it_is_sent(client, clock):
    article = make_article(tags=["Trams"])
    page = LexborHTMLParser(client.get(article.get_absolute_url()).content)
    token = page.css_first(".alert-box [name=form]").attributes["value"]
    clock.shift(30)
    answer = client.post(
        "/alerts/",
        {
            "form": token, "page": article.get_absolute_url(), "frequency": "1",
            "scope": [f"tag:{article.tags.get().pk}"], "address": "Anna@Example.org",
        },
        headers={"Origin": "http://testserver"},
    )  # fmt: skip
    assert (answer.status_code, answer["Location"]) == (302, ASKED)
    row = Subscription.objects.select_related("subscriber").get()
    assert (row.scope, row.frequency, row.subscriber.address) == ("tag", 1, "anna@example.org")
    assert Message.objects.get().kind == "alert-confirm"
