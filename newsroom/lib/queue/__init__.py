"""A page on which staff decide about many things in a short time: by key, mouse, touch or ear.

An app subclasses Queue, says what its tabs, actions and cards are, and calls its own verbs; the
page itself knows no rule. templates/admin/queue shows it, static/newsroom/queue.js makes it fast.
"""

from .page import Queue
from .parts import Action, Batch, Card, Choice, Command, Outcome, Pick, Tab, Text, Waiting

__all__ = [
    "Action",
    "Batch",
    "Card",
    "Choice",
    "Command",
    "Outcome",
    "Pick",
    "Queue",
    "Tab",
    "Text",
    "Waiting",
]
