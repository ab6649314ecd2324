"""manage.py reindex: fill the full-text indexes and the lists of related articles anew."""

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from tqdm import tqdm

from articles import related, search
from articles.models import Article
from jobs import findable
from jobs.models import Job


class Command(BaseCommand):
    help = "Indexes articles and jobs anew for search, and related articles. Safe to run twice."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--search", action="store_true", help="Only the full-text indexes.")
        parser.add_argument("--related", action="store_true", help="Only the related articles.")

    def handle(self, *args: Any, **options: Any) -> None:
        both = options["search"] == options["related"]
        count = Article.objects.count()
        if both or options["search"]:
            self._show("search", count, search.reindex())
            self._show("jobs", Job.objects.listed().count(), findable.reindex())
        if both or options["related"]:
            published = Article.objects.published().count()
            self._show("related", 2 * published, related.reindex())
        self.stdout.write(f"{count} articles indexed.")

    def _show(self, name: str, total: int, steps: Iterator[int]) -> None:
        with tqdm(total=total, desc=name, file=self.stderr, disable=None) as bar:
            for done in steps:
                bar.update(done)
