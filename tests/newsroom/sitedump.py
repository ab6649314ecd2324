"""All that a site holds, told by other means than an archive's: a line a row, a line a file."""

import hashlib
from pathlib import Path

import django

if __name__ == "__main__":
    django.setup()

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType

from articles import search, tallies
from jobs import findable

NOT_OF_THE_SITE = {
    "sessions.session", "axes.accessattempt", "axes.accessattemptexpiration", "axes.accesslog",
    "axes.accessfailurelog", "newsroom.networkkey", "newsroom.attempt", "newsroom.tickrun",
    "articles.presence", "newsroom.standingversion", "contenttypes.contenttype", "auth.permission",
    "articles.monthtally", "articles.topictally",
}  # fmt: skip


def lines() -> list[str]:
    """Return rows, originals and what is in the indexes."""
    found = [*_rows(), *_files()]
    found += [f"found {sorted(index.ids())}" for index in (search.INDEX, findable.INDEX)]
    found += [f"counts {tallies.of_months()} {sorted(tallies.of_topics().items())}"]
    found += [f"hits {_hits(word)}" for word in ("bridge", "brücke", "stadt", "city")]
    return found


def _rows() -> list[str]:
    permissions = {p.pk: p.codename for p in Permission.objects.all()}
    types = {t.pk: (t.app_label, t.model) for t in ContentType.objects.all()}
    found = []
    for model in sorted(apps.get_models(include_auto_created=True), key=lambda m: m._meta.label):
        if model._meta.label_lower in NOT_OF_THE_SITE:
            continue
        for row in model._base_manager.order_by("pk").values():
            if row.get("permission_id"):
                row["permission_id"] = permissions[row["permission_id"]]
            if row.get("content_type_id"):
                row["content_type_id"] = types[row["content_type_id"]]
            found.append(f"{model._meta.label} {_plain(row)!r}")
    return found


def _plain(value):
    """Sort keys: jsonb keeps no order; bytes for what only one driver calls so."""
    if isinstance(value, dict):
        return sorted((key, _plain(inner)) for key, inner in value.items())
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return bytes(value) if isinstance(value, memoryview) else value


def _files() -> list[str]:
    root = Path(settings.MEDIA_ROOT)
    return [
        f"{path.relative_to(root)} {hashlib.sha256(path.read_bytes()).hexdigest()}"
        for path in sorted((root / "originals").rglob("*"))
        if path.is_file()
    ]


def _hits(word: str) -> list[int]:
    """Return what a search finds; the order of equals depends on the hour."""
    return sorted(hit.article.pk for hit in search.search(word).hits)


if __name__ == "__main__":
    for line in lines():
        print(line)  # noqa: T201 - read by othersite.py
