"""The desk's statistics: who sees which charts, what they count, at what price."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from articles.models import ReadCount, Subscriber, Subscription
from newsroom.lib.charts import Series, bars
from tests.factories import UserFactory, make_article

pytestmark = pytest.mark.django_db

PAGE = reverse("admin:statistics")


@pytest.fixture(autouse=True)
def noon(time_machine):
    time_machine.move_to("2026-03-30T12:00:00+02:00", tick=False)


def shown(response) -> dict[str, list[int]]:
    return {
        drawing.part.name: [series.total for series in drawing.series]
        for drawing in response.context["drawn"]
    }


@pytest.mark.parametrize(
    ("role", "charts"),
    [
        ("Editor", ["reads", "published"]),
        ("Moderator", ["comments"]),
        ("Job desk", ["jobs"]),
        (
            "Chief editor",
            ["reads", "published", "comments", "mails", "subscriptions"],
        ),
    ],
)
def test_everybody_sees_the_charts_of_his_own_work(client, role, charts):
    client.force_login(UserFactory(role=role))
    response = client.get(PAGE)
    assert list(shown(response)) == charts
    assert (response.context["most_read"] is None) == ("reads" not in charts)


@pytest.mark.parametrize("role", ["Reporter", "Commercial"])
def test_page_is_closed_to_those_without_any(client, role):
    client.force_login(UserFactory(role=role))
    assert client.get(PAGE).status_code == 403


def test_days_and_months_are_counted_in_the_zone_of_the_site(client, chief):
    now = timezone.now()
    article = make_article(headline="Storm", at=now.replace(hour=22, minute=30) - timedelta(days=1))
    make_article(headline="Old", at=now - timedelta(days=40))
    make_article(headline="Ancient", at=now - timedelta(days=400))
    # Half past midnight in Berlin, after the night in which the clocks went forward.
    hour = int((now.replace(hour=22, minute=30) - timedelta(days=1)).timestamp() // 3600)
    ReadCount.objects.create(article=article, hour=hour, count=7)
    ReadCount.objects.create(article=article, hour=hour - 24 * 35, count=90)
    reader = Subscriber.objects.create(address="ada@example.org")
    Subscription.objects.create(
        subscriber=reader, scope="all", state="unsubscribed",
        confirmed_at=now - timedelta(days=50), ended_at=now - timedelta(days=2),
    )  # fmt: skip
    client.force_login(chief)
    days = client.get(PAGE)
    assert shown(days) == {
        "reads": [7], "published": [1], "comments": [0, 0], "mails": [0, 0],
        "subscriptions": [0, 1],
    }  # fmt: skip
    published = days.context["drawn"][1]
    assert published.rows[0] == ("03/30/2026", [1])  # the newest first
    assert [row["headline"] for row in days.context["most_read"]] == ["Storm"]
    months = client.get(f"{PAGE}?span=months")
    assert shown(months) == {
        "reads": [97], "published": [2], "comments": [0, 0], "mails": [0, 0],
        "subscriptions": [1, 1],
    }  # fmt: skip
    assert months.context["most_read"] is None


@pytest.mark.parametrize("count", [1, 12])
def test_page_takes_the_same_queries_for_any_number(
    client, chief, count, django_assert_num_queries
):
    now = timezone.now()
    for number in range(count):
        article = make_article(headline=f"Story {number}", at=now - timedelta(days=number + 1))
        ReadCount.objects.create(article=article, hour=int(now.timestamp() // 3600), count=number)
    client.force_login(chief)
    client.get(PAGE)
    with django_assert_num_queries(16, is_warm=True):
        assert client.get(PAGE).status_code == 200


def test_chart_needs_no_style_and_keeps_its_numbers_in_proportion():
    html = str(bars(["Mon", "Tue"], [Series("A", [30, 0]), Series("B", [10, 0])], label="Reads"))
    assert "style" not in html
    assert "<script" not in html
    assert 'aria-label="Reads"' in html
    assert "<title>Mon – A: 30, B: 10</title>" in html
    assert html.count('class="series-') == 2
    # 40 is the end of the scale: the column is as high as the chart, three parts to one.
    assert 'class="series-1" x="0" y="30.0" width="10" height="90.0"' in html
    assert 'class="series-2" x="0" y="0.0" width="10" height="30.0"' in html


def test_chart_of_nothing_has_a_scale():
    html = str(bars(["Mon"], [Series("A", [0])], label="Reads"))
    assert 'class="series-' not in html
    assert "<span>2</span><span>1</span><span>0</span>" in html
