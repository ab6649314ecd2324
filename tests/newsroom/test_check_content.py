"""What does not fit together is found, and nothing else; nothing is changed."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.contrib.flatpages.models import FlatPage
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.utils import timezone

from articles import images, liveticker, redirects, workflow
from articles.models import Banner, Redirect
from articles.renditions import find
from newsroom.archive.checking import Finding, check

from ..factories import (
    AuthorFactory,
    DossierFactory,
    PromoFactory,
    SectionFactory,
    UserFactory,
    make_article,
    make_draft,
    make_issue,
)
from ..jobs.makers import make_job
from .othersite import OtherSite
from .test_images import picture

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def link(*addresses):
    return "<p>" + "".join(f'<a href="{address}">a link</a>' for address in addresses) + "</p>"


def found():
    return list(check())


def form(row):
    """Where the desk opens a row."""
    meta = row._meta
    return f"http://testserver/admin/{meta.app_label}/{meta.model_name}/{row.pk}/change/"


def test_links_that_lead_somewhere_are_not_found(media, capsys):
    section, author, dossier = SectionFactory(), AuthorFactory(), DossierFactory()
    target = make_article(headline="Target", section=section.pk, tags=["Köln"])
    later = make_article(headline="Later", at=timezone.now() + timedelta(days=1))
    FlatPage.objects.create(url="/about/", title="About", content=link("/about/"))
    redirects.remember("/2003/01/old.html", target)
    redirects.remember("/?p=12", target)
    make_article(
        body=link(
            target.get_absolute_url(),
            f"http://testserver{target.get_absolute_url()}?a=1#below",
            later.get_absolute_url(),
            section.get_absolute_url(),
            author.get_absolute_url(),
            dossier.get_absolute_url(),
            "/topics/koeln/",
            "/2003/01/old.html",
            "/?p=12",
            "/about/",
            "/search/?q=x",
            "/jobs/",
            make_job().get_absolute_url(),
            "https://elsewhere.example/2003/01/gone/",
            "mailto:us@example.org",
            "#below",
        )
    )
    assert found() == []
    call_command("check_content", verbosity=0)
    assert capsys.readouterr().out == ""
    call_command("check_content")
    assert capsys.readouterr().out == "Everything fits together.\n"


def test_links_that_lead_nowhere_are_found(reporter, chief):
    draft = make_draft(by=reporter, headline="Not yet")
    gone = make_article(headline="Gone")
    workflow.withdraw(gone, by=chief, reason="Wrong")
    dead = [
        gone.get_absolute_url(),
        "/2001/01/never/",
        "http://testserver/nowhere/",
        "/topics/nothing/",
        "/authors/nobody/",
        "/jobs/999-none/",
        "/?p=99",
        f"/2026/11/{draft.slug}/",
        "/a &amp; b/",
    ]
    article = make_article(body=link(*dead))
    page = FlatPage.objects.create(url="/about/", title="About", content=link("/nowhere/"))
    make_draft(by=reporter, body=link("/not/yet/published/"))
    written = [*dead[:-1], "/a & b/"]
    assert found() == [
        *(Finding("broken link", form(article), address) for address in written),
        Finding("broken link", form(page), "/nowhere/"),
    ]


def test_links_beyond_the_texts_are_found_where_readers_meet_them(chief):
    article = make_article()
    ticker = liveticker.open_ticker(article, by=chief)
    liveticker.write(ticker, by=chief, text=link("/no/1/"))
    issue = make_issue(intro=link("/no/2/"), closing=link("/no/3/", "/"))
    make_issue(intro=link("/no/sent/"), sent_at=timezone.now())
    soon, before = timezone.now() + timedelta(days=1), timezone.now() - timedelta(days=1)
    ended = before + timedelta(hours=1)
    banner = Banner.objects.create(text="Storm", link="/no/4/", ends_at=soon)
    Banner.objects.create(text="Storm", link="/no/over/", starts_at=before, ends_at=ended)
    promo, later = PromoFactory(target="/no/5/"), PromoFactory(target="/no/6/", starts_at=soon)
    PromoFactory(target="/no/over/", starts_at=before, ends_at=ended)
    PromoFactory(target="/jobs/")
    rows = [article, issue, issue, banner, promo, later]
    assert found() == [
        Finding("broken link", form(row), f"/no/{number}/")
        for number, row in enumerate(rows, start=1)
    ]


def test_what_is_found_opens_at_the_desk(client, chief):
    article = make_article(body=link("/nowhere/"))
    page = FlatPage.objects.create(url="/about/", title="About", content=link("/nowhere/"))
    lost = images.store(ContentFile(picture(), name="a.jpg"), by=None)
    lost.file.storage.delete(lost.file.name)
    dead = Redirect.objects.create(old_path="/old", new_path="/nowhere/")
    client.force_login(UserFactory(is_superuser=True))
    places = [finding.where for finding in found()]
    assert places == [form(row) for row in (article, page, dead, lost)]
    assert {client.get(urlsplit(place).path).status_code for place in places} == {200}


def test_redirects_that_lead_nowhere_are_found(reporter, chief):
    draft, live = make_draft(by=reporter), make_article(tags=["Köln"])
    withdrawn = make_article()
    workflow.withdraw(withdrawn, by=chief, reason="Wrong")
    (tag,) = live.tags.all()
    unused = type(tag).objects.create(name="Unused")
    targets = {
        "/live": {"article": live},
        "/told": {"article": withdrawn},
        "/draft": {"article": draft},
        "/topic": {"tag": tag},
        "/unused": {"tag": unused},
        "/section": {"section": live.section},
        "/path": {"new_path": live.get_absolute_url()},
        "/chain": {"new_path": "/live"},
        "/nowhere": {"new_path": "/2001/01/never/"},
        "/circle": {"new_path": "/circle/"},
    }
    rows = {
        old_path: Redirect.objects.create(old_path=old_path, **target)
        for old_path, target in targets.items()
    }
    assert found() == [
        Finding("dead redirect", form(rows["/draft"]), f"/draft → article {draft.pk}"),
        Finding("dead redirect", form(rows["/unused"]), f"/unused → topic {unused.pk}"),
        Finding("dead redirect", form(rows["/nowhere"]), "/nowhere → /2001/01/never/"),
        Finding("dead redirect", form(rows["/circle"]), "/circle → /circle/"),
    ]


def test_files_without_rows_and_rows_without_files_are_found(media, capsys):
    kept, lost = (
        images.store(ContentFile(picture(color=color), name="a.jpg"), by=None)
        for color in ("red", "blue")
    )
    find(kept, f"full-320-{kept.focal_key}", "jpg").make()
    assert found() == []
    (media / lost.file.name).unlink()
    stray = [
        "left.txt",
        "originals/aa/stray.jpg",
        f"renditions/{kept.token.hex}/.part-half",
        f"renditions/{lost.token.hex}0/x.jpg",
    ]
    stray[2:] = sorted(stray[2:])
    for name in stray:
        (media / name).parent.mkdir(parents=True, exist_ok=True)
        (media / name).write_bytes(b"x")
    before = sorted(media.rglob("*"))
    expected = [
        Finding("missing file", form(lost), lost.file.name),
        *(Finding("orphan", name, "no row names this file") for name in stray),
    ]
    assert found() == expected
    with pytest.raises(CommandError, match=r"1 × missing file, 4 × orphan\."):
        call_command("check_content")
    assert sorted(media.rglob("*")) == before
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["What", "Where", "Which"]
    assert [line.split()[-1] for line in lines[1:2]] == [lost.file.name]


def test_any_number_of_articles_costs_the_same_queries(django_assert_num_queries):
    for number in (1, 3):
        while Redirect.objects.count() < number:
            target = make_article(headline="Target")
            make_article(body=link(target.get_absolute_url(), "/nowhere/"))
            Redirect.objects.create(old_path=f"/old-{target.pk}", article=target)
        # Pages' addresses; articles with what their links need and one path that nothing has;
        # entries of tickers, pages, both texts of issues, banners, promos; redirects, files;
        # counts of months, the sitemap and topics, as written down and as counted; indexes.
        with django_assert_num_queries(20):
            found()


def test_the_command_ends_with_one_for_cron(tmp_path):
    place = OtherSite(tmp_path / "site", "sqlite")
    place.run("migrate", "-v0")
    assert place.run("check_content", "-v0") == ""
    (place.media / "stray.txt").write_text("x")
    assert place.refuse("check_content", "-v0") == "CommandError: 1 × orphan.\n"
