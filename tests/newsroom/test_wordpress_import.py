"""The import as a whole: what becomes of every record, once, twice, and after a kill."""

from datetime import UTC, datetime

import pytest
from django.contrib.flatpages.models import FlatPage
from django.core.management import CommandError, call_command

from articles import workflow
from articles.models import Article, Author, Redirect, Revision, Section, Tag
from comments.models import Comment, CommentAuthor, ModerationAction, Thread
from newsroom.models import ImportedRecord
from newsroom.wordpress import importing
from newsroom.wordpress.importing import run
from tests.factories import SectionFactory, UserFactory, make_content

from .wordpress import export
from .wordpress.export import reasons, row

pytestmark = pytest.mark.django_db


def everything():
    """What the import may write, for comparison."""
    models = (Article, Revision, Author, Section, Tag, Redirect, FlatPage, ImportedRecord)
    models += (Comment, CommentAuthor, ModerationAction, Thread)
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


SITE = (
    export.author("ada", "Ada Byron"),
    export.category("child", "Child", parent="top"),
    export.category("top", "Top &amp; more"),
    export.tag("rain", "Rain", "Water from above."),
    export.item(
        1,
        title="Bridge <em>closed</em>",
        excerpt="The <b>old</b> bridge.",
        labels=export.label("category", "top", "Top")
        + export.label("category", "child", "Child")
        + export.label("post_tag", "rain", "Rain"),
        comments=export.comment(7),
    ),
    export.item(2, kind="page", slug="about", link="https://old.example/about/"),
    export.item(3, kind="revision"),
)


def test_story_of_a_small_site(load):
    report = load(*SITE)
    assert report.numbers() == {
        kind: dict(
            zip(
                ["in_file", "imported", "updated", "unchanged", "skipped", "failed"],
                numbers,
                strict=True,
            )
        )
        for kind, numbers in {
            "author": (1, 1, 0, 0, 0, 0),
            "category": (2, 2, 0, 0, 0, 0),
            "tag": (1, 1, 0, 0, 0, 0),
            "post": (1, 1, 0, 0, 0, 0),
            "comment": (1, 1, 0, 0, 0, 0),
            "page": (1, 1, 0, 0, 0, 0),
            "revision": (1, 0, 0, 0, 1, 0),
        }.items()
    }
    article = Article.objects.visible().get()
    assert (article.headline, article.standfirst) == ("Bridge closed", "The old bridge.")
    assert article.get_absolute_url() == "/2019/05/item-1/"
    assert article.section.slug == "child"
    assert article.section.parent.name == "Top & more"
    assert [tag.name for tag in article.tags.all()] == ["Rain"]
    assert Tag.objects.get().description == "Water from above."
    assert [author.name for author in article.authors.all()] == ["Ada Byron"]
    assert Author.objects.get().email == ""
    assert FlatPage.objects.get().url == "/about/"


def test_second_run_changes_nothing(load):
    load(*SITE)
    before = everything()
    report = load(*SITE)
    assert everything() == before
    assert row(report, "post") == (1, 0, 0, 1, 0, 0)
    assert row(report, "page") == (1, 0, 0, 1, 0, 0)
    assert row(report, "comment") == (1, 0, 0, 1, 0, 0)


def test_dry_run_counts_the_same_and_writes_nothing(load):
    before = everything()
    dry = load(*SITE, is_dry=True)
    assert everything() == before
    assert load(*SITE).numbers() == dry.numbers()


@pytest.mark.parametrize(
    ("values", "status", "is_visible"),
    [
        ({"status": "publish"}, "published", True),
        ({"status": "future", "date_gmt": "2999-01-01 00:00:00"}, None, False),
        ({"status": "future", "date_gmt": "2150-01-01 00:00:00"}, "published", False),
        ({"status": "draft"}, "draft", False),
        ({"status": "auto-draft"}, "draft", False),
        ({"status": "pending"}, "in_review", False),
        ({"status": "private"}, "draft", False),
        ({"status": "publish", "password": "x"}, "draft", False),
        ({"status": "pitch"}, "draft", False),
        ({"status": "trash"}, None, False),
    ],
)
def test_status(load, client, values, status, is_visible):
    load(export.item(1, **values))
    found = Article.objects.first()
    assert (found.status if found else None) == status
    assert Article.objects.visible().exists() == is_visible
    answer = client.get("/2019/05/12/item-1/")
    assert answer.status_code == (301 if is_visible else 404)


@pytest.mark.parametrize(
    ("values", "moment"),
    [
        ({}, datetime(2019, 5, 12, 10, tzinfo=UTC)),
        ({"date_gmt": "0000-00-00 00:00:00"}, datetime(2019, 5, 12, 10, tzinfo=UTC)),
        ({"date_gmt": "", "date": "2019-01-12 12:00:00"}, datetime(2019, 1, 12, 11, tzinfo=UTC)),
    ],
)
def test_date_is_gmt_or_else_the_sites_own_clock(load, values, moment):
    load(export.item(1, **values))
    assert Article.objects.get().published_at == moment


