"""A demo newsroom served as on a real server, for those who look at it."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple
from urllib.request import urlopen

from playwright.sync_api import Browser, BrowserContext, Page, Response

ROOT = Path(__file__).resolve().parents[2]
_PATIENCE = 60  # seconds until the server answers

SIZES = {"phone": (390, 844), "desktop": (1280, 900)}
# Those to look at besides; "zoomed" is the desk at 200 %.
OTHER_SIZES = {"tablet": (820, 1180), "wide": (1920, 1080), "zoomed": (640, 450)}
SCHEMES = ("light", "dark")


class Screen(NamedTuple):
    """One page to look at: a name for files, its path, the account ("" for readers) and the button
    to press in its empty form ("" for none).
    """

    name: str
    path: str
    account: str = ""
    button: str = ""


@dataclass(frozen=True)
class Site:
    """A running demo: its address, its accounts' password, its screens (see screens.py)."""

    address: str
    password: str
    screens: list[Screen]

    def contexts(self, browser: Browser) -> "Contexts":
        """Return browsers of each account, signed in once each."""
        return Contexts(self, browser, {})


def show(page: Page, path: str, button: str = "") -> Response:
    """Open a page and wait until nothing moves; press a button there, whatever the fields say."""
    answer = page.goto(path, wait_until="networkidle")
    if button:
        page.evaluate("document.querySelectorAll('form').forEach(form => form.noValidate = true)")
        with page.expect_navigation(wait_until="networkidle") as sent:
            page.click(button)
        answer = sent.value
    return answer


@dataclass
class Contexts:
    site: Site
    browser: Browser
    _signed_in: dict[str, object]

    def open(self, account: str, size: str, scheme: str) -> BrowserContext:
        """Return a new browser window of an account ("" for a reader); the caller closes it.

        It does not heed the pages' policy, so that a checker can be put into them.
        """
        width, height = (SIZES | OTHER_SIZES)[size]
        return self.browser.new_context(
            base_url=self.site.address,
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            reduced_motion="reduce",
            bypass_csp=True,
            storage_state=self._state(account) if account else None,
        )

    def _state(self, account: str) -> object:
        if account not in self._signed_in:
            context = self.browser.new_context(base_url=self.site.address)
            page = context.new_page()
            page.goto("/admin/login/")
            page.fill("[name=username]", account)
            page.fill("[name=password]", self.site.password)
            page.press("[name=password]", "Enter")
            page.wait_for_url(lambda url: "/login/" not in url)
            self._signed_in[account] = context.storage_state()
            context.close()
        return self._signed_in[account]


@contextmanager
def demo_site(language: str) -> Iterator[Site]:
    """Build the demo in a folder of its own, serve it in production mode, end it afterwards.

    NAMES="front article*" in the environment chooses among its screens; raises LookupError where
    it chooses none.
    """
    with tempfile.TemporaryDirectory(prefix="newsroom-audit-") as name, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        bind = f"127.0.0.1:{free.getsockname()[1]}"
        free.close()
        folder = Path(name)
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "newsroom.settings",
            "SECRET_KEY": "only-for-looking-at-a-demo-on-this-machine-0123456789-abcdef",
            "DATABASE_URL": f"sqlite:///{folder / 'demo.sqlite3'}",
            "MEDIA_ROOT": str(folder / "media"),
            "EMAIL_URL": f"file://{folder / 'mail'}",
            "PAGE_CACHE_DIR": str(folder / "pages"),
            "LANGUAGE_CODE": language,
            "SITE_URL": f"http://{bind}",
            "BIND": bind,
        }
        build = {**environment, "DEBUG": "1"}
        for command in ("migrate --verbosity 0", "demo"):
            _run([sys.executable, "manage.py", *command.split()], build)
        served = {**environment, "DEBUG": "0"}
        _run([sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity=0"], served)
        known = json.loads(_run([sys.executable, "-m", "tests.audit.screens"], served))
        screens = _chosen([Screen(*row) for row in known["screens"]])
        server = subprocess.Popen([sys.executable, "manage.py", "serve"], cwd=ROOT, env=served)
        try:
            _wait_for(f"http://{bind}/healthz")
            yield Site(f"http://{bind}", known["password"], screens)
        finally:
            server.terminate()
            server.wait()


def is_chosen(name: str) -> bool:
    """Tell whether NAMES in the environment, patterns with blanks between, chooses a screen."""
    return any(fnmatch(name, one) for one in os.environ.get("NAMES", "*").split())


def _chosen(screens: list[Screen]) -> list[Screen]:
    found = [screen for screen in screens if is_chosen(screen.name)]
    if not found:
        raise LookupError(f'NAMES="{os.environ.get("NAMES")}" chooses no screen')
    return found


def _run(command: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[1:])}: {done.stderr[-2000:]}")
    return done.stdout


def _wait_for(address: str) -> None:
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            with urlopen(address, timeout=1):  # noqa: S310 - our own server
                return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
