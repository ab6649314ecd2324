"""All sections at once: menu, footer, families, colours. Read once per page, in one query."""

import hashlib
from dataclasses import dataclass
from functools import cached_property

from newsroom.lib.colors import legible

from .models import Section

# The page's background in static/newsroom/site.css, light and dark.
_PAPERS = ("#fdfcf9", "#141518")


@dataclass(frozen=True)
class Shelves:
    """The sections in the order of the menu."""

    sections: list[Section]

    @classmethod
    def load(cls) -> "Shelves":
        """Read all sections. One query."""
        return cls(list(Section.objects.order_by("position", "name")))

    @property
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
        seen: set[int] = set()
        while (parent := self._parents.get(pk)) is not None and pk not in seen:
            seen.add(pk)
            pk = parent
        return pk

    @cached_property
    def css(self) -> str:
        """A rule per section: the policy forbids style attributes, so colours are classes."""
        return "".join(
            f".s-{section.pk}{{--accent-light:{legible(section.color, _PAPERS[0])};"
            f"--accent-dark:{legible(section.color, _PAPERS[1])}}}\n"
            for section in sorted(self.sections, key=lambda section: section.pk)
        )

    @property
    def css_version(self) -> str:
        """Part of the stylesheet's address: new colours are a new address."""
        return hashlib.sha256(self.css.encode()).hexdigest()[:12]

    @cached_property
    def _parents(self) -> dict[int, int | None]:
        return {section.pk: section.parent_id for section in self.sections}
