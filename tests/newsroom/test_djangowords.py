"""Django's own screens speak German wherever the desk shows them."""

import io
from collections.abc import Iterator
from pathlib import Path

import django
from babel.messages.extract import extract_python
from django.utils import translation
from django.utils.translation.template import templatize

DJANGO = Path(django.__file__).parent
# What German writes the same way, or no screen of the desk shows.
SAME = {
    "%(class_name)s %(instance)s", ", ", "Filter", "Logout", "Run", "addedname", "changedname",
    "deletedname", "In case you’ve forgotten, you are:",
}  # fmt: skip


def strings() -> Iterator[str]:
    """Every plain string that Django's admin, accounts and pages translate."""
    keywords: dict = dict.fromkeys(["_", "gettext", "gettext_lazy", "gettext_noop"])
    for app in ("admin", "auth", "flatpages"):
        for path in (DJANGO / "contrib" / app).rglob("*"):
            if path.suffix not in {".py", ".html"} or "management" in path.parts:
                continue
            source = path.read_text(encoding="utf-8")
            if path.suffix == ".html":
                source = "\n".join(line.strip() for line in templatize(source).splitlines())
            for _line, _name, words, _ in extract_python(
                io.BytesIO(source.encode()), keywords, [], {}
            ):
                if isinstance(words, str) and words:
                    yield words


def test_no_word_of_djangos_screens_is_left_in_english():
    found = set(strings())
    assert "Reset password" in found
    with translation.override("de"):
        english = {words for words in found if translation.gettext(words) == words}
    assert english == SAME
