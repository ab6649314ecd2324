"""The editorial tables. Everything outside imports them from here."""

from .article import Article, Byline, DossierEntry, RelatedArticle, month_of
from .author import Author
from .correction import Correction
from .image import Image
from .missing import MissingPath
from .redirect import Redirect
from .related import RelatedProfile, RelatedScore
from .revision import Presence, PreviewLink, Revision, WorkflowEntry
from .section import RESERVED_SLUGS, Dossier, Section
from .status import AIUse, Genre, Status
from .tag import THIN_TOPIC, Tag, TaggedArticle, tag_key, tags_by_key, tags_by_name
from .zerohit import ZeroHit

__all__ = [
    "RESERVED_SLUGS",
    "THIN_TOPIC",
    "AIUse",
    "Article",
    "Author",
    "Byline",
    "Correction",
    "Dossier",
    "DossierEntry",
    "Genre",
    "Image",
    "MissingPath",
    "Presence",
    "PreviewLink",
    "Redirect",
    "RelatedArticle",
    "RelatedProfile",
    "RelatedScore",
    "Revision",
    "Section",
    "Status",
    "Tag",
    "TaggedArticle",
    "WorkflowEntry",
    "ZeroHit",
    "month_of",
    "tag_key",
    "tags_by_key",
    "tags_by_name",
]
