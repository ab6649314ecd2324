"""The editorial tables. Everything outside imports them from here."""

from .article import Article, Byline, Correction, DossierEntry, RelatedArticle, month_of
from .author import Author
from .image import Image
from .redirect import Redirect
from .related import RelatedProfile, RelatedScore
from .revision import Presence, PreviewLink, Revision, WorkflowEntry
from .section import RESERVED_SLUGS, Dossier, Section
from .status import AIUse, Status
from .tag import Tag, TaggedArticle, tag_key, tags_by_key, tags_by_name
from .zerohit import ZeroHit

__all__ = [
    "RESERVED_SLUGS",
    "AIUse",
    "Article",
    "Author",
    "Byline",
    "Correction",
    "Dossier",
    "DossierEntry",
    "Image",
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
