"""Idea 1 of the house: a stranger walks every address of the site and sees no hidden word.

A new address fails `test_every_address_has_samples` until it is given sample arguments here.
"""

import io
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from PIL import Image as Picture

from articles import images, liveticker, workflow
from articles.alerts import links as alert_links
from articles.models import (
    Article,
    DossierEntry,
    Image,
    NewsletterIssue,
    PreviewLink,
    Promo,
    PromoSlot,
    Redirect,
    RelatedArticle,
    Subscriber,
    Tag,
)
from comments.models import Comment, CommentAuthor, Thread
from tests.factories import (
    AuthorFactory,
    DossierFactory,
    SectionFactory,
    UserFactory,
    make_article,
    make_content,
    make_draft,
    make_issue,
)
from tests.pagelinks import links

pytestmark = pytest.mark.django_db

HIDDEN, SHOWN = "zqhidden", "zqshown"
NO_SUCH = "00000000-0000-0000-0000-000000000000"


def store(word: str, color: int) -> Image:
    data = io.BytesIO()
    Picture.new("RGB", (400, 300), (color, 90, 90)).save(data, "PNG")
    return images.store(
        data.getvalue(), by=None, title=word, alt=word, caption=word, credit=word, license=word
    )


class Site:
    """A visible article, and one of every kind that a stranger must not see."""

    def __init__(self) -> None:
        self.now = timezone.now()
        self.chief = UserFactory(role="Chief editor")
        self.section = SectionFactory(slug="politics")
        self.author = AuthorFactory(slug="anna")
        self.dossier = DossierFactory(slug="winter")
        self.secret_dossier = DossierFactory(
            slug=f"{HIDDEN}-dossier", title=f"{HIDDEN} dossier", standfirst=f"{HIDDEN} dossier"
        )
        self.image = store(SHOWN, 0)
        self.hidden_images: list[Image] = []
        self.visible = make_article(**self.values(SHOWN, "visible", self.image))
        self.hidden = {
            "draft": make_draft(**self.secret("draft")),
            "in_review": self._reviewed(self.secret("review")),
            "approved": workflow.approve(self._reviewed(self.secret("approved")), by=self.chief),
            "scheduled": self._scheduled(),
            "embargoed": self._published("embargoed", embargo_until=self.later),
            "expired": self._published("expired", expires_at=self.earlier),
            "withdrawn": self._withdrawn(),
        }
        self._change_without_publishing()
        self._hang_the_hidden_on_the_visible()
        self.closed_links = self._closed_links()
        self._tell_the_hidden_live()
        self._offer()
        self.comments = self._comment_on_all()
        self.reader = self._follow_the_hidden()
        self.issues = self._write_letters()

    @property
    def later(self):
        return self.now + timedelta(days=1)

    @property
    def earlier(self):
        return self.now - timedelta(minutes=1)

    def values(self, word: str, kind: str, image: Image) -> dict:
        """A content that has the word in every text it takes."""
        lines = [
            "kicker", "headline", "front_headline", "seo_title", "seo_description",
            "social_title", "standfirst", "lead_caption",
        ]  # fmt: skip
        return dict.fromkeys(lines, f"{word} {kind}") | {
            "slug": f"{word}-{kind}",
            "dateline": [f"{word} {kind}"],
            "body": f'<h2>{word}</h2><p>{word} <a href="/{word}/">{word}</a></p>'
            f'<figure><img data-file="{image.pk}"><figcaption>{word}</figcaption></figure>'
            f'<figure class="embed" data-embed="https://example.org/{word}"></figure>',
            "canonical_url": f"https://example.org/{word}-{kind}",
            "section": self.section.pk,
            "lead_image": image.pk,
            "tags": [f"{word} topic {kind}", f"{SHOWN} topic"],
            "bylines": [{"author": self.author.pk}],
        }

    def secret(self, kind: str) -> dict:
        image = store(HIDDEN, 10 + len(self.hidden_images))
        self.hidden_images.append(image)
        return self.values(HIDDEN, kind, image)

    def _reviewed(self, values: dict) -> Article:
        writer = UserFactory(role="Reporter")
        return workflow.submit(make_draft(by=writer, **values), by=writer)

    def _published(self, kind: str, **columns) -> Article:
        article = make_article(at=self.now - timedelta(days=2), **self.secret(kind))
        article.corrections.create(text=f"{HIDDEN} correction")
        Article.objects.filter(pk=article.pk).update(**columns)
        return article

    def _scheduled(self) -> Article:
        article = make_draft(**self.secret("scheduled"))
        workflow.publish(article, by=self.chief, at=self.later)
        return article

    def _withdrawn(self) -> Article:
        article = self._published("withdrawn")
        return workflow.withdraw(article, by=self.chief, reason="It was wrong.")

    def _change_without_publishing(self) -> None:
        """Give the visible article a waiting working copy and an update for later."""
        values = make_content(**self.secret("changes"))
        base = Article.objects.get(pk=self.visible.pk).head
        revision = workflow.save_draft(self.visible, values, by=self.chief, base=base)
        workflow.publish(self.visible, by=self.chief, at=self.later, seen=revision)
        self.visible.corrections.create(text=f"{HIDDEN} internal note", is_public=False)

    def _hang_the_hidden_on_the_visible(self) -> None:
        DossierEntry.objects.create(dossier=self.dossier, article=self.visible, position=0)
        for position, (kind, article) in enumerate(self.hidden.items(), 1):
            for dossier in (self.dossier, self.secret_dossier):
                DossierEntry.objects.create(dossier=dossier, article=article, position=position)
            RelatedArticle.objects.create(
                article=self.visible, other=article, kind="pinned", position=position
            )
            if kind != "withdrawn":  # that one's address is known: it tells why the text is gone
                Redirect.objects.create(old_path=f"/old/{article.pk}/", article=article)

    def _closed_links(self) -> list[PreviewLink]:
        links = [
            {"article": self.hidden["draft"], "expires_at": self.earlier},
            {
                "article": self.hidden["draft"],
                "expires_at": self.later,
                "revoked_at": self.earlier,
            },
            {"article": self.hidden["embargoed"], "expires_at": self.later},
            {"article": self.hidden["withdrawn"], "expires_at": self.later},
        ]
        return [PreviewLink.objects.create(note=HIDDEN, **values) for values in links]

    def _tell_the_hidden_live(self) -> None:
        """Make every article a live ticker; what is taken back of a visible one is hidden too."""
        for article in [*self.hidden.values(), self.visible]:
            word = SHOWN if article is self.visible else HIDDEN
            ticker = liveticker.open_ticker(article, by=self.chief)
            image = self.image if article is self.visible else self.hidden_images[0]
            text, title = self.values(word, "entry", image)["body"], f"{word} entry"
            liveticker.write(ticker, by=self.chief, text=text, title=title, is_key=True)
        gone = liveticker.write(ticker, by=self.chief, text=self.secret("entry")["body"])
        liveticker.withdraw(gone, by=self.chief)

    def _offer(self) -> None:
        """A promo that runs, one that is still to come, one that is over."""
        values = {"kind": "house", "disclosure": "ad", "slots": PromoSlot.values}
        runs = {"title": SHOWN, "target": "https://example.org/", "starts_at": self.earlier}
        self.promo = Promo.objects.create(image=self.image, **runs, **values)
        self.hidden_promos = [
            Promo.objects.create(
                title=HIDDEN, text=HIDDEN, target=f"https://example.org/{HIDDEN}",
                image=self.hidden_images[0], **window, **values,
            )
            for window in (
                {"starts_at": self.later},
                {"starts_at": self.now - timedelta(days=9), "ends_at": self.earlier},
            )
        ]  # fmt: skip

    def _comment_on_all(self) -> list[Comment]:
        """Let readers comment on everything; of a visible article most of it is hidden as well."""
        kinds = ["approved", "pending", "rejected", "spam", "below"]
        wanted = [(article, "approved", HIDDEN) for article in self.hidden.values()]
        wanted += [(self.visible, kind, SHOWN if kind == "approved" else HIDDEN) for kind in kinds]
        comments: dict[str, Comment] = {}
        placed = []
        for number, (article, kind, word) in enumerate(wanted, 1):
            parent = comments.get("rejected") if kind == "below" else None
            comments[kind] = Comment.objects.create(
                article=article,
                parent=parent,
                path=f"{parent.path if parent else ''}{number:07d}",
                depth=2 if parent else 1,
                author=CommentAuthor.objects.create(name=f"{word} author"),
                name=f"{word} author",
                body=f"{word} comment",
                body_html=f"<p>{word} comment</p>",
                status="approved" if kind == "below" else kind,
                published_at=self.now,
            )
            placed.append(comments[kind])
        Thread.objects.create(article=self.visible, visible=1)
        return placed

    def _follow_the_hidden(self) -> Subscriber:
        """A reader who follows the topics and comments of every article."""
        reader = Subscriber.objects.create(address="anna@example.org")
        follow = [("comments", article.pk) for article in self.hidden.values()]
        follow += [("tag", tag.pk) for tag in Tag.objects.all()]
        for number, (scope, target) in enumerate(follow):
            state = "active" if number % 2 else "requested"
            reader.subscriptions.create(scope=scope, target=target, state=state)
        return reader

    def _write_letters(self) -> list[NewsletterIssue]:
        """A sent issue about every article, and two that were not sent."""
        every = [self.visible.pk, *(article.pk for article in self.hidden.values())]
        hidden = {"subject": HIDDEN, "intro": HIDDEN}
        sent = make_issue(subject=SHOWN, sent_at=self.now, articles=every)
        return [sent, make_issue(**hidden), make_issue(**hidden, scheduled_for=self.later)]

    def slugs(self) -> list[str]:
        return [article.slug for article in self.hidden.values()]

    def months(self) -> list[tuple[int, str]]:
        """Every month that an article of the site has or could have."""
        moments = [self.now, self.now - timedelta(days=2), self.later]
        return sorted({(at.year, f"{at.month:02d}") for at in map(timezone.localtime, moments)})

    def samples(self) -> dict[str, list[dict]]:
        """Arguments for every named address that readers have."""
        none: list[dict] = [{}]
        spec = {"spec": "full-320-5050", "extension": "jpg"}
        tokens = [image.token for image in (self.image, *self.hidden_images)]
        tags = [f"{HIDDEN}-topic-{kind}" for kind in ("draft", "review", "approved", "changes")]
        return {
            **dict.fromkeys(["healthz", "readyz", "metrics"], none),
            "site-icon": [{"version": "x"}],
            "site-logo": [{"version": "0123456789abcdef", "extension": "svg"}],
            "articles:front": none,
            "articles:rendition": [{"token": token, **spec} for token in [*tokens, NO_SUCH]],
            "articles:preview": [{"token": link.token} for link in self.closed_links],
            "articles:preview-picture": [
                {"token": link.token, "image": token, **spec}
                for link in self.closed_links
                for token in tokens
            ],
            "articles:section-colors": [{"version": "x"}],
            "articles:search": none,
            "articles:read": [{"pk": self.visible.pk}, {"pk": self.hidden["draft"].pk}],
            "articles:promo": [
                {"pk": pk, "slot": slot}
                for pk in (self.promo.pk, self.hidden_promos[0].pk, 10**9)
                for slot in ("end", "nowhere")
            ],
            "articles:promo-in-section": [
                {"pk": self.promo.pk, "slot": "end", "section": "politics"}
            ],
            "articles:alert-ask": none,
            "articles:alert-asked": none,
            "articles:alert-confirm": [token_of(alert_links.confirm_path(self.reader))],
            "articles:alert-off": [token_of(alert_links.off_path(self.reader.pk, []))],
            "articles:alert-preferences": [
                token_of(alert_links.preferences_path(self.reader.pk)),
                {"token": "none"},
            ],
            "articles:alert-data": [token_of(alert_links.preferences_path(self.reader.pk))],
            "articles:newsletter": none,
            "articles:newsletter-issue": [{"pk": o.pk, "slug": o.slug} for o in self.issues],
            "articles:topics": none,
            "articles:topic": [{"slug": slug} for slug in [f"{SHOWN}-topic", *tags]],
            "articles:author": [{"slug": "anna"}],
            "articles:dossier": [{"slug": "winter"}, {"slug": self.secret_dossier.slug}],
            "articles:archive": none,
            "articles:archive-month": [{"year": y, "month": m} for y, m in self.months()],
            "articles:article": [
                {"year": year, "month": month, "slug": slug}
                for year, month in self.months()
                for slug in [self.visible.slug, f"{HIDDEN}-changes", *self.slugs()]
            ],
            "articles:live": [
                {"year": year, "month": month, "slug": slug, "bucket": 1}
                for year, month in self.months()
                for slug in [self.visible.slug, *self.slugs()]
            ],
            **{
                name: [
                    {"year": year, "month": month, "slug": slug}
                    for year, month in self.months()
                    for slug in [self.visible.slug, f"{HIDDEN}-changes", *self.slugs()]
                ]
                for name in ("comments:thread", "comments:feed")
            },
            "comments:site-feed": none,
            "comments:report": [{"pk": comment.pk} for comment in self.comments],
            "comments:own": [{"token": "x"}],
            "comments:confirm": [{"token": "x"}],
            "comments:stop-replies": [{"token": "x"}],
            "articles:section": [{"slug": "politics"}, {"slug": "none"}],
            "articles:api-articles": none,
            "articles:api-article": [
                {"pk": article.pk} for article in (self.visible, *self.hidden.values())
            ],
            "articles:api-description": none,
            "robots": none,
            "mail-reports": none,
            "indexnow-key": [{"key": HIDDEN}],
            "tdmrep": none,
            "articles:sitemap": none,
            "articles:sitemap-lists": none,
            "articles:sitemap-month": [{"year": y, "month": m} for y, m in self.months()],
            "articles:sitemap-part": [
                {"year": y, "month": m, "part": part}
                for y, m in self.months()
                for part in (0, 1, 2, 10**30)
            ],
            "articles:news-sitemap": none,
            "articles:corrections": none,
            **{
                f"articles:{name}{kind}": samples
                for kind in ("", "-atom", "-json")
                for name, samples in {
                    "feed": none,
                    "corrections-feed": none,
                    "section-feed": [{"slug": "politics"}, {"slug": "none"}],
                    "topic-feed": [{"slug": slug} for slug in [f"{SHOWN}-topic", *tags]],
                    "author-feed": [{"slug": "anna"}],
                    "dossier-feed": [{"slug": "winter"}, {"slug": self.secret_dossier.slug}],
                }.items()
            },
        }

    def addresses(self) -> list[str]:
        named = [
            reverse(name, kwargs=kwargs)
            for name, samples in self.samples().items()
            for kwargs in samples
        ]
        old = Redirect.objects.values_list("old_path", flat=True)
        return [*named, *old, "/impressum/", f"/{HIDDEN}/"]


