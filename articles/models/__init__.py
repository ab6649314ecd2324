"""The editorial tables. Everything outside imports them from here."""

from .agency import AgencyEntry, AgencyRun, AgencySource
from .article import PAGE_RELATIONS, Article, month_of
from .author import Author
from .byline import Byline
from .correction import Correction
from .dossier import Dossier, DossierEntry
from .frontpage import MAX_SIZE, Banner, Pin, Slot
from .image import Image
from .live import WORDS_LENGTH, LiveEntry, LiveEntryVersion, LiveTicker
from .missing import MissingPath
from .mostread import MostRead, ReadCount, ReadDay
from .newsletter import MOST_STORIES, NewsletterEntry, NewsletterIssue, NewsletterPick
from .promo import Promo, PromoChoice, PromoClicks, PromoSlot, PromoTarget
from .redirect import Redirect
from .related import RelatedArticle, RelatedProfile, RelatedScore
from .revision import Presence, PreviewLink, Revision, WorkflowEntry
from .section import RESERVED_SLUGS, Section
from .status import AIUse, Genre, Status
from .subscription import (
    Announcement,
    ConfirmationCount,
    Consent,
    DigestStory,
    Subscriber,
    Subscription,
)
from .tag import THIN_TOPIC, Tag, TaggedArticle, tag_key, tags_by_key, tags_by_name
from .tally import MonthTally, Tally, TopicTally
from .zerohit import ZeroHit

__all__ = [
    "MAX_SIZE",
    "MOST_STORIES",
    "PAGE_RELATIONS",
    "RESERVED_SLUGS",
    "THIN_TOPIC",
    "WORDS_LENGTH",
    "AIUse",
    "AgencyEntry",
    "AgencyRun",
    "AgencySource",
    "Announcement",
    "Article",
    "Author",
    "Banner",
    "Byline",
    "ConfirmationCount",
    "Consent",
    "Correction",
    "DigestStory",
    "Dossier",
    "DossierEntry",
    "Genre",
    "Image",
    "LiveEntry",
    "LiveEntryVersion",
    "LiveTicker",
    "MissingPath",
    "MonthTally",
    "MostRead",
    "NewsletterEntry",
    "NewsletterIssue",
    "NewsletterPick",
    "Pin",
    "Presence",
    "PreviewLink",
    "Promo",
    "PromoChoice",
    "PromoClicks",
    "PromoSlot",
    "PromoTarget",
    "ReadCount",
    "ReadDay",
    "Redirect",
    "RelatedArticle",
    "RelatedProfile",
    "RelatedScore",
    "Revision",
    "Section",
    "Slot",
    "Status",
    "Subscriber",
    "Subscription",
    "Tag",
    "TaggedArticle",
    "Tally",
    "TopicTally",
    "WorkflowEntry",
    "ZeroHit",
    "month_of",
    "tag_key",
    "tags_by_key",
    "tags_by_name",
]
