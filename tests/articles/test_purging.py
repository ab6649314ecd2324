"""After every change the next reader of every page gets what the site itself would say."""

import re
from collections import Counter
from datetime import timedelta
from functools import partial

import pytest
from django.contrib import admin
from django.contrib.flatpages.models import FlatPage
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from selectolax.lexbor import LexborHTMLParser

from articles import frontpage, images, liveticker, mostread, related, topics, workflow
from articles.models import Article, Banner, LiveEntry, LiveTicker, Pin, Promo, Slot, Tag
from newsroom.lib.purgingadmin import PurgingAdmin
from tests.factories import DossierFactory, ImageFactory, PromoFactory, make_content, make_draft
from tests.wsgi import ask, plain

from .test_stranger import Site

pytestmark = pytest.mark.django_db

# Tables of the admin that purge nothing, because their verbs do or because no kept page shows them.
NO_PAGE_SHOWS_THEM = {
    "Article": "articles.workflow purges",
    "Image": "articles.images purges",
    "Slot": "articles.frontpage purges",
    "Banner": "articles.frontpage purges",
    "Redirect": "answers only where there is no page",
    "MissingPath": "answers only where there is no page",
    "ZeroHit": "a report for the desk",
    "Group": "read only",
    "Message": "for the desk",
    "AgencySource": "for the desk",
    "NewsletterIssue": "its pages are not kept",
    "Subscription": "one reader's own",
}


class World:
    """A site full of everything, kept pages of all its addresses, and verbs to change it."""

    def __init__(self, door, committed, time_machine) -> None:
        time_machine.move_to("2026-03-02 12:10:00+00:00", tick=False)
        self.door, self.site, self.committed = door, plain(), committed
        self.clock = time_machine
        with committed():
            self.old = Site()
            self.chief = self.old.chief
            self.article = self.old.visible
            self.second = self.publish(headline="Second", tags=["Bridges"])
        self.addresses: list[str] = []
        self.look()

    def publish(self, *, at=None, **values) -> Article:
        values = {
            "section": self.old.section.pk,
            "bylines": [{"author": self.old.author.pk}],
        } | values
        article = make_draft(**values)
        workflow.publish(article, by=self.chief, at=at)
        return Article.objects.get(pk=article.pk)

    def edit(self, article: Article, *, at=None, **values) -> None:
        article.refresh_from_db()
        changed = {**article.head.content, **values}
        head = workflow.save_draft(
            article, make_content(**changed), by=self.chief, base=article.head
        )
        workflow.publish(article, by=self.chief, at=at, seen=head)

    def look(self) -> None:
        """Ask for everything, so that it is kept; new articles and topics come along."""
        rows = [*Article.objects.visible(), *Tag.objects.all()]
        known = dict.fromkeys([*self.addresses, *(row.get_absolute_url() for row in rows)])
        if not self.addresses:
            known |= dict.fromkeys(self.old.addresses())
        # Of the three kinds of a feed one stands for all: one view writes them.
        asked = [path for path in known if not path.endswith((".atom", ".json"))]
        self.addresses = [path for path in asked if ask(self.door, path).way in {"hit", "miss"}]

    def told(self, application) -> dict[str, tuple[int, bytes]]:
        """What an application says under every address."""
        answers = {path: ask(application, path) for path in self.addresses}
        return {path: (answer.status, _lasting(answer.body)) for path, answer in answers.items()}

    def compare(self, name: str) -> dict[str, tuple[int, bytes]]:
        """Demand that the cache says everywhere what the site itself says."""
        cached, said = self.told(self.door), self.told(self.site)
        assert [path for path in said if cached[path] != said[path]] == [], name
        return said

    def check(self, name: str, change, *, wait: timedelta | None = None) -> None:
        """Change something; nothing old may be told, and the change was one."""
        before = self.told(self.door)
        with self.committed():
            change()
        if wait is not None:
            self.compare(name)
            self.clock.shift(wait)
        assert self.compare(name) != before, f"{name} has changed no page"
        self.look()


