"""Sections, topics, authors, dossiers and redirects in the admin."""

import pytest
from django.urls import reverse

from articles import redirects, topics, workflow
from articles.models import Author, Dossier, DossierEntry, Redirect, Section, Tag
from newsroom.lib.verbs import NotPermitted, Refused
from tests.factories import (
    AuthorFactory,
    DossierFactory,
    ImageFactory,
    SectionFactory,
    make_article,
    make_content,
)

pytestmark = pytest.mark.django_db


def address(model: str, view: str, *args) -> str:
    return reverse(f"admin:articles_{model}_{view}", args=args)


@pytest.fixture
def as_chief(client, chief):
    client.force_login(chief)
    return client


@pytest.fixture
def as_editor(client, editor):
    client.force_login(editor)
    return client


def errors(response) -> dict[str, list[str]]:
    return dict(response.context["adminform"].form.errors)


# --- sections ----------------------------------------------------------------------------------


def section_data(**values) -> dict[str, object]:
    return {"name": "Größe & Maß", "slug": "", "color": "#123456", "position": "10"} | values


def test_section_gets_a_german_slug_when_none_is_written(as_chief):
    as_chief.post(address("section", "add"), section_data())
    assert Section.objects.get().slug == "groesse-mass"


def test_second_section_of_a_name_gets_a_free_slug(as_chief):
    SectionFactory(slug="groesse-mass")
    as_chief.post(address("section", "add"), section_data())
    assert Section.objects.filter(slug="groesse-mass-2").count() == 1


def test_section_named_without_latin_letters_gets_a_slug(as_chief):
    as_chief.post(address("section", "add"), section_data(name="أخبار 🙂"))
    assert Section.objects.get().slug == "section"


@pytest.mark.parametrize("slug", ["search", "a b", "ä"])
def test_section_slug_that_cannot_be_an_address_is_refused(as_chief, slug):
    response = as_chief.post(address("section", "add"), section_data(slug=slug))
    assert list(errors(response)) == ["slug"]


def test_old_address_of_a_renamed_section_leads_on(as_chief, client):
    section = SectionFactory(name="Local", slug="local")
    url = address("section", "change", section.pk)
    as_chief.post(url, section_data(name="City", slug="city"))
    assert redirects.target("/local/") == "/city/"
    as_chief.post(url, section_data(name="Town", slug="town"))
    assert redirects.target("/local/") == "/town/"
    assert redirects.target("/city/") == "/town/"
    as_chief.post(url, section_data(name="Local", slug="local"))
    assert redirects.target("/local/") is None
    assert Redirect.objects.count() == 2


def test_new_section_takes_over_an_old_address(as_chief):
    SectionFactory(slug="city")
    redirects.remember("/local/", Section.objects.get())
    as_chief.post(address("section", "add"), section_data(name="Local"))
    assert redirects.target("/local/") is None


def test_section_with_articles_is_not_deleted(as_chief):
    article = make_article()
    as_chief.post(address("section", "delete", article.section_id), {"post": "yes"})
    assert Section.objects.count() == 1


def test_menu_is_ordered_in_the_list(as_chief):
    first, second = SectionFactory(), SectionFactory()
    data = {
        "form-TOTAL_FORMS": "2",
        "form-INITIAL_FORMS": "2",
        "form-0-id": first.pk,
        "form-0-position": "20",
        "form-1-id": second.pk,
        "form-1-position": "10",
        "form-1-is_in_menu": "on",
        "_save": "Save",
    }
    as_chief.post(address("section", "changelist"), data)
    assert list(Section.objects.for_menu()) == [second]
    assert list(Section.objects.all()) == [second, first]


def test_editor_sees_sections_but_changes_none(as_editor):
    section = SectionFactory()
    assert as_editor.get(address("section", "change", section.pk)).status_code == 200
    assert as_editor.post(address("section", "add"), section_data()).status_code == 403


# --- topics ------------------------------------------------------------------------------------


