"""Addresses from German and English words. Used wherever a slug is made."""

from django.utils.text import slugify

# Django's slugify drops ß and reduces ä to a; German readers expect the two-letter forms.
_GERMAN = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ẞ": "Ss"}
)
# Names that would otherwise lose the sign that tells them apart.
_SIGNS = {"c++": "c-plus-plus", "c#": "c-sharp", "f#": "f-sharp", ".net": "dot-net"}


def make_slug(text: str, *, max_length: int = 80, fallback: str = "") -> str:
    """Return an ASCII slug of at most max_length characters, cut at a word's end where possible.

    Returns fallback for a text without a Latin letter or digit (emoji, Arabic).
    """
    words = " ".join(_SIGNS.get(word, word) for word in text.lower().split())
    slug = slugify(words.translate(_GERMAN)).strip("-_")
    if len(slug) > max_length:
        head, _dash, _tail = slug[: max_length + 1].rpartition("-")
        slug = head if len(head) > max_length // 2 else slug[:max_length]
    return slug.strip("-_") or fallback
