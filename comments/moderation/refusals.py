"""What comments refuse beyond what every verb may."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from newsroom.lib.verbs import Refused


class TooMany(Refused):
    """Too much in too short a time: HTTP 429. `seconds` is when to try again."""

    def __init__(self, seconds: int) -> None:
        minutes = -(-seconds // 60)
        super().__init__(
            ngettext(
                "That was a lot at once. Please try again in %(count)d second.",
                "That was a lot at once. Please try again in %(count)d seconds.",
                seconds,
            )
            % {"count": seconds}
            if seconds < 60
            else ngettext(
                "That was a lot at once. Please try again in %(count)d minute.",
                "That was a lot at once. Please try again in %(count)d minutes.",
                minutes,
            )
            % {"count": minutes}
        )
        self.seconds = seconds


class Closed(Refused):
    """Nobody may comment on this article (any more)."""

    def __init__(self) -> None:
        super().__init__(_("Comments on this article are closed."))
