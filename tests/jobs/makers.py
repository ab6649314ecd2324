"""Jobs for tests, made by the verbs that make them in life."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from jobs import findable, moderation
from jobs.advert import Advert, Place
from jobs.models import Job, JobSource
from newsroom.models import Message, User
from tests.factories import UserFactory

WORDS = "<p>We build robots that pick apples. You keep them going, in rain and in sunshine.</p>"
EMAIL = "anna@feldbot.example"


def make_advert(**values: Any) -> Advert:
    """A complete advert; pass what matters to the test."""
    return Advert(
        **{
            "title": "Robotics engineer (m/f/d)",
            "employer": "Feldbot",
            "description": WORDS,
            "language": "en",
            "places": (Place("Köln", "DE", "NRW"),),
            "employment_types": ("FULL_TIME",),
            "salary_min": Decimal(3000),
            "salary_max": Decimal(4000),
            "salary_currency": "EUR",
            "salary_unit": "MONTH",
            "apply_url": "https://feldbot.example/apply",
            "tags": ("Robots", "Python"),
            **values,
        }
    )


def desk() -> User:
    return User.objects.filter(username="jana").first() or UserFactory(
        username="jana", first_name="Jana", role="Job desk"
    )


def make_draft(*, email: str = EMAIL, days: int = 30, **values: Any) -> Job:
    return moderation.submit(make_advert(**values), email=email, days=days, language="en")


def make_pending(**values: Any) -> Job:
    return moderation.confirm(make_draft(**values))


def make_job(*, ago: timedelta | None = None, **values: Any) -> Job:
    """A listed job; `ago` lets it have been listed earlier."""
    job = moderation.approve(make_pending(**values), by=desk())
    if ago is not None:
        at = timezone.now() - ago
        Job.objects.filter(pk=job.pk).update(
            published_at=at, valid_through=at + timedelta(days=job.days)
        )
        job.refresh_from_db()
        findable.refresh([job])
    return job


def make_every_other_kind(**values: Any) -> dict[str, Job]:
    """One job of every kind that readers must not see."""
    return {
        "draft": make_draft(**values),
        "pending": make_pending(**values),
        "rejected": moderation.reject(make_pending(**values), by=desk(), reason="spam"),
        "filled": moderation.mark_filled(make_job(**values)),
        "withdrawn": moderation.withdraw(make_job(**values)),
        "taken down": moderation.take_down(make_job(**values), by=desk(), reason="misleading"),
        "ended": make_job(ago=timedelta(days=31), **values),
    }


def make_source(**values: Any) -> JobSource:
    return JobSource.objects.create(
        **{"name": f"Partner {JobSource.objects.count()}", "file": "partner.xml", **values}
    )


def item(external_id: str, content_hash: str = "1", **values: Any) -> moderation.Item:
    return moderation.Item(external_id, content_hash, make_advert(**values).tidy())


def outbox() -> list[str]:
    """The kinds of mail that wait, in the order in which they were written."""
    return list(Message.objects.order_by("pk").values_list("kind", flat=True))
