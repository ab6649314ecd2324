"""WordPress' shortcodes and block comments → plain HTML, for blocks.py to tidy up.

What is not known here is taken out or left as text, and counted either way.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from html import escape
from urllib.parse import urlsplit

from newsroom.lib.richtext import is_web_address

# A bracket in a text is no shortcode: "[the minister]". No backtracking: a bracket ends each try.
_TOKEN = re.compile(r"\[(/?)([a-zA-Z][\w-]{0,40})((?:[\s=/:][^\[\]]{0,4000})?)\]")
_ATTRIBUTE = re.compile(
    r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|[“”″]([^“”″]*)[“”″]|([^\s"'/]\S*))|(\S+)"""
)
_CODE = re.compile(r"<(pre|code)\b[^>]*>.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
_CAPTIONED = re.compile(r"\A(.*?<img\b[^>]*>\s*(?:</a>)?)(.*)\Z", re.DOTALL | re.IGNORECASE)

# Blocks whose HTML stands in the text; blocks.py knows it. All others draw something when shown.
_WITH_HTML = frozenset(
    "paragraph heading list list-item quote pullquote image gallery table cover group columns "
    "column media-text buttons button separator spacer code preformatted verse html shortcode "
    "embed video audio file freeform more nextpage details row stack".split()
)


def expand(source: str, gallery: Callable[[str], str], leftovers: Counter[str]) -> str:
    """Return the text without block comments and shortcodes, their content as HTML.

    `gallery` makes pictures of a gallery's list of ids; an empty list is the post's own pictures.
    """
    text = _without_comments(source, leftovers)
    expander = _Expander(gallery, leftovers)
    done, position = [], 0
    for code in _CODE.finditer(text):
        done += [expander.run(text[position : code.start()]), code[0]]
        position = code.end()
    return "".join([*done, expander.run(text[position:])])


def _without_comments(text: str, leftovers: Counter[str]) -> str:
    """Drop comments; count the blocks among them that have no HTML of their own."""
    done, position = [], 0
    while (start := text.find("<!--", position)) >= 0:
        end = text.find("-->", start + 4)
        if end < 0:
            break
        inside = text[start + 4 : end].strip()
        done += [text[position:start], "\n\n" if inside in {"more", "nextpage"} else ""]
        if inside.startswith("wp:"):
            name = re.split(r"[\s{]", inside[3:], maxsplit=1)[0].rstrip("/")
            base = name.removeprefix("core/")
            if base not in _WITH_HTML and not base.startswith("core-embed/"):
                leftovers[f"<!-- wp:{name[:60]} -->"] += 1
        position = end + 3
    return "".join([*done, text[position:]])


class _Expander:
    def __init__(self, gallery: Callable[[str], str], leftovers: Counter[str]) -> None:
        self._gallery = gallery
        self._leftovers = leftovers

    def run(self, text: str) -> str:
        """Expand one stretch of text without code in it."""
        done, position, opened = [], 0, set[str]()
        closers = {name for slash, name, _rest in _TOKEN.findall(text) if slash}
        while token := _TOKEN.search(text, position):
            done.append(text[position : token.start()])
            slash, name, rest = token.groups()
            position = token.end()
            if (
                text[token.start() - 1 : token.start()] == "["
                and text[position : position + 1] == "]"
            ):
                done[-1] = done[-1][:-1]  # [[name]] is how WordPress writes a plain [name]
                done.append(token[0])
                position += 1
            elif slash:
                done.append("" if name in opened else token[0])
            elif (made := self._known(text, position, name, rest, name in closers)) is not None:
                html, position = made
                done.append(html)
            elif (
                name == "gallery"
                or name in closers
                or "_" in name
                or re.search(r"\w\s*=\s*[\w\"'“”″]", rest)
            ):
                self._leftovers[f"[{name}]"] += 1
                opened.add(name)
            else:
                if not rest and name.islower():
                    self._leftovers[f"[{name}] " + "(left as text)"] += 1
                done.append(token[0])
        return "".join([*done, text[position:]])

    def _known(
        self, text: str, position: int, name: str, rest: str, is_closed: bool
    ) -> tuple[str, int] | None:
        """Return a known shortcode's HTML and where the text goes on; None if it gives nothing."""
        if name not in _MAKERS and name != "gallery":
            return None
        named, plain = _attributes(rest)
        content, after = "", position
        if is_closed and name != "gallery":
            closer = f"[/{name}]"
            if (end := text.find(closer, position)) >= 0:
                content, after = text[position:end], end + len(closer)
        if name == "gallery":
            html = self._gallery(named.get("ids") or named.get("include") or "")
        else:
            html = _MAKERS[name](named, plain, content)
        return (html, after) if html else None


def _attributes(rest: str) -> tuple[dict[str, str], list[str]]:
    named, plain = {}, []
    for match in _ATTRIBUTE.finditer(rest.strip().rstrip("/").removeprefix("=")):
        if match[1]:
            named[match[1].lower()] = next((v for v in match.groups()[1:5] if v is not None), "")
        else:
            plain.append(match[6].strip("\"'“”″"))
    return named, plain


def _caption(named: dict[str, str], _plain: list[str], content: str) -> str:
    content = re.sub(r"\[/?media-credit\b[^\]]*\]", "", content)
    parts = _CAPTIONED.match(content)
    if parts is None:
        return content
    words = named.get("caption") or parts[2]
    return f'<div class="wp-caption">{parts[1]}<p class="wp-caption-text">{words.strip()}</p></div>'


def _inside(_named: dict[str, str], _plain: list[str], content: str) -> str:
    return content


def _address(candidates: Iterable[str]) -> str:
    """Return the first web address among the candidates."""
    texts = (re.sub(r"<[^>]*>", "", text).strip().replace("&amp;", "&") for text in candidates)
    return next((text for text in texts if is_web_address(text)), "")


def _embed(prefix: str) -> Callable[[dict[str, str], list[str], str], str]:
    """Make an embed of an address, or of a bare id where a prefix makes an address of it."""

    def make(named: dict[str, str], plain: list[str], content: str) -> str:
        candidates = [content, *plain, *(named.get(key, "") for key in ("url", "src", "id"))]
        address = _address(candidates)
        if not address and prefix:
            ids = [text.strip() for text in candidates if re.fullmatch(r"\s*[\w-]{4,20}\s*", text)]
            address = prefix + ids[0] if ids else ""
        return f'<div class="wp-block-embed">{escape(address)}</div>' if address else ""

    return make


def _player(tag: str) -> Callable[[dict[str, str], list[str], str], str]:
    def make(named: dict[str, str], plain: list[str], content: str) -> str:
        address = _address([*named.values(), *(p.partition("|")[0] for p in plain), content])
        if not address:
            return ""
        host = urlsplit(address).hostname or ""
        if host.endswith(("youtube.com", "youtu.be", "vimeo.com")):
            return f'<div class="wp-block-embed">{escape(address)}</div>'
        return f'<{tag} src="{escape(address)}"></{tag}>'

    return make


_MAKERS: dict[str, Callable[[dict[str, str], list[str], str], str]] = {
    "caption": _caption,
    "wp_caption": _caption,
    "media-credit": _inside,  # the picture's record names whom to credit
    "embed": _embed(""),
    "youtube": _embed("https://www.youtube.com/watch?v="),
    "vimeo": _embed("https://vimeo.com/"),
    "dailymotion": _embed("https://www.dailymotion.com/video/"),
    "wpvideo": _embed("https://videopress.com/v/"),
    "tweet": _embed("https://twitter.com/i/status/"),
    "twitter": _embed(""),
    "instagram": _embed(""),
    "facebook": _embed(""),
    "soundcloud": _embed(""),
    "spotify": _embed(""),
    "ted": _embed(""),
    "audio": _player("audio"),
    "video": _player("video"),
}
