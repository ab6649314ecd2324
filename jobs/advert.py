"""What a job says, as plain data, and the rules for it. Forms, feeds and verbs all speak this."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from decimal import Decimal, InvalidOperation
from typing import Any, Self

from django.utils.text import Truncator

from .models import Job


@dataclass(frozen=True)
class Place:
    """Where the work is done; the country as ISO 3166-1 has it ("DE")."""

    locality: str
    country: str
    region: str = ""


@dataclass(frozen=True)
class Advert:
    """The content of a job. Texts are as typed; `description` is cleaned HTML."""

    title: str
    employer: str
    description: str
    employer_url: str = ""
    language: str = ""
    places: tuple[Place, ...] = ()
    remote: str = "none"
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
