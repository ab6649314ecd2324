"""One reading of an agency's feed, from its address to the row that tells what it did."""

from collections.abc import Callable
from datetime import timedelta

from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from newsroom.lib import fetching
from newsroom.lib.fetching import Fetched, FetchError, Patience
from newsroom.lib.partnerfeeds import Unreadable, read_each
from newsroom.lib.verbs import Conflict

from ..models import AgencyRun, AgencySource
from . import intake
from .documents import MAX_BYTES, read

# A reading that has not ended by then was killed. What it had done stands; the next one goes on.
LEASE = timedelta(minutes=10)
_PATIENCE = Patience(connect=5, read=15, total=60)
_KEPT = timedelta(days=30)
_MOST_PROBLEMS = 100


class _TakenOver(Exception):
    """Another reading is at it, because this one took too long."""


class _Refusal(Exception):
    """This reading changes nothing; str() says why."""


def fetch_due() -> int:
    """Read the sources whose interval is over; return how many. Called by tick.

    One that breaks keeps none of the others back; what broke is raised at the end.
    """
    return read_each(AgencySource.objects.all().due(timezone.now()), fetch)


def fetch(source: AgencySource) -> AgencyRun:
    """Read a source now; return what was done, or why nothing was. Publishes nothing.

    Raises Conflict while somebody else reads it.
    """
    return _run(source, lambda run: _read(source, run))


def take(source: AgencySource, data: bytes) -> AgencyRun:
    """Do the same with a document that is here already, as if its address had sent it."""
    return _run(source, lambda run: _take(source, run, data, source.url))


def _run(source: AgencySource, work: Callable[[AgencyRun], None]) -> AgencyRun:
    run = _claim(source)
    try:
        work(run)
    except (_Refusal, FetchError, Unreadable) as error:
        _end(run, AgencyRun.Outcome.REFUSED, str(error))
    except _TakenOver:
        run.refresh_from_db()
    except BaseException as error:
        _end(run, AgencyRun.Outcome.BROKEN, repr(error))
        raise
    return run


@transaction.atomic
def _claim(source: AgencySource) -> AgencyRun:
    """Start a reading of a source, or raise Conflict where one is on its way."""
    AgencySource.objects.select_for_update().get(pk=source.pk)
    now = timezone.now()
    for running in source.runs.filter(outcome=AgencyRun.Outcome.RUNNING):
        if running.started_at > now - LEASE:
            raise Conflict(_("%(source)s is being read at this moment.") % {"source": source})
        _end(running, AgencyRun.Outcome.BROKEN, _("It was killed before its end."))
    source.runs.filter(started_at__lt=now - _KEPT).delete()
    return AgencyRun.objects.create(source=source)


def _read(source: AgencySource, run: AgencyRun) -> None:
    headers = {"If-None-Match": source.etag, "If-Modified-Since": source.last_modified}
    headers = {name: value for name, value in headers.items() if value}
    with fetching.fetch(
        source.url, max_bytes=MAX_BYTES, patience=_PATIENCE, headers=headers
    ) as answer:
        if answer.status == 304 and headers:
            _end(run, AgencyRun.Outcome.UNCHANGED, "")
            return
        if answer.status != 200:
            message = _("The agency's server answered %(status)d.")
            raise _Refusal(message % {"status": answer.status})
        _take(source, run, answer.file.read(), answer.url)
    if not run.skipped:
        _remember_version(source, answer)


def _take(source: AgencySource, run: AgencyRun, data: bytes, url: str) -> None:
    """Read the whole feed, then bring its entries in, the oldest first: the end of the list."""
    wanted = intake.candidates(read(data, url))
    known = intake.known(source, wanted)
    run.seen = len(wanted)
    for one in reversed(wanted):
        try:
            # Before anybody else waits for this transaction.
            values = intake.content_of(source, one.entry)
            with transaction.atomic():
                _hold(run)
                end = intake.take(source, one, known.get(one.key), values)
        except (intake.Skipped, DatabaseError) as error:
            run.skipped += 1
            name = (one.entry.title or one.entry.guid or one.entry.url)[:100]
            run.problems.append({"entry": name, "reason": str(error)[:200]})
            continue
        setattr(run, end.value, getattr(run, end.value) + 1)
    del run.problems[_MOST_PROBLEMS:]
    _end(run, AgencyRun.Outcome.DONE, "")


def _hold(run: AgencyRun) -> None:
    """Hold the source until the transaction ends; give up where another reading has taken over."""
    AgencySource.objects.select_for_update().get(pk=run.source_id)
    if not AgencyRun.objects.filter(pk=run.pk, outcome=AgencyRun.Outcome.RUNNING).exists():
        raise _TakenOver


def _end(run: AgencyRun, outcome: str, message: str) -> None:
    run.outcome, run.message, run.ended_at = outcome, message[:500], timezone.now()
    run.save()


def _remember_version(source: AgencySource, answer: Fetched) -> None:
    """Keep what the server calls this version; what cannot be sent back is not kept."""
    headers = {name.lower(): value for name, value in answer.headers.items()}
    etag, last_modified = headers.get("etag", ""), headers.get("last-modified", "")
    values = {
        "etag": etag if len(etag) <= 300 else "",
        "last_modified": last_modified if len(last_modified) <= 100 else "",
    }
    AgencySource.objects.filter(pk=source.pk, url=source.url).update(**values)
