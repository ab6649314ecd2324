"""Comments: deciding on many, hiding a long thread, reading a page of many, exact counts, words."""

import random
import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from threading import Thread as Worker

from django.contrib.auth.models import Group
from django.db import close_old_connections, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Article
from comments import moderation, thread
from comments.models import Comment, CommentAuthor, Status, Thread
from comments.moderation.placing import Placement, place
from comments.wordlist import WordList
from newsroom import roles
from newsroom.models import User
from tests.factories import make_article

_RUNS = 5


def run() -> dict[str, dict[str, float | int | str]]:
    """Return milliseconds (median of five where it can be repeated) and queries."""
    moderators = [_moderator(number) for number in range(4)]
    by = moderators[0]
    by.has_perm("comments.moderate_comment")
    authors = fill_authors(200)
    figures = {"approve 500": _approve(by, authors), "hide a thread of 5,000": _hide(by, authors)}
    article = make_article()
    fill(10_000, authors, [article], by=by)
    middle = {"after": f"{5_000:07d}"}
    figures["page of 50 out of 10,000"] = _measured(lambda: thread.of_article(article, {}))
    figures["page in the middle"] = _measured(lambda: thread.of_article(article, middle))
    figures["1,000 moves by 4"] = _moves(moderators, authors)
    figures["words 5,000 × 5,000"] = _words()
    return figures


def fill_authors(count: int) -> list[CommentAuthor]:
    """Return so many new authors."""
    return CommentAuthor.objects.bulk_create(
        [CommentAuthor(name=f"Reader {n}", address_hash=f"{n:064x}") for n in range(count)]
    )


def fill(
    count: int,
    authors: list[CommentAuthor],
    articles: list[Article],
    *,
    by: User,
    status: Status = Status.APPROVED,
    replies: float = 0.0,
) -> None:
    """Store so many comments, spread evenly over the articles; a share of them answers others."""
    chance = random.Random(3)  # noqa: S311
    now = timezone.now()
    last: dict[int, Placement] = {}
    for start in range(0, count, 2_000):
        batch = []
        last.clear()
        for number in range(start, min(start + 2_000, count)):
            article = articles[number % len(articles)].pk
            above = last.get(article) if chance.random() < replies else None
            placement = Placement(
                article=article,
                author=chance.choice(authors).pk,
                body=f"Comment {number}: what stands here was written by nobody.",
                at=now - timedelta(minutes=count - number),
                status=status,
                by=by,
                decided_at=now if status != Status.PENDING else None,
                parent=above,
            )
            if above is None:
                last[article] = placement
            batch.append(placement)
        place(batch)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _moderator(number: int) -> User:
    user = User.objects.create(username=f"moderator{number}", is_staff=True)
    user.groups.add(Group.objects.get(name=roles.MODERATOR))
    return user


def _approve(by: User, authors: list[CommentAuthor]) -> dict[str, float | int | str]:
    articles = [make_article() for _ in range(20)]
    fill(500 * _RUNS, authors, articles, by=by, status=Status.PENDING)
    rows = list(Comment.objects.pending().values_list("pk", "version"))
    batches = iter([dict(rows[start : start + 500]) for start in range(0, len(rows), 500)])
    return _measured(lambda: moderation.decide(next(batches), to="approved", by=by), runs=_RUNS - 1)


def _hide(by: User, authors: list[CommentAuthor]) -> dict[str, float | int | str]:
    article = make_article()
    now = timezone.now()
    root = Placement(article.pk, authors[0].pk, "A root", now, by=by, decided_at=now)
    answers = []
    for number in range(5_000):
        above = answers[-1] if number % 5 and answers else root
        answers.append(Placement(article.pk, authors[number % 200].pk, f"Answer {number}", now,
                                 by=by, decided_at=now, parent=above))  # fmt: skip
    place([root, *answers])
    assert root.comment is not None
    comment, moves = root.comment, iter(["rejected", "approved"] * _RUNS)

    def move() -> None:
        comment.refresh_from_db()
        seen = {comment.pk: comment.version}
        moderation.decide(seen, to=next(moves), by=by, reason="hate")

    return _measured(move)


def _moves(moderators: list[User], authors: list[CommentAuthor]) -> dict[str, float | int | str]:
    articles = [make_article() for _ in range(5)]
    fill(200, authors, articles, by=moderators[0], replies=0.7)
    ids = list(Comment.objects.filter(article__in=articles).values_list("pk", flat=True))
    done: list[int] = []

    def work(number: int) -> None:
        chance = random.Random(number)  # noqa: S311
        for _ in range(250):
            row = Comment.objects.get(pk=chance.choice(ids))
            target = chance.choice([s for s in Status.values if moderation.is_allowed(row, s)
                                    and s != Status.REMOVED])  # fmt: skip
            by, seen = moderators[number], {row.pk: row.version}
            done.extend(moderation.decide(seen, to=target, by=by, reason="hate").done)
        close_old_connections()
        connection.close()

    begun = time.perf_counter()
    workers = [Worker(target=work, args=[number]) for number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    seconds = time.perf_counter() - begun
    wrong = sum(
        Comment.objects.visible().filter(article=thread.pk).count() != thread.visible
        for thread in Thread.objects.filter(article__in=articles)
    )
    return {"ms": seconds * 1000, "moves": len(done), "wrong": wrong}


def _words() -> dict[str, float | int | str]:
    chance = random.Random(5)  # noqa: S311
    letters = "eeeeennniissrraattdhulcgmobwfkzvp"
    words = ["".join(chance.choices(letters, k=chance.randint(4, 12))) for _ in range(5_700)]
    entries = [f"*{w}*" if n % 5 == 0 else f"{w}*" if n % 5 == 1 else w
               for n, w in enumerate(words[:5_000])]  # fmt: skip
    compiled = WordList("\n".join(entries))
    text = " ".join(words[4_900:])[:5_000]
    return _measured(lambda: compiled.find(text)) | {"found": len(compiled.find(text))}


def _measured(work: Callable[[], object], runs: int = _RUNS) -> dict[str, float | int | str]:
    with CaptureQueriesContext(connection) as captured:
        work()
    times = []
    for _ in range(runs):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    sent = [query for query in captured if not query["sql"].startswith(("BEGIN", "COMMIT"))]
    return {"ms": statistics.median(times) * 1000, "queries": len(sent)}
