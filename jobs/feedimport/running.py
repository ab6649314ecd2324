"""One reading of a source, from its address to the row that tells what it did."""

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from itertools import batched
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from newsroom.lib.fetching import Fetched, FetchError, fetch
from newsroom.lib.partnerfeeds import Unreadable, read_each
from newsroom.lib.verbs import Conflict

from .. import moderation
from ..models import Job, JobSource, SourceRun
from ..moderation import PROLONG_WITHIN, Item
from .comparing import Comparison, compare
from .documents import MAX_BYTES, Entry, counted
from .fields import Reading, Rejected
from .jsonfeeds import read_json
from .xmlfeeds import read_indeed, read_rss

type Progress = Callable[[Iterable[Entry]], Iterable[Entry]]

EVERY = timedelta(hours=1)
# A reading that has not ended by then was killed. What it had done stands; the next one goes on.
LEASE = timedelta(minutes=30)
_BATCH = 500
_FORMATS: dict[str, Callable[[BinaryIO], Iterator[Entry]]] = {
    JobSource.Format.XML: read_indeed,
    JobSource.Format.RSS: read_rss,
    JobSource.Format.JSON: read_json,
}


class _Refusal(Exception):
    """This run changes nothing; str() says why."""


def read_due() -> int:
    """Read the sources that have not been read for an hour; return how many. Called by tick.

    One that breaks keeps none of the others back; what broke is raised at the end.
    """
    return read_each(due(), read)


def due() -> list[JobSource]:
    """Return the sources whose time has come, those that have waited longest first."""
    return list(JobSource.objects.due(timezone.now() - EVERY))


def read(source: JobSource, *, progress: Progress = iter) -> SourceRun:
    """Read a source now; return what was done, or why nothing was. Sends no mails.

    Raises Conflict while somebody else reads it. The row that is returned is written twice, at the
    start and at the end; an unchanged feed writes nothing else.
    """
    run = _claim(source)
    try:
        _read(source, run, progress)
    except (_Refusal, FetchError, Unreadable, OSError) as error:
        _end(run, SourceRun.Outcome.REFUSED, str(error))
    except BaseException as error:
        _end(run, SourceRun.Outcome.REFUSED, _("It broke off: %(what)s.") % {"what": repr(error)})
        raise
    return run


@transaction.atomic
def _claim(source: JobSource) -> SourceRun:
    """Start a run of a source, or raise Conflict where one is on its way."""
    JobSource.objects.select_for_update().get(pk=source.pk)
    for running in source.runs.running():
        if running.started_at > timezone.now() - LEASE:
            raise Conflict(_("%(source)s is being read at this moment.") % {"source": source})
        _end(running, SourceRun.Outcome.REFUSED, _("It was killed before its end."))
    return SourceRun.objects.create(source=source)


def _read(source: JobSource, run: SourceRun, progress: Progress) -> None:
    if source.file:
        path = Path(settings.BASE_DIR) / source.file
        if not path.is_file():
            raise _Refusal(_("There is no file %(path)s.") % {"path": path})
        if path.stat().st_size > MAX_BYTES:
            raise _Refusal(_("The file is larger than %(size)d MB.") % {"size": MAX_BYTES / 1e6})
        with path.open("rb") as file:
            _take(source, run, file, progress)
        return
    with fetch(source.url, max_bytes=MAX_BYTES, headers=_known_version(source)) as answer:
        if answer.status == 304:
            _end(run, SourceRun.Outcome.UNCHANGED, "")
            return
        if answer.status != 200:
            raise _Refusal(
                _("The partner's server answered %(status)d.") % {"status": answer.status}
            )
        _take(source, run, answer.file, progress)
    _remember_version(source, answer)


