"""`make screenshots`: every screen, phone and desktop, light and dark, into var/screenshots.

NAMES="front article" and SITE_LANGUAGE=de choose.
"""

import os
import sys

from playwright.sync_api import sync_playwright

from tests.browser import CHROMIUM, FLAGS

from .site import ROOT, SCHEMES, SIZES, demo_site


def main() -> int:
    """Take the pictures; return 0."""
    language = os.environ.get("SITE_LANGUAGE", "de")
    names = os.environ.get("NAMES", "").split()
    folder = ROOT / "var/screenshots" / language
    folder.mkdir(parents=True, exist_ok=True)
    with demo_site(language) as site, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        windows = site.contexts(browser)
        wanted = [screen for screen in site.screens if not names or screen[0] in names]
        for size in SIZES:
            for scheme in SCHEMES:
                contexts = {}
                for name, path, account in wanted:
                    if account not in contexts:
                        contexts[account] = windows.open(account, size, scheme)
                    page = contexts[account].new_page()
                    page.goto(path)
                    # Pictures further down load when they come near.
                    page.evaluate(
                        "document.querySelectorAll('img').forEach(i => i.loading = 'eager')"
                    )
                    page.wait_for_load_state("networkidle")
                    page.screenshot(path=folder / f"{name}-{size}-{scheme}.png", full_page=True)
                    page.close()
                for context in contexts.values():
                    context.close()
        browser.close()
    print(f"{len(wanted) * len(SIZES) * len(SCHEMES)} pictures in {folder}")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
