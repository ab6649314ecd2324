"""The rules of the house that no tool checks: sizes, names, one gate, no inline code, no traces."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).resolve().parents[1]
APPS = ("newsroom", "articles", "comments", "jobs")
LINES = {"code": 400, "test": 500, "template": 120}
BANNED_NAMES = {
    "utils", "helpers", "services", "common", "managers", "signals", "tasks", "constants", "misc",
}  # fmt: skip

# Files whose business is the state itself; everywhere else a queryset method says what is meant.
STATUS_IS_THEIR_BUSINESS = {
    "articles/admin/filters.py": "the list filter by status itself",
}
# Addresses that anybody may open. What is not here and not in the admin needs a permission.
PUBLIC = {
    "healthz", "readyz", "metrics", "site-icon", "site-logo",
    "articles:front", "articles:rendition", "articles:preview",
    "articles:preview-picture",
    "articles:search",
    "articles:topics", "articles:topic", "articles:author", "articles:dossier", "articles:archive",
    "articles:archive-month", "articles:article", "articles:section", "articles:section-colors",
    "articles:api-articles", "articles:api-article", "articles:api-description",
    "robots", "indexnow-key", "mail-reports", "tdmrep", "articles:corrections",
    "articles:sitemap", "articles:sitemap-lists", "articles:sitemap-month",
    "articles:sitemap-part", "articles:news-sitemap",
    "articles:feed", "articles:feed-atom", "articles:feed-json", "articles:corrections-feed",
    "articles:corrections-feed-atom", "articles:corrections-feed-json",
    "articles:section-feed", "articles:section-feed-atom", "articles:section-feed-json",
    "articles:topic-feed", "articles:topic-feed-atom", "articles:topic-feed-json",
    "articles:author-feed", "articles:author-feed-atom", "articles:author-feed-json",
    "articles:dossier-feed", "articles:dossier-feed-atom", "articles:dossier-feed-json",
    "articles:read", "articles:live", "articles:promo", "articles:promo-in-section",
    "comments:thread", "comments:feed", "comments:site-feed", "comments:report", "comments:own",
    "comments:confirm", "comments:stop-replies",
    "jobs:list", "jobs:job", "jobs:submit", "jobs:submitted", "jobs:manage", "jobs:edit",
    "jobs:feed", "jobs:feed-json", "jobs:feed-xml", "jobs:sitemap", "jobs:sitemap-part",
    "articles:alert-ask", "articles:alert-asked", "articles:alert-confirm", "articles:alert-off",
    "articles:alert-preferences", "articles:alert-data",
    "articles:newsletter", "articles:newsletter-issue",
}  # fmt: skip
PUBLIC_ADMIN = {"admin:login"}


def tracked(*suffixes: str) -> list[Path]:
    """The project's files: what git knows or would add."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    paths = [ROOT / name for name in sorted(set(listing.stdout.splitlines()))]
    return [path for path in paths if path.is_file() and (path.suffix in suffixes or not suffixes)]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def code_files() -> list[Path]:
    return [
        path
        for path in tracked(".py")
        if path.relative_to(ROOT).parts[0] in APPS and "migrations" not in path.parts
    ]


def kind_of(path: Path) -> str:
    top = path.relative_to(ROOT).parts[0]
    return {"tests": "test", "templates": "template"}.get(top, "code")


def test_files_stay_readable():
    too_long = {}
    for path in tracked(".py", ".html", ".js", ".css"):
        is_data = "migrations" in path.parts or "newsroom/demo/texts" in name_of(path)
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > LINES[kind_of(path)] and not is_data:
            too_long[name_of(path)] = lines
    assert too_long == {}


def test_names_say_what_is_inside():
    assert [name_of(path) for path in code_files() if path.stem in BANNED_NAMES] == []