@pytest.mark.parametrize(
    "date", ["", "0000-00-00 00:00:00", "0001-01-01 00:00:00", "9999-12-31 23:59:59"]
)
def test_post_with_an_impossible_date_fails_alone(load, date):
    report = load(export.item(1, date=date, date_gmt=date), export.item(2))
    assert row(report, "post") == (2, 1, 0, 0, 0, 1)
    assert Article.objects.get().slug == "item-2"


def test_titles_of_every_kind(load):
    load(
        export.item(1, title="word " * 100),
        export.item(2, title="", body="First words of the text."),
        export.item(3, title="", body=""),
        export.item(4, title="مرحبا 🎉", slug=""),
        export.item(5, title="<script>x</script>A < B &amp; C"),
    )
    headlines = list(Article.objects.order_by("pk").values_list("headline", flat=True))
    assert [len(h) <= 200 for h in headlines] == [True] * 5
    assert headlines[0].endswith("word …")
    assert headlines[1:4] == ["First words of the text.", "Untitled", "مرحبا 🎉"]
    assert "script" not in headlines[4] and "A < B & C" in headlines[4]


def test_equal_slugs_in_a_month_are_numbered(load):
    load(*(export.item(n, slug="same") for n in range(1, 4)))
    slugs = Article.objects.order_by("pk").values_list("slug", flat=True)
    assert list(slugs) == ["same", "same-2", "same-3"]


def test_changed_record_updates_and_a_new_one_comes_in(load):
    load(export.item(1, title="Old"))
    report = load(export.item(1, title="New"), export.item(2))
    assert row(report, "post") == (2, 1, 1, 0, 0, 0)
    article = Article.objects.get(slug="item-1")
    assert (article.headline, article.revisions.count()) == ("New", 2)


def test_identity_is_the_key_and_not_the_title(load):
    load(export.item(1, title="Same"), export.item(2, title="Same"))
    assert Article.objects.count() == 2


def test_text_edited_here_is_left_alone(load):
    load(export.item(1, title="Old"))
    article = Article.objects.get()
    editor = UserFactory(role="Editor")
    values = make_content(**{**article.head.content, "headline": "Ours"})
    workflow.save_draft(article, values, by=editor, base=article.head)
    workflow.publish(article, by=editor)
    report = load(export.item(1, title="Theirs"))
    assert row(report, "post") == (1, 0, 0, 0, 1, 0)
    assert reasons(report, "post") == {"edited here since": 1}
    assert Article.objects.get().headline == "Ours"


def test_article_withdrawn_here_stays_withdrawn(load):
    load(export.item(1, title="Old"))
    workflow.withdraw(Article.objects.get(), by=UserFactory(role="Chief editor"), reason="Wrong.")
    report = load(export.item(1, title="New"))
    assert reasons(report, "post") == {"edited here since": 1}
    assert Article.objects.get().status == "withdrawn"


def test_article_deleted_here_does_not_come_back(load):
    load(export.item(1))
    article = Article.objects.get()
    Article.objects.update(head=None, live=None)
    article.log.all().delete()
    article.delete()
    assert reasons(load(export.item(1, title="New")), "post") == {"deleted here since": 1}


def test_post_taken_off_the_source_is_reported_and_not_decided(load):
    load(export.item(1))
    report = load(export.item(1, status="private"))
    assert reasons(report, "post") == {"public here, no longer there: decide by hand": 1}


def test_scheduled_post_that_changes_stays_scheduled(load):
    load(export.item(1, status="future", date_gmt="2150-01-01 00:00:00"))
    load(export.item(1, status="future", date_gmt="2151-02-01 00:00:00", title="New"))
    article = Article.objects.get()
    assert (article.headline, article.published_at.year, article.is_live) == ("New", 2151, False)


# --- Terms -------------------------------------------------------------------------------------


def test_deepest_category_is_the_section_and_others_become_topics(load):
    load(
        export.category("sport", "Sport"),
        export.category("city", "City"),
        export.category("parks", "Parks", parent="city"),
        export.item(
            1,
            labels=export.label("category", "sport", "Sport")
            + export.label("category", "city", "City")
            + export.label("category", "parks", "Parks"),
        ),
    )
    article = Article.objects.get()
    assert article.section.slug == "parks"
    assert [tag.name for tag in article.tags.all()] == ["Sport"]


def test_post_without_category_goes_to_the_default_section(load):
    load(export.item(1))
    assert Article.objects.get().section.slug == "news"


def test_category_with_a_reserved_address_gets_another(load):
    load(export.category("jobs", "Jobs"))
    assert Section.objects.get().slug == "jobs-2"


