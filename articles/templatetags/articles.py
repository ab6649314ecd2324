"""What readers' templates need beyond their context: `{% load articles %}`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from newsroom.lib import addresses, antispam, moments, richtext
from newsroom.lib.addresses import path_to
from newsroom.lib.jsonscript import as_script
from newsroom.lib.kept import Pieces
from newsroom.lib.stencils import Stencil

from .. import alerts, body, facts, jsonld, metadata, outlinks, promos
from ..alertforms import AskForm
from ..alerts import scopes
from ..models import Article, Author, Section, Subscription, Tag
from ..outlinks import Outlink
from ..promos import Placed
from ..shelves import Shelves
from ..story import Story

register = template.Library()


@register.simple_tag(takes_context=True)
def shelves(context: template.Context) -> Shelves:
    """All sections: the view's, if it has read them; else one query."""
    return context.get("shelves") or Shelves.load()


@dataclass(frozen=True)
class Place:
    """Where in the menu a page stands: all of a page that the masthead depends on."""

    path: str = ""
    app: str = ""
    view: str = ""
    section: int | None = None


@register.simple_tag(takes_context=True)
def menu_place(context: template.Context, shelves: Shelves) -> Place:
    """Where this page stands; the path only where the menu leads to it."""
    request, story = context.get("request"), context.get("story")
    section = story.article.section_id if story else None
    match = getattr(request, "resolver_match", None)
    if request is None or match is None:
        return Place(section=section)
    entries = {"/", "/jobs/", *(item.get_absolute_url() for item in shelves.menu)}
    path = request.path if request.path in entries else ""
    view = match.view_name if match.view_name == "articles:search" else ""
    return Place(path, match.app_name, view, section)


@register.simple_tag(takes_context=True)
def colors_url(context: template.Context, shelves: Shelves) -> str:
    """The address of the stylesheet with the colours of the site and its sections. No query."""
    site = context["site"]
    version = _css_versions.get((shelves, site), lambda: shelves.css_version(site))
    return path_to("articles:section-colors", version)


_css_versions: Pieces[str] = Pieces(10)


@register.simple_tag(takes_context=True)
def banner(context: template.Context, shelves: Shelves) -> dict[str, Any] | None:
    """What stands above this page at the moment, by the section of the page or its article."""
    section, story = context.get("section"), context.get("story")
    if story:
        return shelves.banner(story.article.section_id)
    return shelves.banner(getattr(section, "pk", None))


@register.simple_tag(takes_context=True)
def describe(context: template.Context, story: Story) -> metadata.Metadata:
    """The metadata of an article's page; the site's settings are those of the page. No query."""
    return metadata.describe(story, context["site"])


@register.simple_tag(takes_context=True)
def organization_data(context: template.Context) -> str:
    """The publisher as structured data, for the front page. No query."""
    return as_script(jsonld.organization(context["site"]))


@register.simple_tag(takes_context=True)
def profile_data(context: template.Context, author: Author) -> str:
    """An author as structured data, for the profile's page. No query."""
    return as_script(jsonld.profile(author, context["site"]))


@register.simple_tag
def share_links(article: Article) -> list[Outlink]:
    return outlinks.share_links(article.title_for_social, facts.url_of(article))


@register.simple_tag
def research_links(headline: str) -> list[Outlink]:
    return outlinks.research_links(headline)


@register.simple_tag
def promos_at(story: Story, slot: str) -> SafeString:
    """The promos of a place on an article's page, each under its label. No query."""
    placed = story.promos.get(slot, [])
    return format_html_join("\n", "{}", ((promos.render(one),) for one in placed))


@register.simple_tag
def promo(placed: Placed | None) -> SafeString | str:
    """One promo inside the text, if one stands there. No query."""
    return promos.render(placed) if placed else ""


@register.simple_tag
def absolute(path: str) -> str:
    """The full address of a path of this site."""
    return addresses.absolute(path)


@register.simple_tag
def moment(at: datetime | None, style: str = "full") -> SafeString | str:
    """A time in the site's zone for people and machines; style: `full`, `short`, `date`, `time`."""
    return moments.element(at, style) if at else ""


@register.simple_tag
def card_moment(at: datetime | None) -> SafeString | str:
    """The time for an article of today, the date for older ones."""
    if at is None:
        return ""
    is_today = timezone.localdate(at) == timezone.localdate()
    return moment(at, "time" if is_today else "date")


@register.simple_tag
def entry_moment(at: datetime) -> SafeString | str:
    """The time, with the date where it is not of today."""
    is_today = timezone.localdate(at) == timezone.localdate()
    return moment(at, "time" if is_today else "short")


@register.filter
def reader_html(source: str) -> str:
    """A legal page's text as readers get it: cleaned, with pictures and embeds. ≤ 1 query."""
    return body.render(richtext.clean(source)).html


_ALERT_FORM = Stencil("articles/alerts/_form.html")
_ALERT_CHOICE = Stencil("articles/alerts/_choice.html")


@register.simple_tag(takes_context=True)
def alert_form(
    context: template.Context,
    story: Story | None = None,
    section: Section | None = None,
    topic: Tag | None = None,
    author: Author | None = None,
    form: AskForm | None = None,
) -> SafeString:
    """The form that asks for alerts about what the page shows, else about the site. No query.

    `form` is one that came back with errors. What the page lacks comes as an empty text.
    """
    if story:
        choices = scopes.of_story(story.article, story.topics, [b.author for b in story.bylines])
    elif section:
        choices = [scopes.of_section(section, is_chosen=True), scopes.everything()]
    elif topic:
        choices = [scopes.of_topic(topic, is_chosen=True), scopes.everything()]
    elif author:
        choices = [scopes.of_author(author, is_chosen=True), scopes.everything()]
    else:
        choices = scopes.of_site(shelves(context).sections)
    if form:
        choices = scopes.chosen_again(choices, form.chosen)
    boxes = (
        (_ALERT_CHOICE({"is_chosen": one.is_chosen}, {"value": one.value, "label": one.label}),)
        for one in choices
    )
    shape = {
        "frequencies": Subscription.Frequency.choices,
        "frequency": form.data.get("frequency", "0") if form else "0",
        "consents": _consents(choices),
    }
    values = {
        "choices": format_html_join("", "{}", boxes),
        "token": antispam.form_token("alert"),
        "page": form.data.get("page", "") if form else context["request"].path,
    }
    if form:
        return render_to_string("articles/alerts/_form.html", {**shape, **values, "form": form})
    return _ALERT_FORM(shape, values)


@register.inclusion_tag("articles/newsletter/_form.html", takes_context=True)
def newsletter_form(context: template.Context) -> dict[str, Any]:
    """The short form that asks for the newsletter alone; the page of alerts takes it. No query."""
    choice = scopes.newsletter()
    return {
        "choice": choice,
        "consents": _consents([choice]),
        "token": antispam.form_token("alert"),
        "page": context["request"].path,
    }


def _consents(choices: list[scopes.Choice]) -> list[Any]:
    """The texts that a form with these choices asks to agree to."""
    versions = alerts.texts_for(choice.scope for choice in choices)
    return [alerts.CONSENT_TEXTS[version] for version in versions]


@register.simple_tag
def news_links(site_name: str) -> list[Outlink]:
    return outlinks.news_links(site_name)
