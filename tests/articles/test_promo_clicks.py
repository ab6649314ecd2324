"""The address behind a promo: where it leads, what it counts, who may read the counts."""

import os
import subprocess
import sys
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.db import connection
from django.utils import timezone

from articles import promoclicks
from articles.models import Promo, PromoClicks
from tests.factories import PromoFactory, SectionFactory, UserFactory, make_article
from tests.test_architecture import ROOT

BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0"}


def clicks() -> list[tuple]:
    rows = PromoClicks.objects.order_by("slot", "section")
    return list(rows.values_list("promo", "slot", "section", "day", "count"))


@pytest.mark.django_db
def test_a_click_leads_to_the_stored_target_and_is_counted(client):
    SectionFactory(slug="politics")
    promo = PromoFactory(target="https://shop.example/a?b=c")
    for path in (promo.link("end", "politics"), promo.link("end", "politics"), promo.link("feed")):
        response = client.get(path, {"to": "https://evil.example/"}, headers=BROWSER)
        assert (response.status_code, response["Location"]) == (302, "https://shop.example/a?b=c")
        assert response["X-Robots-Tag"] == "noindex, nofollow"
        assert response["Cache-Control"] == "no-store"
        assert not response.cookies
    today = timezone.localdate()
    assert clicks() == [
        (promo.pk, "end", "politics", today, 2),
        (promo.pk, "feed", "", today, 1),
    ]


@pytest.mark.django_db
def test_a_section_that_is_made_up_is_not_kept(client):
    promo = PromoFactory()
    assert client.get(promo.link("end", "nonsense"), headers=BROWSER).status_code == 302
    assert clicks() == [(promo.pk, "end", "", timezone.localdate(), 1)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "headers",
    [
        {"User-Agent": "Googlebot/2.1"},
        {"User-Agent": "curl/8"},
        {},
        {**BROWSER, "Sec-Purpose": "prefetch"},
        {**BROWSER, "Purpose": "prefetch"},
    ],
)
def test_machines_and_prefetches_count_nothing(client, headers):
    promo = PromoFactory()
    assert client.get(promo.link("end"), headers=headers).status_code == 302
    assert clicks() == []


@pytest.mark.django_db
def test_head_staff_and_ended_promos_count_nothing_and_lead_on(client, editor):
    promo = PromoFactory()
    assert client.head(promo.link("end"), headers=BROWSER).status_code == 302
    Promo.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
    assert client.get(promo.link("end"), headers=BROWSER).status_code == 302
    Promo.objects.update(ends_at=None)
    client.force_login(editor)
    assert client.get(promo.link("end"), headers=BROWSER).status_code == 302
    assert clicks() == []


@pytest.mark.django_db
def test_what_is_no_promo_yet_is_nowhere(client):
    planned = PromoFactory(starts_at=timezone.now() + timedelta(hours=1))
    running = PromoFactory()
    paths = [
        planned.link("end"),
        running.link("nowhere"),
        "/r/999999/end/",
        "/r/1/",
        f"/r/{10**30}/end/",
    ]
    assert [client.get(path, headers=BROWSER).status_code for path in paths] == [404] * 5
    assert client.post(running.link("end"), headers=BROWSER).status_code == 405
    assert clicks() == []
    assert "Disallow: /r/" in client.get("/robots.txt").content.decode()


COUNT = """
import sys
import django
django.setup()
from articles import promoclicks
from articles.models import Promo
promo = Promo.objects.get(pk=sys.argv[1])
for _time in range(1000):
    promoclicks.count(promo, "end", "")
"""


def address_of_database() -> str:
    """The tests' own database, for other processes."""
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{values['NAME']}"
    host, port = quote(values["HOST"], safe=""), values["PORT"]
    return f"postgres://{values['USER']}@{host}{f':{port}' if port else ''}/{values['NAME']}"


@pytest.mark.django_db(transaction=True)
def test_four_processes_count_exactly():
    promo = PromoFactory()
    settings = {"DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": address_of_database()}
    command = [sys.executable, "-c", COUNT, str(promo.pk)]
    processes = [
        subprocess.Popen(command, env={**os.environ, **settings}, cwd=ROOT) for _ in range(4)
    ]
    assert [process.wait() for process in processes] == [0] * 4
    assert clicks() == [(promo.pk, "end", "", timezone.localdate(), 4000)]


# --- The desk ---------------------------------------------------------------------------------


@pytest.fixture
def commercial(db):
    return UserFactory(username="cora", role="Commercial")


