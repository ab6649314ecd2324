"""What readers see of a thread: by path, counted exactly. Its page: test_thread_page.py."""

import random
from threading import Barrier, Thread

import pytest
from django.db import connection

from articles.models import Subscriber, Subscription
from comments import housekeeping, moderation
from comments.models import Comment, ModerationAction
from comments.models import Thread as Counted
from newsroom.models import Message
from tests.factories import UserFactory, make_article

from .conftest import approved, decided, visible, write

pytestmark = pytest.mark.django_db


def in_thread(article) -> list[int]:
    rows = Comment.objects.in_thread().filter(article=article).order_by("path")
    return [comment.pk for comment in rows]


def test_root_takes_its_thread_along_and_brings_it_back(article, moderator):
    root, other = approved(article, moderator), approved(article, moderator)
    child = approved(article, moderator, parent=root)
    grandchild = approved(article, moderator, parent=child)
    everything = {root.pk, other.pk, child.pk, grandchild.pk}
    assert visible(article) == everything
    versions = dict(Comment.objects.values_list("pk", "version"))
    decided(root, "rejected", moderator)
    assert visible(article) == {other.pk}
    assert dict(Comment.objects.values_list("pk", "version")) == versions | {root.pk: 3}
    decided(child, "spam", moderator)
    decided(root, "approved", moderator)
    assert visible(article) == {root.pk, other.pk}
    decided(child, "approved", moderator)
    assert visible(article) == everything


def test_both_of_a_family_in_one_batch_are_counted_once(article, moderator):
    root = approved(article, moderator)
    child = approved(article, moderator, parent=root)
    grandchild = approved(article, moderator, parent=child)
    seen = {root.pk: 2, child.pk: 2}
    moderation.decide(seen, to="rejected", reason="hate", by=moderator)
    assert visible(article) == set()
    moderation.decide(dict.fromkeys(seen, 3), to="approved", by=moderator)
    assert visible(article) == {root.pk, child.pk, grandchild.pk}


def test_other_articles_threads_are_left_alone(article, moderator):
    other = make_article()
    root, elsewhere = approved(article, moderator), approved(other, moderator)
    assert root.path == elsewhere.path
    approved(other, moderator, parent=elsewhere)
    decided(root, "rejected", moderator)
    assert visible(article) == set()
    assert len(visible(other)) == 2


def test_tombstone_holds_answers_and_shows_only_with_them(article, moderator):
    alone = approved(article, moderator)
    root = approved(article, moderator)
    answer = approved(article, moderator, parent=root)
    leaf = approved(article, moderator, parent=answer)
    for comment in (alone, root, leaf):
        moderation.erase(comment.author.address)
    assert visible(article) == {answer.pk}
    assert in_thread(article) == [root.pk, answer.pk]
    decided(answer, "rejected", moderator)
    assert in_thread(article) == []


@pytest.mark.django_db(transaction=True)
def test_counts_are_exact_after_many_moves_at_once():
    moderators = [UserFactory(is_superuser=True) for _ in range(4)]
    articles = [make_article(), make_article()]
    comments = []
    for article in articles:
        roots = [write(article) for _ in range(4)]
        moderation.decide({root.pk: 1 for root in roots}, to="approved", by=moderators[0])
        comments += roots
        for root in roots:
            comments += [write(article, parent=root) for _ in range(3)]
    barrier, errors = Barrier(4), []

    def work(number: int) -> None:
        chance = random.Random(number)  # noqa: S311
        barrier.wait()
        try:
            for _ in range(25):
                rows = Comment.objects.filter(pk__in=[c.pk for c in chance.sample(comments, 3)])
                seen = dict(rows.values_list("pk", "version"))
                target = chance.choice(["approved", "rejected", "spam", "pending"])
                try:
                    moderation.decide(seen, to=target, by=moderators[number], reason="insult")
                except moderation.Refused:
                    continue
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [Thread(target=work, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert ModerationAction.objects.count() > 50
    for article in articles:
        visible(article)
    for comment in Comment.objects.select_related("author"):
        assert comment.author.approved == (comment.status == "approved")
        assert comment.author.rejected == (comment.status in {"rejected", "spam"})
        assert comment.actions.count() == comment.version - 1
    assert Counted.objects.count() == 2


def test_followers_of_an_article_are_told_once_of_what_readers_see(article, moderator):
    reader = Subscriber.objects.create(address="anna@example.org")
    reader.subscriptions.create(
        scope=Subscription.Scope.COMMENTS, target=article.pk, state=Subscription.State.ACTIVE
    )
    comment = write(article)
    assert housekeeping.tell_followers() == 0
    decided(comment, "approved", moderator)
    assert housekeeping.tell_followers() == 1
    assert housekeeping.tell_followers() == 0
    decided(comment, "rejected", moderator)
    decided(comment, "approved", moderator)  # readers have seen it before
    assert not Counted.objects.filter(has_news=True).exists()
    assert Message.objects.filter(kind="alert-comments").count() == 1
