"""Missing pictures from the old site: a real server on this machine plays it."""

import io
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from PIL import Image as Pixels

from articles.models import Article, Image
from newsroom.ghost import importing as ghost
from newsroom.wordpress.importing import Options, run

from . import ghostsite
from .wordpress import export
from .wordpress.export import reasons, row

pytestmark = pytest.mark.django_db
BRIDGE = "/wp-content/uploads/2019/05/bridge.jpg"


def jpeg():
    buffer = io.BytesIO()
    Pixels.new("RGB", (40, 30), "red").save(buffer, "JPEG")
    return buffer.getvalue()


class OldSite(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        kind, status, body = "image/jpeg", 200, jpeg()
        if "bridge.jpg" not in self.path:
            kind, status, body = "text/html", 404, b"none"
        if "page" in self.path:
            kind, status = "text/html", 200
        self.send_response(302 if "away" in self.path else status)
        if "away" in self.path:
            self.send_header("Location", f"http://localhost:{self.server.server_port}{BRIDGE}")
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args):
        """Say nothing."""


@pytest.fixture
def old_site(settings, tmp_path):
    settings.FETCH_ALLOW_LOOPBACK = True
    settings.MEDIA_ROOT = tmp_path / "media"
    server = ThreadingHTTPServer(("127.0.0.1", 0), OldSite)
    server.asked = []
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def load_from(old_site, tmp_path):
    """Import an export of the site that the server plays."""

    def load_from(*parts, **options):
        path = export.write(tmp_path, *parts)
        here = f"http://127.0.0.1:{old_site.server_port}"
        path.write_text(path.read_text().replace("https://old.example", here))
        return run([path], Options(**{"downloads": True} | options))

    return load_from


def picture(url=f"https://old.example{BRIDGE}", number=5):
    return export.item(number, kind="attachment", url=url, title="Bridge")


def test_missing_picture_is_fetched_once_and_shown(load_from, old_site):
    body = f'<p>x</p><img src="https://old.example{BRIDGE.replace(".jpg", "-300x200.jpg")}">'
    parts = (picture(), export.item(1, body=body))
    assert row(load_from(*parts), "attachment") == (1, 1, 0, 0, 0, 0)
    image = Image.objects.get()
    assert image.file.read() == jpeg()
    assert f'data-file="{image.pk}"' in Article.objects.get().body
    assert row(load_from(*parts), "attachment") == (1, 0, 0, 1, 0, 0)
    assert old_site.asked == [BRIDGE]


def test_picture_that_only_a_body_names_is_fetched_in_full_size(load_from, old_site):
    small = BRIDGE.replace(".jpg", "-300x200.jpg")
    load_from(export.item(1, body=f'<img src="https://old.example{small}">'))
    assert Image.objects.count() == 1
    assert old_site.asked == [BRIDGE]


def test_without_the_option_nothing_is_asked(load_from, old_site):
    load_from(picture(), downloads=False)
    assert not Image.objects.exists() and not old_site.asked


@pytest.mark.parametrize(
    "url",
    [
        "https://else.example/wp-content/uploads/bridge.jpg",
        "ftp://127.0.0.1/wp-content/uploads/bridge.jpg",
        "https://[broken/wp-content/uploads/bridge.jpg",
    ],
)
def test_no_other_site_is_asked(load_from, old_site, url):
    report = load_from(picture(url))
    assert row(report, "attachment")[1] == 0
    assert not Image.objects.exists() and not old_site.asked


@pytest.mark.parametrize(
    "path", ["/wp-content/uploads/gone.jpg", "/wp-content/uploads/page/bridge.jpg"]
)
def test_what_is_not_there_or_no_picture_is_missing(load_from, old_site, path):
    report = load_from(picture(f"https://old.example{path}"))
    assert reasons(report, "attachment") == {"no media folder given": 1}
    assert old_site.asked == [path] and not Image.objects.exists()


def test_redirect_to_another_host_is_not_taken(load_from):
    report = load_from(picture("https://old.example/wp-content/uploads/away/bridge.jpg"))
    assert report.notes["not downloaded: it leads to another site"] == 1
    assert not Image.objects.exists()


def test_address_that_is_not_public_is_never_asked(load_from, old_site, settings):
    settings.FETCH_ALLOW_LOOPBACK = False
    report = load_from(*(picture(number=n) for n in range(5, 15)))
    assert not old_site.asked
    assert sum(n for note, n in report.notes.items() if "not public" in note) == 5  # then given up


def test_pictures_of_a_ghost_site_are_fetched_from_its_address(old_site, tmp_path):
    shown = "__GHOST_URL__/content/images/size/w600/2021/05/bridge.jpg"
    post = ghostsite.post(1, html=f'<p>x</p><img src="{shown}">', feature_image=shown)
    path = ghostsite.write(tmp_path / "export.json", posts=[post])
    site = f"http://127.0.0.1:{old_site.server_port}"
    assert ghost.run(path, ghost.Options(site=site)).missing_files.total() > 0
    assert old_site.asked == []
    assert not Image.objects.exists()
    ghost.run(path, ghost.Options(site=site, downloads=True))
    image = Image.objects.get()
    assert image.file.read() == jpeg()
    article = Article.objects.get()
    assert article.lead_image == image
    assert f'data-file="{image.pk}"' in article.body
    ghost.run(path, ghost.Options(site=site, downloads=True))
    assert old_site.asked == ["/content/images/2021/05/bridge.jpg"]
