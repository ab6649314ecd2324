"""What an export consists of: one small object per record, as the file has it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from articles.wording import Wording

# Records that are no <item>. A custom post type of such a name gets a prefix.
AUTHOR, CATEGORY, TAG, TERM, COMMENT = "author", "category", "tag", "term", "comment"
ATTACHMENT, GUEST_AUTHOR, JOB = "attachment", "guest-author", "job_listing"
BLOCK, RULE = "wp_block", "redirect_rule"
PINGBACK, TRACKBACK = "pingback", "trackback"
_MOST_IN_BATCH = 1200  # texts and comments
NO_ITEMS = frozenset({AUTHOR, CATEGORY, TAG, TERM, COMMENT, PINGBACK, TRACKBACK})


@dataclass
class Record:
    """`kind` and `key` together are its identity in the source.

    `is_repeat`: the same record stands earlier in the same file.
    """

    kind: str
    key: str
    is_repeat: bool = False


@dataclass
class AuthorRecord(Record):
    number: str = ""
    name: str = ""


@dataclass
class TermRecord(Record):
    """A category, a tag, or a term of another taxonomy."""

    number: str = ""
    taxonomy: str = ""
    slug: str = ""
    name: str = ""
    parent: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class ReadyText:
    """What ahead.py makes of a post. `body` is clean HTML; None: the library has to be asked."""

    digest: str  # of what the export says
    body: str | None = None
    wording: Wording | None = None
    leftovers: Mapping[str, int] = field(default_factory=dict)
    files: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReadyComment:
    """What ahead.py makes of a comment: what is kept of it here."""

    digest: str  # of what the export says
    body: str
    html: str
    text_hash: str
    name: str


@dataclass
class CommentRecord(Record):
    """A reader's comment, or another site's mention of a text; the kind tells which.

    `number` and `parent` are ids within the file. The network address in the file is not read.
    """

    number: str = ""
    parent: str = ""
    post: str = ""  # the key of the item it hangs on
    post_kind: str = ""
    name: str = ""
    address: str = field(default="", repr=False)
    date: str = ""
    date_gmt: str = ""
    text: str = ""
    approved: str = ""
    ready: ReadyComment | None = None


@dataclass
class Label:
    """A term as an item names it."""

    taxonomy: str
    slug: str
    name: str


@dataclass
class Item(Record):
    """A post, page, attachment or anything else that WordPress keeps as a post."""

    post_id: str = ""
    title: str = ""
    link: str = ""
    guid: str = ""
    creator: str = ""
    body: str = ""
    excerpt: str = ""
    name: str = ""
    status: str = ""
    has_password: bool = False
    date: str = ""
    date_gmt: str = ""
    pub_date: str = ""
    modified_gmt: str = ""
    parent: str = ""
    attachment_url: str = ""
    comments_open: bool = False
    is_sticky: bool = False
    labels: list[Label] = field(default_factory=list)
    meta: dict[str, list[str]] = field(default_factory=dict)
    comments: list[CommentRecord] = field(default_factory=list)
    # What of a content a source says in fields of its own; by the names of articles.content.
    words: dict[str, Any] = field(default_factory=dict)
    ready: ReadyText | None = None

    def one(self, name: str) -> str:
        """Return the first value of a meta field, or the empty string."""
        return (self.meta.get(name) or [""])[0].strip()


def flatten(records: Iterator[Record]) -> Iterator[Record]:
    """Yield every record and, after an item, its comments."""
    for record in records:
        yield record
        if isinstance(record, Item):
            yield from record.comments


def whole_threads(records: Iterable[Record], size: int) -> Iterator[list[Record]]:
    """Yield batches of texts with all their comments; smaller ones where there are many."""
    batch: list[Record] = []
    texts = 0
    for record in records:
        if not isinstance(record, CommentRecord):
            if texts >= size or len(batch) >= _MOST_IN_BATCH:
                yield batch
                batch, texts = [], 0
            texts += 1
        batch.append(record)
    if batch:
        yield batch
