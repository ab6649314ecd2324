"""What a job's title says once its gender suffix is off. Called by forms, feeds, matching, pages.

German adverts must not name one sex only (AGG § 11); hence the "(m/w/d)" in its hundred spellings
and the inner forms (Entwickler:in), which say nothing of the job and keep equal titles apart.
"""

import re
from dataclasses import dataclass

# Nobody reads further, and what stands there is no title.
_LONGEST = 500

_LETTERS = {
    "m": "m", "männlich": "m", "maennlich": "m", "male": "m", "mann": "m",
    "w": "w", "weiblich": "w", "f": "w", "female": "w", "frau": "w",
    "d": "d", "divers": "d", "diverse": "d", "div": "d", "div.": "d",
    "x": "x", "i": "x", "inter": "x", "non-binary": "x", "nonbinary": "x", "gn": "x", "*": "x",
}  # fmt: skip
_ONE = "|".join(sorted((re.escape(word) for word in _LETTERS if word != "*"), key=len)[::-1])
_SEPARATOR = r"(?:\s*[/|\\*,;·•\-–]\s*|\s+)"
_ALL = (
    r"(?:all|any)\s+genders?|alle\s+geschlechter|geschlechtsneutral|gender\s+neutral|gn\*?|"
    r"divers|mensch"
)
_LIST = rf"(?:{_ONE})(?:{_SEPARATOR}(?:{_ONE}))+(?:\s*[/|,]?\s*\*)?"
# In brackets of its own; letters may then stand without separators, and words without a border.
_BRACKETED = re.compile(rf"[(\[{{]\s*(?:{_LIST}|[mwfdxi]{{3,4}}|{_ALL})\s*[)\]}}]", re.IGNORECASE)
# One separator throughout, or the I of "Engineer I m/w/d" would go as well.
_BARE = re.compile(
    rf"(?<![\w/|&*+.\\])(?:{_ONE})"
    rf"(?:\s*(?P<mark>[/|\\*,;·•\-–])\s*(?:{_ONE})(?:\s*(?P=mark)\s*(?:{_ONE}|\*))*|"
    rf"(?:\s+(?:{_ONE}))+)\*?(?![\w/|&*+\\]|-\w)|"
    r"(?<![\w/&.-])(?-i:[mwfdx]{3})(?![\w/&-])",
    re.IGNORECASE,
)
_BARE_WORDS = re.compile(rf"(?:^|(?<=[\s,|/(\[\-–]))(?:{_ALL})(?=\s*(?:$|[)\],|/]))", re.IGNORECASE)
_LETTER = re.compile(rf"(?:{_ONE})(?!\w)|(?<=/)\*$", re.IGNORECASE)

# Endings of German words for people; where they stand, "In" and "(in)" are forms of the word.
_PERSON = (
    r"er|or|ör|eur|ist|ant|ent|är|at|log|gog|graf|graph|soph|urg|ik|ärzt|anwält|köch|"
    r"expert|kolleg|kund"
)
_INNER = re.compile(
    r"(?P<stem>[^\W\d_]{2,})(?:[:*·•’'!]|_)in(?:nen)?\b|"
    r"(?P<stem2>[^\W\d_]{2,})\s?-?/\s?-\s?in(?:nen)?\b|"
    rf"(?P<stem3>[^\W\d_]+(?:{_PERSON}))(?:-?/in(?:nen)?\b|\s?\(-?in(?:nen)?\)|(?-i:In(?:nen)?)\b)",
    re.IGNORECASE,
)
_SPOUSES = re.compile(
    r"(?P<stem>[^\W\d_]*)(?:mann(?:\s?[/:*(]\s?-?(?:(?P=stem))?frau)|"
    r"frau(?:\s?[/:*(]\s?-?(?:(?P=stem))?mann))\b\)?",
    re.IGNORECASE,
)
_PAIR = re.compile(
    r"\b(?P<one>[^\W\d_]{3,})(?:\s*/\s*|\s+(?:und|oder|bzw\.?|and|or)\s+)(?P<two>[^\W\d_]{3,})\b",
    re.IGNORECASE,
)
# "Technische:r Leiter:in" is "Technischer Leiter"; "Auszubildende:r" is "Auszubildende".
_ENDING = re.compile(r"(?P<stem>[^\W\d_]{2,}e)(?:[:*_]|/-?|\()(?P<end>[rn])\b\)?", re.IGNORECASE)
_NOUN = re.compile(r"(?P<stem>\w+(?:ende|stellte|tragte|ständige))[rn]\b")
# What the inner form of a word leaves of it, and the word.
_WORDS = {
    "ärzt": "arzt", "anwält": "anwalt", "köch": "koch", "log": "loge", "gog": "goge",
    "expert": "experte", "kolleg": "kollege", "kund": "kunde",
}  # fmt: skip