def _take(source: JobSource, run: SourceRun, file: BinaryIO, progress: Progress) -> None:
    """Compare, refuse what is not to be trusted, then change what has changed."""
    reading = Reading.of(source, settings.LANGUAGE_CODE[:2])
    read_entries = _FORMATS[source.format]
    found = compare(source, progress(counted(read_entries(file))), reading)
    run.seen, run.unchanged = found.seen, found.unchanged
    _refuse_too_few(source, found)
    if found.fresh:
        file.seek(0)
        _write_fresh(source, run, found, reading, counted(read_entries(file)))
    with transaction.atomic():
        _hold(run)
        if found.reappeared:
            moderation.note_seen(source, found.reappeared)
        if found.endless:
            moderation.prolong(source, found.endless)
        if found.missing:
            run.missed, run.withdrawn = moderation.note_missed(source, found.missing)
        run.rejected, run.problems = found.rejected, found.problems
        _end(run, SourceRun.Outcome.DONE, "")


def _refuse_too_few(source: JobSource, found: Comparison) -> None:
    if not found.seen:
        raise _Refusal(_("There is no job in the feed."))
    if len(found.missing) * 100 > source.max_drop * found.expected:
        raise _Refusal(
            _(
                "%(missing)d of %(expected)d jobs are missing, more than the %(limit)d %% that "
                "this source may lose at once. If that is right, raise its limit."
            )
            % {
                "missing": len(found.missing),
                "expected": found.expected,
                "limit": source.max_drop,
            }
        )


def _write_fresh(
    source: JobSource,
    run: SourceRun,
    found: Comparison,
    reading: Reading,
    entries: Iterator[Entry],
) -> None:
    """Read the feed again and bring in what is new or changed, some hundred jobs a transaction.

    Each batch stands by itself: others may write between two, and a run that is killed is ended by
    the next one.
    """
    for batch in batched(_items(found, reading, entries), _BATCH, strict=False):
        new = [item for item in batch if item.external_id in found.new]
        changed = [item for item in batch if item.external_id not in found.new]
        with transaction.atomic():
            _hold(run)
            run.new += moderation.add(source, new) if new else 0
            run.changed += moderation.update(source, changed) if changed else 0


def _items(found: Comparison, reading: Reading, entries: Iterator[Entry]) -> Iterator[Item]:
    """Yield the fresh ones among the entries, each once; what is wrong with others is noted."""
    now = timezone.now()
    left = dict(found.fresh)
    for entry in entries:
        try:
            external_id = reading.identify(entry)
        except Rejected:
            continue  # noted by the first reading
        content_hash = left.pop(external_id, None)
        if content_hash is None:
            continue
        try:
            item = reading.item(entry, external_id, content_hash)
            is_over = item.valid_through is not None and item.valid_through <= now
            if is_over and external_id in found.new:
                raise Rejected(_("The job has ended already."))
        except Rejected as rejected:
            found.reject(entry, external_id, str(rejected))
            continue
        yield item


def _hold(run: SourceRun) -> None:
    """Hold the source until the transaction ends; give up where another reading has taken over."""
    JobSource.objects.select_for_update().get(pk=run.source_id)
    if not SourceRun.objects.running().filter(pk=run.pk).exists():
        raise _Refusal(_("It took so long that another reading has taken over."))


def _end(run: SourceRun, outcome: str, message: str) -> None:
    run.outcome, run.message, run.ended_at = outcome, message[:500], timezone.now()
    run.save()


def _known_version(source: JobSource) -> dict[str, str]:
    """Return the headers that spare us an unchanged feed; none where it has to be read anyway.

    That is where a job waits for its second miss, or must be prolonged because it is still there.
    """
    soon = timezone.now() + PROLONG_WITHIN
    if Job.objects.filter(source=source).to_be_read_again(soon).exists():
        return {}
    headers = {"If-None-Match": source.etag, "If-Modified-Since": source.last_modified}
    return {name: value for name, value in headers.items() if value}


def _remember_version(source: JobSource, answer: Fetched) -> None:
    """Keep what the server calls this version; what cannot be sent back is not kept."""
    headers = {name.lower(): value for name, value in answer.headers.items()}
    etag, last_modified = headers.get("etag", ""), headers.get("last-modified", "")
    etag = etag if len(etag) <= 300 else ""
    last_modified = last_modified if len(last_modified) <= 100 else ""
    if (etag, last_modified) != (source.etag, source.last_modified):
        source.etag, source.last_modified = etag, last_modified
        JobSource.objects.filter(pk=source.pk).update(etag=etag, last_modified=last_modified)
