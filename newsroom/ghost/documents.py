"""Texts as Ghost's editors keep them (Lexical, Mobiledoc) → HTML, where the export has none."""

import json
from collections import Counter
from collections.abc import Callable
from html import escape
from typing import Any

from .cards import card
from .export import Row, text
from .markdown import to_html as markdown

_FORMATS = {1: "strong", 2: "em", 4: "s", 16: "code", 32: "sub", 64: "sup"}
_MAX_DEPTH = 60
_QUOTES = {"quote", "extended-quote", "aside"}
type Node = dict[str, Any]


def body_of(post: Row, leftovers: Counter[str]) -> str:
    """Return a text's HTML: as Ghost rendered it, else from its source, else its bare words."""
    if html := text(post, "html"):
        return html
    readers: dict[str, Callable[[Node, Counter[str]], str]] = {
        "lexical": _lexical,
        "mobiledoc": _mobiledoc,
    }
    for name, read in readers.items():
        try:
            document = json.loads(text(post, name) or "null")
        except (ValueError, RecursionError):
            leftovers[f"{name}, broken"] += 1
            continue
        if isinstance(document, dict) and (html := read(document, leftovers)):
            return html
    if source := text(post, "markdown"):
        return markdown(source)
    words = text(post, "plaintext")
    return "".join(f"<p>{escape(p, quote=False)}</p>" for p in words.split("\n\n") if p.strip())


# --- Lexical -----------------------------------------------------------------------------------


def _lexical(document: Node, leftovers: Counter[str]) -> str:
    root = document.get("root")
    return _children(root, leftovers, 0) if isinstance(root, dict) else ""


def _children(node: Node, leftovers: Counter[str], depth: int) -> str:
    inner = node.get("children")
    if not isinstance(inner, list) or depth > _MAX_DEPTH:
        return ""
    return "".join(_node(child, leftovers, depth + 1) for child in inner if isinstance(child, dict))


def _node(node: Node, leftovers: Counter[str], depth: int) -> str:
    kind = str(node.get("type") or "")
    if kind in {"text", "extended-text", "code-highlight", "tk"}:
        return _formatted(node)
    if kind == "linebreak":
        return "<br>"
    if kind in {"tab", "zwnj"}:
        return " "
    if "children" not in node:
        return card(kind, node, leftovers)
    inner = _children(node, leftovers, depth)
    if kind in {"heading", "extended-heading"}:
        tag = node.get("tag")
        tag = tag if tag in {"h1", "h2", "h3", "h4", "h5", "h6"} else "h2"
        return f"<{tag}>{inner}</{tag}>"
    if kind in {"link", "autolink", "at-link"}:
        return f'<a href="{escape(str(node.get("url") or ""))}">{inner}</a>'
    if kind == "list":
        tag = "ol" if node.get("listType") == "number" else "ul"
        return f"<{tag}>{inner}</{tag}>"
    if kind == "listitem":
        return f"<li>{inner}</li>"
    if kind in _QUOTES:
        return f"<blockquote><p>{inner}</p></blockquote>"
    if kind in {"code", "codeblock"}:
        return f"<pre>{inner}</pre>"
    return f"<p>{inner}</p>" if inner else ""


def _formatted(node: Node) -> str:
    words = escape(str(node.get("text") or ""), quote=False)
    bits = node.get("format")
    for bit, tag in _FORMATS.items():
        if isinstance(bits, int) and bits & bit and words.strip():
            words = f"<{tag}>{words}</{tag}>"
    return words


# --- Mobiledoc ---------------------------------------------------------------------------------


def _mobiledoc(document: Node, leftovers: Counter[str]) -> str:
    """Return a document of Mobiledoc 0.3; sections are 1 text, 2 picture, 3 list, 10 card."""
    blocks = []
    for section in _list(document, "sections"):
        match section:
            case [1, str(tag), [*markers], *_more]:
                tag = tag if tag in {"p", "h1", "h2", "h3", "h4", "h5", "h6"} else "blockquote"
                blocks.append(f"<{tag}>{_line(document, markers)}</{tag}>")
            case [2, str(url), *_more]:
                blocks.append(card("image", {"src": url}, leftovers))
            case [3, str(tag), [*items], *_more]:
                tag = tag if tag == "ol" else "ul"
                inner = "".join(f"<li>{_line(document, item)}</li>" for item in items)
                blocks.append(f"<{tag}>{inner}</{tag}>")
            case [10, int(number), *_more]:
                match _at(document, "cards", number):
                    case [str(name), dict(values), *_more]:
                        blocks.append(card(name, values, leftovers))
    return "".join(blocks)


def _line(document: Node, markers: Any) -> str:
    """Return the words of a section; each marker opens and closes elements around its own."""
    parts: list[str] = []
    opened: list[str] = []
    for marker in markers if isinstance(markers, list) else []:
        match marker:
            case [kind, [*opens], int(closes), content]:
                for number in opens:
                    tag, attributes = _markup(document, number)
                    parts.append(f"<{tag}{attributes}>")
                    opened.append(tag)
                if kind == 1:  # an atom: [name, words, values]
                    match _at(document, "atoms", content):
                        case ["soft-return", *_more]:
                            parts.append("<br>")
                        case [_name, str(words), *_more]:
                            parts.append(escape(words, quote=False))
                else:
                    parts.append(escape(str(content), quote=False))
                for _number in range(min(closes, len(opened))):
                    parts.append(f"</{opened.pop()}>")
    return "".join([*parts, *(f"</{tag}>" for tag in reversed(opened))])


def _markup(document: Node, number: Any) -> tuple[str, str]:
    match _at(document, "markups", number):
        case ["a", [*pairs], *_more]:
            named = dict(zip(pairs[::2], pairs[1::2], strict=False))
            return "a", f' href="{escape(str(named.get("href", "")))}"'
        case [str(tag), *_more] if tag.isalnum():
            return tag, ""
    return "span", ""


def _list(document: Node, name: str) -> list[Any]:
    found = document.get(name)
    return found if isinstance(found, list) else []


def _at(document: Node, name: str, number: Any) -> Any:
    found = _list(document, name)
    return found[number] if isinstance(number, int) and 0 <= number < len(found) else None
