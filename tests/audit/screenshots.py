"""`make screenshots`: every screen, phone and desktop, light and dark, into var/screenshots.

NAMES="front article*", SIZES="tablet wide zoomed", SITE_LANGUAGE=en choose; MEDIA=print, contrast
or forced shows screens on paper, in high contrast, in the system's own colours.
"""

import os
import sys

from playwright.sync_api import Page, sync_playwright

from tests.browser import CHROMIUM, FLAGS

from .site import ROOT, SCHEMES, SIZES, demo_site, show

MEDIA = {
    "": {},
    "print": {"media": "print"},
    "contrast": {"contrast": "more"},
    "forced": {"forced_colors": "active"},
}


def main() -> int:
    """Take the pictures; return 0."""
    language = os.environ.get("SITE_LANGUAGE", "de")
    sizes = os.environ.get("SIZES", " ".join(SIZES)).split()
    media = os.environ.get("MEDIA", "")
    folder = ROOT / "var/screenshots" / language / media
    folder.mkdir(parents=True, exist_ok=True)
    number = 0
    with demo_site(language) as site, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        windows = site.contexts(browser)
        for size, scheme in ((size, scheme) for size in sizes for scheme in SCHEMES):
            contexts = {}
            for name, path, account, button in site.screens:
                if account not in contexts:
                    contexts[account] = windows.open(account, size, scheme)
                page = contexts[account].new_page()
                page.emulate_media(**MEDIA[media])
                show(page, path, button)
                picture(page, folder / f"{name}-{size}-{scheme}.png")
                number += 1
                page.close()
            for context in contexts.values():
                context.close()
        browser.close()
    print(f"{number} pictures in {folder}")  # noqa: T201
    return 0


def picture(page: Page, path: os.PathLike[str]) -> None:
    """Take a picture of a whole page; what lies further down loads only when it comes near."""
    page.evaluate("document.querySelectorAll('img').forEach(image => image.loading = 'eager')")
    page.evaluate("Promise.allSettled([...document.images].map(image => image.decode()))")
    page.screenshot(path=path, full_page=True)


if __name__ == "__main__":
    sys.exit(main())
