"""Countries as ISO 3166-1 counts them, and Kosovo, with their names in the reader's language."""

import re
from functools import cache

from babel import Locale
from django.conf import settings
from django.utils.translation import get_language

# Babel's territories hold regions of the world ("150") and codes for other purposes as well.
_NO_COUNTRIES = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"}


@cache
def names(language: str) -> dict[str, str]:
    """Return every country's code and name, by name."""
    territories = Locale.parse(language, sep="-").territories
    found = {
        code: name
        for code, name in territories.items()
        if re.fullmatch(r"[A-Z]{2}", code) and code not in _NO_COUNTRIES
    }
    return dict(sorted(found.items(), key=lambda pair: pair[1]))


def name(code: str) -> str:
    """Return a country's name in the language of now; what is no country's code stays as it is."""
    return names(get_language() or "en").get(code, code)


def is_country(code: str) -> bool:
    """Tell whether a code names a country."""
    return code in names("en")


def read(text: str) -> str | None:
    """Return the code of a country that was typed as code or name, in any language of the site."""
    typed = text.strip().casefold()
    for language, _label in settings.LANGUAGES:
        for code, known in names(language).items():
            if typed in {code.casefold(), known.casefold()}:
                return code
    return None
