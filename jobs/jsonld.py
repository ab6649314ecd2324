"""A job as structured data for search engines: Google's JobPosting. No query.

developers.google.com/search/docs/appearance/structured-data/job-posting: all that stands in it
stands on the page as well.
"""

from typing import Any

from newsroom.lib.addresses import host

from .facts import iso, reference, url_of
from .models import Job, Remote


def job_posting(job: Job) -> dict[str, Any]:
    """Describe a live job; of any other this must not be called."""
    return _filled(
        {
            "@context": "https://schema.org",
            "@type": "JobPosting",
            "@id": f"{url_of(job)}#job",
            "url": url_of(job),
            "title": job.title,
            "description": job.description,
            "identifier": {"@type": "PropertyValue", "name": host(), "value": reference(job)},
            "datePosted": iso(job.published_at),
            "validThrough": iso(job.valid_through),
            "hiringOrganization": _filled(
                {
                    "@type": "Organization",
                    "name": job.employer.name,
                    "sameAs": job.employer_url,
                }
            ),
            "jobLocation": [_place(place) for place in job.places],
            "jobLocationType": "TELECOMMUTE" if job.remote == Remote.FULL else "",
            "applicantLocationRequirements": [
                {"@type": "Country", "name": code} for code in job.remote_countries
            ],
            "employmentType": list(job.employment_types),
            "baseSalary": _salary(job),
            # Absent rather than false: it says only what is true.
            "directApply": job.is_direct_apply or None,
            "inLanguage": job.language,
        }
    )


def _place(place: dict[str, str]) -> dict[str, Any]:
    address = _filled(
        {
            "@type": "PostalAddress",
            "addressLocality": place["locality"],
            "addressRegion": place["region"],
            "addressCountry": place["country"],
        }
    )
    return {"@type": "Place", "address": address}


def _salary(job: Job) -> dict[str, Any]:
    low, high = job.salary_min, job.salary_max
    if low is None and high is None:
        return {}
    amounts = (
        {"value": float(low)}
        if low is not None and low == high
        else {
            "minValue": None if low is None else float(low),
            "maxValue": None if high is None else float(high),
        }
    )
    value = {"@type": "QuantitativeValue", **amounts, "unitText": job.salary_unit}
    return {
        "@type": "MonetaryAmount",
        "currency": job.salary_currency,
        "value": _filled(value),
    }


def _filled(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if value not in ("", [], {}, None)}
