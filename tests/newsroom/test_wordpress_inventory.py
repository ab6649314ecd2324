"""What a run says: the inventory of a dry run, the report as JSON, the map of authors."""

import gzip
import json

import pytest
from django.core.management import CommandError, call_command

from articles.models import Article, Author
from newsroom.wordpress.reader import Unreadable
from newsroom.wordpress.terms import read_names

from .wordpress import export
from .wordpress.counting import counted

pytestmark = pytest.mark.django_db

SITE = (
    export.author("ada", "Ada Byron"),
    export.author("bob", 'Bob "B.", junior', number=2),
    export.category("city", "City"),
    export.item(1, slug="same", body="[chart id=1]<p>x</p>", comments=export.comment(7)),
    export.item(2, slug="same", comments=export.comment(8, kind="pingback")),
    export.item(3, kind="recipe"),
    export.item(
        5, kind="attachment", url="https://old.example/wp-content/uploads/2019/05/gone.jpg"
    ),
)


def test_inventory_of_a_dry_run(tmp_path, capsys):
    (tmp_path / "uploads").mkdir()
    path = export.write(tmp_path, *SITE)
    call_command("import_wordpress", str(path), "--dry-run", "--media", str(tmp_path / "uploads"))
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    for expected in (
        "post 2 2 0 0 0 0",
        "1 × recipe: type of no use here",
        "1 × [chart]",
        "1 × 2019/05/gone.jpg",
        "1 × /2019/05/same/",
        "login,name",
        "ada,Ada Byron",
        'bob,"Bob ""B."", junior"',
        "Dry run: nothing was kept.",
    ):
        assert expected in lines
    assert not Article.objects.exists() and not Author.objects.exists()


def test_report_as_json_accounts_for_every_record(tmp_path):
    path, file = export.write(tmp_path, *SITE), tmp_path / "report.json"
    call_command("import_wordpress", str(path), "--report", str(file))
    report = json.loads(file.read_text())
    records = report["records"]
    assert {kind: entry["in_file"] for kind, entry in records.items()} == dict(counted(path))
    for entry in records.values():
        ends = ("imported", "updated", "unchanged", "skipped", "failed")
        assert entry["in_file"] == sum(entry[end] for end in ends)
    assert records["recipe"]["reasons"] == [
        {"outcome": "skipped", "reason": "type of no use here", "number": 1}
    ]
    assert report["slug_clashes"] == {"/2019/05/same/": 1}
    assert report["authors"]["ada"] == "Ada Byron"


def test_report_that_cannot_be_written_is_an_error(tmp_path):
    path = export.write(tmp_path, *SITE)
    with pytest.raises(CommandError, match="could not be written"):
        call_command("import_wordpress", str(path), "--report", str(tmp_path / "no" / "r.json"))


# --- The map of authors --------------------------------------------------------------------------


def write_map(tmp_path, text):
    path = tmp_path / "map.csv"
    path.write_text(text, encoding="utf-8")
    return path


def signers():
    articles = Article.objects.order_by("pk").prefetch_related("authors")
    return [[author.name for author in article.authors.all()] for article in articles]


POSTS = (export.item(1, creator="ada"), export.item(2, creator="ada2"), export.item(3, creator="x"))


def test_map_names_profiles_joins_logins_and_uses_those_that_are_here(load, tmp_path):
    ours = Author.objects.create(name="Ada Byron", slug="ada-b")
    path = write_map(tmp_path, "login,name\nAda,Ada Byron\nada2,Ada Byron\n\nx,Xenia\n")
    for _run in range(2):
        load(export.author("ada", "admin"), *POSTS, authors=read_names(path))
        assert signers() == [["Ada Byron"], ["Ada Byron"], ["Xenia"]]
        assert set(Author.objects.values_list("name", flat=True)) == {"Ada Byron", "Xenia"}
    assert ours.bylines.count() == 2


def test_without_a_map_nobody_becomes_a_profile_of_the_same_name(load):
    Author.objects.create(name="ada", slug="ada-b")
    load(*POSTS[:1])
    assert Author.objects.filter(name="ada").count() == 2


@pytest.mark.parametrize("text", ["login,name\nada\n", "login,name\nada,\n", "ada,A,B\n"])
def test_map_with_a_bad_line_is_refused_before_anything_is_written(tmp_path, text):
    path = write_map(tmp_path, text)
    with pytest.raises(Unreadable, match=r"map\.csv, line"):
        read_names(path)
    good = export.write(tmp_path, *POSTS)
    with pytest.raises(CommandError, match="Nothing was imported"):
        call_command("import_wordpress", str(good), "--authors", str(path))
    assert not Article.objects.exists()


def test_gzipped_export_is_imported(load, tmp_path):
    path = export.write(tmp_path, *SITE)
    packed = tmp_path / "export.xml.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    path.unlink()
    call_command("import_wordpress", str(packed))
    assert Article.objects.count() == 2
