"""Static files in production: hashed, compressed, and the readers' stylesheet as one file."""

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

_JOINED = "newsroom/site.css"
_PART = re.compile(r'^@import url\("([^"]+)"\);$', re.MULTILINE)
_COMMENT = re.compile(r"/\*.*?\*/\s*", re.DOTALL)


class JoiningStorage(CompressedManifestStaticFilesStorage):
    """Puts the parts of the readers' stylesheet in the place of their imports.

    A process of the release before reads templates of the new one as it first needs them: of a file
    that it does not know the manifest is read again. What was there before stays beside it.
    """

    _read_at = 0.0

    def stored_name(self, name: str) -> str:
        """Return the hashed name of a file; ValueError where it was never collected."""
        try:
            return str(super().stored_name(name))
        except ValueError:
            if not self._reads_again():
                raise
            return str(super().stored_name(name))

    def _reads_again(self) -> bool:
        """Take in a manifest that has changed since it was read; tell whether there was one."""
        try:
            changed_at = Path(self.path(self.manifest_name)).stat().st_mtime
        except FileNotFoundError:
            return False
        if changed_at == self._read_at:
            return False
        self._read_at = changed_at
        self.hashed_files.update(self.load_manifest()[0])
        return True

    def post_process(self, paths: dict[str, Any], *args: Any, **options: Any) -> Iterator[Any]:
        """Hash and compress what was collected; yields as Django's own does."""
        if _JOINED in paths:
            memory = InMemoryStorage()
            memory.save(_JOINED, ContentFile(self._join(paths)))
            paths = {**paths, _JOINED: (memory, _JOINED)}
        yield from super().post_process(paths, *args, **options)

    def _join(self, paths: dict[str, Any]) -> bytes:
        folder = PurePosixPath(_JOINED).parent

        def text(name: str) -> str:
            storage, path = paths[name]
            with storage.open(path) as file:
                return str(file.read().decode())

        def part(match: re.Match[str]) -> str:
            # The parts lie one folder deeper than the file that they become.
            return text(str(folder / match[1])).replace('url("../', 'url("')

        return _COMMENT.sub("", _PART.sub(part, text(_JOINED))).encode()
