"""Every string of the site has its German, and an installation compiles it."""

import gettext

import pytest
from babel.messages.catalog import Catalog
from django.core.management import call_command

from newsroom.management.commands import messages


@pytest.fixture
def locale(settings, tmp_path):
    settings.LOCALE_PATHS = [tmp_path]
    return tmp_path


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_catalogue_is_complete(language):
    assert messages.complaints(language, messages.collect()) == []


def test_strings_are_found_in_code_and_templates():
    used = messages.collect()
    places = {message.id: dict(message.locations).keys() for message in used if message.id}
    assert "newsroom/roles.py" in places["Chief editor"]
    assert "templates/admin/login.html" in places["Log in"]
    assert ("%d account was locked.", "%d accounts were locked.") in places
    assert ("%(left)s code is left.", "%(left)s codes are left.") in places
    trimmed = "There were too many wrong passwords for this account from here. Try again in 15"
    assert [text for text in places if isinstance(text, str) and text.startswith(trimmed)]


def test_complaints_name_what_is_wrong(locale):
    used = Catalog()
    for text in ("Kept", "Missing", "%(name)s wrote", "Doubtful"):
        used.add(text)
    messages.update("de", used)
    path = messages.path_of("de")
    text = path.read_text()
    for english, german in (("Kept", "Behalten"), ("%(name)s wrote", "%(nam)s schrieb")):
        text = text.replace(
            f'msgid "{english}"\nmsgstr ""', f'msgid "{english}"\nmsgstr "{german}"'
        )
    text = text.replace('msgid "Doubtful"\nmsgstr ""', '#, fuzzy\nmsgid "Doubtful"\nmsgstr "Na"')
    path.write_text(text + '\nmsgid "Old"\nmsgstr "Alt"\n')
    found = messages.complaints("de", used)
    assert [line.partition(":")[2].split(":")[0].strip() for line in found] == [
        "not translated",
        "'%(name)s wrote'",
        "marked fuzzy",
        "no longer used",
    ]


def test_update_keeps_translations_and_drops_what_is_unused(locale):
    used = Catalog()
    used.add("One")
    messages.update("de", used)
    path = messages.path_of("de")
    path.write_text(
        path.read_text().replace('msgid "One"\nmsgstr ""', 'msgid "One"\nmsgstr "Eins"')
    )
    used.add("Two")
    messages.update("de", used)
    assert 'msgid "One"\nmsgstr "Eins"' in path.read_text()
    assert 'msgid "Two"\nmsgstr ""' in path.read_text()
    only_two = Catalog()
    only_two.add("Two")
    messages.update("de", only_two)
    assert "Eins" not in path.read_text()


def test_compiled_catalogue_speaks_german(locale):
    used = Catalog()
    used.add("One")
    messages.update("de", used)
    path = messages.path_of("de")
    path.write_text(
        path.read_text().replace('msgid "One"\nmsgstr ""', 'msgid "One"\nmsgstr "Eins"')
    )
    call_command("messages", "--compile")
    with path.with_suffix(".mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("One") == "Eins"
