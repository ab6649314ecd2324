"""All sections at once: menu, footer, families, colours, with the banners that stand above them.

Standing matter: read once a process, in one query, until something of it changes.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone

from newsroom.lib.colors import boxes, legible
from newsroom.lib.prepared import prepared
from newsroom.models import SiteSettings
from newsroom.models.standing import Standing

from .models import Banner, Section


@dataclass(frozen=True)
class Shelves:
    """The sections in the order of the menu."""

    sections: list[Section]

    @classmethod
    def load(cls, at: datetime | None = None) -> "Shelves":
        """Return all sections and the banners of a moment (default: now). One query, or none."""
        return _standing() if at is None else cls(_sections(at))

    @property
    def until(self) -> datetime | None:
        """When the next banner goes up or comes down."""
        changes = [vars(row).get(name) for row in self.sections[:1] for name in ("rises", "falls")]
        return min((at for at in changes if at is not None), default=None)

    @cached_property
    def menu(self) -> list[Section]:
        """What the head of every page shows."""
        return [s for s in self.sections if s.is_in_menu and s.parent_id is None]

    def find(self, slug: str) -> Section | None:
        return next((section for section in self.sections if section.slug == slug), None)

    def children(self, section: Section) -> list[Section]:
        """The sections right below one."""
        return [other for other in self.sections if other.parent_id == section.pk]

    def family(self, section: Section) -> list[int]:
        """Ids of a section and of all below it."""
        ids = [section.pk]
        for pk in ids:  # grows while it is walked
            ids += [s.pk for s in self.sections if s.parent_id == pk and s.pk not in ids]
        return ids

    def root(self, pk: int) -> int:
        """The id of the topmost section above one, or its own."""
        return list(self._line(pk))[-1]

    def banner(self, section: int | None = None) -> dict[str, Any] | None:
        """What stands above a page: text, link and level; the more urgent of two, or none.

        `section` is that of the page or its article; a banner of a section holds below it too.
        """
        found = [vars(row).get("banner_everywhere") for row in self.sections[:1]]
        above = set(self._line(section)) if section is not None else set()
        found += [vars(row).get("banner_here") for row in self.sections if row.pk in above]
        standing = [banner for banner in found if banner is not None]
        return min(standing, key=lambda banner: (banner["urgency"], -banner["id"]), default=None)

    def css(self, site: SiteSettings) -> str:
        """The site's colours and a rule per section: the policy forbids style attributes."""
        light, dark = boxes(site.paper_color)
        return site.css + "".join(
            f".s-{section.pk}{{--accent-light:{legible(section.color, light)};"
            f"--accent-dark:{legible(section.color, dark)}}}\n"
            for section in sorted(self.sections, key=lambda section: section.pk)
        )

    def css_version(self, site: SiteSettings) -> str:
        """Part of the stylesheet's address: new colours are a new address."""
        return hashlib.sha256(self.css(site).encode()).hexdigest()[:12]

    @cached_property
    def _parents(self) -> dict[int, int | None]:
        return {section.pk: section.parent_id for section in self.sections}

    def _line(self, pk: int) -> Iterator[int]:
        """Yield the id of a section and of those above it."""
        seen: set[int] = set()
        above: int | None = pk
        while above is not None and above not in seen:
            seen.add(above)
            yield above
            above = self._parents.get(above)


@prepared
def _sections(now: datetime) -> QuerySet[Section]:
    banners = Banner.objects.at(now)
    rises = Banner.objects.filter(starts_at__gt=now).order_by("starts_at").values("starts_at")
    falls = Banner.objects.filter(ends_at__gt=now).order_by("ends_at").values("ends_at")
    return Section.objects.annotate(
        banner_here=_first(banners.filter(sections=OuterRef("pk"))),
        banner_everywhere=_first(banners.filter(sections=None)),
        rises=Subquery(rises[:1]),
        falls=Subquery(falls[:1]),
    ).order_by("position", "name")


_standing: Standing[Shelves] = Standing(
    lambda: Shelves(_sections(timezone.now())), until=lambda shelves: shelves.until
)


def _first(banners: QuerySet[Banner]) -> Subquery:
    """The first banner as one column, so that it rides along with the sections."""
    line = JSONObject(id="pk", text="text", link="link", level="level", urgency="urgency")
    return Subquery(banners.values(line=line)[:1])
