"""Rows for tests, made through the verbs wherever a verb makes them in life."""

from datetime import datetime, timedelta
from typing import Any

import factory
from django.contrib.auth.models import Group
from django.utils import timezone

from articles import content, workflow
from articles.models import (
    Article,
    Author,
    Dossier,
    Image,
    NewsletterIssue,
    Promo,
    PromoSlot,
    Section,
)
from newsroom.models import User


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"user{n}")
    is_staff = True
    password = factory.django.Password("correct horse")

    @factory.post_generation
    def role(self, create, extracted, **kwargs):
        """`UserFactory(role="Editor")`: a member of that group."""
        if extracted:
            self.groups.add(Group.objects.get(name=extracted))


class SectionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Section

    name = factory.Sequence(lambda n: f"Section {n}")
    slug = factory.Sequence(lambda n: f"section-{n}")


class AuthorFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Author

    name = factory.Sequence(lambda n: f"Author {n}")
    slug = factory.Sequence(lambda n: f"author-{n}")


class DossierFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Dossier

    title = factory.Sequence(lambda n: f"Dossier {n}")
    slug = factory.Sequence(lambda n: f"dossier-{n}")


class ImageFactory(factory.django.DjangoModelFactory):
    """A library row without a file; tests of files store real ones."""

    class Meta:
        model = Image

    title = factory.Sequence(lambda n: f"Picture {n}")
    alt = "A picture of something"
    credit = "Somebody"
    file = factory.Sequence(lambda n: f"originals/{n}.png")
    width = 1600
    height = 900
    byte_size = 1000
    sha256 = factory.Sequence(lambda n: f"{n:064x}")


def make_content(**values: Any) -> content.Content:
    """A complete content; `section` may be left out."""
    values.setdefault("headline", "Bridge closed")
    values.setdefault("standfirst", "The old bridge is closed for two weeks.")
    values.setdefault("body", "<p>The city closed the bridge on Monday.</p>")
    if "section" not in values:
        values["section"] = SectionFactory().pk
    return content.make(values)


def make_draft(*, by: User | None = None, **values: Any) -> Article:
    """A draft with its first revision."""
    return workflow.create(make_content(**values), by=by or UserFactory(role="Reporter"))


def make_article(*, at: datetime | None = None, **values: Any) -> Article:
    """A published article: just now, or as imported with its own time."""
    status = values.pop("status", "published")
    (article,) = workflow.place(
        [
            workflow.Placement(
                content=make_content(**values),
                status=status,
                published_at=at or timezone.now(),
            )
        ]
    )
    return Article.objects.get(pk=article.pk)


class PromoFactory(factory.django.DjangoModelFactory):
    """A running advertisement for every place."""

    class Meta:
        model = Promo

    kind = "product"
    title = factory.Sequence(lambda n: f"Offer {n}")
    text = "Good and cheap."
    target = "https://shop.example/"
    slots = factory.LazyFunction(lambda: list(PromoSlot.values))
    starts_at = factory.LazyFunction(lambda: timezone.now() - timedelta(hours=1))


def make_issue(**values: Any) -> NewsletterIssue:
    """An issue of the newsletter in the state that its times tell."""
    state = "scheduled" if "scheduled_for" in values else "draft"
    return NewsletterIssue.objects.create(
        state="sent" if "sent_at" in values else state, **{"subject": "The week", **values}
    )
