"""Markdown of texts that Ghost never rendered: enough of it that every word arrives."""

import re
from html import escape

_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*$")
_ITEM = re.compile(r"(?:[-*+]|(\d+)[.)])\s+(.*)", re.DOTALL)
_INLINE = (
    (re.compile(r"!\[([^\]]*)\]\(([^)\s]+)[^)]*\)"), r'<img src="\2" alt="\1">'),
    (re.compile(r"\[([^\]]+)\]\(([^)\s]+)[^)]*\)"), r'<a href="\2">\1</a>'),
    (re.compile(r"`([^`]+)`"), r"<code>\1</code>"),
    (re.compile(r"\*\*(\S(?:.*?\S)?)\*\*|__(\S(?:.*?\S)?)__"), r"<strong>\1\2</strong>"),
    (re.compile(r"(?<![\w*])\*(\S(?:[^*]*\S)?)\*|(?<!\w)_(\S(?:[^_]*\S)?)_(?!\w)"),
     r"<em>\1\2</em>"),
)  # fmt: skip


def to_html(source: str) -> str:
    """Return Markdown as HTML; HTML in it stays."""
    blocks: list[str] = []
    # Code keeps its blank lines.
    for part in re.split(r"(^```.*?^```\s*$)", source.replace("\r", ""), flags=re.M | re.S):
        if part.startswith("```"):
            code = "\n".join(part.strip().split("\n")[1:-1])
            blocks.append(f"<pre>{escape(code, quote=False)}</pre>")
        else:
            blocks += map(_block, filter(str.strip, re.split(r"\n[ \t]*\n", part)))
    return "".join(blocks)


def _block(text: str) -> str:
    text = text.strip("\n")
    lines = text.split("\n")
    if found := _HEADING.fullmatch(lines[0].strip()):
        level, rest = min(3, max(2, len(found[1]))), "\n".join(lines[1:])
        heading = f"<h{level}>{_inline(found[2])}</h{level}>"
        return heading + (_block(rest) if rest.strip() else "")
    if re.fullmatch(r"\s*(?:[-*_]\s*){3,}", text):
        return "<hr>"
    if all(line.lstrip().startswith(">") for line in lines):
        inner = "\n".join(line.lstrip()[1:].removeprefix(" ") for line in lines)
        return f"<blockquote>{to_html(inner)}</blockquote>"
    if first := _ITEM.match(text.lstrip()):
        items = re.split(r"\n(?=\s*(?:[-*+]|\d+[.)])\s)", text)
        found_items = [_ITEM.match(item.lstrip()) for item in items]
        inner = "".join(f"<li>{_inline(item[2])}</li>" for item in found_items if item)
        return f"<ol>{inner}</ol>" if first[1] else f"<ul>{inner}</ul>"
    if text.lstrip().startswith("<"):
        return text
    return f"<p>{_inline(text)}</p>"


def _inline(text: str) -> str:
    for pattern, put in _INLINE:
        text = pattern.sub(put, text)
    return re.sub(r" {2,}\n", "<br>", text)
