"""What is told of a job anywhere: its page, lists, structured data, feeds, mails say the same."""

from datetime import datetime
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from newsroom.lib.addresses import absolute

from . import countries
from .matching import Beside
from .models import Job, Remote, SalaryUnit, Type

_SIGNS = {"EUR": "€", "GBP": "£", "USD": "$"}


def url_of(job: Job) -> str:
    return absolute(job.get_absolute_url())


def reference(job: Job) -> str:
    """The number by which others know a job; it never changes."""
    return str(job.pk)


def place_names(job: Job | Beside) -> list[str]:
    """The towns, each once."""
    return list(dict.fromkeys(place["locality"] for place in job.places))


def places(job: Job) -> str:
    """Where the work is done, with regions and countries."""
    return " · ".join(
        ", ".join(
            filter(None, [place["locality"], place["region"], countries.name(place["country"])])
        )
        for place in job.places
    )


def remote(job: Job | Beside) -> str:
    """How far away from the place one may work; nothing for work on site."""
    return "" if job.remote == Remote.NONE else str(Remote(job.remote).label)


def allowed_countries(job: Job) -> str:
    """Where people may live who do a fully remote job."""
    return ", ".join(countries.name(code) for code in job.remote_countries)


def types(job: Job) -> list[str]:
    return [str(Type(kind).label) for kind in job.employment_types]


def salary(job: Job) -> str:
    """The salary as people read it: "€3,200 – 3,900 a month"."""
    low, high = job.salary_min, job.salary_max
    if low is None and high is None:
        return ""
    if low is not None and high is not None and low != high:
        amount = _money(f"{_number(low)} – {_number(high)}", job)
    elif low is not None and high is None:
        amount = _("from %(amount)s") % {"amount": _money(_number(low), job)}
    else:
        amount = _money(_number(high or low or Decimal(0)), job)
        amount = amount if low is not None else _("up to %(amount)s") % {"amount": amount}
    return f"{amount} {SalaryUnit(job.salary_unit).label}"


def _money(amount: str, job: Job) -> str:
    """An amount with its currency, which English writes in front."""
    sign = _SIGNS.get(job.salary_currency, job.salary_currency)
    if (get_language() or "en").startswith("en"):
        return f"{sign}{amount}" if len(sign) == 1 else f"{sign}\N{NO-BREAK SPACE}{amount}"
    return f"{amount}\N{NO-BREAK SPACE}{sign}"


def iso(moment: datetime | None) -> str:
    """A moment with its zone, as machines read it."""
    return moment.isoformat(timespec="seconds") if moment else ""


def _number(amount: Decimal) -> str:
    places = 0 if amount == amount.to_integral_value() else 2
    return number_format(amount, decimal_pos=places, use_l10n=True, force_grouping=True)


def summary(job: Job) -> str:
    """The job in a line: who, where, how, for how much."""
    where = ", ".join(place_names(job)) or allowed_countries(job)
    parts = [job.employer.name, where, remote(job), *types(job), salary(job)]
    return " · ".join(part for part in parts if part)
