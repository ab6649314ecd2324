"""manage.py messages: keep newsroom/locale in step with the code, compile it. No GNU gettext.

Babel reads the strings; Django turns templates into something it reads. The compiled catalogues
are not in the repository: an installation makes its own by --compile.
"""

import io
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation.template import templatize

LANGUAGES = ["de"]  # the strings themselves are English
APPS = ["newsroom", "articles", "comments", "jobs"]
_KEYWORDS: dict[str, Any] = {
    **dict.fromkeys(["_", "gettext", "gettext_lazy", "gettext_noop"]),
    **dict.fromkeys(["ngettext", "ngettext_lazy"], (1, 2)),
    **dict.fromkeys(["pgettext", "pgettext_lazy"], ((1, "c"), 2)),
    **dict.fromkeys(["npgettext", "npgettext_lazy"], ((1, "c"), 2, 3)),
}


class Command(BaseCommand):
    help = "Collects the translatable strings into newsroom/locale and compiles the catalogues."

    def add_arguments(self, parser: CommandParser) -> None:
        one = parser.add_mutually_exclusive_group()
        one.add_argument(
            "--check", action="store_true", help="Change nothing; fail where something is missing."
        )
        one.add_argument(
            "--compile", action="store_true", help="Only compile what the catalogues hold."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["compile"]:
            for language in LANGUAGES:
                write_compiled(language)
            return
        used = collect()
        for language in LANGUAGES:
            if options["check"]:
                if found := complaints(language, used):
                    raise CommandError("\n".join([*found[:50], f"{language}: {len(found)} in all"]))
            else:
                update(language, used)
            self.stdout.write(f"{language}: {len(used)} strings")


def path_of(language: str) -> Path:
    """Return where a language's catalogue stands."""
    return Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / "django.po"


def collect() -> Catalog:
    """Return every translatable string of the apps and templates, with the files that use it."""
    catalog = Catalog()
    for path in _sources():
        source = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            # What templatize leaves of the markup is no Python, but its lines tokenise as such
            # once they are not indented.
            source = "\n".join(line.strip() for line in templatize(source).splitlines())
        place = str(path.relative_to(settings.BASE_DIR))
        calls: Any = extract_python(io.BytesIO(source.encode()), _KEYWORDS, [], {})
        for _line, function, words, comments in calls:
            _add(catalog, place, _KEYWORDS[function], words, comments)
    return catalog


def update(language: str, used: Catalog) -> None:
    """Write a language's catalogue: new strings empty, unused ones gone, the rest untouched."""
    path = path_of(language)
    catalog = _read(language)
    catalog.update(used, no_fuzzy_matching=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(
            file, catalog, sort_output=True, ignore_obsolete=True, include_lineno=False, width=100
        )
    write_compiled(language)


def write_compiled(language: str) -> None:
    """Write the catalogue beside it as gettext reads it."""
    output = io.BytesIO()
    write_mo(output, _read(language))
    path_of(language).with_suffix(".mo").write_bytes(output.getvalue())


def complaints(language: str, used: Catalog) -> list[str]:
    """Return what a language's catalogue lacks, line by line; nothing where it is complete."""
    catalog = _read(language)
    found = []
    for message in used:
        if not message.id:
            continue
        own = catalog.get(_key(message), message.context)
        if own is None or not all(_texts(own)):
            found.append(f"{language}: not translated: {_key(message)!r}")
        elif own.fuzzy:
            found.append(f"{language}: marked fuzzy: {_key(message)!r}")
        elif errors := list(own.check(catalog)):
            found.append(f"{language}: {_key(message)!r}: {errors[0]}")
    known = {(_key(message), message.context) for message in used}
    found += [
        f"{language}: no longer used: {_key(message)!r}"
        for message in catalog
        if message.id and (_key(message), message.context) not in known
    ]
    return found


def _sources() -> Iterator[Path]:
    """The files that may hold strings: what git knows or would add, tests left out."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(  # noqa: S603 - a fixed command
        [*command, *APPS, "templates"],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in sorted(set(listing.stdout.splitlines())):
        path = Path(settings.BASE_DIR) / name
        if path.suffix in {".py", ".html", ".txt"} and path.is_file():
            yield path


def _add(catalog: Catalog, place: str, spec: Any, words: Any, comments: list[str]) -> None:
    """Add one call's string. Calls on variables give no text and are left out."""
    words = list(words) if isinstance(words, tuple) else [words]
    has_context = spec is not None and isinstance(spec[0], tuple)
    context = words.pop(0) if has_context else None
    is_plural = spec is not None and len(spec) - has_context == 2
    words = words[: 2 if is_plural else 1]
    if all(isinstance(word, str) for word in words):
        catalog.add(
            tuple(words) if is_plural else words[0],
            locations=[(place, 0)],
            auto_comments=comments,
            context=context,
        )


def _read(language: str) -> Catalog:
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language, project="Newsroom", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _texts(message: Message) -> tuple[str, ...]:
    if isinstance(message.string, str):
        return (message.string,)
    return tuple(message.string or ()) or ("",)
