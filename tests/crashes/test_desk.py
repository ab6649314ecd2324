"""Killed while editors save, publish and upload: what was confirmed is there, nothing is half."""

import hashlib
from itertools import count

import pytest
from django.core.files.base import ContentFile
from PIL import Image as Pixels

from articles import images, renditions, workflow
from articles.models import Announcement, Article, Image, Revision
from newsroom.archive import checking
from newsroom.models import User

from ..factories import SectionFactory, UserFactory, make_content, make_draft
from ..newsroom.test_images import picture
from .consistency import assert_consistent
from .killing import Run, kill_at_work

pytestmark = pytest.mark.django_db(transaction=True)
TEXTS = 2


@pytest.fixture
def desk():
    """Texts by number, a chief editor, and how they are changed."""
    chief, section = UserFactory(role="Chief editor").pk, SectionFactory().pk
    pks = [make_draft(section=section, headline="0").pk for _number in range(TEXTS)]

    class Desk:
        texts = pks
        versions = count(1)

        def new(self) -> Article:
            return workflow.create(make_content(section=section, headline="0"), by=self.by)

        def values(self, version: int | str):
            return make_content(section=section, headline=str(version), tags=[f"Topic {version}"])

        @property
        def by(self) -> User:
            return User.objects.get(pk=chief)

    return Desk()


def later(article: str, headline: str) -> list[tuple[str, str]]:
    """What takes the place of a confirmed text: one sitting's unsaved text, until it is saved.

    It may have done so just before the kill, with nobody told yet.
    """
    version = headline.split()[0]
    line = [f"{version} ty", f"{version} typed", version]
    return [(article, one) for one in line[line.index(headline) :]]


def test_saving_loses_nothing_that_was_confirmed(desk):
    told: dict[str, str] = {}

    def work(confirm):
        by, version = desk.by, next(desk.versions)
        for article in [desk.new(), *Article.objects.filter(pk__in=desk.texts)]:
            confirm(f"{article.pk} {article.headline}")
            sitting = f"sitting {version}"
            for typed in (f"{version} ty", f"{version} typed"):
                values = desk.values(typed)
                workflow.autosave(article, values, by=by, base=article.head, sitting=sitting)
                confirm(f"{article.pk} {typed}")
            workflow.save_or_set_aside(
                article, desk.values(version), by=by, base=article.head, sitting=sitting
            )
            confirm(f"{article.pk} {version}")

    def look(run: Run):
        next(desk.versions)
        told.update(word.split(" ", 1) for word in run.confirmed)
        kept = {(str(r.article_id), r.content["headline"]) for r in Revision.objects.all()}
        assert [one for one in told.items() if kept.isdisjoint(later(*one))] == []
        assert assert_consistent() == set()

    kill_at_work(work, look)


def test_publishing_is_done_whole_or_not_at_all(desk):
    told: dict[str, int] = {}

    def work(confirm):
        by, version = desk.by, next(desk.versions)
        for article in [desk.new(), *Article.objects.filter(pk__in=desk.texts)]:
            saved = workflow.save_draft(article, desk.values(version), by=by, base=article.head)
            workflow.publish(article, by=by)
            confirm(f"{article.pk} {version} {saved.pk}")

    def look(run: Run):
        next(desk.versions)
        live = {str(a.pk): a for a in Article.objects.exclude(live=None)}
        for pk, version, revision in (word.split() for word in run.confirmed):
            told[pk] = int(version)
            # Nobody else publishes meanwhile.
            assert (live[pk].headline, live[pk].live_id) == (version, int(revision))
        assert all(int(live[pk].headline) >= version for pk, version in told.items())
        entries = [e for a in live.values() for e in a.log.filter(verb="publish")]
        assert len({entry.revision_id for entry in entries}) == len(entries)
        assert {a.live_id for a in live.values()} <= {entry.revision_id for entry in entries}
        announced = Announcement.objects.values_list("article", flat=True)
        assert sorted(map(str, announced)) == sorted(live)
        assert assert_consistent() == set()

    kill_at_work(work, look)


def test_pictures_are_whole_and_files_without_rows_are_named(settings):
    colors, told, killed = count(1), dict[str, str](), count(-1)

    def upload(color: int) -> ContentFile:
        data = picture(size=(700, 400), color=(color % 256, color // 256, 9))
        return ContentFile(data, name="a.jpg")

    def work(confirm):
        first = next(colors)
        for number in range(3):
            file = upload(3 * first + number)
            image = images.store(file, by=None)
            confirm(f"there {image.sha256}")
            renditions.find(image, f"full-320-{image.focal_key}", "jpg").make()
            if number == 1:
                confirm(f"going {image.sha256}")
                images.delete(image, by=None)
                confirm(f"gone {image.sha256}")

    def look(run: Run):
        next(colors)
        most = next(killed) + run.is_killed
        told.update(reversed(word.split()) for word in run.confirmed)
        there = set(Image.objects.values_list("sha256", flat=True))
        assert {digest for digest, state in told.items() if state == "there"} <= there
        assert there & {digest for digest, state in told.items() if state == "gone"} == set()
        left = assert_consistent()
        assert {finding.where for finding in checking.orphans()} == left
        # The file of an upload or a deletion, a rendition, and half of one.
        assert len(left) <= 3 * (most + 1)
        for path in settings.MEDIA_ROOT.glob("renditions/*/[!.]*"):
            Pixels.open(path).load()

    kill_at_work(work, look)
    again = upload(4)
    digest = hashlib.sha256(again.read()).hexdigest()
    assert images.store(again, by=None).sha256 == digest
    assert Image.objects.filter(sha256=digest).count() == 1
