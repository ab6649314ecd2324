"""A real browser for every colleague; what breaks a page's policy or throws fails the story."""

import os
from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from tests.browser import CHROMIUM, FLAGS

# The driver runs an event loop of its own, in which Django would refuse its database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

# Longer than the ten seconds after which a form keeps its text by itself.
PATIENCE = 15_000
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": FLAGS}


@pytest.fixture
def open_as(browser: Browser, live_server) -> Callable[..., Page]:
    """`open_as(user, "/admin/…")`: a browser of that user's own, signed in, on that page."""
    contexts, broken = [], []

    def listen(page: Page) -> None:
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.on(
            "console",
            lambda line: broken.append(line.text) if "Security Policy" in line.text else None,
        )

    def open_page(user=None, path="/", **options) -> Page:
        context = browser.new_context(
            base_url=live_server.url, viewport={"width": 1280, "height": 900}, **options
        )
        contexts.append(context)
        if user is not None:
            client = Client()
            client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
            value = client.cookies[settings.SESSION_COOKIE_NAME].value
            cookie = {"name": settings.SESSION_COOKIE_NAME, "value": value}
            context.add_cookies([{**cookie, "url": live_server.url}])
        context.set_default_timeout(PATIENCE)
        context.on("page", listen)
        page = context.new_page()
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert broken == []
