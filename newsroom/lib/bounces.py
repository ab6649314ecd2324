"""Reports about mails that came back: undeliverable (RFC 3464) or complained of (RFC 5965).

Anybody can write such a report. It is believed only together with the Message-ID of the mail that
it is about, which nobody can guess.
"""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

_ADDRESS = re.compile(r"[^\s<>;,]+@[^\s<>;,]+")
_MESSAGE_ID = re.compile(r"<([^<>\s]+)>")
_HEADERS = {"message/rfc822", "text/rfc822-headers"}
# No line with an address is longer (RFC 5321: 256, RFC 5322: 998); what is would take for ever.
_LONGEST_LINE = 1_000


@dataclass(frozen=True)
class Report:
    """Which addresses a report names, and the Message-IDs of the mail it is about."""

    addresses: frozenset[str]
    message_ids: frozenset[str]
    is_complaint: bool = False


def read(raw: bytes) -> Report | None:
    """Return what a mail reports; None for one that reports nothing final."""
    mail: EmailMessage = message_from_bytes(raw, policy=policy.default)
    if mail.get_content_type() != "multipart/report":
        return None
    kind = str(mail.get_param("report-type", "")).lower()
    if kind == "delivery-status":
        addresses = {address for part in _fields(mail) for address in _failed(part)}
    elif kind == "feedback-report":
        addresses = {address for part in _fields(mail) for address in _complaining(part)}
    else:
        return None
    if not addresses:
        return None
    return Report(frozenset(addresses), frozenset(_about(mail)), kind == "feedback-report")


def _fields(mail: EmailMessage) -> list[Any]:
    """The groups of fields of the part for machines."""
    found: list[Any] = []
    for part in mail.walk():
        if part.get_content_type() == "message/delivery-status":
            found += part.get_payload()
        elif part.get_content_type() == "message/feedback-report":
            payload: Any = part.get_payload()
            inner = payload[0] if isinstance(payload, list) else payload
            text = inner.as_bytes() if hasattr(inner, "as_bytes") else str(inner).encode()
            found.append(message_from_bytes(text, policy=policy.default))
    return found


def _failed(fields: Any) -> set[str]:
    """The address that cannot be reached for good: "failed" with a status of 5."""
    action, status = str(fields.get("Action", "")).lower(), str(fields.get("Status", ""))
    if action.strip() != "failed" or not status.strip().startswith("5"):
        return set()
    named = fields.get("Original-Recipient") or fields.get("Final-Recipient") or ""
    return set(_ADDRESS.findall(str(named)[:_LONGEST_LINE].rpartition(";")[2]))


def _complaining(fields: Any) -> set[str]:
    named = fields.get_all("Original-Rcpt-To", [])
    texts = (str(value)[:_LONGEST_LINE] for value in named)
    return {address for text in texts for address in _ADDRESS.findall(text)}


def _about(mail: EmailMessage) -> set[str]:
    """The Message-IDs in what is quoted of the mail itself."""
    found: set[str] = set()
    for part in mail.walk():
        if part.get_content_type() in _HEADERS:
            payload: Any = part.get_payload()
            quoted = payload[0].as_string() if isinstance(payload, list) else str(payload)
            for line in re.findall(r"^Message-ID:\s*(.+)$", quoted, re.IGNORECASE | re.MULTILINE):
                found |= set(_MESSAGE_ID.findall(line))
    return found
