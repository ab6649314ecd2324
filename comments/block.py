"""The comment block: what an article's page and the pages of comments both show. Three queries."""

from dataclasses import dataclass

from django.http import HttpRequest

from articles.models import Article
from newsroom.lib import antispam
from newsroom.lib.addresses import absolute, path_to
from newsroom.lib.jsonscript import as_script

from . import thread
from .forms import CommentForm
from .models import Closure, Comment, CommentRules, closed_because, rules_for
from .thread import Page


@dataclass(frozen=True)
class Block:
    """An article's comments with the form below; the same for every reader.

    `closed` says why there is no form. `parent` is the comment that the form answers.
    """

    article: Article
    page: Page
    rules: CommentRules
    closed: Closure | None
    form: CommentForm
    parent: Comment | None = None

    @property
    def address(self) -> str:
        """The page with all comments; the form is posted there."""
        return comments_url(self.article)

    @property
    def feed(self) -> str:
        return path_to("comments:feed", *address_of(self.article).values())

    @property
    def token(self) -> str:
        return antispam.form_token(subject_of(self.article))

    @property
    def json_ld(self) -> str:
        """What structured data of the article's page add to the article itself."""
        url = absolute(self.article.get_absolute_url())
        data = {
            "@context": "https://schema.org",
            "@type": "Article",
            "@id": f"{url}#article",
            "commentCount": self.page.count,
            "discussionUrl": f"{url}#comments",
        }
        return as_script(data)


def of_article(request: HttpRequest, article: Article, page: Page | None = None) -> Block:
    """Return the block with an empty form: of the first page of comments, or of another one."""
    return with_form(request, article, CommentForm(), page=page)


def with_form(
    request: HttpRequest,
    article: Article,
    form: CommentForm,
    *,
    page: Page | None = None,
    parent: Comment | None = None,
) -> Block:
    """Return the block with a form that may be filled in."""
    rules = rules_for(request)
    page = page or thread.of_article(article, {})
    closed = closed_because(article, rules, page.section)
    return Block(article, page, rules, closed, form, parent)


def address_of(article: Article) -> dict[str, int | str]:
    """Return the parts of the address of an article that readers see."""
    if article.month is None:
        raise ValueError("An article that was never published has no comments.")
    return {"year": article.month.year, "month": f"{article.month:%m}", "slug": article.slug}


def comments_url(article: Article) -> str:
    return path_to("comments:thread", *address_of(article).values())


def subject_of(article: Article) -> str:
    """Return what the token of an article's form is for."""
    return f"comment:{article.pk}"
