"""manage.py import_jobs [SOURCE]"""

from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from jobs import feedimport
from jobs.feedimport import Entry
from jobs.models import JobSource, SourceRun
from newsroom.lib.verbs import Conflict


class Command(BaseCommand):
    help = (
        "Reads partners' job feeds: the one that is named, else all that are due (tick does the "
        "same). A feed that is broken or has lost too many jobs changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", nargs="?", metavar="SOURCE", help="the name of one source")

    def handle(self, *args: Any, **options: Any) -> None:
        runs = [self._read(source) for source in self._sources(options["source"])]
        if not runs:
            self.stdout.write("No source is due.")
        if refused := [run for run in runs if run is None or run.is_refused]:
            raise CommandError(f"{len(refused)} of {len(runs)} sources changed nothing.")

    def _sources(self, name: str | None) -> list[JobSource]:
        if name is None:
            return feedimport.due()
        try:
            return [JobSource.objects.get(name=name)]
        except JobSource.DoesNotExist as error:
            known = ", ".join(JobSource.objects.values_list("name", flat=True)) or "none"
            raise CommandError(f"There is no source “{name}”. Known: {known}.") from error

    def _read(self, source: JobSource) -> SourceRun | None:
        self.stdout.write(f"{source}:")
        try:
            run = feedimport.read(source, progress=_progress)
        except Conflict as conflict:
            self.stdout.write(f"  {conflict}")
            return None
        self.stdout.write(f"  {run.get_outcome_display()}. {run.message}".rstrip())
        if counts := ", ".join(f"{name} {count}" for name, count in run.counts().items()):
            self.stdout.write(f"  {counts}")
        for problem in run.problems:
            self.stdout.write("  line {line}, {id}: {reason}".format(**problem))
        return run


def _progress(entries: Iterable[Entry]) -> Iterable[Entry]:
    """Show a bar on a terminal only."""
    bar: Iterable[Entry] = tqdm(entries, unit=" jobs", disable=None)
    return bar
