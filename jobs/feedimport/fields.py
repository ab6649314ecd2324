"""Makes a job of an entry, by the usual names of fields or by those that a source uses."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from html import unescape

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from newsroom.lib.xmltext import allowed

from ..advert import Advert, Place
from ..models import JobSource
from ..moderation import Item
from . import values
from .documents import Entry

# Under which names a field is looked for, the first one that is there counts. A source's field map
# (field → name) goes before; a name that starts with "=" is the value itself ("=DE").
NAMES: dict[str, tuple[str, ...]] = {
    "id": (
        "referencenumber", "reference_number", "reference", "requisitionid", "job_id", "jobid",
        "external_id", "id", "guid", "identifier/value", "identifier",
    ),
    "title": ("title", "jobtitle", "job_title", "position", "name"),
    "employer": (
        "company", "employer", "company_name", "companyname", "hiringorganization/name",
        "company/name", "employer/name", "organization", "creator", "author",
    ),
    "employer_url": (
        "company_url", "companyurl", "employer_url", "company/url", "employer/url",
        "hiringorganization/sameas",
    ),
    "description": (
        "encoded", "description", "body", "content", "content_html", "job_description", "text",
    ),
    "apply_url": (
        "apply_url", "applyurl", "application_url", "applicationurl", "url", "link", "job_url",
    ),
    "apply_email": ("apply_email", "applyemail", "application_email", "email"),
    "city": (
        "city", "location/city", "town", "locality", "joblocation/address/addresslocality",
        "location/locality", "location/name", "location", "job_location",
    ),
    "region": ("state", "region", "location/state", "location/region",
               "joblocation/address/addressregion"),
    "country": (
        "country", "location/country", "countrycode", "country_code",
        "joblocation/address/addresscountry",
    ),
    "remote": ("remotetype", "remote_type", "remote", "is_remote", "joblocationtype"),
    "remote_countries": ("remote_countries", "applicantlocationrequirements/name",
                         "allowed_countries"),
    "types": (
        "jobtype", "job_type", "employmenttype", "employment_type", "employment_types", "type",
    ),
    "tags": ("tags", "tag", "category", "categories", "keywords", "industry"),
    "salary": ("salary", "compensation"),
    "salary_min": ("salary_min", "salarymin", "min_salary", "salary/min",
                   "basesalary/value/minvalue"),
    "salary_max": ("salary_max", "salarymax", "max_salary", "salary/max",
                   "basesalary/value/maxvalue"),
    "salary_currency": ("salary_currency", "currency", "salary/currency", "basesalary/currency"),
    "salary_unit": (
        "salary_unit", "salary_period", "salary/unit", "salary/period", "basesalary/value/unittext",
    ),
    "language": ("language", "lang", "inlanguage"),
    "published_at": (
        "date", "pubdate", "dateposted", "date_posted", "published_at", "published", "created_at",
        "date_published",
    ),
    "valid_through": (
        "expirationdate", "expiration_date", "expires", "expiry_date", "validthrough",
        "valid_through", "closing_date", "end_date",
    ),
}  # fmt: skip
LONGEST_ID = 300
# The longest description that the rules for adverts could still take, with its HTML.
LONGEST_FIELD = 200_000
# Raised when entries are read differently: then every job of every feed counts as changed once.
_READING = 1


class Rejected(Exception):
    """One entry that is not taken; str() says why."""


@dataclass(frozen=True)
class Reading:
    """How the entries of one source are read."""

    field_map: Mapping[str, str]
    language: str

    @classmethod
    def of(cls, source: JobSource, language: str) -> "Reading":
        return cls(dict(source.field_map or {}), language)

    def identify(self, entry: Entry) -> str:
        """Return the entry's id exactly as sent. Raises Rejected for one that cannot be kept."""
        found = self._texts(entry, "id")
        if not found:
            raise Rejected(_("The job has no id."))
        if len(found[0]) > LONGEST_ID:
            raise Rejected(_("The id is longer than %(most)d characters.") % {"most": LONGEST_ID})
        if allowed(found[0]) != found[0]:
            raise Rejected(_("The id holds characters that no text may hold."))
        return found[0]

    def hash(self, entry: Entry) -> str:
        """Return what changes when anything does that we read from the entry."""
        content = {name: self._texts(entry, name) for name in NAMES if name != "id"}
        text = json.dumps([_READING, self.language, content], ensure_ascii=True)
        return hashlib.sha256(text.encode("ascii")).hexdigest()

    def names_an_end(self, entry: Entry) -> bool:
        """Tell whether the feed says until when the job stands."""
        return bool(self._texts(entry, "valid_through"))

    def item(self, entry: Entry, external_id: str, content_hash: str) -> Item:
        """Return the job. Raises Rejected, with all that is missing or wrong."""
        for texts in entry.values.values():
            if any(len(text) > LONGEST_FIELD for text in texts):
                raise Rejected(
                    _("A field is longer than %(most)d characters.") % {"most": LONGEST_FIELD}
                )
        advert = self._advert(entry).tidy()
        try:
            advert.check()
        except ValidationError as error:
            raise Rejected(" ".join(error.messages)) from error
        return Item(
            external_id,
            content_hash,
            advert,
            published_at=self._moment(entry, "published_at"),
            valid_through=self._moment(entry, "valid_through"),
        )

    def _advert(self, entry: Entry) -> Advert:
        remote = values.remote(self._text(entry, "remote"))
        salary = values.salary(
            *(
                self._text(entry, name)
                for name in ("salary_min", "salary_max", "salary_currency", "salary_unit", "salary")
            )
        )
        country = self._text(entry, "country")
        return Advert(
            title=unescape(self._text(entry, "title")),
            employer=unescape(self._text(entry, "employer")),
            description=values.html(self._text(entry, "description")),
            employer_url=self._text(entry, "employer_url").strip(),
            language=self._text(entry, "language").strip().lower()[:2] or self.language,
            places=self._places(entry, country),
            remote=remote,
            remote_countries=self._remote_countries(entry, country) if remote == "full" else (),
            employment_types=values.types(self._texts(entry, "types")),
            apply_url=self._text(entry, "apply_url").strip(),
            apply_email=self._text(entry, "apply_email").strip(),
            tags=values.words(self._texts(entry, "tags"))[:10],
            salary_min=salary.low,
            salary_max=salary.high,
            salary_currency=salary.currency,
            salary_unit=salary.unit,
        )

    def _places(self, entry: Entry, country: str) -> tuple[Place, ...]:
        code = values.country(country)
        region = self._text(entry, "region")
        return tuple(
            Place(unescape(city), code, unescape(region))
            for city in self._texts(entry, "city")
            if not values.is_remote_word(city)
        )

    def _remote_countries(self, entry: Entry, country: str) -> tuple[str, ...]:
        names = values.words(self._texts(entry, "remote_countries")) or (country,)
        return tuple(values.country(name) for name in names if name.strip())

    def _moment(self, entry: Entry, name: str) -> datetime | None:
        text = self._text(entry, name).strip()
        if not text:
            return None
        moment = values.moment(text, is_end=name == "valid_through")
        if moment is None and name == "valid_through":
            raise Rejected(_("The end cannot be read: %(text)s.") % {"text": text[:60]})
        return moment

    def _text(self, entry: Entry, name: str) -> str:
        return next(iter(self._texts(entry, name)), "")

    def _texts(self, entry: Entry, name: str) -> list[str]:
        mapped = self.field_map.get(name, "")
        if mapped.startswith("="):
            return [mapped[1:]]
        names = (mapped.casefold(),) if mapped else NAMES[name]
        return next((entry.values[known] for known in names if known in entry.values), [])
