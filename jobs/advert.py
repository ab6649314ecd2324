"""What a job says, as plain data, and the rules for it. Forms, feeds and verbs all speak this."""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from decimal import Decimal
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from newsroom.lib.richtext import is_web_address
from newsroom.lib.xmltext import allowed

from . import countries, description
from .models import Job, Remote, SalaryUnit, Type

CURRENCIES = ("EUR", "CHF", "GBP", "USD", "PLN", "CZK", "DKK", "SEK", "NOK", "HUF", "RON", "BGN")
LONGEST = {"title": 160, "employer": 140, "apply_url": 1000, "employer_url": 500}
MOST_PLACES, MOST_TAGS, MOST_COUNTRIES = 10, 10, 60
LONGEST_TAG = LONGEST_PLACE = 60
SHORTEST_DESCRIPTION, LONGEST_DESCRIPTION = 30, 30_000
HIGHEST_SALARY = 10_000_000


@dataclass(frozen=True)
class Place:
    """Where the work is done; the country as ISO 3166-1 has it ("DE")."""

    locality: str
    country: str
    region: str = ""


@dataclass(frozen=True)
class Advert:
    """The content of a job. Texts are as typed; `description` is HTML of the allow list."""

    title: str
    employer: str
    description: str
    employer_url: str = ""
    language: str = ""
    places: tuple[Place, ...] = ()
    remote: str = Remote.NONE
    remote_countries: tuple[str, ...] = ()
    employment_types: tuple[str, ...] = ()
    salary_min: Decimal | None = None
    salary_max: Decimal | None = None
    salary_currency: str = ""
    salary_unit: str = ""
    apply_url: str = ""
    apply_email: str = ""
    is_direct_apply: bool = False
    tags: tuple[str, ...] = ()

    @classmethod
    def of(cls, job: Job) -> Self:
        """Return what readers see of a job."""
        return cls.from_json(
            {
                **{name: getattr(job, name) for name in FIELDS if name != "employer"},
                "employer": job.employer.name,
            }
        )

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """Return the advert that to_json() has written down."""
        found = {name: value for name, value in values.items() if name in FIELDS}
        for name in ("remote_countries", "employment_types", "tags"):
            found[name] = tuple(found.get(name) or ())
        found["places"] = tuple(Place(**place) for place in found.get("places") or ())
        for name in ("salary_min", "salary_max"):
            found[name] = None if found.get(name) in (None, "") else Decimal(str(found[name]))
        return cls(**found)

    def to_json(self) -> dict[str, Any]:
        """Return the advert as a JSON column takes it."""
        values = asdict(self)
        for name in ("salary_min", "salary_max"):
            values[name] = None if values[name] is None else str(values[name])
        for name in ("places", "remote_countries", "employment_types", "tags"):
            values[name] = list(values[name])
        return values

    def tidy(self) -> Self:
        """Return the advert without stray blanks, forbidden characters, foreign HTML and repeats.

        Without a salary there is no currency or unit; without remote work no allowed countries.
        """
        has_salary = self.salary_min is not None or self.salary_max is not None
        return replace(
            self,
            title=_line(self.title),
            employer=_line(self.employer),
            employer_url=_line(self.employer_url),
            apply_url=_line(self.apply_url),
            apply_email=_line(self.apply_email),
            description=description.clean(allowed(self.description)),
            language=self.language or settings.LANGUAGE_CODE,
            places=tuple(
                dict.fromkeys(
                    Place(_line(place.locality), place.country.strip().upper(), _line(place.region))
                    for place in self.places
                )
            ),
            remote_countries=_once(code.strip().upper() for code in self.remote_countries),
            employment_types=_once(self.employment_types),
            salary_min=_cents(self.salary_min),
            salary_max=_cents(self.salary_max),
            salary_currency=self.salary_currency.strip().upper() if has_salary else "",
            salary_unit=self.salary_unit if has_salary else "",
            tags=_once(map(_line, self.tags)),
        )

    def check(self) -> None:
        """Raise ValidationError where readers or Google for Jobs would miss something.

        Its rules: developers.google.com/search/docs/appearance/structured-data/job-posting
        """
        problems = _of_texts(self) | _of_places(self) | _of_salary(self) | _of_choices(self)
        if problems:
            raise ValidationError(problems)


_ADDRESS = re.compile(r"://|\bwww\.", re.IGNORECASE)
FIELDS = tuple(field.name for field in fields(Advert))


def employer_key(name: str) -> str:
    """Return an employer's name as it is compared."""
    return " ".join(name.casefold().split())[:140]


