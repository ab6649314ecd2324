"""Which promos stand where: chosen by rules, the same for every reader within an hour.

The article's page, feeds and mails ask here and get `Placed`s; `render` is the only way from one to
readers' eyes, and it prints the label.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from newsroom.lib.addresses import absolute
from newsroom.lib.kept import Pieces
from newsroom.models.standing import Standing

from .models import Article, Promo, PromoChoice, PromoSlot, TaggedArticle

# How many stand in a place at most; inside a text also no more than it has gaps for.
PLACES = {
    PromoSlot.AFTER_LEAD: 1,
    PromoSlot.IN_TEXT: 3,
    PromoSlot.END: 3,
    PromoSlot.SIDEBAR: 2,
    PromoSlot.FEED: 1,
    PromoSlot.MAIL: 1,
}
ON_PAGE = (PromoSlot.AFTER_LEAD, PromoSlot.IN_TEXT, PromoSlot.END, PromoSlot.SIDEBAR)


@dataclass(frozen=True)
class Placed:
    """A promo in its place; made here only."""

    promo: Promo
    slot: PromoSlot
    section: str

    @property
    def path(self) -> str:
        """The address that counts the click."""
        return self.promo.link(self.slot, self.section)


@dataclass(frozen=True)
class Surroundings:
    """What of an article decides: its number, sections from its own upwards, topics."""

    article: int
    sections: tuple[int, ...]
    section_slug: str
    tags: frozenset[int]
    is_sensitive: bool = False


@dataclass
class Rules:
    """A promo with everything that decides where it stands. `picks`: article → (kind, place)."""

    promo: Promo
    sections: dict[bool, set[int]] = field(default_factory=lambda: {False: set(), True: set()})
    tags: dict[bool, set[int]] = field(default_factory=lambda: {False: set(), True: set()})
    picks: dict[int, tuple[str, int]] = field(default_factory=dict)

    def objection(self, about: Surroundings) -> str:
        """Say why it does not stand beside an article; "" where nothing speaks against it."""
        kind = self.picks.get(about.article, ("", 0))[0]
        if kind == PromoChoice.Kind.BANNED:
            return _("An editor has banned it here.")
        if not self.promo.is_running:
            return _("It is not running at the moment.")
        if kind == PromoChoice.Kind.PINNED:
            return ""
        if self.sections[True] & set(about.sections):
            return _("This section is excluded.")
        if self.tags[True] & about.tags:
            return _("A topic of the article is excluded.")
        if self.sections[False] and not self.sections[False] & set(about.sections):
            return _("It is meant for other sections.")
        if self.tags[False] and not self.tags[False] & about.tags:
            return _("The article has none of its topics.")
        return ""


def surroundings(article: Article, tags: Iterable[int]) -> Surroundings:
    """Describe an article that was read with its section and the one above. No query."""
    section = article.section
    above = (section.parent_id,) if section.parent_id else ()
    return Surroundings(
        article.pk or 0, (section.pk, *above), section.slug, frozenset(tags), article.is_sensitive
    )


# --- Choosing -------------------------------------------------------------------------------------


def for_page(
    about: Surroundings, *, gaps: int, picks: Mapping[int, tuple[str, int]] | None = None
) -> dict[str, list[Placed]]:
    """Return what stands on an article's page, by slot; none beside a sensitive text.

    `gaps` is how many promos the text has room for; `picks` are the article's choices if the
    caller knows them: promo → (kind, position). Then no query while no promo changes, else one.
    """
    if about.is_sensitive:
        return {}
    if picks is None:
        return place(gather([about.article]), about, ON_PAGE, gaps=gaps)
    return place(_standing_with({about.article: picks}), about, ON_PAGE, gaps=gaps)


def for_feed(
    articles: Sequence[Surroundings], picks: Mapping[int, Mapping[int, tuple[str, int]]]
) -> dict[int, Placed]:
    """Return the promo of each feed item that has one, by article.

    `picks` are the articles' choices: article → promo → (kind, position). No query while no promo
    changes, else one.
    """
    rules = [rule for rule in _standing_with(picks) if PromoSlot.FEED in rule.promo.slots]
    return _one_each(articles, PromoSlot.FEED, rules)


def _standing_with(picks: Mapping[int, Mapping[int, tuple[str, int]]]) -> list[Rules]:
    """Return the promos that have not ended with the choices of some articles."""
    chosen: dict[int, dict[int, tuple[str, int]]] = {}
    for article, promos in picks.items():
        for promo, choice in promos.items():
            chosen.setdefault(promo, {})[article] = choice
    return [
        replace(rule, picks=chosen[rule.promo.pk]) if rule.promo.pk in chosen else rule
        for rule in _standing()
    ]


def for_mail(articles: Sequence[Surroundings]) -> Placed | None:
    """Return the promo of a mail about these articles, if there is one. One query.

    None where one of the articles is sensitive: it would stand beside that, too.
    """
    if not articles or any(about.is_sensitive for about in articles):
        return None
    rules = gather([about.article for about in articles])
    found = _one_each(articles, PromoSlot.MAIL, rules)
    return next((found[about.article] for about in articles if about.article in found), None)


def mail_context(articles: Sequence[Article]) -> dict[str, str]:
    """Return the promo of a mail about these articles, for its templates; empty if there is none.

    In the language that is active. Two queries: topics and promos.
    """
    tags: dict[int, list[int]] = {article.pk: [] for article in articles}
    tagged = TaggedArticle.objects.filter(content_object__in=list(tags))
    for article_id, tag in tagged.values_list("content_object", "tag"):
        tags[article_id].append(tag)
    placed = for_mail([surroundings(article, tags[article.pk]) for article in articles])
    if placed is None:
        return {}
    return {"promo_html": render(placed), "promo_text": render_text(placed)}


def _one_each(
    articles: Sequence[Surroundings], slot: PromoSlot, rules: Sequence[Rules]
) -> dict[int, Placed]:
    found = {}
    for about in articles:
        if not about.is_sensitive and (chosen := place(rules, about, [slot]).get(slot)):
            found[about.article] = chosen[0]
    return found


def gather(articles: Collection[int], *, running: bool = True) -> list[Rules]:
    """Read promos with their rules and the editors' choices for some articles. One query."""
    promos = Promo.objects.running() if running else Promo.objects.all()
    rules: dict[int, Rules] = {}
    for row in promos.with_rules(list(articles)):
        rule = rules.setdefault(row.pk, Rules(row))
        values = vars(row)
        if values["target_section"]:
            rule.sections[values["target_is_excluded"]].add(values["target_section"])
        if values["target_tag"]:
            rule.tags[values["target_is_excluded"]].add(values["target_tag"])
        if values["chosen_for"]:
            rule.picks[values["chosen_for"]] = (values["chosen_kind"], values["chosen_position"])
    return list(rules.values())