_NEUTRAL = re.compile(
    r"(?:kraft|kräfte|person|personen|leitung|hilfe|hilfen|assistenz|vertretung|leute|führung|"
    r"ende|praktikum|volontariat|ausbildung|studium|personal|talent|talente|nachwuchs)\b",
    re.IGNORECASE,
)
_MASCULINE = re.compile(
    r"(?:entwickler|leiter|berater|ingenieur|kaufmann|assistent|pfleger|fahrer|meister|arbeiter|"
    r"techniker|mechaniker|elektroniker|mechatroniker|verkäufer|redakteur|lehrer|koch|arzt|anwalt|"
    r"helfer|bearbeiter|führer|planer|forscher|schafter|informatiker|betreuer|schlosser|bauer|"
    r"bäcker|maler|gärtner|kellner|erzieher|referent|praktikant|volontär|dachdecker|tischler|"
    r"architekt|psychologe|monteur|verwalter|prüfer|laborant|beamter|monteure|programmierer)\b",
    re.IGNORECASE,
)
_GERMAN = re.compile(
    r"[äöüß]|\b(?:und|oder|im|in der|mit|bei|beim|zum|zur|als|der|die|das|des|von|vom|teilzeit|"
    r"vollzeit|werkstudent|minijob|auszubildende|azubi|bereich|schwerpunkt|stelle)\b",
    re.IGNORECASE,
)
_DANGLING = " \t\r\n-–—|/,;:·•*"


@dataclass(frozen=True)
class Title:
    """A title and what it says.

    `shown` is the title as sent, `plain` the same without the gender suffix, `key` equals for
    titles that mean the same. `suffix` is what was taken off, in short letters ("m/w/d").
    """

    shown: str
    plain: str
    key: str
    suffix: str
    has_neutral_form: bool
    is_german: bool

    @property
    def lacks_neutral_form(self) -> bool:
        """A German title that seems to look for one sex only: the desk should look (AGG § 11)."""
        return self.is_german and not self.has_neutral_form


def normalise(title: str) -> Title:
    """Take a title apart. A text of any length or kind is taken; it is never changed."""
    plain, suffix = _without_suffix(" ".join(title[:_LONGEST].split()))
    words, has_inner = _in_one_form(plain)
    letters = set(suffix.split("/"))
    german_suffix = bool(re.search(r"\bw\b|weiblich|geschlecht|mensch|gn", suffix))
    is_neutral = bool(letters & {"d", "x"}) or has_inner
    names_men = bool(_MASCULINE.search(plain))
    return Title(
        shown=title.strip(),
        plain=plain,
        key=_key(words),
        suffix=suffix,
        has_neutral_form=is_neutral or (not names_men and bool(_NEUTRAL.search(plain))),
        is_german=german_suffix or has_inner or names_men or bool(_GERMAN.search(plain)),
    )


