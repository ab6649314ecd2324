"""One release gives way to the next: both's pages find their files, in old and new processes."""

import re

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.http import Http404
from django.test import RequestFactory

from newsroom.lib.staticfiles import StaticFilesMiddleware
from newsroom.settings import STORAGES

pytestmark = pytest.mark.django_db  # the end of an answer looks after connections


def nothing(_request):
    raise Http404


@pytest.fixture
def release(settings, tmp_path):
    """Write the static files of a release and collect them into the one folder of the site."""
    source = tmp_path / "source"
    settings.STATIC_ROOT, settings.STATICFILES_DIRS = tmp_path / "static", [source]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STORAGES = STORAGES

    def collect(**files: str) -> None:
        source.mkdir(exist_ok=True)
        for name, text in files.items():
            (source / f"{name}.css").write_text(text)
        call_command("collectstatic", interactive=False, verbosity=0)

    return collect


def name_of(name: str) -> str:
    """The address of a file as a process that begins now writes it into its pages."""
    return type(staticfiles_storage._wrapped)().url(f"{name}.css")


def get(process: StaticFilesMiddleware, path: str, **headers: str):
    response = process(RequestFactory().get(path, headers=headers))
    body = b"".join(response.streaming_content)
    response.close()
    return response, body


def test_old_and_new_processes_serve_the_files_of_both(release):
    release(site="a { color: red }" * 50)
    before, old = name_of("site"), StaticFilesMiddleware(nothing)
    release(site="a { color: blue }" * 50, more="b { color: blue }")
    after, new = name_of("site"), StaticFilesMiddleware(nothing)
    assert before != after
    for process in (old, new):
        assert get(process, before)[1].startswith(b"a { color: red }")
        assert get(process, after)[1].startswith(b"a { color: blue }")
        assert get(process, name_of("more"))[1] == b"b { color: blue }"
        packed, _body = get(process, after, accept_encoding="br")
        assert (packed["Content-Encoding"], packed["Content-Type"]) == (
            "br",
            'text/css; charset="utf-8"',
        )
    assert "immutable" in get(old, before)[0]["Cache-Control"]
    assert "immutable" in get(new, after)[0]["Cache-Control"]


def test_what_no_release_has_is_missing_and_leads_out_of_no_folder(release, tmp_path):
    release(site="a { color: red }")
    (tmp_path / "secret.css").write_text("no")
    process = StaticFilesMiddleware(nothing)
    for path in ("/static/none.css", "/static/../secret.css", "/static//site.css", "/static/", "/"):
        with pytest.raises(Http404):
            process(RequestFactory().get(path))


def test_an_old_process_renders_a_template_of_the_new_release(release):
    release(site="a { color: red }", gone="i { color: red }")
    storage = type(staticfiles_storage._wrapped)()
    before = [storage.url("site.css"), storage.url("gone.css")]
    with pytest.raises(ValueError, match=r"new\.css"):
        storage.url("new.css")
    release(new="b { color: red }")
    assert re.fullmatch(r"/static/new\.[0-9a-f]{12}\.css", storage.url("new.css"))
    assert [storage.url("site.css"), storage.url("gone.css")] == before
    with pytest.raises(ValueError, match=r"never\.css"):
        storage.url("never.css")
