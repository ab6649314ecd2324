"""Readers' comments: hand-written threads, what waits for a moderator, and generated ones in bulk.

Threads of the past are placed with their own times; what waits came through the verbs.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from django.db import reset_queries, transaction
from django.utils import timezone

from articles.models import Article
from comments import moderation
from comments.models import DEEPEST, Comment, CommentAuthor, CommentRules, Reason, Status
from comments.moderation.people import author_of
from comments.moderation.placing import Placement, place
from newsroom.lib.slugs import make_slug
from newsroom.models import Attempt, User

from . import bulkwork, texts
from .generated import Voice
from .memory import Memory

KIND, GENERATED = "comments", "generated comments"
_BATCH = 2_000
_MANY = 20_000  # above, several processes work
_BUSY = "open-library"  # the article with half of the generated ones
_LINE = re.compile(r"(\t*)(\d+) ([^:\[\]]+|account:\w+?)(?: \[([^\]]+)\])?: (.+)")
_SHARES = ([Status.APPROVED, Status.PENDING, Status.REJECTED, Status.SPAM], [92, 3, 3, 2])


@dataclass
class Line:
    """A comment of the file: minutes after what it answers, name, marks in brackets, text."""

    minutes: int
    name: str
    marks: list[str]
    body: str
    below: list["Line"] = field(default_factory=list)

    @property
    def state(self) -> str:
        return self.marks[0] if self.marks else ""

    @property
    def waits(self) -> bool:
        """Whether it is brought in by the verbs, on top of the thread."""
        return self.state in {"waits", "trap", "edited", "appeal"}


def build(language: str, memory: Memory, wanted: int) -> None:
    """Write the rules, the hand-written comments, and `wanted` generated ones."""
    _rules(texts.comment_words(language), memory)
    moderator = User.objects.get(username="moderator")
    for key, lines in _threads(language).items():
        if memory.find(KIND, key) is None:
            article = Article.objects.get(pk=memory.id_of("article", key))
            with transaction.atomic():
                _build_article(article, lines, moderator)
                memory.remember(KIND, [(key, article)])
    _generate(language, memory, moderator, wanted)


def _rules(words: dict[str, str], memory: Memory) -> None:
    rules, is_new = CommentRules.objects.get_or_create(pk=1, defaults=words)
    if is_new:
        memory.remember("comment rules", [("1", rules)])


def _threads(language: str) -> dict[str, list[Line]]:
    """Read the file: articles by key, answers indented below what they answer."""
    found: dict[str, list[Line]] = {}
    branch: list[list[Line]] = []
    for text in texts.comments(language).splitlines():
        if text.startswith("# "):
            branch = [found.setdefault(text.removeprefix("# "), [])]
        elif match := _LINE.fullmatch(text):
            depth = len(match[1])
            line = Line(int(match[2]), match[3].strip(), (match[4] or "").split(), match[5])
            branch[depth].append(line)
            branch[depth + 1 :] = [line.below]
        elif text:
            raise ValueError(f"The demo's comments: “{text}” is no comment.")
    return found


def _build_article(article: Article, lines: list[Line], moderator: User) -> None:
    placed: list[tuple[Line, Placement]] = []
    _place_below(article, lines, None, moderator, placed)
    place([placement for _line, placement in placed])
    for line, placement in placed:
        if line.state == "reported" and placement.comment:
            for number in range(2 if line.marks[1] == Reason.INSULT else 1):
                moderation.report(
                    placement.comment, reason=line.marks[1], address=_address(f"reporter {number}")
                )
        if line.state == "rejected" and line.marks[1] == Reason.ADVERTISING and placement.comment:
            moderation.block(placement.comment.author, by=moderator)
    for line in lines:
        if line.waits:
            _send(article, line, moderator)


def _place_below(
    article: Article,
    lines: list[Line],
    above: Placement | None,
    moderator: User,
    placed: list[tuple[Line, Placement]],
) -> None:
    """Add the placements of lines and of all below them, parents first."""
    for line in lines:
        if line.waits:
            continue
        is_rejected = line.state == "rejected"
        at = _moment(article, line, above)
        placement = Placement(
            article=article.pk,
            author=_author(line.name).pk,
            body=line.body,
            at=at,
            status=Status.REJECTED if is_rejected else Status.APPROVED,
            reason=line.marks[1] if is_rejected else "",
            by=moderator,
            decided_at=at + timedelta(seconds=90),
            parent=above,
            is_confirmed="confirmed" in line.marks or line.name.startswith("account:"),
            wants_replies="replies" in line.marks,
        )
        placed.append((line, placement))
        _place_below(article, line.below, placement, moderator, placed)


def _send(article: Article, line: Line, moderator: User) -> None:
    """Bring a comment in as its reader would have, and leave it where it waits."""
    rules = CommentRules.load()
    rules.trusted_skip_queue = line.state == "edited"
    entry = moderation.Entry(
        article=article,
        body=line.body if line.state != "edited" else line.body.partition("!")[0] + "!",
        name=line.name,
        address=_address(line.name),
        is_confirmed=line.state in {"edited", "appeal"},
        fell_into_trap=line.state == "trap",
    )
    comment = moderation.submit(entry, rules=rules).comment
    if line.state == "edited":
        moderation.edit(comment, body=line.body)
    if line.state == "appeal":
        seen = {comment.pk: comment.version}
        moderation.decide(seen, to=Status.REJECTED, by=moderator, reason=line.marks[1])
        words = line.body.partition(". ")[2] or line.body
        moderation.appeal(comment, text=words)
    at = _moment(article, line, None)
    Comment.objects.filter(pk=comment.pk).update(created_at=at, queued_at=at)
    Attempt.objects.filter(key__endswith=f":{comment.author.address_hash}").delete()


def _moment(article: Article, line: Line, above: Placement | None) -> datetime:
    """Return when it was written: never in the future."""
    start = above.at if above else article.published_at or timezone.now()
    return min(start + timedelta(minutes=line.minutes), timezone.now() - timedelta(minutes=2))


def _author(name: str) -> CommentAuthor:
    if name.startswith("account:"):
        user = User.objects.get(username=name.removeprefix("account:"))
        return author_of(user, user.display_name, "")
    return author_of(None, name, _address(name))


def _address(name: str) -> str:
    return f"{make_slug(name)}@readers.{texts.DOMAIN}"


def _generate(language: str, memory: Memory, moderator: User, wanted: int) -> None:
    """Place the comments no. 1 to `wanted` that are not there: half at one article, half spread."""
    missing = memory.missing(GENERATED, wanted)
    if not missing:
        return
    talk = Talk.of(language, memory, moderator)
    bulkwork.run(
        partial(_place_block, talk, memory.source),
        missing,
        size=_BATCH,
        is_much=len(missing) >= _MANY,
        title="Commenting",
        unit="comment",
        late=(Comment,),
    )
    memory.note(GENERATED, len(missing))


@dataclass(frozen=True)
class Talk:
    """Who talks under which articles, and in which words. `articles`: ids with their times."""

    language: str
    grammar: dict[str, Any]
    authors: list[CommentAuthor]
    moderator: User
    busy: tuple[int, datetime]
    articles: list[tuple[int, datetime]]

    @classmethod
    def of(cls, language: str, memory: Memory, moderator: User) -> "Talk":
        """Gather what the demo has built so far."""
        newest = Article.objects.visible().newest().values_list("pk", "published_at")[:200]
        articles = [(pk, at) for pk, at in newest if at is not None]
        busy = next(pair for pair in articles if pair[0] == memory.id_of("article", _BUSY))
        grammar = texts.grammar(language)
        return cls(language, grammar, _generated_authors(grammar), moderator, busy, articles)

    def write(self, first: int, last: int) -> list[Placement]:
        """Return the comments of a block of numbers, by sixty readers at a dozen articles."""
        chance = Random(f"{self.language} comments {first}")  # noqa: S311 - a text, no secret
        some = chance.sample(self.authors, k=60)
        others = chance.sample(self.articles, k=min(10, len(self.articles)))
        drafts = _drafts(chance, self.grammar, some, [self.busy, *others])
        rows = [next(drafts) for _number in range(first, last + 1)]
        for row in rows:
            row.by = self.moderator if row.status != Status.PENDING else None
        return rows


def _place_block(talk: Talk, demo: str, block: bulkwork.Block) -> int:
    """Place the comments of a block in one transaction with its record; return how many."""
    rows = talk.write(*block)
    with transaction.atomic():
        placed = place(rows)
        Memory.store(demo, GENERATED, [(bulkwork.key_of(block), placed[-1])])
    reset_queries()
    return len(placed)


def _generated_authors(grammar: dict[str, Any]) -> list[CommentAuthor]:
    names = [
        f"{first} {last}" for first in grammar["first_names"] for last in grammar["last_names"]
    ]
    return [author_of(None, name, _address(name)) for name in names[:300]]


def _drafts(
    chance: Random,
    grammar: dict[str, Any],
    authors: list[CommentAuthor],
    articles: list[tuple[int, datetime]],
) -> Iterator[Placement]:
    """Yield comments for ever, every second one at the first article; parents come first."""
    last: dict[int, Placement] = {}
    depth: dict[int, int] = {}
    now = timezone.now()
    subjects = [grammar["words"] | subject for subject in grammar["sections"].values()]
    while True:
        article, published_at = chance.choice([articles[0], chance.choice(articles[1:])])
        is_answer = article in last and depth[article] < DEEPEST and chance.random() < 0.5
        above = last[article] if is_answer else None
        depth[article] = depth[article] + 1 if is_answer else 1
        voice = Voice(chance, chance.choice(subjects))
        kinds = chance.choices(["voice", "background"], k=chance.randint(1, 3))
        at = published_at + (now - published_at) * chance.random()
        (status,) = chance.choices(_SHARES[0], _SHARES[1])
        yield (
            placement := Placement(
                article=article,
                author=chance.choice(authors).pk,
                body=" ".join(voice.say(kind) for kind in kinds),
                at=at,
                status=status,
                reason=chance.choice(Reason.values[:9]) if status == Status.REJECTED else "",
                decided_at=None if status == Status.PENDING else at + (now - at) * 0.01,
                parent=above,
            )
        )
        if status == Status.APPROVED:
            last[article] = placement
        else:
            depth[article] = DEEPEST  # nobody answers what nobody sees
