"""Jobs of WP Job Manager → job listings, as those of a feed whose partner is the old site.

Read and checked by the rules for feeds: a job that says too little for a listing here fails with
what is missing. The source is never read again by itself.
"""

from urllib.parse import unquote

from django.conf import settings
from django.utils.translation import gettext as _

from articles import redirects
from jobs import moderation
from jobs.feedimport.documents import Entry
from jobs.feedimport.fields import Reading, Rejected
from jobs.models import Job, JobSource
from newsroom.lib.richtext import is_web_address

from . import blocks
from .addresses import old_addresses
from .dates import moment_of, utc
from .digests import digest_of
from .ledger import Ledger, Line
from .media import Library
from .metafields import custom_fields
from .records import Item
from .report import End, Outcome

_PUBLIC = {"publish", "expired"}
_WAITING = {"draft", "pending", "pending_payment", "preview"}
# Field of a feed → fields of the plugin; the first that has a text counts.
_FIELDS = {
    "company": ("_company_name",),
    "company_url": ("_company_website",),
    "city": ("geolocation_city", "_job_location_city"),
    "region": ("geolocation_state_long",),
    "country": ("geolocation_country_short", "geolocation_country_long"),
    "salary": ("_job_salary",),
    "salary_currency": ("_job_salary_currency",),
    "salary_unit": ("_job_salary_unit",),
}


class Jobs:
    """The jobs of one source. Each call is made inside a transaction."""

    def __init__(self, ledger: Ledger, library: Library, country: str = "") -> None:
        self._ledger = ledger
        self._library = library
        self._country = country

    def take(self, item: Item) -> End:
        """Take one job, or bring its changes in; say what became of it and why.

        What nobody had approved there waits for the desk here.
        """
        if item.status not in _PUBLIC | _WAITING or item.has_password:
            return Outcome.SKIPPED, _("not public")
        entry = self._entry(item)
        reading = Reading({}, settings.LANGUAGE_CODE)
        try:
            job = reading.item(entry, item.key, reading.hash(entry))
        except Rejected as rejected:
            return Outcome.FAILED, str(rejected)
        digest = digest_of([job.content_hash, old_addresses(item)])
        known = self._ledger.find(item.kind, [item.key]).get(item.key)
        if known is not None and known.target_id:
            if known.digest == digest:
                return Outcome.UNCHANGED, ""
            row = Job.objects.select_related("source").filter(pk=known.target_id).first()
            if row is None or row.source is None or not moderation.update(row.source, [job]):
                return Outcome.SKIPPED, _("deleted here since")
            self._remember(item, row, digest)
            return Outcome.UPDATED, ""
        source = self._source(is_trusted=item.status in _PUBLIC)
        moderation.add(source, [job])
        self._remember(item, Job.objects.get(source=source, external_id=item.key), digest)
        return Outcome.IMPORTED, ""

    def _source(self, *, is_trusted: bool) -> JobSource:
        """Return the old site as a partner: one for what was public there, one for what was not."""
        site = f"https://{self._ledger.source}/"
        name = f"WordPress: {self._ledger.source}"
        name = name[:80] if is_trusted else f"{name[:60]} ({_('to review')})"[:80]
        defaults = {"url": site, "is_active": False, "is_trusted": is_trusted}
        return JobSource.objects.get_or_create(name=name, defaults=defaults)[0]

    def _remember(self, item: Item, job: Job, digest: str) -> None:
        redirects.remember_all(dict.fromkeys(old_addresses(item), job.get_absolute_url()))
        entry = Line(
            item.kind, item.key, target=Job._meta.label_lower, target_id=job.pk, digest=digest,
            fields=custom_fields(item),
        )  # fmt: skip
        self._ledger.write([entry])

    def _entry(self, item: Item) -> Entry:
        """Return the job as a feed would say it."""
        entry = Entry(0)
        entry.add("title", item.title)
        entry.add("description", blocks.to_html(item.body, self._library.context(item)))
        for name, sources in _FIELDS.items():
            entry.add(name, next((value for key in sources if (value := item.one(key))), ""))
        apply = item.one("_application")
        entry.add("apply_url" if is_web_address(apply) else "apply_email", apply)
        _add_place(entry, item.one("_job_location"))
        if "country" not in entry.values:
            entry.add("country", self._country)
        if item.one("_remote_position") == "1":
            entry.add("remote", "full")
        for label in item.labels:
            if label.taxonomy == "job_listing_type":
                entry.add("type", unquote(label.slug))
            elif label.taxonomy in {"job_listing_category", "job_listing_tag"}:
                entry.add("tags", label.name)
        entry.add("type", item.one("_job_type"))
        if published_at := moment_of(item.date_gmt, item.date, item.pub_date):
            entry.add("date", published_at.isoformat())
        entry.add("valid_through", _end(item))
        return entry


def _add_place(entry: Entry, place: str) -> None:
    """Read "Berlin, Germany" where the plugin has not asked a map."""
    parts = [part.strip() for part in place.split(",") if part.strip()]
    if not parts:
        return
    if "city" not in entry.values:
        entry.add("city", parts[0])
    if "country" not in entry.values and len(parts) > 1:
        entry.add("country", parts[-1])


def _end(item: Item) -> str:
    """Return until when a job stands; one that is filled or over has ended at its last change."""
    expires = item.one("_job_expires")
    if item.status != "expired" and item.one("_filled") != "1":
        return expires
    changed = utc(item.modified_gmt) or moment_of(item.date_gmt, item.date, item.pub_date)
    ends = [end for end in (expires, changed.isoformat() if changed else "") if end]
    return min(ends, default="")  # as ISO writes both, the earlier one