def test_new_topic_gets_its_slug_and_another_spelling_is_refused(as_chief):
    as_chief.post(address("tag", "add"), {"name": "Köln", "description": ""})
    assert Tag.objects.get().slug == "koeln"
    response = as_chief.post(address("tag", "add"), {"name": "KÖLN ", "description": ""})
    assert list(errors(response)) == ["name"]
    assert Tag.objects.count() == 1


def test_renamed_topic_moves_and_its_old_address_and_name_lead_on(as_chief, editor):
    article = make_article(tags=["Twitter"])
    tag = Tag.objects.get()
    as_chief.post(
        address("tag", "change", tag.pk), {"name": "X", "slug": "twitter", "description": ""}
    )
    tag.refresh_from_db()
    assert (tag.name, tag.slug) == ("X", "x")
    assert redirects.target("/topics/twitter/") == "/topics/x/"
    content = make_content(**article.head.content)
    workflow.save_draft(article, content, by=editor, base=article.head)
    workflow.publish(article, by=editor)
    assert [tag.name for tag in article.tags.all()] == ["X"]
    assert Tag.objects.count() == 1


def test_renamed_topic_keeps_a_slug_written_with_the_name(as_chief):
    tag = Tag.objects.create(name="Twitter")
    as_chief.post(
        address("tag", "change", tag.pk), {"name": "X", "slug": "x-network", "description": ""}
    )
    tag.refresh_from_db()
    assert tag.slug == "x-network"


def test_merged_topics_are_one_and_stay_one(chief, editor):
    both = make_article(headline="Both", tags=["Köln", "Cologne"])
    other = make_article(headline="Other", tags=["Cologne"])
    keep, gone = Tag.objects.get(name="Köln"), Tag.objects.get(name="Cologne")
    redirects.remember("/tag/cologne/", gone)
    assert topics.merge([keep, gone], keep, by=chief) == 2
    for article in (both, other):
        assert [tag.name for tag in article.tags.all()] == ["Köln"]
    assert list(Tag.objects.all()) == [keep]
    assert redirects.target("/topics/cologne/") == "/topics/koeln/"
    assert redirects.target("/tag/cologne/") == "/topics/koeln/"
    # The working copy still names the topic that is gone.
    workflow.save_draft(other, make_content(**other.head.content), by=editor, base=other.head)
    workflow.publish(other, by=editor)
    assert [tag.name for tag in other.tags.all()] == ["Köln"]
    make_article(headline="Imported", tags=["cologne", "KÖLN"])
    assert list(Tag.objects.all()) == [keep]


def test_merge_needs_permission_and_two_topics(editor, chief):
    one, two = Tag.objects.create(name="One"), Tag.objects.create(name="Two")
    with pytest.raises(NotPermitted):
        topics.merge([one, two], one, by=editor)
    with pytest.raises(Refused):
        topics.merge([one], one, by=chief)
    assert Tag.objects.count() == 2


def test_merge_asks_which_topic_stays(as_chief):
    make_article(tags=["Cologne"])
    Tag.objects.create(name="Köln")
    ids = list(Tag.objects.order_by("name").values_list("pk", flat=True))
    data = {"action": "merge", "_selected_action": ids}
    asked = as_chief.post(address("tag", "changelist"), data)
    assert [(tag.name, tag.count) for tag in asked.context["tags"]] == [("Cologne", 1), ("Köln", 0)]
    assert Tag.objects.count() == 2
    done = as_chief.post(address("tag", "changelist"), data | {"into": ids[1]}, follow=True)
    assert [str(m) for m in done.context["messages"]] == [
        "Merged into “Köln”; 1 article was moved."
    ]
    assert [tag.name for tag in Tag.objects.all()] == ["Köln"]


def test_merge_of_one_topic_only_warns(as_chief):
    tag = Tag.objects.create(name="One")
    data = {"action": "merge", "_selected_action": [tag.pk]}
    done = as_chief.post(address("tag", "changelist"), data, follow=True)
    assert [str(m) for m in done.context["messages"]] == ["Choose at least two topics."]


