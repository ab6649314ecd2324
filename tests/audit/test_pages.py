"""No page breaks the rules of accessibility (axe-core) or of HTML (the Nu checker).

WCAG 2.2 AA with axe's best practices; each page on a phone in the dark and on a desk in the light,
with WHOLE=1 (make audit) in all four ways. NAMES="front article*" chooses pages, SITE_LANGUAGE the
demo.
"""

import json
import os
import subprocess
from collections.abc import Iterable, Iterator

import pytest
from playwright.sync_api import Page

from tests import node

from .site import SCHEMES, SIZES, Screen, Site, demo_site, show

pytestmark = pytest.mark.node

WAYS = [("phone", "dark"), ("desktop", "light")]
if os.environ.get("WHOLE"):
    WAYS = [(size, scheme) for size in SIZES for scheme in SCHEMES]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module", params=[os.environ.get("SITE_LANGUAGE", "de")])
def site(request) -> Iterator[Site]:
    with demo_site(request.param) as running:
        yield running


@pytest.fixture(scope="module")
def contexts(site, browser):
    return site.contexts(browser)


@pytest.mark.parametrize("way", WAYS, ids="-".join)
def test_every_page_is_accessible(site, contexts, way):
    code = (node.folder("axe-core") / "axe.min.js").read_text()
    found = []
    for account, screens in _by_account(site).items():
        context = contexts.open(account, *way)
        page = context.new_page()
        for screen in screens:
            show(page, screen.path, screen.button)  # scripts name what Django leaves unnamed
            found += [f"{screen.name}: {words}" for words in violations(page, code)]
        context.close()
    _demand_none(found)


def test_every_page_is_valid_html(site, contexts, tmp_path):
    for account, screens in _by_account(site).items():
        context = contexts.open(account, *WAYS[0])
        page = context.new_page()
        for name, path, _account, button in screens:
            answer = show(page, path, button) if button else context.request.get(path)
            (tmp_path / f"{name}.html").write_bytes(answer.body())
        context.close()
    assert len(list(tmp_path.iterdir())) == len(site.screens)
    jar = node.folder("vnu-jar") / "build/dist/vnu.jar"
    command = ["java", "-jar", str(jar), "--format", "json", "--stdout", "--errors-only"]
    done = subprocess.run(
        [*command, "--exit-zero-always", "--skip-non-html", str(tmp_path)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    messages = json.loads(done.stdout)["messages"]
    _demand_none(_told(message) for message in messages)


def violations(page: Page, code: str) -> list[str]:
    """Return what axe objects to on a page: the rule, how often, the first place."""
    page.evaluate(code)
    run = "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})"
    return [
        f"{one['id']} × {len(one['nodes'])}: {one['nodes'][0]['html'][:200]}"
        f" ({one['nodes'][0]['failureSummary'][:300]})"
        for one in page.evaluate(run, RULES)["violations"]
    ]


def _by_account(site: Site) -> dict[str, list[Screen]]:
    accounts: dict[str, list[Screen]] = {}
    for screen in site.screens:
        accounts.setdefault(screen.account, []).append(screen)
    return accounts


def _demand_none(found: Iterable[str]) -> None:
    lines = sorted(found)
    if lines:
        pytest.fail(f"{len(lines)} complaints:\n" + "\n".join(lines), pytrace=False)


def _told(message: dict) -> str:
    place = message["url"].rpartition("/")[2]
    return f"{place}:{message.get('lastLine')}: {message['message']} {message.get('extract', '')}"
