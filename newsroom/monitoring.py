"""What machines ask: is the process up, is the site well, how much does it do."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from articles.models import Revision
from comments.models import Comment
from jobs.models import Job

from .lib import metering
from .models import Message, TickRun

# Cron may call it every five minutes; the loop every ten seconds.
TICK_LATE = timedelta(minutes=6)
TICK_STOPPED = timedelta(minutes=30)
OUTBOX_LATE = timedelta(minutes=5)

logger = logging.getLogger(__name__)


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer that the process is up. Asks nothing else, not even the database."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Tell part by part whether readers can be served: 200, or 503 where a part has failed.

    Each part is "ok", "warning: …" or "failed: …", in words that give nothing away; the reasons
    stand in the log.
    """
    parts = {"database": _look("database", _database)}
    if parts["database"] == "ok":
        parts["migrations"] = _look("migrations", _migrations)
        parts["tick"] = _look("tick", _tick)
        parts["outbox"] = _look("outbox", _outbox)
    has_failed = any(part.startswith("failed") for part in parts.values())
    status = "failed" if has_failed else "ok"
    return JsonResponse({"status": status, **parts}, status=503 if has_failed else 200)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Tell Prometheus what this machine's processes have served and how late and long queues are.

    Whoever may not know gets a 404. One query a queue.
    """
    if not _may_measure(request):
        raise Http404
    lines = [metering.meter().text().rstrip(), "# TYPE newsroom_queue_age_seconds gauge"]
    for name, age in QUEUES.items():
        if (seconds := age()) is not None:
            lines.append(f'newsroom_queue_age_seconds{{queue="{name}"}} {seconds:.0f}')
    lines.append("# TYPE newsroom_queue_length gauge")
    for name, waiting in BACKLOGS.items():
        lines.append(f'newsroom_queue_length{{queue="{name}"}} {waiting()}')
    text = "\n".join(lines) + "\n"
    return HttpResponse(text, content_type="text/plain; version=0.0.4; charset=utf-8")


def _may_measure(request: HttpRequest) -> bool:
    """Tell whether somebody has the token, or asks on this machine where there is none.

    A proxy on this machine asks for others: what it passes on says so.
    """
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "")
        return constant_time_compare(given, f"Bearer {settings.METRICS_TOKEN}")
    is_passed_on = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "Via"))
    return request.META.get("REMOTE_ADDR") in {"127.0.0.1", "::1"} and not is_passed_on


def _tick_age() -> float | None:
    """The time since tick last ran; nothing where it never did."""
    run = TickRun.objects.filter(pk=1).first()
    return (timezone.now() - run.finished_at).total_seconds() if run else None


def _updates_age() -> float:
    """For how long the oldest scheduled update has been due."""
    now = timezone.now()
    due = Revision.objects.filter(publish_at__lte=now).order_by("publish_at").first()
    return (now - due.publish_at).total_seconds() if due and due.publish_at else 0.0


def _outbox_age() -> float:
    """For how long the oldest message has been due."""
    return _age(Message.objects.due().order_by("due_at").values_list("due_at", flat=True).first())


def _comments_age() -> float:
    """For how long the oldest comment has waited for a moderator."""
    waiting = Comment.objects.pending().order_by("queued_at").values_list("queued_at", flat=True)
    return _age(waiting.first())


def _jobs_age() -> float:
    """For how long the oldest job, or change of one, has waited for the desk."""
    waiting = Job.objects.waiting().order_by("waiting_since")
    return _age(waiting.values_list("waiting_since", flat=True).first())


def _age(since: datetime | None) -> float:
    return max(0.0, (timezone.now() - since).total_seconds()) if since else 0.0


# What waits, and the seconds for which the oldest of it has.
QUEUES: dict[str, Callable[[], float | None]] = {
    "tick": _tick_age,
    "scheduled updates": _updates_age,
    "outbox": _outbox_age,
    "comments": _comments_age,
    "jobs": _jobs_age,
}
# How many wait for a decision.
BACKLOGS: dict[str, Callable[[], int]] = {
    "comments": lambda: Comment.objects.pending().count(),
    "jobs": lambda: Job.objects.waiting().count(),
}


def _look(name: str, check: Callable[[], str]) -> str:
    try:
        return check()
    except Exception:
        logger.exception("readyz: %s", name)
        return "failed: see the log"


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"failed: {len(waiting)} to apply" if waiting else "ok"


def _tick() -> str:
    """Fail over a tick that has stopped, not over one that was never set up."""
    run = TickRun.objects.filter(pk=1).first()
    if run is None:
        return "warning: never ran"
    age = timezone.now() - run.finished_at
    if age > TICK_STOPPED:
        return f"failed: last ran {int(age.total_seconds())} seconds ago"
    if run.failed_jobs:
        return "warning: a job failed"
    if age > TICK_LATE:
        return f"warning: last ran {int(age.total_seconds())} seconds ago"
    return "ok"


def _outbox() -> str:
    """Only warn: mails that wait keep nobody from reading."""
    now = timezone.now()
    oldest = Message.objects.due(now).order_by("due_at").values_list("due_at", flat=True).first()
    if oldest is None or now - oldest <= OUTBOX_LATE:
        return "ok"
    return f"warning: a message has waited for {int((now - oldest).total_seconds())} seconds"