def _lasting(body: bytes) -> bytes:
    """Leave out what tells when a page was made, and may: the ten seconds with which a ticker's
    page begins to ask (any others lead to them), the tokens of forms (good for a day).
    """
    body = re.sub(rb"/live/\d+\.json", b"", body)
    return re.sub(rb'name="form" value="[^"]+"', b"", body)


@pytest.fixture
def world(door, committed, time_machine) -> World:
    return World(door, committed, time_machine)


def test_the_walk_has_pages_of_every_kind(world):
    kinds = Counter(path.strip("/").partition("/")[0] for path in world.addresses)
    assert {"", "politics", "topics", "authors", "dossiers", "archive", "2026", "feed"} <= set(
        kinds
    )
    assert len(world.addresses) > 20
    world.compare("nothing")
    assert {ask(world.door, path).way for path in world.addresses} == {"hit"}


def test_every_verb_of_an_article_purges(world):
    soon = timedelta(minutes=5)
    article, chief = world.article, world.chief
    dossier = world.old.dossier.pk
    third = {"headline": "Third", "tags": ["Bridges", "New"], "translation_of": article.pk}
    world.check("publish", lambda: world.publish(dossiers=[dossier], **third))
    world.check("publish a change", lambda: world.edit(world.second, headline="Other words"))
    world.check("topics", lambda: world.edit(world.second, tags=["Rivers"], bylines=[]))
    world.check("a dossier", lambda: world.edit(world.second, dossiers=[dossier]))
    pins = [{"article": world.second.pk, "kind": "pinned"}]
    world.check("related", lambda: world.edit(article, related=pins))
    correction = {"by": chief, "kind": "correction", "text": "It was another bridge."}
    world.check("correct", lambda: workflow.correct(article, **correction))
    end = {
        "by": chief,
        "planned_at": None,
        "embargo_until": None,
        "expires_at": timezone.now() + soon,
    }
    world.check("expire", lambda: workflow.plan(world.second, **end), wait=soon)
    never = end | {"expires_at": None}
    world.check("expire never", lambda: workflow.plan(world.second, **never))
    world.check("withdraw", lambda: workflow.withdraw(world.second, by=chief, reason="Wrong."))
    world.check("reinstate", lambda: workflow.reinstate(world.second, by=chief, reason="Right."))
    place = [workflow.Placement(make_content(headline="From elsewhere"), "published",
                                published_at=timezone.now())]  # fmt: skip
    world.check("place", lambda: workflow.place(place))


def test_what_is_planned_appears_by_itself(desk):
    world = desk
    soon = timedelta(minutes=5)
    scheduled = {"at": timezone.now() + soon, "headline": "Scheduled", "tags": ["Bridges"]}
    world.check("schedule", lambda: world.publish(**scheduled), wait=soon)
    world.check("schedule a change", lambda: due(world, soon))
    called_off = world.publish(headline="Never", at=timezone.now() + soon)
    workflow.unschedule(called_off, by=world.chief)
    banner = Banner(text="Tonight", starts_at=timezone.now() + soon,
                    ends_at=timezone.now() + 2 * soon)  # fmt: skip
    raised = lambda: frontpage.raise_banner(banner, [], by=world.chief)  # noqa: E731
    world.check("a banner for later", raised, wait=soon)
    world.check("its end", lambda: None, wait=soon)
    promo = PromoFactory.build(starts_at=timezone.now() + soon, ends_at=timezone.now() + 2 * soon)
    posted = {"starts_at": promo.starts_at, "ends_at": promo.ends_at}
    save(world, "articles_promo_change", world.old.promo.pk, **posted)
    world.look()
    world.check("a promo's beginning", lambda: None, wait=soon)
    world.check("a promo's end", lambda: None, wait=soon)
    world.check("the day", lambda: None, wait=timedelta(hours=12))


def due(world: World, soon: timedelta) -> None:
    world.edit(world.second, at=timezone.now() + soon, headline="At noon")
    world.clock.shift(soon)
    assert workflow.publish_due() == 1