def test_section_that_is_here_already_is_used(load):
    ours = SectionFactory(slug="city", name="Our city")
    load(
        export.category("city", "City"),
        export.item(1, labels=export.label("category", "city", "City")),
    )
    assert Section.objects.get() == ours
    assert Article.objects.get().section == ours
    report = load(export.category("city", "Town"))
    assert reasons(report, "category") == {"edited here since": 1}
    assert Section.objects.get().name == "Our city"


def test_circle_of_categories_ends(load):
    load(export.category("a", "A", parent="b"), export.category("b", "B", parent="a"))
    assert Section.objects.count() == 2


def test_empty_menu_is_filled_with_the_fullest_sections(load):
    load(
        export.category("empty", "Empty"),
        export.item(1, labels=export.label("category", "city", "City")),
    )
    assert list(Section.objects.filter(is_in_menu=True).values_list("slug", flat=True)) == ["city"]


def test_what_only_items_name_is_counted_apart(load):
    parts = (export.item(1, creator="Bob", labels=export.label("category", "city", "City")),)
    assert row(load(*parts), "author, named only") == (1, 1, 0, 0, 0, 0)
    second = load(*parts)
    assert row(second, "author, named only") == (1, 0, 0, 1, 0, 0)
    assert row(second, "category, named only") == (1, 0, 0, 1, 0, 0)
    assert Author.objects.get().name == "Bob"


@pytest.mark.parametrize("creator", ["ada", "Ada", " >ada"])
def test_login_is_recognised_in_any_case(load, creator):
    load(export.author("Ada", "Ada Byron"), export.item(1, creator=creator))
    assert [author.name for author in Article.objects.get().authors.all()] == ["Ada Byron"]


def test_guest_author_signs_instead_of_the_account(load):
    load(export.author("ada"), export.item(1, labels=export.label("author", "cap-grace", "Grace")))
    assert [author.name for author in Article.objects.get().authors.all()] == ["Grace"]


def test_author_renamed_there_is_renamed_here_unless_edited(load):
    load(export.author("ada", "Ada"))
    assert row(load(export.author("ada", "Ada B.")), "author") == (1, 0, 1, 0, 0, 0)
    Author.objects.update(name="Countess")
    assert reasons(load(export.author("ada", "Ada L.")), "author") == {"edited here since": 1}
    assert Author.objects.get().name == "Countess"


# --- Runs ----------------------------------------------------------------------------------------


def test_broken_file_stops_the_run_before_anything_is_written(tmp_path):
    good = export.write(tmp_path, *SITE)
    bad = export.write(tmp_path, "<item></wrong>", name="bad.xml")
    before = everything()
    with pytest.raises(CommandError, match=r"bad\.xml, line 7"):
        call_command("import_wordpress", str(good), str(bad))
    assert everything() == before


def test_later_file_wins_and_repeats_are_counted_once(tmp_path):
    first = export.write(tmp_path, export.author("ada"), export.item(1, title="Old"))
    second = export.write(tmp_path, export.author("ada"), export.item(1, title="New"), name="b.xml")
    for expected in ((2, 1, 0, 0, 1, 0), (2, 0, 0, 1, 1, 0)):
        report = run([first, second])
        assert row(report, "post") == expected
        assert row(report, "author") == expected
    assert Article.objects.get().headline == "New"


def test_two_sites_with_the_same_ids_do_not_touch_each_other(tmp_path):
    first = export.write(tmp_path, export.item(1, title="One"))
    second = tmp_path / "b.xml"
    second.write_text(first.read_text().replace("old.example", "other.example"))
    run([first])
    run([second])
    assert Article.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_killed_run_is_finished_by_running_again(tmp_path, monkeypatch):
    monkeypatch.setattr(importing, "_BATCH", 2)
    path = export.write(tmp_path, *(export.item(n) for n in range(1, 8)))

    class Killed(BaseException):
        pass

    def dying(records, total, _name):
        for number, record in enumerate(records):
            if total and record.kind == "post" and number == 5:
                raise Killed
            yield record

    with pytest.raises(Killed):
        run([path], progress=dying)
    assert Article.objects.count() == 4
    report = run([path])
    assert row(report, "post") == (7, 3, 0, 4, 0, 0)
    assert report.is_resumed and not run([path]).is_resumed
    assert (
        Article.objects.count() == Redirect.objects.filter(old_path__startswith="/?p=").count() == 7
    )


def test_command_prints_the_report(tmp_path, capsys):
    path = export.write(tmp_path, *SITE)
    call_command("import_wordpress", str(path), "--dry-run")
    printed = capsys.readouterr().out
    assert "post" in printed and "type of no use here" in printed and "nothing was kept" in printed


def test_number_of_queries_does_not_grow_with_unchanged_posts(
    tmp_path, django_assert_max_num_queries
):
    label = export.label("category", "city", "City")
    path = export.write(tmp_path, *(export.item(n, labels=label) for n in range(1, 60)))
    run([path])
    with django_assert_max_num_queries(180):
        run([path])