def test_editor_is_not_offered_the_merge(as_editor):
    Tag.objects.create(name="One")
    assert 'value="merge"' not in as_editor.get(address("tag", "changelist")).content.decode()


# --- authors -----------------------------------------------------------------------------------


def author_data(**values) -> dict[str, object]:
    return {"name": "Jörg Weiß", "slug": "", "biography": "", "portrait": ""} | values


def test_author_gets_a_slug_and_a_portrait(as_editor, reporter):
    image = ImageFactory()
    as_editor.post(address("author", "add"), author_data(portrait=image.pk, user=reporter.pk))
    author = Author.objects.get()
    assert (author.slug, author.portrait, author.user) == ("joerg-weiss", image, reporter)


@pytest.mark.parametrize("portrait", ["abc", "99999999999999999999", "-1", "0"])
def test_portrait_that_is_no_picture_is_refused(as_editor, portrait):
    response = as_editor.post(address("author", "add"), author_data(portrait=portrait))
    assert list(errors(response)) == ["portrait"]


def test_old_address_of_a_renamed_author_leads_on(as_editor):
    author = AuthorFactory(slug="old-name")
    as_editor.post(
        address("author", "change", author.pk), author_data(name="New Name", slug="new-name")
    )
    assert redirects.target("/authors/old-name/") == "/authors/new-name/"


def test_reporter_sees_authors_but_changes_none(client, reporter):
    client.force_login(reporter)
    author = AuthorFactory()
    url = address("author", "change", author.pk)
    assert client.get(url).status_code == 200
    assert client.post(url, author_data()).status_code == 403


# --- dossiers ----------------------------------------------------------------------------------


def dossier_data(dossier=None, entries=(), **values) -> dict[str, object]:
    data = {
        "title": "The bridge",
        "slug": "",
        "standfirst": "",
        "image": "",
        "entries-TOTAL_FORMS": len(entries),
        "entries-INITIAL_FORMS": sum(1 for entry in entries if entry.get("id")),
    }
    for number, entry in enumerate(entries):
        data |= {f"entries-{number}-{name}": value for name, value in entry.items()}
        data[f"entries-{number}-dossier"] = dossier.pk if dossier else ""
    return data | values


def test_editor_makes_a_dossier_with_articles_in_their_order(as_editor):
    first, second, third = (make_article(headline=name) for name in ("One", "Two", "Three"))
    entries = [
        {"position": "20", "article": first.pk},
        {"position": "10", "article": second.pk},
        {"position": "", "article": third.pk},
    ]
    as_editor.post(address("dossier", "add"), dossier_data(entries=entries))
    dossier = Dossier.objects.get()
    assert dossier.slug == "the-bridge"
    assert list(dossier.entries.values_list("article__headline", "position")) == [
        ("Two", 10),
        ("One", 20),
        ("Three", 30),
    ]


def test_entry_is_moved_between_two_others(as_editor):
    dossier = DossierFactory()
    rows = [
        DossierEntry.objects.create(dossier=dossier, article=make_article(), position=number * 10)
        for number in (1, 2, 3)
    ]
    entries = [
        {"id": row.pk, "position": position, "article": row.article_id}
        for row, position in zip(rows, (10, 20, 15), strict=True)
    ]
    url = address("dossier", "change", dossier.pk)
    as_editor.post(url, dossier_data(dossier, entries, slug=dossier.slug))
    order = list(dossier.entries.values_list("pk", "position"))
    assert order == [(rows[0].pk, 10), (rows[2].pk, 20), (rows[1].pk, 30)]


