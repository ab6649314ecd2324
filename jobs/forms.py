"""The form in which employers, and the desk, write a job. It makes an Advert; verbs take it."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from newsroom.lib.readerforms import ReaderForm

from . import countries, description, titles
from .advert import CURRENCIES, LONGEST_DESCRIPTION, Advert, Place
from .models import Job, Remote, SalaryUnit, Type
from .moderation import DEFAULT_DAYS, MOST_DAYS

NEUTRAL_SUFFIX = "(m/w/d)"
# Where the advert's rules speak of something that has another name, or none, in the form.
_FIELD_OF = {"places": "locality", "language": "language"}


class AdvertForm(ReaderForm):
    """What a job says. Texts in, texts out: HTML is made and taken apart by description.py."""

    # Neither required nor optional: others decide.
    DEPENDING = frozenset(
        {
            "locality",
            "country",
            "remote_countries",
            "salary_currency",
            "salary_unit",
            "apply_url",
            "apply_email",
        }
    )

    title = forms.CharField(
        label=_("Title"), max_length=160, help_text=_("What the work is called, without slogans.")
    )
    employer = forms.CharField(label=_("Employer"), max_length=140)
    employer_url = forms.URLField(
        label=_("Employer's website"), max_length=500, required=False, assume_scheme="https"
    )
    language = forms.ChoiceField(label=_("Language of the advert"), choices=settings.LANGUAGES)
    locality = forms.CharField(label=_("Town"), max_length=60, required=False)
    region = forms.CharField(label=_("Region"), max_length=60, required=False)
    country = forms.ChoiceField(label=_("Country"), required=False)
    more_places = forms.CharField(
        label=_("More places"),
        max_length=1500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One a line: town, country. Or town, region, country."),
    )
    remote = forms.ChoiceField(
        label=_("Remote work"), choices=Remote.choices, widget=forms.RadioSelect
    )
    remote_countries = forms.CharField(
        label=_("Where people may live"),
        max_length=1000,
        required=False,
        help_text=_("For fully remote jobs only: countries, separated by commas."),
    )
    employment_types = forms.MultipleChoiceField(
        label=_("Kind of employment"), choices=Type.choices, widget=forms.CheckboxSelectMultiple
    )
    salary_min = forms.DecimalField(
        label=_("Salary from"), required=False, localize=True, decimal_places=2, max_digits=10
    )
    salary_max = forms.DecimalField(
        label=_("Salary up to"), required=False, localize=True, decimal_places=2, max_digits=10
    )
    salary_currency = forms.ChoiceField(
        label=_("Currency"), required=False, choices=[(code, code) for code in CURRENCIES]
    )
    salary_unit = forms.ChoiceField(label=_("Period"), required=False, choices=SalaryUnit.choices)
    description = forms.CharField(
        label=_("Description"),
        max_length=LONGEST_DESCRIPTION,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text=_("Blank lines make paragraphs, lines that begin with a dash make a list."),
    )
    apply_url = forms.URLField(
        label=_("Page for applications"), max_length=1000, required=False, assume_scheme="https"
    )
    apply_email = forms.EmailField(
        label=_("or e-mail address"), required=False, help_text=_("Readers see it.")
    )
    is_direct_apply = forms.BooleanField(
        label=_("One can apply there at once, without an account"), required=False
    )
    tags = forms.CharField(
        label=_("Tags"),
        max_length=640,
        required=False,
        help_text=_("Skills and subjects, separated by commas: robotics, Python, night shift."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        country: Any = self.fields["country"]
        country.choices = [("", "—"), *countries.names(_language()).items()]
        for name, value in {
            "country": "DE" if _language() == "de" else "",
            "language": settings.LANGUAGE_CODE[:2],
            "remote": Remote.NONE,
            "salary_unit": SalaryUnit.MONTH if _language() == "de" else SalaryUnit.YEAR,
        }.items():
            self.fields[name].initial = value

    def clean(self) -> dict[str, Any]:
        """Build the advert; what its rules refuse is said beside the field that it is about."""
        values: dict[str, Any] = super().clean() or {}
        if self.errors:
            return values
        try:
            self.advert = _advert(values).tidy()
            self.advert.check()
        except ValidationError as error:
            for name, messages in error.message_dict.items():
                field = _FIELD_OF.get(name, name)
                self.add_error(field if field in self.fields else None, messages)
        return values

    @property
    def lacks_neutral_form(self) -> bool:
        """Whether a valid form's title is a German one that seems to look for one sex only."""
        return lacks_neutral_form(self.advert)


class SubmissionForm(AdvertForm):
    """What a stranger fills in: the job, how long, and where to mail the link that confirms it."""

    days = forms.IntegerField(
        label=_("Days online"), min_value=1, max_value=MOST_DAYS, initial=DEFAULT_DAYS
    )
    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("For the link with which you confirm, change and end the job. Never shown."),
    )


def lacks_neutral_form(advert: Advert) -> bool:
    """Tell whether a German advert's title seems to look for one sex only (AGG § 11)."""
    return advert.language == "de" and not titles.normalise(advert.title).has_neutral_form


def initial_of(advert: Advert) -> dict[str, Any]:
    """Return an advert as the form shows it."""
    first = advert.places[0] if advert.places else Place("", "")
    return {
        **{name: getattr(advert, name) for name in _SAME},
        "locality": first.locality,
        "region": first.region,
        "country": first.country,
        "more_places": "\n".join(_typed(place) for place in advert.places[1:]),
        "remote_countries": ", ".join(countries.name(code) for code in advert.remote_countries),
        "employment_types": list(advert.employment_types),
        "description": description.to_text(advert.description),
        "tags": ", ".join(advert.tags),
    }


_SAME = (
    "title", "employer", "employer_url", "language", "remote", "salary_min", "salary_max",
    "salary_currency", "salary_unit", "apply_url", "apply_email", "is_direct_apply",
)  # fmt: skip


def advert_of(job: Job) -> Advert:
    """Return what an employer goes on writing at: his last text, decided on or not."""
    return Advert.from_json(job.proposed) if job.proposed_at is not None else Advert.of(job)


def _language() -> str:
    return settings.LANGUAGE_CODE[:2]


def _advert(values: Mapping[str, Any]) -> Advert:
    """Raises ValidationError for places and countries that cannot be read."""
    return Advert(
        **{name: values[name] for name in _SAME},
        description=description.from_text(values["description"]),
        places=tuple(_places(values)),
        remote_countries=tuple(_countries(values["remote_countries"])),
        employment_types=tuple(values["employment_types"]),
        tags=tuple(tag for tag in map(str.strip, values["tags"].split(",")) if tag),
    )


def _places(values: Mapping[str, Any]) -> list[Place]:
    places = []
    if values["locality"]:
        places.append(Place(values["locality"], values["country"], values["region"]))
    for line in filter(str.strip, values["more_places"].splitlines()):
        locality, *region = [part.strip() for part in line.split(",")]
        code = countries.read(region.pop()) if region else None
        if not locality or code is None:
            raise ValidationError(
                {"more_places": _("“%(line)s”: give a town and a country.") % {"line": line}}
            )
        places.append(Place(locality, code, ", ".join(region)))
    return places


def _countries(text: str) -> list[str]:
    codes = []
    for typed in filter(str.strip, text.split(",")):
        code = countries.read(typed)
        if code is None:
            raise ValidationError(
                {"remote_countries": _("“%(name)s” is no country.") % {"name": typed.strip()}}
            )
        codes.append(code)
    return codes


def _typed(place: Place) -> str:
    return ", ".join(filter(None, [place.locality, place.region, countries.name(place.country)]))
