"""Mails as files instead of sent ones, for development: written here, read in the admin."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage as ParsedMail
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

_NAME = re.compile(r"\d{8}-\d{12}-[0-9a-f]{8}\.eml", re.ASCII)
_LISTED = 200


class EmailBackend(BaseEmailBackend):
    """Write each mail into a file of its own, OPTIONS["file_path"]/<time>-<number>.eml."""

    def __init__(self, *, file_path: str, **options: Any) -> None:
        super().__init__(**options)
        self.folder = Path(file_path)

    def send_messages(self, email_messages: Any) -> int:
        """Write the mails; return how many."""
        self.folder.mkdir(parents=True, exist_ok=True)
        mails: list[EmailMessage] = list(email_messages)
        for mail in mails:
            name = f"{datetime.now(UTC):%Y%m%d-%H%M%S%f}-{uuid4().hex[:8]}.eml"
            (self.folder / name).write_bytes(mail.message().as_bytes())
        return len(mails)


@dataclass(frozen=True)
class StoredMail:
    """A mail that was written into a file."""

    name: str
    mail: ParsedMail

    @property
    def written_at(self) -> datetime:
        return datetime.strptime(self.name[:21], "%Y%m%d-%H%M%S%f").replace(tzinfo=UTC)

    @property
    def subject(self) -> str:
        return str(self.mail["Subject"] or "")

    @property
    def to(self) -> str:
        return str(self.mail["To"] or "")

    @property
    def headers(self) -> list[tuple[str, str]]:
        return [(name, str(value)) for name, value in self.mail.items()]

    def part(self, kind: str) -> str:
        """Return the text of the part "plain" or "html"; "" where there is none."""
        body = self.mail.get_body((kind,))
        return str(body.get_content()) if body is not None else ""


def newest(folder: Path) -> list[StoredMail]:
    """Return the last 200 mails, newest first."""
    names = sorted((path.name for path in folder.glob("*.eml")), reverse=True)
    found = (find(folder, name) for name in names[:_LISTED])
    return [stored for stored in found if stored is not None]


def find(folder: Path, name: str) -> StoredMail | None:
    """Return the mail of that name; None for what is none."""
    path = folder / name
    if not _NAME.fullmatch(name) or not path.is_file():
        return None
    parsed: Any = message_from_bytes(path.read_bytes(), policy=policy.default)
    return StoredMail(name, parsed)