@pytest.mark.django_db
def test_the_report_sums_and_exports(client, commercial, django_assert_num_queries):
    SectionFactory(slug="politics")
    today = timezone.localdate()
    promo, other = PromoFactory(title="=cmd()"), PromoFactory(title="Bicycles")
    for row, slot, section, ago, count in [
        (promo, "end", "politics", 0, 3),
        (promo, "feed", "", 1, 2),
        (other, "end", "politics", 1, 4),
        (other, "end", "politics", 40, 100),
    ]:
        PromoClicks.objects.create(
            promo=row, slot=slot, section=section, day=today - timedelta(days=ago), count=count
        )
    report = promoclicks.report(today - timedelta(days=29), today)
    assert (report.total, len(report.days), report.days[-2:]) == (
        9, 30, [(today - timedelta(days=1), 6), (today, 3)],
    )  # fmt: skip
    assert report.promos == [(promo, 5), (other, 4)]
    assert report.slots == [("end", 7), ("feed", 2)]
    assert report.sections == [("politics", 7), ("", 2)]
    client.force_login(commercial)
    page = client.get("/admin/articles/promo/report/")
    assert page.status_code == 200
    text = page.content.decode()
    assert "<strong>9</strong> clicks" in text
    assert text.count('class="hit"') == 30
    table = client.get("/admin/articles/promo/report/", {"format": "csv", "promo": promo.pk})
    assert table.content.decode("utf-8-sig").splitlines() == [
        "day,promo,title,slot,section,clicks",
        f"{today - timedelta(days=1)},{promo.pk},'=cmd(),feed,,2",
        f"{today},{promo.pk},'=cmd(),end,politics,3",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("query", [{"from": "x", "until": "9999-99-99"}, {"promo": "1e9"}, {}])
def test_the_report_takes_any_span(client, commercial, query):
    client.force_login(commercial)
    assert client.get("/admin/articles/promo/report/", query).status_code == 200


@pytest.mark.django_db
def test_the_commercial_desk_makes_promos_with_rules(client, commercial):
    politics, sport = SectionFactory(slug="politics"), SectionFactory(slug="sport")
    client.force_login(commercial)
    values = {
        "kind": "product", "title": "Bicycles", "text": "", "image": "",
        "target": "https://shop.example/?partner_id=1", "disclosure": "house",
        "slots": ["end", "mail"], "starts_at": "2026-01-01T00:00",
        "ends_at": "", "weight": "10", "most_per_page": "1",
        "sections": [politics.pk], "excluded_sections": [politics.pk, sport.pk],
    }  # fmt: skip
    page = client.post("/admin/articles/promo/add/", values)
    assert page.status_code == 200
    assert set(page.context["adminform"].form.errors) == {"disclosure", "excluded_sections"}
    values |= {"disclosure": "affiliate", "excluded_sections": [sport.pk]}
    for name in ("starts_at", "ends_at"):  # no zone reckons in these years
        page = client.post("/admin/articles/promo/add/", {**values, name: "0001-01-01T00:00"})
        assert list(page.context["adminform"].form.errors) == [name]
    assert client.post("/admin/articles/promo/add/", values).status_code == 302
    promo = Promo.objects.get()
    assert promo.slots == ["end", "mail"]
    rules = set(promo.targets.values_list("section", "is_excluded"))
    assert rules == {(politics.pk, False), (sport.pk, True)}
    page = client.get(f"/admin/articles/promo/{promo.pk}/change/")
    assert page.context["adminform"].form.initial["sections"] == [politics.pk]
    client.post(f"/admin/articles/promo/{promo.pk}/change/", {**values, "excluded_sections": []})
    assert set(promo.targets.values_list("section", "is_excluded")) == {(politics.pk, False)}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "table", "report", "why"),
    [
        ("Commercial", 200, 200, 403),
        ("Chief editor", 200, 200, 200),
        ("Editor", 200, 403, 200),
        ("Reporter", 200, 403, 200),
        ("Moderator", 403, 403, 403),
        ("Job desk", 403, 403, 403),
    ],
)
def test_who_sees_what(client, role, table, report, why):
    article = make_article()
    PromoFactory(title="Bicycles")
    client.force_login(UserFactory(role=role))
    paths = ["", "report/", f"why/{article.pk}/"]
    answers = [client.get(f"/admin/articles/promo/{path}").status_code for path in paths]
    assert answers == [table, report, why]
