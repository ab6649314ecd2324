"""What readers leave behind: reads, searches without a hit, addresses that lead nowhere."""

from collections import Counter

from django.db import transaction
from django.utils import timezone

from articles import missing, mostread, zerohits
from articles.models import Article, MissingPath, ZeroHit

from . import texts
from .memory import Memory

# Reads are spread over the last hours, most of them lately.
_HOURS = 12


def build(language: str, memory: Memory) -> None:
    """Let readers read and look for things, once."""
    wanted = texts.desk(language)
    with transaction.atomic():
        _read(wanted["reads"], memory)
        _search(wanted["searches"], memory)
        _miss(wanted["missing"], memory)


def _read(reads: dict[str, int], memory: Memory) -> None:
    """Count reads and rank them, as the beacon and tick do."""
    fresh = [key for key in reads if memory.find("reads", key) is None]
    if not fresh:
        return
    hour = int(timezone.now().timestamp() // 3600)
    counts: Counter[tuple[int, int]] = Counter()
    for key in fresh:
        article = memory.id_of("article", key)
        for ago in range(_HOURS):  # half of them in this hour, a quarter in the one before …
            counts[article, hour - ago] += reads[key] // 2 ** (ago + 1)
    mostread.write(+counts)
    mostread.rank()
    articles = Article.objects.in_bulk([memory.id_of("article", key) for key in fresh])
    memory.remember("reads", [(key, articles[memory.id_of("article", key)]) for key in fresh])


def _search(searches: dict[str, int], memory: Memory) -> None:
    for query, times in searches.items():
        if memory.find("search", query) is None:
            for _time in range(times):
                zerohits.record(query)
            memory.remember("search", [(query, ZeroHit.objects.get(query=query))])


def _miss(paths: dict[str, int], memory: Memory) -> None:
    for path, times in paths.items():
        if memory.find("missing address", path) is None:
            for _time in range(times):
                missing.note(path)
            # None of them where a flood of others is under way.
            found = MissingPath.objects.filter(path=path)
            memory.remember("missing address", [(path, row) for row in found])