def _line(text: str) -> str:
    return " ".join(allowed(text).split())


def _cents(amount: Decimal | None) -> Decimal | None:
    """As the column holds it, so that equal amounts are equal; what is none is refused later."""
    if amount is None or not amount.is_finite() or abs(amount) > HIGHEST_SALARY:
        return amount
    return amount.quantize(Decimal("0.01"))


def _once(values: Iterable[str]) -> tuple[str, ...]:
    """Each value once, whatever its case; the empty ones left out."""
    return tuple({value.casefold(): value for value in values if value}.values())


def _of_texts(advert: Advert) -> dict[str, str]:
    problems = {}
    for name, most in LONGEST.items():
        if len(getattr(advert, name)) > most:
            problems[name] = _("This is longer than %(most)d characters.") % {"most": most}
    if not advert.title:
        problems["title"] = _("The title is missing.")
    elif _ADDRESS.search(advert.title + " " + advert.employer):
        # Also stands in the mail that anybody can have sent to anybody.
        problems["title"] = _("Addresses belong into the description, not into title or name.")
    if not advert.employer:
        problems["employer"] = _("The employer is missing.")
    length = len(description.to_text(advert.description))
    if length < SHORTEST_DESCRIPTION:
        problems["description"] = _("Describe the job in at least one sentence.")
    elif length > LONGEST_DESCRIPTION:
        problems["description"] = _("This is longer than %(most)d characters.") % {
            "most": LONGEST_DESCRIPTION
        }
    for name in ("apply_url", "employer_url"):
        if getattr(advert, name) and not is_web_address(getattr(advert, name)):
            problems[name] = _("Give a whole address that starts with https:// or http://.")
    if advert.apply_email and not _is_email(advert.apply_email):
        problems["apply_email"] = _("This is no e-mail address.")
    if not advert.apply_url and not advert.apply_email:
        problems["apply_url"] = _("Say how to apply: by a web page or an e-mail address.")
    return problems


def _of_places(advert: Advert) -> dict[str, str]:
    problems = {}
    if advert.remote == Remote.FULL:
        if not advert.remote_countries:
            problems["remote_countries"] = _(
                "A fully remote job needs the countries in which people may live who do it."
            )
    elif not advert.places:
        problems["places"] = _("The place of work is missing. Only fully remote jobs have none.")
    elif advert.remote_countries:
        problems["remote_countries"] = _("Allowed countries belong to fully remote jobs only.")
    if len(advert.places) > MOST_PLACES:
        problems["places"] = _("At most %(most)d places.") % {"most": MOST_PLACES}
    for place in advert.places:
        if not place.locality or not countries.is_country(place.country):
            problems["places"] = _("Each place needs a town and a country.")
        elif max(len(place.locality), len(place.region)) > LONGEST_PLACE:
            problems["places"] = _("The name of a place is too long.")
    unknown = [code for code in advert.remote_countries if not countries.is_country(code)]
    if unknown or len(advert.remote_countries) > MOST_COUNTRIES:
        problems["remote_countries"] = _("Give countries by their two letters, such as DE, AT.")
    return problems


def _of_salary(advert: Advert) -> dict[str, str]:
    problems: dict[str, str] = {}
    amounts = [sum_ for sum_ in (advert.salary_min, advert.salary_max) if sum_ is not None]
    if not amounts:
        return problems
    if not all(amount.is_finite() and 0 < amount <= HIGHEST_SALARY for amount in amounts):
        problems["salary_min"] = _("A salary is more than 0 and at most 10 million.")
    elif amounts != sorted(amounts):
        problems["salary_max"] = _("The upper end of the salary lies below the lower one.")
    if advert.salary_currency not in CURRENCIES:
        problems["salary_currency"] = _("Say in which currency the salary is paid.")
    if advert.salary_unit not in SalaryUnit:
        problems["salary_unit"] = _("Say for what time the salary is paid.")
    return problems


def _of_choices(advert: Advert) -> dict[str, str]:
    problems = {}
    if advert.remote not in Remote:
        problems["remote"] = _("Choose one of the answers.")
    if not all(kind in Type for kind in advert.employment_types):
        problems["employment_types"] = _("Choose one of the answers.")
    if advert.language not in dict(settings.LANGUAGES):
        problems["language"] = _("Choose one of the answers.")
    if len(advert.tags) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in advert.tags):
        problems["tags"] = _("At most ten tags of at most 60 characters.")
    return problems


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= 254
