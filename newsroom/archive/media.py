"""Files of the site: from the storage into a folder and back, under their own names.

Their list (media.jsonl) is read line by line, so that any number of files needs no memory.
Renditions are not among them: they are made again when they are asked for.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from django.core.exceptions import SuspiciousFileOperation
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.files.utils import validate_file_name

from .manifest import HashedFile, Part, chunks, digest_of
from .refusal import ArchiveRefused

LIST = "media.jsonl"
FOLDER = "media"


@dataclass
class Taken:
    """What came of copying: the list of the copies, how many are new and kept, what is missing."""

    listing: Part
    copied: int
    kept: int
    missing: list[str]

    @property
    def files(self) -> int:
        return self.copied + self.kept


def take(
    folder: Path,
    names: Iterable[str],
    known: Mapping[str, Part] | None = None,
    listing: str = LIST,
) -> Taken:
    """Copy files into a folder and list them there.

    A copy that is known by its path is kept where its size is still that of the file: no file of
    the storage changes under its name.
    """
    lines, copied, kept, missing = HashedFile(folder, listing), 0, 0, []
    for name in names:
        part = _kept(folder, name, (known or {}).get(f"{FOLDER}/{name}"))
        kept += part is not None
        if part is None:
            try:
                part = _copied(folder, name)
            except FileNotFoundError:
                missing.append(name)
                continue
            copied += 1
        line = json.dumps(asdict(part), ensure_ascii=False, sort_keys=True)
        lines.write(f"{line}\n".encode())
    return Taken(lines.part(), copied, kept, missing)


def listed(folder: Path, listing: str = LIST) -> Iterator[Part]:
    """Yield what a folder's list names. Refuses names that lead out of the folder."""
    with (folder / listing).open(encoding="utf-8") as file:
        for line in file:
            part = Part(**json.loads(line))
            try:
                validate_file_name(part.path.removeprefix(f"{FOLDER}/"), allow_relative_path=True)
            except SuspiciousFileOperation as error:
                raise ArchiveRefused(f"{part.path!r} is no name of a file of the site.") from error
            yield part


def put(folder: Path, parts: Iterable[Part]) -> int:
    """Copy files of a folder into the storage under their names; return how many.

    What is there already stays if it is the same. Safe to run again after a kill: no name ever
    holds half a file.
    """
    count = 0
    for part in parts:
        name = part.path.removeprefix(f"{FOLDER}/")
        if default_storage.exists(name):
            with default_storage.open(name) as there:
                is_same = digest_of(there) == (part.bytes, part.sha256)
            if not is_same:
                raise ArchiveRefused(f"Another file has the name {name} in the media folder.")
        else:
            _store(folder / part.path, name)
        count += 1
    return count


def _kept(folder: Path, name: str, known: Part | None) -> Part | None:
    if known is None:
        return None
    with suppress(FileNotFoundError):
        there, copy = default_storage.size(name), (folder / known.path).stat().st_size
        return known if there == copy == known.bytes else None
    return None


def _copied(folder: Path, name: str) -> Part:
    with default_storage.open(name) as file:
        # Into place by one step, so that a known copy is never half of one.
        copy = HashedFile(folder, f"{FOLDER}/.part")
        for chunk in chunks(file):
            copy.write(chunk)
    part = copy.part()
    target = folder / FOLDER / name
    target.parent.mkdir(parents=True, exist_ok=True)
    (folder / part.path).replace(target)
    return Part(f"{FOLDER}/{name}", part.bytes, part.sha256)


def _store(source: Path, name: str) -> None:
    try:
        target = Path(default_storage.path(name))
    except NotImplementedError:  # object stores write a whole object or none
        with source.open("rb") as file:
            default_storage.save(name, File(file))
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".part-{target.name}")
    with source.open("rb") as file, part.open("wb") as copy:
        for chunk in chunks(file):
            copy.write(chunk)
        copy.flush()
        os.fsync(copy.fileno())
    part.replace(target)
