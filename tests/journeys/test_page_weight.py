"""What a page weighs on the wire and whether it moves: a real browser, production's files."""

import threading
from collections.abc import Callable, Iterator

import pytest
from django.core.management import call_command
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from playwright.sync_api import Browser

from articles.models import Article
from newsroom.demo.build import build
from newsroom.settings import STORAGES

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

# Head and body of all answers but pictures; the issue asks for 60 KB in 8 requests.
MOST_BYTES = 60_000
MOST_REQUESTS = 8
MOST_SCRIPT = 10_000

SHIFTS = """window.shifted = 0
new PerformanceObserver(list => { for (const move of list.getEntries()) shifted += move.value })
  .observe({type: "layout-shift", buffered: true})"""
SCROLL = """async () => { for (let y = 0; y < document.body.scrollHeight; y += 600) {
  scrollTo(0, y); await new Promise(done => setTimeout(done, 50)) } }"""


class Quiet(WSGIRequestHandler):
    """Logs nothing."""

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def served(request, settings, tmp_path) -> Iterator[Callable[[str], str]]:
    """The demo as production serves it: page cache, hashed and compressed files."""
    settings.DEBUG = True
    build()
    settings.DEBUG = False
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STORAGES = STORAGES
    call_command("collectstatic", interactive=False, verbosity=0)
    server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
    # Only now: it reads what there is of static files when it starts.
    server.set_app(request.getfixturevalue("door"))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield lambda path: f"http://127.0.0.1:{server.server_port}{path}"
    server.shutdown()
    server.server_close()
    thread.join()


def weigh(browser: Browser, address: str, width: int) -> tuple[dict[str, list[float]], float]:
    """Return the bytes of every answer by its kind, and how much the page moved."""
    context = browser.new_context(viewport={"width": width, "height": 844})
    page = context.new_page()
    kinds: dict[str, str] = {}
    sizes: dict[str, list[float]] = {}
    session = context.new_cdp_session(page)
    session.on("Network.responseReceived", lambda e: kinds.update({e["requestId"]: e["type"]}))
    session.on(
        "Network.loadingFinished",
        lambda e: sizes.setdefault(kinds[e["requestId"]], []).append(e["encodedDataLength"]),
    )
    session.send("Network.enable")
    page.add_init_script(SHIFTS)
    page.goto(address, wait_until="networkidle")
    page.evaluate(SCROLL)
    page.wait_for_load_state("networkidle")
    moved = page.evaluate("shifted")
    context.close()
    return sizes, moved


def test_pages_are_light_and_do_not_move(browser, served):
    slugs = ["the-crack-was-known-for-eleven-years", "let-the-machine-search-let-a-person-read"]
    paths = [article.get_absolute_url() for article in Article.objects.filter(slug__in=slugs)]
    assert len(paths) == 2
    for path, width in [("/", 390), ("/", 1280), (paths[0], 1280), (paths[1], 390)]:
        sizes, moved = weigh(browser, served(path), width)
        assert sizes.pop("Image")
        # The readers' stylesheet, and the colours that the site's settings make.
        assert len(sizes["Stylesheet"]) == 2
        assert len(sizes["Font"]) == 2
        assert sum(sizes.get("Script", [])) <= MOST_SCRIPT
        assert sum(map(len, sizes.values())) <= MOST_REQUESTS
        assert sum(map(sum, sizes.values())) <= MOST_BYTES, sizes
        assert moved == 0
