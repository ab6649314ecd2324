"""What EMAIL_URL says, as Django's MAILERS want it. Called by settings.py."""

from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def mailer(url: str) -> dict[str, Any]:
    """Make smtp://user:password@host:587/?tls=1, file:///folder, console: a MAILERS entry."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        return {
            "BACKEND": "newsroom.lib.mailfiles.EmailBackend",
            "OPTIONS": {"file_path": parts.path},
        }
    if parts.scheme == "console":
        return {"BACKEND": "django.core.mail.backends.console.EmailBackend"}
    if parts.scheme not in {"smtp", "smtps"}:
        raise ImproperlyConfigured(
            "EMAIL_URL must start with smtp://, smtps://, file:// or console:"
        )
    return {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": parts.hostname or "localhost",
            "port": parts.port or (465 if parts.scheme == "smtps" else 25),
            "username": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "use_ssl": parts.scheme == "smtps",
            "use_tls": "tls=1" in parts.query,
            "timeout": 20,
        },
    }
