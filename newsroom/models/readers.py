"""What is kept of readers for a short time: daily keys and what they have lately sent."""

from django.db import models


class NetworkKey(models.Model):
    """The key of a day, with which networks are hashed (newsroom/lib/privacy.py)."""

    day = models.DateField(unique=True)
    key = models.BinaryField()

    def __str__(self) -> str:
        return self.day.isoformat()


class Attempt(models.Model):
    """Something sent, counted against a limit (newsroom/lib/limits.py)."""

    # Scope and hash of who sent it; nothing that names anybody.
    key = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            # limits.take: the latest of a key.
            models.Index(fields=["key", "-at"], name="attempt_key"),
            # limits.forget: the oldest of all.
            models.Index(fields=["at"], name="attempt_age"),
        ]

    def __str__(self) -> str:
        return f"{self.key[:20]} {self.at:%H:%M:%S}"