def add_neutral_suffix(title: str) -> str:
    """Return the title with "(m/w/d)" where it has no neutral form; an "(m/w)" gives way to it."""
    found = normalise(title)
    if found.has_neutral_form or not found.plain:
        return title
    return f"{found.plain if found.suffix else found.shown} (m/w/d)"


def _without_suffix(text: str) -> tuple[str, str]:
    """Return a text without its gender suffixes, and the first of them in short letters."""
    suffix = ""
    while True:
        shorter, found = _take_off(text)
        suffix = suffix or found
        if shorter == text:
            return text, suffix
        text = shorter


def _take_off(text: str) -> tuple[str, str]:
    """Take all suffixes off that can be seen now; what falls together may show another one."""
    taken: list[str] = []

    def drop(match: re.Match[str]) -> str:
        short = _short(match[0])
        if short is None:
            return match[0]
        taken.append(short)
        return " "

    for pattern in (_BRACKETED, _BARE, _BARE_WORDS):
        text = pattern.sub(drop, text)
    if taken:
        # What stood between the suffix and its neighbours stands alone now.
        text = re.sub(r"([(\[{])[\s,;|/–-]+", r"\1", text)
        text = re.sub(r"[\s,;|/–-]+([)\]}])", r"\1", text)
        text = re.sub(r"\s+(?=[,;:](?:\s|$))", "", text)
        text = re.sub(r"\(\)|\[\]|\{\}", " ", text)
        text = re.sub(r"([-–—|/,;:])(?:\s+[-–—|/,;:])+(?=\s)", r"\1", text)
    text = " ".join(text.split())
    return (text.strip(_DANGLING) if taken else text), taken[0] if taken else ""


def _short(found: str) -> str | None:
    """Return a suffix in short letters, or None of what only looks like one.

    A list of letters is one when it names men and women and nothing twice: "A/D" and "M/D" are not.
    """
    inner = found.strip(" ()[]{}").lower()
    if re.fullmatch(_ALL, inner):
        return "x"
    parts = list(inner) if re.fullmatch(r"[mwfdxi]{3,4}", inner) else _LETTER.findall(inner)
    letters = [_LETTERS[part] for part in parts]
    if len(set(letters)) != len(letters) or not {"m", "w"} <= set(letters):
        return None
    is_bare = inner == found.lower()
    if is_bare and len(letters) == 2 and not re.search(r"[/|*]", inner):
        return None  # "M W Bau" is a name
    return "/".join("f" if part in {"f", "female"} else _LETTERS[part] for part in parts)


def _in_one_form(text: str) -> tuple[str, bool]:
    """Return a text with its inner forms and pairs as one plain word each; whether it had any."""

    def settle_inner(match: re.Match[str]) -> str:
        stem = match["stem"] or match["stem2"] or match["stem3"]
        for left, word in _WORDS.items():
            if stem.lower().endswith(left):
                return stem[: -len(left)] + word
        return stem

    def settle_pair(match: re.Match[str]) -> str:
        short, long = sorted((match["one"], match["two"]), key=len)
        is_pair = long.lower() in {f"{short.lower()}in", f"{short.lower()}innen"}
        is_many = short.lower().endswith("n") and long.lower() == f"{short.lower()[:-1]}innen"
        return short if is_pair or is_many else match[0]

    settled = _SPOUSES.sub(lambda match: f"{match['stem']}mann", text)
    settled = _INNER.sub(settle_inner, settled)
    settled = _ENDING.sub(lambda match: match["stem"] + match["end"], settled)
    settled = _PAIR.sub(settle_pair, settled)
    return settled, settled != text


def _key(text: str) -> str:
    """Return the words alone, in one case; + # & tell C++ from C# and M&A from MA."""
    while True:
        words = re.sub(r"[^\w+#&]+|_", " ", text.casefold())
        words = " ".join(_NOUN.sub(r"\g<stem>", words).split())
        words = _in_one_form(_without_suffix(words)[0])[0]
        if words == text:
            return words
        text = words
