"""The editorial tables. Everything outside imports them from here."""

from .article import Article, Byline, Correction, DossierEntry, RelatedArticle, month_of
from .author import Author
from .frontpage import MAX_SIZE, Banner, Pin, Slot
from .image import Image
from .live import WORDS_LENGTH, LiveEntry, LiveEntryVersion, LiveTicker
from .mostread import MostRead, ReadCount
from .redirect import Redirect
from .revision import Presence, PreviewLink, Revision, WorkflowEntry
from .section import RESERVED_SLUGS, Dossier, Section
from .status import AIUse, Status
from .tag import Tag, TaggedArticle, tag_key, tags_by_key, tags_by_name

__all__ = [
    "MAX_SIZE",
    "RESERVED_SLUGS",
    "WORDS_LENGTH",
    "AIUse",
    "Article",
    "Author",
    "Banner",
    "Byline",
    "Correction",
    "Dossier",
    "DossierEntry",
    "Image",
    "LiveEntry",
    "LiveEntryVersion",
    "LiveTicker",
    "MostRead",
    "Pin",
    "Presence",
    "PreviewLink",
    "ReadCount",
    "Redirect",
    "RelatedArticle",
    "Revision",
    "Section",
    "Slot",
    "Status",
    "Tag",
    "TaggedArticle",
    "WorkflowEntry",
    "month_of",
    "tag_key",
    "tags_by_key",
    "tags_by_name",
]
