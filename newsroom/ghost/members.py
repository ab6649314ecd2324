"""Members of a Ghost site: nobody is written to who has not proven that he or she wants it.

Ghost keeps when a member subscribed and who did it. What a member did alone counts as a proof
(Ghost lets nobody in but through a link in a mail); what staff or an import did does not.
"""

from datetime import UTC, datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from articles import alerts
from newsroom.wordpress.report import End, Outcome, Report

from .export import Export, Row, moment, text

_EVENTS = "members_subscribe_events"
_NEVER = datetime.min.replace(tzinfo=UTC)


def take_members(export: Export, report: Report, *, is_wanted: bool) -> None:
    """Count every member, and take those with a proof if they are wanted at all."""
    events: dict[str, list[Row]] = {}
    for row in export.rows(_EVENTS):
        events.setdefault(text(row, "member_id"), []).append(row)
    for member in export.rows("members"):
        report.expect("member")
        own = events.get(text(member, "id"), [])
        report.count("member", *_take(export, member, own, is_wanted=is_wanted))
    for table, rows in sorted(export.tables.items()):
        if table.startswith("members_"):
            report.expect(table, len(rows))
            reason = _("read with the members") if table == _EVENTS else _("of no use here")
            for _row in rows:
                report.count(table, Outcome.SKIPPED, reason)


def _take(export: Export, member: Row, events: list[Row], *, is_wanted: bool) -> End:
    last = max(events, key=lambda row: moment(row, "created_at") or _NEVER, default={})
    at = moment(last, "created_at")
    is_own = text(last, "source") == "member" and last.get("subscribed") in {1}
    if not is_own or at is None:
        return Outcome.SKIPPED, _("no proof of consent in the file")
    if not is_wanted:
        return Outcome.SKIPPED, _("subscribed there alone: taken with --members")
    address = text(member, "email")
    try:
        validate_email(address)
    except ValidationError:
        return Outcome.SKIPPED, _("no mail address")
    if member.get("email_disabled") in {1}:
        return Outcome.SKIPPED, _("the address does not take mails")
    page = f"{export.settings.get('title') or export.source} (Ghost, {_EVENTS})"
    if alerts.take_over(address, confirmed_at=at, page=page, token=text(last, "id")):
        return Outcome.IMPORTED, ""
    return Outcome.UNCHANGED, ""
