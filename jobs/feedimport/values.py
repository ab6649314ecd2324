"""What partners write in a field, read as the value that we keep. Used by fields.py only."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from functools import cache
from html import unescape

from django.conf import settings
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from .. import countries, description
from ..advert import CURRENCIES
from ..models import Remote, SalaryUnit, Type

_TYPES: tuple[tuple[str, Type], ...] = (
    (r"full|vollzeit", Type.FULL_TIME),
    (r"part|teilzeit|mini.?job", Type.PART_TIME),
    (r"intern(?!at)|praktik", Type.INTERN),
    (r"contract|freelance|freiberuf", Type.CONTRACTOR),
    (r"tempor|fixed|befrist|seasonal", Type.TEMPORARY),
    (r"trainee|apprentic|ausbildung|volontari|traineeship|azubi", Type.TRAINEE),
    (r"volunteer|ehrenamt", Type.VOLUNTEER),
    (r"per.?diem|tageweise", Type.PER_DIEM),
    (r"other|sonstig|permanent", Type.OTHER),
)
_UNITS: tuple[tuple[str, SalaryUnit], ...] = (
    (r"hour|stunde|/\s*h\b", SalaryUnit.HOUR),
    (r"day|tag\b", SalaryUnit.DAY),
    (r"week|woche", SalaryUnit.WEEK),
    (r"month|monat", SalaryUnit.MONTH),
    (r"year|jahr|annual|p\.\s?a\.", SalaryUnit.YEAR),
)
_CURRENCY_SIGNS = {"€": "EUR", "£": "GBP", "$": "USD", "EURO": "EUR", "FR.": "CHF"}
_AMOUNT = re.compile(r"\d+(?:[.,' ]\d{3})*(?:[.,]\d{1,2})?(?!\d)")
_MARKUP = re.compile(r"<(?:p|br|ul|ol|li|div|h\d|strong|b|em|a)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Salary:
    """A salary, or none."""

    low: Decimal | None = None
    high: Decimal | None = None
    currency: str = ""
    unit: str = ""


def html(text: str) -> str:
    """HTML as it is, also escaped once too often; plain text with its paragraphs and lists."""
    if not _MARKUP.search(text) and _MARKUP.search(unescape(text)):
        text = unescape(text)
    return text if _MARKUP.search(text) else description.from_text(unescape(text))


def is_remote_word(text: str) -> bool:
    return text.strip().casefold() in {"remote", "home office", "homeoffice", "anywhere"}


def remote(text: str) -> str:
    words = text.strip().casefold()
    if re.search(r"hybrid|partly|teilweise", words):
        return Remote.HYBRID
    if re.search(r"^(true|yes|ja|1)$|full|telecommute|remote|100", words):
        return Remote.FULL
    return Remote.NONE


def types(texts: list[str]) -> tuple[str, ...]:
    found = []
    for word in words(texts):
        known = word.strip().upper().replace("-", "_").replace(" ", "_")
        if known in Type:
            found.append(known)
        else:
            found += [str(kind) for pattern, kind in _TYPES if re.search(pattern, word.casefold())][
                :1
            ]
    return tuple(dict.fromkeys(found))


def words(texts: list[str]) -> tuple[str, ...]:
    """The parts of lists that are written with commas, semicolons or bars."""
    parts = (part.strip() for text in texts for part in re.split(r"[,;|]", unescape(text)))
    return tuple(dict.fromkeys(part for part in parts if part))


def salary(low: str, high: str, currency: str, unit: str, text: str) -> Salary:
    """Return the salary by its fields, else out of one text.

    What cannot be read leaves the whole out: a wrong sum is worse than none.
    """
    sums = [_amount(low), _amount(high)]
    if sums == [None, None]:
        sums = [_amount(found) for found in _AMOUNT.findall(text)]
        if not 1 <= len(sums) <= 2 or None in sums:
            return Salary()
    code = _currency(currency or text)
    words = (unit or text).casefold()
    units = [kind for pattern, kind in _UNITS if re.search(pattern, words)]
    if not code or not units or (sums[0] and sums[-1] and sums[0] > sums[-1]):
        return Salary()
    return Salary(sums[0], sums[-1], code, str(units[0]))


def _amount(text: str) -> Decimal | None:
    """Read 40000, 40.000, 40,000.50 and 1'234,50; None of anything else."""
    found = _AMOUNT.search(text)
    if found is None:
        return None
    whole = re.sub(r"[.,' ](?=\d{3}(?:\D|$))", "", found[0]).replace(",", ".")
    try:
        amount = Decimal(whole)
    except InvalidOperation:
        return None
    return amount if 0 < amount <= 10_000_000 else None


def _currency(text: str) -> str:
    for sign, code in _CURRENCY_SIGNS.items():
        if sign in text.upper():
            return code
    words = re.findall(r"\b[A-Z]{3}\b", text.upper())
    return next((word for word in words if word in CURRENCIES), "")


def moment(text: str, *, is_end: bool) -> datetime | None:
    """Read ISO 8601 or the dates of mails and RSS; a day ends where it ends in the site's zone."""
    try:
        if (day := parse_date(text)) is not None:
            at = datetime.combine(day, time(), tzinfo=timezone.get_default_timezone())
            return at + timedelta(days=1) - timedelta(seconds=1) if is_end else at
        moment = parse_datetime(text) or parsedate_to_datetime(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=timezone.get_default_timezone())
        return moment.astimezone(UTC)
    except (ValueError, OverflowError, TypeError):
        return None


@cache
def _countries() -> dict[str, str]:
    """Names in the languages of the site, and codes, to codes."""
    known = {"usa": "US", "uk": "GB", "england": "GB"}
    for language, _label in settings.LANGUAGES:
        for code, name in countries.names(language).items():
            known |= {code.casefold(): code, name.casefold(): code}
    return known


def country(text: str) -> str:
    """Return the code of a country; a name that nobody knows stays, and is refused later."""
    return _countries().get(text.strip().casefold(), text.strip())
