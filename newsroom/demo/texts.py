"""Reads the demo's texts: an article is an HTML file, its particulars stand above it in TOML."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from newsroom.models.site import LEGAL_PAGES

# Reserved for examples (RFC 2606): no mail ever reaches anybody.
DOMAIN = "newsroom.example"

_FOLDER = Path(__file__).parent / "texts"
_FENCE = "+++\n"


@dataclass(frozen=True)
class Story:
    """One article file: its name, the particulars, the text with [[picture …]] marks."""

    key: str
    facts: dict[str, Any]
    body: str


def language_of(code: str) -> str:
    """Return the language of the newsroom for a LANGUAGE_CODE: German for German, else English."""
    return "de" if code.lower().partition("-")[0] == "de" else "en"


@cache
def newsroom(language: str) -> dict[str, Any]:
    """Return the paper: site, people, sections, pictures, dossiers."""
    return _toml(_FOLDER / language / "newsroom.toml")


@cache
def logo(language: str) -> bytes | None:
    """Return the drawing of the paper's logo, if it has one."""
    drawing = _FOLDER / language / "logo.svg"
    return drawing.read_bytes() if drawing.exists() else None


@cache
def grammar(language: str) -> dict[str, Any]:
    """Return the words and sentences of which generated articles are made."""
    return _toml(_FOLDER / language / "grammar.toml")


@cache
def tickers(language: str) -> dict[str, Any]:
    """Return the live tickers by the key of their article."""
    return _toml(_FOLDER / language / "tickers.toml")


@cache
def desk(language: str) -> dict[str, Any]:
    """Return what desk and readers do beside writing: fronts, banners, topics, reads, searches."""
    return _toml(_FOLDER / language / "desk.toml")


@cache
def promos(language: str) -> list[dict[str, Any]]:
    """Return the offers beside articles."""
    found: list[dict[str, Any]] = _toml(_FOLDER / language / "promos.toml")["promos"]
    return found


@cache
def letters(language: str) -> list[dict[str, Any]]:
    """Return the issues of the newsletter, the oldest first."""
    found: list[dict[str, Any]] = _toml(_FOLDER / language / "newsletter.toml")["issues"]
    return found


@cache
def jobs(language: str) -> dict[str, Any]:
    """Return the hand-written jobs, and the words that all of them use."""
    return _toml(_FOLDER / language / "jobs.toml")


@cache
def stories(language: str) -> tuple[Story, ...]:
    """Return the hand-written articles in the order of their file names."""
    return tuple(map(_story, sorted((_FOLDER / language / "articles").glob("*.html"))))


def comments(language: str) -> str:
    """Return the file of hand-written comments; newsroom/demo/comments.py reads it."""
    return (_FOLDER / language / "comments.txt").read_text(encoding="utf-8")


def comment_words(language: str) -> dict[str, str]:
    """Return the word lists of the rules for comments."""
    return dict(newsroom(language)["comments"])


def legal_pages(language: str) -> list[tuple[str, str, str]]:
    """Return address, title and text of every legal page. The first line of a file is its title."""
    pages = []
    for page in LEGAL_PAGES:
        path = _FOLDER / language / "legal" / f"{page.url.strip('/')}.html"
        title, _newline, html = path.read_text(encoding="utf-8").partition("\n")
        pages.append((page.url, title.strip(), html.strip()))
    return pages


def _story(path: Path) -> Story:
    _nothing, facts, body = path.read_text(encoding="utf-8").split(_FENCE, 2)
    return Story(path.stem.partition("-")[2], tomllib.loads(facts), body.strip())


def _toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))
