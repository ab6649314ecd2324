"""manage.py check_content"""

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from newsroom.archive.checking import check


class Command(BaseCommand):
    help = (
        "Finds broken internal links, missing files, files without rows and dead redirects. "
        "Changes nothing; ends with 1 if anything was found. For cron: -v0 is silent otherwise."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        found: Counter[str] = Counter()
        for finding in check():
            if not found:
                self.stdout.write(f"{'What':14} {'Where':60} Which")
            found[finding.kind] += 1
            self.stdout.write(f"{finding.kind:14} {finding.where:60} {finding.what}")
        if found:
            counts = ", ".join(f"{count} × {kind}" for kind, count in sorted(found.items()))
            raise CommandError(f"{counts}.")
        if options["verbosity"]:
            self.stdout.write("Everything fits together.")
