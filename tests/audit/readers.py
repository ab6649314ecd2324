"""Each kind of page that readers have, with the states it can be in; imported by screens.py."""

from collections.abc import Iterator

from django.db.models import Count, QuerySet

from articles.alerts import links as alert_links
from articles.models import (
    Article,
    Author,
    Dossier,
    Genre,
    LiveEntry,
    NewsletterIssue,
    Section,
    Subscription,
    Tag,
)
from comments import links as comment_links
from comments.models import Comment, Status
from jobs import links as job_links
from jobs.models import Job

from .site import Screen


def readers() -> Iterator[Screen]:
    """Yield them, and forms as they are when sent empty."""
    visible = Article.objects.visible()
    article = _most_talked_of(visible)
    paths = _texts(visible, article) | _lists(visible) | _talk(article) | _alerts() | _jobs()
    for name, path in sorted(paths.items()):
        yield Screen(name, path)
    yield Screen("alerts-errors", "/alerts/", button=".alert-form button")
    yield Screen("comment-errors", paths["comments"], button=".comment-button")
    yield Screen("comment-report-errors", paths["comment-report"], button=".comment-button")
    yield Screen("job-errors", "/jobs/submit/", button=".job-form .jobs-button")


def _most_talked_of(visible: QuerySet[Article]) -> Article:
    shown = Comment.objects.visible().filter(article__in=visible)
    talked = shown.values("article").annotate(number=Count("pk")).order_by("-number")
    return visible.get(pk=talked.first()["article"])


def _texts(visible: QuerySet[Article], article: Article) -> dict[str, str]:
    """Return the kinds of articles, and what is read like one."""
    ended = LiveEntry.objects.exclude(ticker__closed_at=None)
    live = LiveEntry.objects.filter(ticker__closed_at=None)
    rows = {
        "article": article,
        "article-advertising": visible.filter(genre=Genre.ADVERTISING).first(),
        "article-box": visible.filter(body_html__contains="factbox").first(),
        "article-corrected": visible.exclude(corrections=None).first(),
        "article-embed": visible.filter(body_html__contains="embed-card").first(),
        "article-figure": visible.filter(body_html__contains="<figure").first(),
        "article-foreign": visible.exclude(language="").first(),
        "article-table": visible.filter(body_html__contains="<table").first(),
        "article-ticker": visible.filter(pk__in=live.values("ticker__article")).first(),
        "article-ticker-ended": visible.filter(pk__in=ended.values("ticker__article")).first(),
        "article-withdrawn": Article.objects.filter(status="withdrawn").first(),
        "newsletter-issue": NewsletterIssue.objects.sent().first(),
    }
    return {name: row.get_absolute_url() for name, row in rows.items()} | {
        "legal": "/impressum/",
        "legal-privacy": "/datenschutz/",
        "newsletter": "/newsletter/",
        "not-found": "/2001/01/nothing-here/",
    }


def _lists(visible: QuerySet[Article]) -> dict[str, str]:
    """Return fronts, lists of articles, and what finds them."""
    newest = visible.newest().first()
    rows = {
        "section": Section.objects.order_by("position").first(),
        "section-last": Section.objects.order_by("position").last(),
        "topic": Tag.objects.filter(articles__in=visible).first(),
        "author": Author.objects.filter(articles__in=visible).first(),
        "dossier": Dossier.objects.first(),
    }
    word = newest.headline.split()[0]
    return {name: row.get_absolute_url() for name, row in rows.items()} | {
        "front": "/",
        "topics": "/topics/",
        "archive": "/archive/",
        "archive-month": f"/archive/{newest.published_at:%Y/%m}/",
        "corrections": "/corrections/",
        "search": "/search/",
        "search-found": f"/search/?q={word}",
        "search-narrowed": f"/search/?q={word}&from=2001-01-01&to=2001-13-99",
        "search-nothing": "/search/?q=xqzvw",
        "desk-login": "/admin/login/",
    }


def _talk(article: Article) -> dict[str, str]:
    """Return the pages around comments, those behind the links of mails included."""
    shown = Comment.objects.visible().filter(article=article).first()
    paths = {
        "comments": f"{article.get_absolute_url()}comments/",
        "comment-report": f"/comments/{shown.pk}/report/",
        "comment-reply": f"{article.get_absolute_url()}comments/?reply={shown.pk}",
        "comment-own-void": "/comments/own/nothing/",
        "comment-stop-replies": comment_links.stop_replies(shown),
    }
    for status in (Status.APPROVED, Status.PENDING, Status.REJECTED):
        comment = Comment.objects.filter(status=status).first()
        paths[f"comment-own-{status}"] = comment_links.own(comment)
    return paths


def _alerts() -> dict[str, str]:
    """Return the pages of alerts, those behind the links of mails included."""
    active = Subscription.objects.active().select_related("subscriber").first()
    asked = Subscription.objects.requested().select_related("subscriber").first()
    return {
        "alerts": "/alerts/",
        "alerts-asked": "/alerts/asked/",
        "alerts-confirm": alert_links.confirm_path(asked.subscriber),
        "alerts-off": alert_links.off_path(active.subscriber_id, [active.pk]),
        "alerts-preferences": alert_links.preferences_path(active.subscriber_id),
        "alerts-void": "/alerts/confirm/nothing/",
    }


def _jobs() -> dict[str, str]:
    """Return the job market, and what employers see of it."""
    live = Job.objects.live()
    job = live.first()
    managed = live.exclude(contact_email="").first()
    return {
        "job": job.get_absolute_url(),
        "job-ended": Job.objects.ended().first().get_absolute_url(),
        "job-submit": "/jobs/submit/",
        "job-submitted": "/jobs/submit/sent/",
        "job-manage": job_links.manage_path(managed),
        "job-edit": f"{job_links.manage_path(managed)}edit/",
        "jobs": "/jobs/",
        "jobs-found": f"/jobs/?q={job.title.split()[0]}",
        "jobs-nothing": "/jobs/?q=xqzvw",
    }
