"""What whoever imports has to say; the command reads it from its arguments."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Options:
    """What whoever imports has to say.

    `media`: the old uploads folder. `country`: of jobs that name none, by its two letters.
    `authors`: names of profiles by login (terms.read_names). `downloads`: missing pictures are
    fetched from the old site.
    `redirects`: what the Redirection plugin has exported. `jobs`: 1 does everything in this
    process, 2 reads large files ahead in another.
    """

    media: Path | None = None
    is_dry: bool = False
    country: str = ""
    authors: Mapping[str, str] = field(default_factory=dict)
    downloads: bool = False
    redirects: Path | None = None
    jobs: int = 2