def test_every_verb_of_a_front_purges(world):
    by = world.chief
    world.check("most read", lambda: read_and_rank(world))
    with world.committed():
        slots = frontpage.start(None, by=by)
    grid = next(slot for slot in slots if slot.kind == Slot.Kind.GRID)
    lead = next(slot for slot in slots if slot.kind == Slot.Kind.LEAD)
    world.look()
    world.check("pin", lambda: frontpage.pin(world.article, lead, by=by))
    pin = Pin.objects.get()
    world.check("move", lambda: frontpage.move(pin, grid, 0, by=by))
    ends_at = {pin.pk: frontpage.Placing(lead.pk, 0, timezone.now() + timedelta(minutes=5))}
    world.check("arrange", lambda: frontpage.arrange(None, order={}, pins=ends_at, by=by))
    world.check("a pin's end", lambda: None, wait=timedelta(minutes=5))
    world.check("pin again", lambda: frontpage.pin(world.article, lead, by=by))
    world.check(
        "unpin", lambda: frontpage.unpin(Pin.objects.get(ends_at__gt=timezone.now()), by=by)
    )
    ranking = next(slot for slot in slots if slot.kind == Slot.Kind.READ_DAY)
    ranking.title = "What all read"
    world.check("a slot", lambda: frontpage.save_slot(ranking, [], by=by))
    world.check("a slot less", lambda: frontpage.remove_slot(ranking, by=by))
    world.check("reset", lambda: frontpage.reset(None, by=by))
    banner = Banner(text="Breaking", ends_at=timezone.now() + timedelta(hours=1))
    world.check("raise", lambda: frontpage.raise_banner(banner, [], by=by))
    world.check("lower", lambda: frontpage.lower_banner(banner, by=by))
    world.check("start a section's", lambda: frontpage.start(world.old.section, by=by))


