"""The site's newsletter: issues that editors compose, sent to those who asked for it.

`issues` has the verbs, `contents` says what stands in an issue, `mails` writes it. The list is a
scope of the alerts (articles/alerts): the same double opt-in, proof and ways to leave.
"""

from .contents import Letter, read
from .issues import (
    PERMISSION,
    Contents,
    count_mails,
    discard,
    save,
    schedule,
    send_due,
    send_test,
    unschedule,
)

__all__ = [
    "PERMISSION",
    "Contents",
    "Letter",
    "count_mails",
    "discard",
    "read",
    "save",
    "schedule",
    "send_due",
    "send_test",
    "unschedule",
]
