"""What machines ask: whether the process is up, and whether the site is well."""

import logging
from collections.abc import Callable
from datetime import timedelta

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

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