# Promos that have not ended, with their rules; which of them run, place() asks of each.
_standing: Standing[list[Rules]] = Standing(
    lambda: [rule for rule in gather([0], running=False) if not rule.promo.has_ended]
)


def place(
    rules: Sequence[Rules],
    about: Surroundings,
    slots: Iterable[PromoSlot],
    *,
    gaps: int = 0,
    now: datetime | None = None,
) -> dict[str, list[Placed]]:
    """Fill the slots in their order, no promo more often than it may stand on one page."""
    hour = int((now or timezone.now()).timestamp() // 3600)
    fitting = [rule for rule in rules if not rule.objection(about)]
    shown: Counter[int] = Counter()
    placed: dict[str, list[Placed]] = {}
    for slot in slots:
        room = min(PLACES[slot], gaps) if slot == PromoSlot.IN_TEXT else PLACES[slot]
        for rule in sorted(fitting, key=lambda rule: _turn(rule, about, slot, hour)):
            promo = rule.promo
            if not room:
                break
            if slot in promo.slots and shown[promo.pk] < promo.most_per_page:
                placed.setdefault(slot, []).append(Placed(promo, slot, about.section_slug))
                shown[promo.pk] += 1
                room -= 1
    return placed


def _turn(rule: Rules, about: Surroundings, slot: str, hour: int) -> tuple[float, float, int]:
    """Pinned ones first, then a draw in which the weight counts, the same for a whole hour.

    Smallest of -ln(u)/weight: Efraimidis & Spirakis, "Weighted random sampling" (2006).
    """
    kind, position = rule.picks.get(about.article, ("", 0))
    is_pinned = kind == PromoChoice.Kind.PINNED
    name = f"{about.article}/{slot}/{hour}/{rule.promo.pk}"
    number = int.from_bytes(sha256(name.encode()).digest()[:8])
    u = (number + 1) / (2**64 + 1)
    draw = -math.log(u) / rule.promo.weight
    return (position if is_pinned else math.inf, draw, rule.promo.pk)


# --- Showing --------------------------------------------------------------------------------------

_pieces: Pieces[SafeString] = Pieces(300)
_TEMPLATES = {
    PromoSlot.FEED: "articles/promos/feed.html",
    PromoSlot.MAIL: "articles/promos/mail.html",
}


def render(placed: Placed) -> SafeString:
    """Return a promo as readers get it, in its place, under its label. No query.

    The only way from a promo to readers: page, feed and mail. Feeds and mails get whole addresses.
    """
    return _pieces.get((placed,), lambda: _written(placed))


def _written(placed: Placed) -> SafeString:
    template = _TEMPLATES.get(placed.slot, "articles/promos/page.html")
    context = {
        "promo": placed.promo,
        "label": placed.promo.label,
        "slot": placed.slot,
        "path": placed.path,
        "url": absolute(placed.path),
    }
    return render_to_string(template, context)


def render_text(placed: Placed) -> str:
    """Return a promo for the text part of a mail: label, title, words, address, a line each."""
    promo = placed.promo
    lines = [f"[{promo.label}]", promo.title, promo.text, absolute(placed.path)]
    return "\n".join(line for line in lines if line)


# --- Explaining -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Verdict:
    """One promo beside one article: where it stands now, or why not."""

    promo: Promo
    slots: list[str]
    is_pinned: bool
    why: str


def explain(about: Surroundings, *, gaps: int) -> list[Verdict]:
    """Return every promo that has not ended, those that stand on the page first. One query."""
    rules = [rule for rule in gather([about.article], running=False) if not rule.promo.has_ended]
    placed = {} if about.is_sensitive else place(rules, about, PromoSlot, gaps=gaps)
    where: dict[int, list[str]] = {}
    for slot, chosen in placed.items():
        for one in chosen:
            where.setdefault(one.promo.pk, []).append(str(PromoSlot(slot).label))
    verdicts = [_verdict(rule, about, where.get(rule.promo.pk, [])) for rule in rules]
    return sorted(verdicts, key=lambda verdict: (not verdict.slots, verdict.promo.title))


def _verdict(rule: Rules, about: Surroundings, slots: list[str]) -> Verdict:
    is_pinned = rule.picks.get(about.article, ("", 0))[0] == PromoChoice.Kind.PINNED
    if about.is_sensitive:
        why = _("Beside a sensitive text no promo stands.")
    elif objection := rule.objection(about):
        why = objection
    elif is_pinned:
        why = _("An editor has pinned it here.")
    elif slots:
        why = _("It fits and was drawn for this hour; its weight is %(weight)s.") % {
            "weight": rule.promo.weight
        }
    else:
        why = _("It fits, but others were drawn for this hour.")
    return Verdict(rule.promo, slots, is_pinned, why)
