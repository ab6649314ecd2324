"""What lies in a folder, by SHA-256: an archive is whole when its manifest says so, not before."""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .refusal import ArchiveRefused

NAME = "manifest.json"
_CHUNK = 1024 * 1024


@dataclass(frozen=True)
class Part:
    """One file below the folder."""

    path: str
    bytes: int
    sha256: str


class HashedFile:
    """A file that is written and hashed at once; `part()` closes it for good."""

    def __init__(self, folder: Path, path: str) -> None:
        self._path = path
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        self._file = target.open("wb")
        self._digest = hashlib.sha256()
        self._size = 0

    def write(self, data: bytes) -> None:
        self._file.write(data)
        self._digest.update(data)
        self._size += len(data)

    def part(self) -> Part:
        """Bring the file to the disk and say what it is."""
        self._file.flush()
        if self._size:
            os.fsync(self._file.fileno())
        self._file.close()
        return Part(self._path, self._size, self._digest.hexdigest())


def digest_of(file: Any) -> tuple[int, str]:
    """Return size and hash of an open file, read in pieces."""
    digest, size = hashlib.sha256(), 0
    for chunk in chunks(file):
        digest.update(chunk)
        size += len(chunk)
    return size, digest.hexdigest()


def chunks(file: Any) -> Iterator[bytes]:
    """Yield an open file in pieces."""
    while chunk := file.read(_CHUNK):
        yield chunk


def write(folder: Path, values: dict[str, Any]) -> None:
    """Put the manifest, with a hash of itself, into place in one step."""
    part = folder / f".{NAME}"
    values = {**values, "sha256": ""}
    values["sha256"] = _digest(values)
    with part.open("w", encoding="utf-8") as file:
        json.dump(values, file, ensure_ascii=False, indent=1, default=asdict)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    part.replace(folder / NAME)


def read(folder: Path, kind: str, version: int) -> dict[str, Any]:
    """Return the manifest. Refuses a damaged one, another kind, and a format not known."""
    try:
        values = json.loads((folder / NAME).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ArchiveRefused(
            f"{folder} holds no {NAME}: it is not there, or was never finished."
        ) from error
    except (OSError, ValueError) as error:
        raise ArchiveRefused(f"{folder / NAME} cannot be read: {error}") from error
    if not isinstance(values, dict) or values.get("kind") != kind:
        raise ArchiveRefused(f"{folder} is no {kind}.")
    if values.get("format") != version:
        raise ArchiveRefused(
            f"{folder} has format {values.get('format')}, this version reads {version}."
        )
    if values.pop("sha256", "") != _digest(values):
        raise ArchiveRefused(f"{folder / NAME} is damaged: it is not what was written.")
    return values


def _digest(values: dict[str, Any]) -> str:
    """Return the hash of what a manifest says of everything but itself."""
    said = {name: value for name, value in values.items() if name != "sha256"}
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, default=asdict)
    return hashlib.sha256(text.encode()).hexdigest()


def verify(folder: Path, parts: Iterable[Part]) -> int:
    """Read every file and compare it with its hash; return how many there are.

    Refuses at the first one that is missing or different.
    """
    count = 0
    for part in parts:
        try:
            with (folder / part.path).open("rb") as file:
                found = digest_of(file)
        except OSError as error:
            raise ArchiveRefused(f"{part.path} is missing in {folder}.") from error
        if found != (part.bytes, part.sha256):
            raise ArchiveRefused(f"{part.path} is not what the manifest says it is.")
        count += 1
    return count