def test_old_address_of_a_renamed_dossier_leads_on_without_a_chain(as_editor):
    dossier = DossierFactory(slug="one")
    DossierEntry.objects.create(dossier=dossier, article=make_article())
    url = address("dossier", "change", dossier.pk)
    for slug in ("two", "three"):
        as_editor.post(url, dossier_data(dossier, slug=slug))
    assert redirects.target("/dossiers/one/") == "/dossiers/three/"
    assert redirects.target("/dossiers/two/") == "/dossiers/three/"


@pytest.mark.parametrize("count", [1, 5])
def test_dossier_page_takes_the_same_queries_for_every_length(
    as_editor, count, django_assert_num_queries
):
    dossier = DossierFactory(image=ImageFactory())
    for _n in range(count):
        DossierEntry.objects.create(dossier=dossier, article=make_article())
    url = address("dossier", "change", dossier.pk)
    as_editor.get(url)
    with django_assert_num_queries(9, is_warm=True):
        as_editor.get(url)


# --- redirects ---------------------------------------------------------------------------------


def redirect_data(**values) -> dict[str, object]:
    return {"old_path": "/old/", "new_path": ""} | values


def test_redirect_to_a_section_and_to_a_path(as_chief):
    section = SectionFactory(slug="city")
    as_chief.post(address("redirect", "add"), redirect_data(section=section.pk))
    as_chief.post(address("redirect", "add"), redirect_data(old_path="/a/", new_path="/b/"))
    assert (redirects.target("/old/"), redirects.target("/a/")) == ("/city/", "/b/")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "__all__"),
        ({"new_path": "/old/"}, "__all__"),
        ({"new_path": "https://example.com/"}, "new_path"),
        ({"new_path": "//example.com/"}, "new_path"),
        ({"old_path": "old", "new_path": "/b/"}, "old_path"),
    ],
)
def test_redirect_that_leads_nowhere_or_away_is_refused(as_chief, values, field):
    response = as_chief.post(address("redirect", "add"), redirect_data(**values))
    assert list(errors(response)) == [field]
    assert Redirect.objects.count() == 0


def test_redirect_to_two_things_is_refused(as_chief):
    data = redirect_data(section=SectionFactory().pk, new_path="/b/")
    assert list(errors(as_chief.post(address("redirect", "add"), data))) == ["__all__"]


@pytest.mark.parametrize(
    ("kind", "wanted"), [("section", {"/s/"}), ("new_path", {"/p/"}), ("", {"/s/", "/p/"})]
)
def test_redirects_are_filtered_by_what_they_lead_to(as_chief, kind, wanted):
    Redirect.objects.create(old_path="/s/", section=SectionFactory())
    Redirect.objects.create(old_path="/p/", new_path="/x/")
    response = as_chief.get(address("redirect", "changelist"), {"kind": kind} if kind else {})
    assert {row.old_path for row in response.context["cl"].result_list} == wanted


def test_editor_sees_redirects_but_adds_none(as_editor):
    assert as_editor.get(address("redirect", "changelist")).status_code == 200
    assert as_editor.get(address("redirect", "add")).status_code == 403


# --- lists -------------------------------------------------------------------------------------


def make_rows(model: str, count: int) -> None:
    for number in range(count):
        if model == "tag":
            Tag.objects.create(name=f"Topic {number}")
        elif model == "redirect":
            Redirect.objects.create(old_path=f"/{number}/", section=SectionFactory())
        else:
            {"section": SectionFactory, "author": AuthorFactory, "dossier": DossierFactory}[model]()


@pytest.mark.parametrize("count", [1, 4])
@pytest.mark.parametrize(
    ("model", "queries"),
    [("section", 9), ("tag", 9), ("author", 9), ("dossier", 9), ("redirect", 8)],
)
def test_list_takes_the_same_queries_for_every_length(
    as_chief, model, queries, count, django_assert_num_queries
):
    make_rows(model, count)
    url = address(model, "changelist")
    as_chief.get(url)
    with django_assert_num_queries(queries, is_warm=True):
        response = as_chief.get(url, {"q": ""})
    assert len(response.context["cl"].result_list) == count
