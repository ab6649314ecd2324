"""The jobs of the demo: hand-written ones brought to their place by the verbs, and many in bulk."""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any

from django.db import reset_queries, transaction
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from jobs import findable, moderation
from jobs.advert import Advert, Place
from jobs.models import Job, JobSource
from newsroom.lib.slugs import make_slug
from newsroom.models import User

from . import bulkwork, texts
from .memory import Memory

GENERATED = "generated job"
_BATCH = 500
_MANY = 5_000  # above, several processes work
_SALARY = re.compile(r"([\d.]+)(?:-([\d.]+))? ([A-Z]{3}) ([A-Z]+)")
_ITEMS = "<li>{}</li>"


def build(language: str, memory: Memory) -> None:
    """Bring in every hand-written job that was not brought in before."""
    paper = texts.jobs(language)
    desk = User.objects.get(username="jobs")
    for values in paper["jobs"]:
        key = make_slug(f"{values['title']} {values['employer']}")
        if memory.find("job", key) is None:
            with transaction.atomic():
                job = _place(make_advert(values, paper, language), values, desk)
                memory.remember("job", [(key, job)])


def generate(language: str, memory: Memory, wanted: int) -> None:
    """Add the jobs no. 1 to `wanted` that are not there, in bulk."""
    missing = memory.missing(GENERATED, wanted)
    if not missing:
        return
    source, _is_new = JobSource.objects.get_or_create(
        name="Generated", defaults={"file": "generated", "is_trusted": True, "is_active": False}
    )
    bulkwork.run(
        partial(_add_block, source, texts.jobs(language), language, memory.source),
        missing,
        size=_BATCH,
        is_much=len(missing) >= _MANY,
        title="Generating",
        unit="job",
    )
    memory.note(GENERATED, len(missing))


def _add_block(
    source: JobSource, paper: dict[str, Any], language: str, demo: str, block: bulkwork.Block
) -> int:
    """Add the jobs of a block in one transaction with its record; return how many."""
    items = [_item(number, paper, language) for number in range(block[0], block[1] + 1)]
    with transaction.atomic():
        count = moderation.add(source, items)
        Memory.store(demo, GENERATED, [(bulkwork.key_of(block), source)])
    reset_queries()
    return count


def make_advert(values: dict[str, Any], paper: dict[str, Any], language: str) -> Advert:
    """Return the advert of an entry of jobs.toml."""
    html = format_html("<p>{}</p>", values["intro"])
    for name in ("tasks", "offers"):
        items = format_html_join("", _ITEMS, ((line,) for line in values[name]))
        html += format_html("<h2>{}</h2><ul>{}</ul>", paper[name], items)
    slug = make_slug(values["employer"])
    apply = values.get("apply", f"https://{slug}.example/jobs/{make_slug(values['title'])}")
    return Advert(
        title=values["title"],
        employer=values["employer"],
        description=html,
        employer_url=f"https://{slug}.example/",
        language=values.get("language", language),
        places=tuple(map(_place_of, values.get("places", []))),
        remote=values.get("remote", "none"),
        remote_countries=tuple(values.get("countries", [])),
        employment_types=tuple(values["types"]),
        tags=tuple(values["tags"]),
        **{"apply_email" if "@" in apply else "apply_url": apply},
        **_salary(values.get("salary", "")),
    ).tidy()


def _place_of(line: str) -> Place:
    locality, region, country = line.split(", ")
    return Place(locality, country, region)


def _salary(text: str) -> dict[str, Any]:
    found = _SALARY.fullmatch(text)
    if found is None:
        return {}
    low, high, currency, unit = found.groups()
    amounts = {"salary_min": Decimal(low), "salary_max": Decimal(high or low)}
    return {**amounts, "salary_currency": currency, "salary_unit": unit}


def _place(advert: Advert, values: dict[str, Any], desk: User) -> Job:
    """Send a job in and let it go through the hands that its state names."""
    email = f"{make_slug(advert.employer)}@{texts.DOMAIN}"
    job = moderation.submit(advert, email=email, days=30, language=advert.language)
    state = values.get("state", "listed")
    if state != "draft":
        job = moderation.confirm(job)
    if state == "rejected":
        reason, note = values["reason"], values["note"]
        job = moderation.reject(job, by=desk, reason=reason, note=note)
    elif state not in {"draft", "pending"}:
        job = _listed(moderation.approve(job, by=desk), advert, values, desk)
    _date(job, timezone.now() - timedelta(days=values["days_ago"], minutes=len(advert.title)))
    return job


def _listed(job: Job, advert: Advert, values: dict[str, Any], desk: User) -> Job:
    state = values.get("state", "listed")
    if state == "filled":
        return moderation.mark_filled(job)
    if state == "withdrawn":
        return moderation.withdraw(job)
    if state == "changed":
        changed = Advert.from_json(advert.to_json() | {"title": values["new_title"]})
        return moderation.change(job, changed)
    if values.get("featured") or values.get("paid"):
        until = timezone.now() + timedelta(days=20) if values.get("featured") else None
        return moderation.feature(job, by=desk, until=until, is_paid=values.get("paid", False))
    return job


def _date(job: Job, at: datetime) -> None:
    """Let a job have come in earlier than now: the verbs know only the present."""
    times: dict[str, Any] = {"created_at": at}
    if job.published_at is not None:
        times |= {"published_at": at, "valid_through": at + timedelta(days=job.days)}
    Job.objects.filter(pk=job.pk).update(**times)
    job.refresh_from_db()
    findable.refresh([job])


def _item(number: int, paper: dict[str, Any], language: str) -> moderation.Item:
    """Return the job of a number; a number is always the same job."""
    chance = Random(f"{language} job {number}")  # noqa: S311 - a text, not a secret
    listed = [values for values in paper["jobs"] if "state" not in values]
    values = {**chance.choice(listed)}
    others = [chance.choice(listed) for _other in range(3)]
    places = [place for other in others for place in other.get("places", [])]
    values |= {
        "employer": f"{values['employer']} {chance.randint(2, 400)}",
        "tags": list(dict.fromkeys(tag for other in others for tag in other["tags"]))[:5],
    }
    if values.get("remote") != "full" and places:
        values["places"] = places[: chance.randint(1, 2)]
    now = timezone.now()
    return moderation.Item(
        external_id=str(number),
        content_hash=str(number),
        advert=make_advert(values, paper, language),
        published_at=now - timedelta(minutes=chance.randrange(60, 40_000)),
        valid_through=now + timedelta(days=chance.randint(2, 58)),
    )