def test_modules_say_what_lives_in_them():
    silent = [
        name_of(path)
        for path in code_files()
        if path.read_text(encoding="utf-8").strip()
        and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []


def test_nothing_hides_behind_signals_save_or_mark_safe():
    # Ruff bans the plain imports; these are the ways around it.
    ways = re.compile(r"\breceiver\(|\.connect\(\s*\w|mark_safe|SafeString\(|def save\(self")
    allowed = {
        "newsroom/apps.py",  # the groups are written after migrate, by Django's own signal
        "newsroom/lib/fetching.py",  # a socket connects; it is no signal
        "newsroom/archive/backup.py",  # a copy of the database is opened; it is no signal
        "newsroom/lib/stencils.py",  # what a template has rendered, with values escaped in its gaps
        "articles/models/tag.py",  # taggit makes tags by save() and offers no other hook
    }
    found = [
        name_of(path)
        for path in code_files()
        if ways.search(path.read_text(encoding="utf-8")) and name_of(path) not in allowed
    ]
    assert found == []


def test_status_is_asked_only_where_it_is_defined():
    question = re.compile(r"(?:filter|exclude|get|Q)\(\s*[^)]*\bstatus(?:__\w+)?\s*=")
    found = {
        name_of(path)
        for path in code_files()
        if "models" not in path.parts
        and "workflow" not in path.parts
        and question.search(path.read_text(encoding="utf-8"))
    }
    assert found - set(STATUS_IS_THEIR_BUSINESS) == set()


def test_public_templates_hold_no_inline_script_or_style():
    inline = re.compile(
        r"<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\b(?:src=|application/(?:ld\+)?json))",
        re.IGNORECASE,
    )
    found = {
        name_of(path): inline.findall(path.read_text(encoding="utf-8"))
        for path in tracked(".html")
        # Mail programs read no style sheet of ours, nor can who is told that the site is away.
        if not {"admin", "mail", "server"} & set(path.parts)
        and inline.search(path.read_text(encoding="utf-8"))
    }
    assert found == {}


def test_tree_tells_nothing_of_machines_or_registries():
    # Written in pieces, or this file would find itself.
    traces = re.compile(
        "|".join(
            [
                "/wo" + "rk/",
                "/ro" + "ot/",
                "pypi" + r"\.org",
                "index" + "-url http",
                "--extra" + "-index",
            ]
        )
    )
    found = {}
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        if match := traces.search(text):
            found[name_of(path)] = match[0]
    assert found == {}
    assert not (ROOT / "uv.lock").exists()


def test_only_tests_know_the_samples_beside_the_project():
    beside = "../sha" + "red"
    found = [
        name_of(path)
        for path in tracked(".py", ".md", ".toml", ".html", ".example", "")
        if kind_of(path) != "test" and beside in path.read_text(encoding="utf-8", errors="replace")
    ]
    assert found == []


def test_pins_have_hashes_and_agree():
    pins = {}
    for name in ("requirements.txt", "requirements-machines.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text()
        pins[name] = dict(re.findall(r"^([a-z0-9._-]+)==([^ \\]+)", text, re.MULTILINE))
        blocks = re.split(r"^(?=[a-z0-9._-]+==)", text, flags=re.MULTILINE)[1:]
        assert [block for block in blocks if "--hash=sha256:" not in block] == []
        assert "://" not in text
    main, many, dev = pins.values()
    assert {name: many.get(name) for name in main} == main
    assert {name: dev.get(name) for name in many} == many


def routes(patterns, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = ":".join(filter(None, [namespace, pattern.namespace]))
            yield from routes(pattern.url_patterns, inner)
        else:
            yield ":".join(filter(None, [namespace, pattern.name])), pattern


def test_every_address_is_public_by_list_or_in_the_admin():
    names = {name for name, _pattern in routes(get_resolver().url_patterns)}
    assert {name for name in names if not name.startswith("admin")} == PUBLIC


@pytest.mark.django_db
def test_every_address_of_the_admin_asks_for_an_account(client):
    checked = 0
    for name, pattern in routes(get_resolver().url_patterns):
        if not name.startswith("admin") or name in PUBLIC_ADMIN:
            continue
        request = client.get("/").wsgi_request
        arguments = dict.fromkeys(pattern.pattern.converters, "1")
        response = pattern.callback(request, **{**arguments, **pattern.default_args})
        assert response.status_code == 302, name
        assert response.url.startswith(("/admin/login/?next=", "/admin/")), name
        checked += 1
    assert checked > 50