def token_of(path: str) -> dict[str, str]:
    return {"token": path.rstrip("/").rpartition("/")[2]}


@pytest.fixture
def site() -> Site:
    return Site()


def patterns(resolver: URLResolver, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from patterns(entry, inner)
        else:
            yield f"{namespace}{entry.name}", entry


def words(response) -> str:
    """All that an answer says: body and headers, in small letters."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    headers = " ".join(f"{name}: {value}" for name, value in response.headers.items())
    return f"{body.decode(errors='replace')} {headers}".casefold()


def assert_clean(site: Site, response, address: str) -> None:
    # The address that was asked for may come back; what stands behind it may not.
    said = words(response).replace(address.casefold(), "")
    assert HIDDEN not in said, address
    for image in site.hidden_images:
        assert str(image.token) not in said, address


def test_the_hidden_things_exist_and_the_visible_one_is_found(client, site):
    for kind, article in site.hidden.items():
        row = Article.objects.get(pk=article.pk)
        assert row.headline.startswith(HIDDEN), kind
        assert HIDDEN in row.body_html, kind
        assert row.tags.filter(name__startswith=HIDDEN).exists(), kind
    assert sorted(str(article.status) for article in Article.objects.all()) == [
        "approved", "draft", "in_review",
        "published", "published", "published", "published", "withdrawn",
    ]  # fmt: skip
    assert list(Article.objects.visible()) == [site.visible]
    changed = Article.objects.get(pk=site.visible.pk)
    assert changed.head.content["headline"].startswith(HIDDEN)
    assert changed.head.publish_at is not None
    assert Image.objects.filter(title=HIDDEN).count() == 9
    assert Comment.objects.filter(body__startswith=HIDDEN).count() == 11
    said = words(client.get(site.visible.get_absolute_url()))
    assert said.count(SHOWN) > 20
    assert f"{SHOWN} comment" in said
    for path in ("/", "/politics/", "/authors/anna/", "/dossiers/winter/", "/topics/"):
        assert SHOWN in words(client.get(path)), path
    assert client.get(site.image.rendition_url("full", 320, "jpg")).status_code == 200
    assert NewsletterIssue.objects.filter(subject__startswith=HIDDEN).count() == 2
    page = client.get(site.issues[0].get_absolute_url())
    assert page.context["letter"].articles == [site.visible]


def test_every_address_has_samples(site):
    # The jobs have a walk of their own (tests/jobs/test_stranger.py).
    others = ("admin:", "jobs:")
    known = {name for name, _ in patterns(get_resolver()) if not name.startswith(others)}
    assert known == set(site.samples())


def test_no_address_shows_a_stranger_what_is_hidden(client, site):
    for address in site.addresses():
        response = client.get(address)
        assert response.status_code in {200, 301, 302, 404, 405, 410}, address
        assert_clean(site, response, address)


def test_what_hidden_articles_answer(client, site):
    answers = {}
    for kind, article in site.hidden.items():
        row = Article.objects.get(pk=article.pk)
        month = row.month or timezone.localdate(site.now).replace(day=1)
        answers[kind] = client.get(f"/{month:%Y/%m}/{row.slug}/").status_code
    withdrawn = answers.pop("withdrawn")
    assert withdrawn == 410
    assert set(answers.values()) == {404}
    for image in site.hidden_images:
        assert client.get(image.rendition_url("full", 320, "jpg")).status_code == 404


def test_a_crawl_from_the_front_page_meets_no_hidden_word(client, site):
    waiting, seen = ["/"], set()
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        response = client.get(address)
        assert_clean(site, response, address)
        if response.status_code in {301, 302}:
            waiting.append(response["Location"])
        if not response["Content-Type"].startswith("text/html"):
            continue
        waiting += links(response.content)
    crawled = {site.visible.get_absolute_url(), "/politics/", "/topics/", "/archive/"}
    assert crawled | {f"/topics/{SHOWN}-topic/", "/authors/anna/", "/dossiers/winter/"} <= seen
    assert any(address.startswith(f"/media/{site.image.token}/") for address in seen)


ADMIN_SAMPLES = {"int": 1, "str": "1", "path": "1", "slug": "x", "uuid": NO_SUCH}
# Open to everybody by design: the door itself.
DOORS = {"admin:login": 200, "admin:logout": 302}


def test_the_admin_sends_a_stranger_to_its_door(client, site):
    walked = 0
    for name, entry in patterns(get_resolver()):
        if not name.startswith("admin:") or entry.name is None:
            continue
        converters = getattr(entry.pattern, "converters", {})
        kwargs = {key: _sample(converter) for key, converter in converters.items()}
        if entry.name == "app_list":
            kwargs = {"app_label": "articles"}
        if entry.name == "view_on_site":
            kwargs = {"content_type_id": 1, "object_id": 1}
        address = reverse(name, kwargs=kwargs)
        response = client.get(address)
        assert_clean(site, response, address)
        if name in DOORS:
            assert response.status_code == DOORS[name], name
        else:
            assert response.status_code == 302, name
            assert urlsplit(response["Location"]).path == reverse("admin:login"), name
        walked += 1
    assert walked > 20


def _sample(converter) -> object:
    name = type(converter).__name__.removesuffix("Converter").lower()
    return ADMIN_SAMPLES["str" if name == "string" else name]
