"""What readers see of a thread: by path, in three queries, counted exactly."""

import random
from threading import Barrier, Thread

import pytest
from django.db import connection

from comments import moderation
from comments.models import Comment, ModerationAction
from comments.models import Thread as Counted
from comments.reading import REPLIES, branch, read_block
from tests.factories import UserFactory, make_article

from .conftest import approved, decided, visible, write

pytestmark = pytest.mark.django_db


def shape(nodes) -> list:
    return [(node.comment.pk, shape(node.replies)) for node in nodes]


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


def test_block_nests_and_leaves_out_what_is_hidden(article, moderator):
    a, b = approved(article, moderator), approved(article, moderator)
    a1 = approved(article, moderator, parent=a)
    a2 = approved(article, moderator, parent=a)
    a11 = approved(article, moderator, parent=a1)
    write(article, parent=a)
    write(article)
    gone = approved(article, moderator, parent=b)
    approved(article, moderator, parent=gone)
    decided(gone, "rejected", moderator)
    block = read_block(article)
    assert shape(block.roots) == [(a.pk, [(a1.pk, [(a11.pk, [])]), (a2.pk, [])]), (b.pk, [])]
    assert (block.count, block.is_open, block.next, block.is_first) == (5, True, None, True)
    assert [pk for pk, _below in shape(read_block(article, newest_first=True).roots)] == [
        b.pk,
        a.pk,
    ]


def test_tombstone_holds_answers_and_shows_only_with_them(article, moderator):
    alone = approved(article, moderator)
    root = approved(article, moderator)
    answer = approved(article, moderator, parent=root)
    leaf = approved(article, moderator, parent=answer)
    for comment in (alone, root, leaf):
        moderation.erase(comment.author.address)
    assert visible(article) == {answer.pk}
    assert shape(read_block(article).roots) == [(root.pk, [(answer.pk, [])])]
    decided(answer, "rejected", moderator)
    assert read_block(article).roots == []


@pytest.mark.parametrize("count", [1, 3, 60])
def test_block_takes_three_queries_for_any_number(
    article, moderator, django_assert_num_queries, count
):
    comments = [write(article) for _ in range(count)]
    moderation.decide({comment.pk: 1 for comment in comments}, to="approved", by=moderator)
    for root in comments[:3]:
        approved(article, moderator, parent=root)
    with django_assert_num_queries(3):
        block = read_block(article)
        assert [node.comment.author.is_staff for node in block.roots] == [False] * min(count, 50)
    assert block.count == count + min(count, 3)


def test_pages_of_roots_follow_each_other_both_ways(article, moderator):
    comments = [write(article) for _ in range(103)]
    moderation.decide({comment.pk: 1 for comment in comments}, to="approved", by=moderator)
    for newest_first in (False, True):
        seen, start, pages = [], None, 0
        while pages == 0 or start is not None:
            block = read_block(article, newest_first=newest_first, start=start)
            seen += [node.comment.pk for node in block.roots]
            start, pages = block.next, pages + 1
        ordered = sorted((comment.pk for comment in comments), reverse=newest_first)
        assert (seen, pages) == (ordered, 3)


def test_long_thread_shows_its_beginning_and_leads_to_the_rest(article, moderator):
    root = approved(article, moderator)
    answers = [write(article, parent=root) for _ in range(REPLIES + 5)]
    moderation.decide({comment.pk: 1 for comment in answers}, to="approved", by=moderator)
    (node,) = read_block(article).roots
    assert (len(node.replies), node.more) == (REPLIES, 5)
    first, following = branch(root)
    assert (len(first.replies), following) == (REPLIES, REPLIES + 1)
    second, end = branch(root, start=following)
    assert [below.comment.pk for below in second.replies] == [a.pk for a in answers[REPLIES:]]
    assert end is None


def test_block_of_an_article_without_comments(article, django_assert_num_queries, rules):
    rules.policy, rules.duty_from, rules.duty_until = "Be kind.", "08:00", "20:00"
    rules.save()
    with django_assert_num_queries(2):
        block = read_block(article)
    assert (block.roots, block.count, block.is_open) == ([], 0, True)
    assert (block.rules.policy_text, block.rules.duty_from.hour) == ("Be kind.", 8)


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