def read_and_rank(world: World) -> None:
    hour = int(timezone.now().timestamp() // 3600)
    mostread.write(Counter({(world.article.pk, hour): 5, (world.second.pk, hour): 9}))
    assert mostread.rank() == 4


def test_every_verb_of_a_ticker_purges(world):
    by = world.chief
    ticker = LiveTicker.objects.get(article=world.article)
    world.check("write", lambda: liveticker.write(ticker, by=by, text="<p>New</p>"))
    entry = LiveEntry.objects.filter(ticker=ticker, withdrawn_at=None).latest("pk")
    picture = ImageFactory()
    text = f'<p>Newer</p><figure><img data-file="{picture.pk}"></figure>'
    world.check("edit", lambda: liveticker.edit(entry, by=by, text=text))
    world.check("its picture", lambda: images.update(picture, by=by, caption="Newest"))
    world.check("withdraw", lambda: liveticker.withdraw(entry, by=by))
    world.check("put back", lambda: liveticker.put_back(entry, by=by))
    world.check("close", lambda: liveticker.close_ticker(ticker, by=by))
    world.check("open", lambda: liveticker.open_ticker(world.article, by=by))
    world.check("begin", lambda: liveticker.open_ticker(world.second, by=by))


def test_verbs_of_what_stands_around_purge(world):
    picture = {"by": world.chief, "caption": "Another caption", "alt": "Another picture"}
    world.check("picture", lambda: images.update(world.old.image, **picture))
    with world.committed():
        related.refresh_due()
    world.compare("related")
    tag = Tag.objects.get(name="Bridges")
    tag.name = "Old bridges"
    world.check("topic", lambda: topics.save(tag))
    with world.committed():
        other = world.publish(headline="Other", tags=["Ferries"])
    world.look()
    into = other.tags.get()
    world.check("merge", lambda: topics.merge([tag], into, by=world.chief))


@pytest.fixture
def desk(world, client, django_user_model):
    root = django_user_model.objects.create_superuser("root", password="x")
    client.force_login(root, backend="django.contrib.auth.backends.ModelBackend")
    world.client = client
    return world


def save(world: World, view: str, *args: object, **changes: object) -> None:
    """Save a form of the admin as it stands there, with changes."""
    if not hasattr(world, "client"):
        pytest.fail("ask for the desk")
    address = reverse(f"admin:{view}", args=args)
    with world.committed():
        response = world.client.post(
            address, {**form_of(world.client.get(address)), **posted(changes)}
        )
    assert response.status_code == 302, response.context["adminform"].form.errors


def posted(changes: dict[str, object]) -> dict[str, object]:
    data: dict[str, object] = {}
    for name, value in changes.items():
        if hasattr(value, "hour"):
            local = timezone.localtime(value)
            data |= {
                name: f"{local:%Y-%m-%dT%H:%M:%S}",
                f"{name}_0": f"{local:%Y-%m-%d}",
                f"{name}_1": f"{local:%H:%M:%S}",
            }
        else:
            data[name] = value
    return data


def form_of(response) -> dict[str, object]:
    """What a browser would send back without a change."""
    data: dict[str, object] = {}
    form = LexborHTMLParser(response.content).css_first("#content-main form")
    for node in form.css("input, textarea, select"):
        name, kind = node.attributes.get("name"), node.attributes.get("type")
        if not name or kind in {"submit", "file", "button"}:
            continue
        if kind in {"checkbox", "radio"} and "checked" not in node.attributes:
            continue
        if node.tag == "select":
            chosen = [o.attributes.get("value") or "" for o in node.css("option[selected]")]
            data[name] = chosen
        elif node.tag == "textarea":
            data[name] = node.text()
        else:
            data.setdefault(name, [])
            data[name].append(node.attributes.get("value") or ("on" if kind == "checkbox" else ""))
    return data


def test_saving_in_the_admin_purges(desk):
    tag = Tag.objects.get(name="Bridges")
    saved = [
        ("newsroom_sitesettings_change", 1, {"name": "The New Name"}),
        ("articles_section_change", desk.old.section.pk, {"name": "Politics & law"}),
        ("articles_author_change", desk.old.author.pk, {"name": "Anna B."}),
        ("articles_dossier_change", desk.old.dossier.pk, {"title": "Summer"}),
        ("articles_tag_change", tag.pk, {"description": "All about bridges"}),
        ("articles_promo_change", desk.old.promo.pk, {"title": "Another offer"}),
    ]
    for view, row, changes in saved:
        desk.check(view, partial(save, desk, view, row, **changes))


def test_adding_and_deleting_in_the_admin_purges(desk):
    new = {"name": "Culture", "slug": "culture", "color": "#112233", "position": "1",
           "is_in_menu": "on"}  # fmt: skip
    desk.check("add a section", lambda: save(desk, "articles_section_add", **new))
    promo = desk.old.promo
    address = reverse("admin:articles_promo_delete", args=[promo.pk])
    desk.check("delete a promo", lambda: desk.client.post(address, {"post": "yes"}))
    dossier = DossierFactory(title="To go")
    with desk.committed():
        desk.publish(headline="In it", dossiers=[dossier.pk])
    desk.look()
    chosen = {"action": "delete_selected", "_selected_action": [dossier.pk], "post": "yes"}
    changelist = reverse("admin:articles_dossier_changelist")
    desk.check("delete dossiers", lambda: desk.client.post(changelist, chosen))


def test_many_rows_are_deleted_in_the_transaction_that_purges(settings, rf):
    settings.CDN_PURGE = ["varnish:http://127.0.0.1:1/"]
    PromoFactory()

    def ended(execute, sql, *more):
        if sql.startswith("INSERT") and "newsroom_message" in sql:
            raise SystemExit
        return execute(sql, *more)

    with pytest.raises(SystemExit), connection.execute_wrapper(ended):
        admin.site._registry[Promo].delete_queryset(rf.post("/"), Promo.objects.all())
    assert Promo.objects.count() == 1


def test_every_table_of_the_admin_purges_or_says_why_not():
    silent = {
        model.__name__
        for model, table in admin.site._registry.items()
        if model._meta.app_label in {"articles", "newsroom", "flatpages", "auth"}
        and not isinstance(table, PurgingAdmin)
    }
    assert silent == set(NO_PAGE_SHOWS_THEM)
    assert isinstance(admin.site._registry[FlatPage], PurgingAdmin)
