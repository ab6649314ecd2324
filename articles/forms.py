"""The article's form with its rows. It makes a Content; the workflow's verbs take it from there.

Nothing here reads or writes the live rows: bylines, topics, dossiers, related articles and promos
belong to the revision on which the form was opened.
"""

import csv
from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.forms.formsets import DELETION_FIELD_NAME, ORDERING_FIELD_NAME
from django.utils.translation import gettext_lazy as _
from django_prose_editor.fields import ProseEditorFormField
from django_prose_editor.widgets import AdminProseEditorWidget

from newsroom.lib import richtext

from . import content
from .content import Content
from .models import (
    AIUse,
    Article,
    Author,
    Byline,
    Dossier,
    Genre,
    Image,
    Promo,
    PromoChoice,
    RelatedArticle,
    Section,
)


def _own(name: str, help_text: Any = "", **options: Any) -> Any:
    """Return the article's own form field: its label and length, with our words for editors."""
    field: Any = Article._meta.get_field(name)
    made = field.formfield(required=False, **options)
    made.help_text = help_text or made.help_text
    return made


class ArticleForm(forms.Form):
    """The text and what belongs to it, except the rows below."""

    kicker = _own("kicker", _("A word or two above the headline: the place, the subject."))
    headline = _own(
        "headline",
        _("What happened, in one line. 40 to 75 characters read best."),
        # It may break on the screen; saved as a line.
        widget=forms.Textarea(attrs={"rows": 1}),
    )
    standfirst = _own(
        "standfirst",
        _("Two or three sentences that stand alone: lists, search results and mails show them."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    dateline = forms.CharField(
        label=_("Dateline"),
        required=False,
        max_length=500,
        help_text=_(
            "Places only, such as “Washington / London”. Source and dash come by themselves."
        ),
    )
    body = ProseEditorFormField(
        label=_("Text"),
        required=False,
        config={"extensions": richtext.EXTENSIONS},
        sanitize=richtext.clean,
        widget=AdminProseEditorWidget,
    )
    section = forms.ModelChoiceField(
        Section.objects.all(), label=_("Section"), empty_label=None, help_text=_("Where it stands.")
    )
    tags = forms.CharField(
        label=_("Topics"),
        required=False,
        max_length=2000,
        help_text=_("Separated by commas. New ones are made when you save."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    dossiers = forms.ModelMultipleChoiceField(
        Dossier.objects.all(),
        label=_("Dossiers"),
        required=False,
        help_text=_("Collections in which it stands."),
        widget=AutocompleteSelectMultiple(Article._meta.get_field("dossiers"), admin.site),
    )
    lead_image = forms.ModelChoiceField(
        Image.objects.all(),
        label=_("Lead image"),
        required=False,
        help_text=_("Lists, social media and the head of the article show it."),
        widget=forms.NumberInput(attrs={"min": 1}),
    )
    lead_caption = _own("lead_caption", _("Replaces the picture's own caption in this article."))
    front_headline = _own("front_headline", _("Shorter, for front pages. Empty: the headline."))
    seo_title = _own("seo_title", _("With the words people search for. Empty: the headline."))
    seo_description = _own(
        "seo_description",
        _("120 to 160 characters. Empty: the standfirst."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    social_title = _own("social_title", _("Empty: the title for search engines."))
    slug = _own(
        "slug", _("Last part of the address. Empty: made from the headline. Old addresses lead on.")
    )
    genre = forms.ChoiceField(
        label=_("Kind of text"),
        choices=Genre.choices,
        required=False,
        help_text=_(
            "Search engines are told. Readers see it for opinion, analysis, review and "
            "advertisement; what is paid for must be called an advertisement."
        ),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=[("", _("That of the site")), *settings.LANGUAGES],
        required=False,
    )
    translation_of = forms.ModelChoiceField(
        Article.objects.all(),
        label=_("Translation of"),
        required=False,
        help_text=_("The article in its first language: the two then lead to each other."),
        widget=AutocompleteSelect(Article._meta.get_field("translation_of"), admin.site),
    )
    canonical_url = _own(
        "canonical_url",
        _("For agency copy and syndication: the address of the original."),
        assume_scheme="https",
    )
    is_sensitive = _own(
        "is_sensitive", _("Death, violence, suicide: no advertising and no teasers beside it.")
    )
    is_evergreen = _own(
        "is_evergreen", _("Stays worth reading: offered beside other articles however old it is.")
    )
    comments_enabled = _own("comments_enabled", _("Readers may comment."))
    ai_use = forms.ChoiceField(
        label=_("Use of AI"),
        choices=AIUse.choices,
        required=False,
        help_text=_("Readers are told, unless somebody here has read it and answers for it."),
    )

    def clean_dateline(self) -> list[str]:
        """Read "A / B" as places."""
        return [place.strip() for place in self.cleaned_data["dateline"].split("/")]

    def clean_tags(self) -> list[str]:
        """Read names between commas; a name that has one stands in quotation marks."""
        return split_names(self.cleaned_data["tags"])


class BylineForm(forms.Form):
    """One name above the text."""

    author = forms.ModelChoiceField(
        Author.objects.all(),
        label=_("Author"),
        required=False,
        widget=AutocompleteSelect(Byline._meta.get_field("author"), admin.site),
    )
    role = forms.ChoiceField(
        label=_("Role"), choices=Byline.Role.choices, initial=Byline.Role.TEXT, required=False
    )


class RelatedForm(forms.Form):
    """One article that always or never stands beside this one."""

    article = forms.ModelChoiceField(
        Article.objects.all(),
        label=_("Article"),
        required=False,
        widget=AutocompleteSelect(RelatedArticle._meta.get_field("other"), admin.site),
    )
    kind = forms.ChoiceField(
        label=_("How"),
        choices=RelatedArticle.Kind.choices,
        initial=RelatedArticle.Kind.PINNED,
        required=False,
    )


class PromoForm(forms.Form):
    """One promo that always or never stands beside this article."""

    promo = forms.ModelChoiceField(
        Promo.objects.all(),
        label=_("Promo"),
        required=False,
        widget=AutocompleteSelect(PromoChoice._meta.get_field("promo"), admin.site),
    )
    kind = forms.ChoiceField(
        label=_("How"),
        choices=PromoChoice.Kind.choices,
        initial=PromoChoice.Kind.PINNED,
        required=False,
    )


_rows = {"extra": 1, "can_order": True, "can_delete": True, "max_num": 30}
BylineFormSet = forms.formset_factory(BylineForm, **_rows)  # type: ignore[arg-type]
RelatedFormSet = forms.formset_factory(RelatedForm, **_rows)  # type: ignore[arg-type]
PromoFormSet = forms.formset_factory(PromoForm, **_rows)  # type: ignore[arg-type]


class ArticleSheet:
    """The form and its three sets of rows as one thing."""

    def __init__(
        self,
        *,
        data: Mapping[str, Any] | None = None,
        content: Content | None = None,
        section: int | None = None,
        has_appeared: bool = False,
    ) -> None:
        """Bind to posted data, or show a content; without one an empty sheet in `section`.

        The address of a text that never appeared follows the headline: it stays out of the field
        as long as it is the one that the headline makes.
        """
        initial: dict[str, Any] = {"section": section, "comments_enabled": True}
        if content is not None:
            initial = _initial(content, has_appeared)
        bylines, related, promos = (
            initial.get(name, []) for name in ("bylines", "related", "promos")
        )
        self.form = ArticleForm(data, initial=initial)
        self.bylines = BylineFormSet(data, initial=bylines, prefix="bylines")
        self.related = RelatedFormSet(data, initial=related, prefix="related")
        self.promos = PromoFormSet(data, initial=promos, prefix="promos")

    @property
    def rows(self) -> list[Any]:
        """The sets of rows."""
        return [self.bylines, self.related, self.promos]

    @property
    def media(self) -> forms.Media:
        """The editor's and the pickers' scripts and styles."""
        return sum((rows.empty_form.media for rows in self.rows), self.form.media)

    def is_valid(self) -> bool:
        """Validate all of them, so that all errors show at once."""
        valid = [part.is_valid() for part in (self.form, *self.rows)]
        return all(valid)

    def to_content(self) -> Content:
        """Return what a valid sheet says."""
        return content.make(self._values(self.form.cleaned_data))

    def draft(self) -> Content | None:
        """Return what even an invalid sheet says, for the autosave; None without a section.

        Fields that do not validate count as typed, as far as the columns hold them; what is no web
        address is none.
        """
        self.is_valid()
        section = self.form.cleaned_data.get("section")
        if section is None:
            return None
        typed: dict[str, Any] = {
            name: self.form.data.get(name, "")
            for name in self.form.errors
            if name not in {"dossiers", "lead_image", "ai_use", "translation_of"}
        }
        if "tags" in typed:
            typed["tags"] = split_names(typed["tags"])
        if "dateline" in typed:
            typed["dateline"] = typed["dateline"].split("/")
        return content.make(self._values({**typed, **self.form.cleaned_data}))

    def _values(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        image, original = fields.get("lead_image"), fields.get("translation_of")
        return {
            **fields,
            "section": fields["section"].pk,
            "lead_image": image.pk if image else None,
            "translation_of": original.pk if original else None,
            "dossiers": [dossier.pk for dossier in fields.get("dossiers") or []],
            "bylines": [
                {"author": row["author"].pk, "role": row["role"]}
                for row in _kept(self.bylines, "author")
            ],
            "related": [
                {"article": row["article"].pk, "kind": row["kind"]}
                for row in _kept(self.related, "article")
            ],
            "promos": [
                {"promo": row["promo"].pk, "kind": row["kind"]}
                for row in _kept(self.promos, "promo")
            ],
        }


def _kept(rows: Any, key: str) -> list[dict[str, Any]]:
    """Return the filled rows that are not marked for deletion, in their order."""
    filled = [
        form.cleaned_data
        for form in rows.forms
        if form.is_bound and form.is_valid() and form.cleaned_data.get(key)
    ]
    kept = [row for row in filled if not row.get(DELETION_FIELD_NAME)]
    return sorted(kept, key=lambda row: row.get(ORDERING_FIELD_NAME) or 10_000)


def _initial(shown: Content, has_appeared: bool) -> dict[str, Any]:
    bare = content.make({"headline": shown["headline"], "section": 0})
    follows = not has_appeared and shown["slug"] == bare["slug"]
    return {
        **shown,
        "slug": "" if follows else shown["slug"],
        "dateline": " / ".join(shown["dateline"]),
        "tags": join_names(shown["tags"]),
    }


def split_names(text: str) -> list[str]:
    """Read a line of names between commas, as a spreadsheet would."""
    line = " ".join(text.split())[:10_000]
    return [name.strip() for row in csv.reader([line], skipinitialspace=True) for name in row]


def join_names(names: list[str]) -> str:
    """Write names as the line that split_names reads."""
    return ", ".join(_quoted(name) if set(name) & {",", '"'} else name for name in names)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
