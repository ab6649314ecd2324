"""Generated articles: seeded sentences in bulk, for looking at the site with many rows."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate, batched
from random import Random
from typing import Any

from django.db import transaction
from django.utils import timezone
from tqdm import tqdm

from articles import content, workflow
from articles.models import Byline, Status
from newsroom.lib.slugs import make_slug

from . import texts
from .memory import Memory

KIND = "generated article"
_BATCH = 500
_TOPICS = 300
# The newest generated article is older than the hand-written ones, which keep the front page.
_FIRST_DAY, _LAST_DAY = 8, 3650
_SLOT = re.compile(r"\{(\w+)\}")


def build(language: str, memory: Memory, wanted: int) -> None:
    """Place the articles no. 1 to `wanted` that are not there; a number is always the same text."""
    missing = [n for n in range(1, wanted + 1) if memory.find(KIND, str(n)) is None]
    if not missing:
        return
    writer = Writer.of(language, memory)
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    with tqdm(total=len(missing), desc="Generating", unit="article", disable=None) as progress:
        for numbers in batched(missing, _BATCH):
            with transaction.atomic():
                placed = workflow.place([writer.write(number, today) for number in numbers])
                memory.remember(KIND, zip(map(str, numbers), placed, strict=True))
            progress.update(len(numbers))


@dataclass
class Writer:
    """The words of a language and the rows that articles point at."""

    language: str
    words: dict[str, list[str]]
    sections: dict[str, dict[str, list[str]]]
    section_ids: dict[str, int]
    authors: list[int]
    pictures: dict[str, int]
    topics: list[str]
    weights: list[float]

    @classmethod
    def of(cls, language: str, memory: Memory) -> "Writer":
        """Gather what the house has built."""
        paper, grammar = texts.newsroom(language), texts.grammar(language)

        topics = _topics(grammar)
        return cls(
            language=language,
            words=grammar["words"],
            sections=grammar["sections"],
            section_ids={slug: memory.id_of("section", slug) for slug in grammar["sections"]},
            authors=[
                memory.id_of("author", make_slug(author["name"])) for author in paper["authors"]
            ],
            pictures={key: memory.id_of("picture", key) for key in paper["pictures"]},
            topics=topics,
            weights=list(accumulate(1 / rank for rank in range(1, len(topics) + 1))),
        )

    def write(self, number: int, today: datetime) -> workflow.Placement:
        """Return the article of a number, published on one of the days before `today`."""
        chance = Random(f"{self.language} {number}")  # noqa: S311 - a text, not a secret
        slug = chance.choice(list(self.sections))
        voice = Voice(chance, {**self.words, **self.sections[slug]})
        values: dict[str, Any] = {
            "section": self.section_ids[slug],
            "kicker": voice.say("kicker"),
            "headline": voice.say("headline"),
            "standfirst": f"{voice.say('standfirst')} {voice.say('standfirst')}",
            "body": _body(chance, voice),
            "dateline": [voice.words["place"]],
            "tags": self._tags(chance),
            "bylines": [{"author": chance.choice(self.authors), "role": Byline.Role.TEXT}],
            "lead_image": self._picture(chance, slug),
        }
        # The exponent gives recent years more than those long ago, as real archives have it.
        days = _FIRST_DAY + (_LAST_DAY - _FIRST_DAY) * chance.random() ** 1.5
        moment = today - timedelta(days=int(days)) + timedelta(minutes=chance.randrange(360, 1320))
        return workflow.Placement(content.make(values), Status.PUBLISHED, published_at=moment)

    def _picture(self, chance: Random, section: str) -> int | None:
        """Return a picture that suits the section; some articles have none."""
        if chance.random() < 0.15:
            return None
        return self.pictures[chance.choice(self.sections[section]["pictures"])]

    def _tags(self, chance: Random) -> list[str]:
        """Return two to five topics; the n-th of them comes 1/n as often as the first (Zipf)."""
        return chance.choices(self.topics, cum_weights=self.weights, k=chance.randint(2, 5))


class Voice:
    """The sentences of one article: about one place, person and matter; none of them twice."""

    def __init__(self, chance: Random, words: dict[str, list[str]]) -> None:
        self._chance = chance
        self.words: dict[str, Any] = words | {
            name: chance.choice(words[name]) for name in ("place", "person", "actor", "matter")
        }
        self._decks: dict[str, list[str]] = {}

    def say(self, kind: str) -> str:
        """Return a sentence of a kind with its slots filled, beginning with a capital letter."""
        if not self._decks.get(kind):
            self._decks[kind] = self._chance.sample(self.words[kind], k=len(self.words[kind]))
        text = _SLOT.sub(self._fill, self._decks[kind].pop())
        return text[:1].upper() + text[1:]

    def _fill(self, slot: re.Match[str]) -> str:
        if slot[1] == "number":
            return str(self._chance.randint(3, 98))
        words = self.words[slot[1]]
        return words if isinstance(words, str) else self._chance.choice(words)


def _body(chance: Random, voice: Voice) -> str:
    parts = []
    for number in range(chance.randint(3, 8)):
        if number and number % 3 == 0:
            parts.append(f"<h2>{voice.say('subheading')}</h2>")
        kinds = chance.choices(["fact", "background", "voice"], k=chance.randint(2, 3))
        parts.append(f"<p>{' '.join(voice.say(kind) for kind in ['fact', *kinds])}</p>")
    return "\n".join(parts)


def _topics(grammar: dict[str, Any]) -> list[str]:
    """Return the names of all topics, themes first, then places, then people."""
    words = grammar["words"]
    people = [
        f"{first} {last}" for first in grammar["first_names"] for last in grammar["last_names"]
    ]
    Random(1).shuffle(people)  # noqa: S311
    return list(dict.fromkeys([*grammar["themes"], *words["place"], *people]))[:_TOPICS]
