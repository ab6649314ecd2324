"""/healthz and /readyz: what they say when all is well, and when a part is not."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from newsroom import monitoring
from newsroom.models import Message, TickRun

WELL = {"status": "ok", "database": "ok", "migrations": "ok", "tick": "ok", "outbox": "ok"}


def ran(age: timedelta, failed_jobs: str = "") -> None:
    TickRun.objects.create(pk=1, finished_at=timezone.now() - age, failed_jobs=failed_jobs)


def test_healthz_asks_no_database(client):
    # No database mark: a query would fail the test.
    response = client.get("/healthz")
    assert (response.status_code, response.text) == (200, "ok\n")
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.django_db
def test_readyz_when_all_is_well(client):
    ran(timedelta(seconds=5))
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (200, WELL)
    assert "no-store" in response.headers["Cache-Control"]
    assert not response.cookies


@pytest.mark.django_db
def test_readyz_before_the_first_tick_only_warns(client):
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (200, {**WELL, "tick": "warning: never ran"})


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("age", "failed_jobs", "status", "word"),
    [
        (timedelta(minutes=6), "", 200, "ok"),
        (timedelta(minutes=10), "", 200, "warning: last ran 600 seconds ago"),
        (timedelta(seconds=1), "scheduled updates", 200, "warning: a job failed"),
        (timedelta(minutes=31), "", 503, "failed: last ran 1860 seconds ago"),
    ],
)
def test_readyz_tells_the_age_of_the_tick(client, time_machine, age, failed_jobs, status, word):
    time_machine.move_to("2026-03-01 12:00:00+00:00", tick=False)
    ran(age, failed_jobs)
    response = client.get("/readyz")
    assert (response.status_code, response.json()["tick"]) == (status, word)


@pytest.mark.django_db
def test_readyz_warns_of_messages_that_wait_too_long(client, time_machine):
    time_machine.move_to("2026-03-01 12:00:00+00:00", tick=False)
    ran(timedelta(0))
    now = timezone.now()
    for number, age in enumerate([-60, 299, 301]):
        assert client.get("/readyz").json() == WELL
        due_at = now - timedelta(seconds=age)
        Message.objects.create(kind="x", key=f"{number}", message_id=f"{number}", due_at=due_at)
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json()["outbox"] == "warning: a message has waited for 301 seconds"


@pytest.mark.django_db
def test_readyz_fails_while_a_migration_waits(client):
    ran(timedelta(seconds=5))
    MigrationRecorder(connection).migration_qs.filter(app="axes", name__startswith="0010").delete()
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json() == {**WELL, "status": "failed", "migrations": "failed: 1 to apply"}


def test_readyz_fails_without_saying_why_when_the_database_is_away(client, monkeypatch):
    def broken() -> str:
        raise OperationalError("password authentication failed for user newsroom")

    monkeypatch.setattr(monitoring, "_database", broken)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json() == {"status": "failed", "database": "failed: see the log"}


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_is_for_reading(client, path):
    assert client.post(path).status_code == 405
    assert client.head(path).status_code == 200
