"""Signed links and form tokens: what they say can be read by anybody, but not made up."""

from datetime import timedelta

from django.core.signing import BadSignature, SignatureExpired, TimestampSigner

type Value = str | int


class Expired(Exception):
    """A token of ours whose time is over. `values` are what it says."""

    def __init__(self, values: list[Value]) -> None:
        super().__init__("expired")
        self.values = values


def make(purpose: str, *values: Value) -> str:
    """Return a token that says these values for this purpose alone; fit for addresses and forms."""
    return _signer(purpose).sign_object(list(values))


def read(purpose: str, token: str, *, max_age: timedelta | None = None) -> list[Value] | None:
    """Return what a token of ours says; None for what is none. Without an age it holds for ever.

    Raises Expired for one that is older than `max_age`.
    """
    signer = _signer(purpose)
    try:
        values: list[Value] = signer.unsign_object(token)
        signer.unsign(token, max_age=max_age)
    except SignatureExpired as error:
        raise Expired(values) from error
    except BadSignature:
        return None
    return values


def _signer(purpose: str) -> TimestampSigner:
    # A dot: colons are cut off where mail programs turn addresses into links.
    return TimestampSigner(salt=f"newsroom.{purpose}", sep=".")
