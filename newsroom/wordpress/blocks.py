"""A post's body → HTML of the house: paragraphs, library pictures, embeds. importing.py calls it.

The text comes from the block editor, the classic one or a hand; the result is made of what
newsroom.lib.richtext lets through, and goes through it once more when it is stored.
"""

import re
from html import escape

from selectolax.lexbor import LexborHTMLParser, LexborNode

from newsroom.lib.richtext import is_web_address

from . import figures, shortcodes
from .addresses import local
from .embeds import embed_address
from .figures import Context

_INLINE = {
    "b": "strong", "strong": "strong", "i": "em", "em": "em", "dfn": "em", "var": "em",
    "s": "s", "strike": "s", "del": "s", "sub": "sub", "sup": "sup", "cite": "cite",
    "code": "code", "kbd": "code", "samp": "code", "tt": "code",
}  # fmt: skip
_TRANSPARENT = frozenset(
    "span font small big u ins abbr acronym mark time label bdo bdi data ruby rb rt rp wbr nobr "
    "address-line picture q -text".split()
)
_HEADINGS = {"h1": "h2", "h2": "h2", "h3": "h3", "h4": "h3", "h5": "h3", "h6": "h3"}
_NOTHING = frozenset(
    "style template noscript head title meta link base -comment input button select textarea "
    "source track param wbr col colgroup".split()
)
# Gone as well, but somebody should know.
_LOST = frozenset("script svg math canvas object embed applet form map".split())
_MAX_DEPTH = 150
_REFERENCE = re.compile(r'<!-- wp:(?:core/)?block \{[^{}]*"ref":(\d+)[^{}]*\} /-->')
_MAX_REFERENCES = 3  # of reusable blocks in reusable blocks


def to_html(source: str, context: Context) -> str:
    """Return the body as clean HTML."""

    def gallery(ids: str) -> str:
        wanted = re.findall(r"\d+", ids) or context.pictures.attached()
        return "".join(f'<figure><img data-own="1" data-id="{pk}"></figure>' for pk in wanted)

    source = _with_reusable(source, context)
    is_classic = "<!-- wp:" not in source
    html = shortcodes.expand(source, gallery, context.leftovers)
    body = LexborHTMLParser(html).body
    writer = _Writer(context, is_classic=is_classic)
    if body is not None:
        writer.children(body)
    return writer.finish()


def _with_reusable(source: str, context: Context, depth: int = 0) -> str:
    """Put reusable blocks where a text refers to them; one in another, but in no circle."""

    def put(match: re.Match[str]) -> str:
        known = context.reusable.get(match[1])
        if known is None or depth >= _MAX_REFERENCES:
            return match[0]
        return _with_reusable(known, context, depth + 1)

    return _REFERENCE.sub(put, source) if context.reusable else source


class _Writer:
    """Writes blocks one after the other; what stands between them becomes paragraphs."""

    def __init__(self, context: Context, *, is_classic: bool, depth: int = 0) -> None:
        self._context = context
        self._is_classic = is_classic
        self._depth = depth
        self._blocks: list[str] = []
        self._line: list[str] = []

    def finish(self) -> str:
        self.flush()
        return "".join(self._blocks)

    def flush(self) -> None:
        """End the paragraph that is being written."""
        text, self._line = _tidy("".join(self._line)), []
        if not text:
            return
        bare = re.fullmatch(r'(?:<a href="([^"]+)">)?(https?://[^\s<]+)(?:</a>)?', text)
        address = embed_address((bare[1] or bare[2]).replace("&amp;", "&")) if bare else ""
        self._blocks.append(figures.embed(address) if address else f"<p>{text}</p>")

    def children(self, node: LexborNode) -> None:
        for child in node.iter(include_text=True, skip_empty=False):
            self.node(child)

    def node(self, node: LexborNode) -> None:
        """Write one node of the source."""
        tag = node.tag or ""
        if tag == "-text":
            self._text(node.text(deep=False))
        elif tag in _NOTHING:
            return
        elif self._depth > _MAX_DEPTH:
            self._text(node.text(deep=True))
        elif tag in _LOST:
            self._context.leftovers[f"<{tag}>"] += 1
        elif tag == "br":
            self._line.append("<br>")
        elif tag == "img":
            self._image(node, "")
        elif tag in _INLINE or tag in _TRANSPARENT or tag == "a":
            self._inline(node, tag)
        else:
            self.flush()
            self._block(node, tag)
            self.flush()

    def _inside(self) -> "_Writer":
        return _Writer(self._context, is_classic=self._is_classic, depth=self._depth + 1)

    # --- Text ------------------------------------------------------------------------------------

    def _text(self, text: str) -> None:
        if not self._is_classic:
            self._line.append(escape(re.sub(r"[ \t\r\n\f]+", " ", text), quote=False))
            return
        for number, part in enumerate(re.split(r"\r?\n[ \t]*\r?\n\s*", text)):
            if number:
                self.flush()
            lines = re.sub(r"[ \t\f]+", " ", escape(part, quote=False)).replace("\r", "")
            if self._line and self._line[-1] == "<br>":
                lines = lines.removeprefix("\n")
            self._line.append(lines.replace("\n", "<br>"))

    def _inline(self, node: LexborNode, tag: str) -> None:
        if "wp-block-file__button" in (node.attributes.get("class") or ""):
            return  # "Download", beside the same link with the file's name
        inside = self._inside()
        inside.children(node)
        blocks, line = inside._blocks, "".join(inside._line)
        opening, closing = _around(node, tag, self._context)
        if blocks:  # a paragraph or a picture in a link, a list in bold: the block wins
            self.flush()
            self._blocks += blocks
        if line.strip():
            before = " " if line[0].isspace() else ""
            after = " " if line[-1].isspace() else ""
            self._line.append(f"{before}{opening}{line.strip()}{closing}{after}")
        elif line:
            self._line.append(" ")

    def line_of(self, node: LexborNode) -> str:
        """Return a node's content as one line; its pictures go before it."""
        inside = self._inside()
        inside.children(node)
        figures = [block for block in inside._blocks if block.startswith("<figure")]
        lines = [re.sub(r"</?(?:p|h2|h3|li|ul|ol|blockquote|pre|hr)\b[^>]*>", " ", block)
                 for block in inside._blocks if not block.startswith("<figure")]  # fmt: skip
        self._blocks += figures
        return _tidy(" ".join([*lines, "".join(inside._line)]))

    def blocks_of(self, node: LexborNode) -> str:
        """Return a node's content as blocks."""
        inside = self._inside()
        inside.children(node)
        return inside.finish()

    # --- Blocks ----------------------------------------------------------------------------------

    def _block(self, node: LexborNode, tag: str) -> None:
        classes = set((node.attributes.get("class") or "").split())
        if tag in _HEADINGS or tag in {"summary", "dt"}:
            self._heading(node, _HEADINGS.get(tag, ""))
        elif tag in {"ul", "ol"}:
            self._list(node, tag)
        elif tag == "blockquote":
            self._quote(node, classes)
        elif tag == "pre":
            self._preformatted(node, classes)
        elif tag == "hr":
            self._blocks.append("<hr>")
        elif tag == "table":
            self._table(node)
        elif tag in {"iframe", "video", "audio"}:
            self._player(node, tag)
        elif "wp-block-embed" in classes:
            self._embed_block(node)
        elif tag == "figure" or "wp-caption" in classes:
            self._figure(node)
        else:
            self._add(figures.background(node, self._context))
            self._depth += 1
            self.children(node)
            self._depth -= 1

    def _heading(self, node: LexborNode, tag: str) -> None:
        """Write a heading; without a level of the house, a paragraph in bold."""
        line = re.sub(r"</?strong>|<br>", " ", self.line_of(node)).strip()
        if line:
            self._blocks.append(
                f"<{tag}>{line}</{tag}>" if tag else f"<p><strong>{line}</strong></p>"
            )

    def _list(self, node: LexborNode, tag: str) -> None:
        """Write a list; one of pictures only is how WordPress wrote galleries."""
        items: list[str] = []
        for child in node.iter(include_text=False):
            inside = _Writer(self._context, is_classic=False, depth=self._depth + 1)
            if child.tag == "li":
                inside.children(child)
            else:  # a list directly in a list
                inside.node(child)
            content = inside.finish()
            if content.count("<p>") == 1 and content.startswith("<p>"):
                content = content.replace("<p>", "").replace("</p>", "")
            if child.tag in {"ul", "ol"} and items:
                items[-1] += content
            elif content:
                items.append(content)
        if items and all(re.fullmatch(r"(<figure class=.figure.*?</figure>)+", i) for i in items):
            self._blocks += items
        elif items:
            start = node.attributes.get("start") or ""
            opening = f'<ol start="{start}">' if tag == "ol" and start.isdecimal() else f"<{tag}>"
            self._blocks.append(f"{opening}{''.join(f'<li>{i}</li>' for i in items)}</{tag}>")

    def _quote(self, node: LexborNode, classes: set[str]) -> None:
        permalink = node.attributes.get("data-instgrm-permalink") or ""
        if address := embed_address(permalink):
            self._blocks.append(figures.embed(address))
        elif inside := self.blocks_of(node):
            parents = (node.parent.attributes.get("class") or "") if node.parent else ""
            is_pull = "wp-block-pullquote" in {*classes, *parents.split()}
            opening = '<blockquote class="pullquote">' if is_pull else "<blockquote>"
            self._blocks.append(f"{opening}{inside}</blockquote>")

    def _preformatted(self, node: LexborNode, classes: set[str]) -> None:
        for line_break in node.css("br"):
            line_break.replace_with("\n")
        text = node.text(deep=True).strip("\n")
        if not text.strip():
            return
        if "wp-block-verse" in classes:
            self._blocks.append(f"<p>{escape(text, quote=False).replace('\n', '<br>')}</p>")
        else:
            self._blocks.append(f"<pre>{escape(text, quote=False)}</pre>")

    def _table(self, node: LexborNode) -> None:
        rows, caption = [], ""
        for row in node.css("caption, tr"):
            if row.tag == "caption":
                caption = self.line_of(row)
                continue
            cells = []
            for cell in row.iter():
                if cell.tag in {"td", "th"}:
                    spans = "".join(
                        f' {name}="{cell.attributes[name]}"'
                        for name in ("colspan", "rowspan")
                        if (cell.attributes.get(name) or "").isdecimal()
                    )
                    cells.append(f"<{cell.tag}{spans}>{self.line_of(cell)}</{cell.tag}>")
            if cells:
                rows.append(f"<tr>{''.join(cells)}</tr>")
        if rows:
            self._blocks.append(f"<table><tbody>{''.join(rows)}</tbody></table>")
        if caption:
            self._blocks.append(f"<p><em>{caption}</em></p>")

    # --- Pictures and players --------------------------------------------------------------------

    def _figure(self, node: LexborNode) -> None:
        """Write a figure: one picture with its caption, or whatever else stands in it."""
        caption_node = node.css_first("figcaption, .wp-caption-text")
        pictures = node.css("img")
        others = [n for n in node.css("figure, table, blockquote, video, audio, .wp-caption")
                  if n.mem_id != node.mem_id]  # fmt: skip
        if len(pictures) == 1 and not others:
            caption = self.line_of(caption_node) if caption_node else ""
            self._image(pictures[0], caption)
            return
        self._depth += 1
        for child in node.iter(include_text=True):
            if child.tag != "figcaption":
                self.node(child)
            elif line := self.line_of(child):
                self.flush()
                self._blocks.append(f"<p><em>{line}</em></p>")
        self._depth -= 1

    def _image(self, node: LexborNode, caption: str) -> None:
        if words := figures.smiley(node):
            self._line.append(escape(words, quote=False))
        else:
            self.flush()
            self._add(figures.picture(node, caption, self._context))

    def _add(self, block: str) -> None:
        if block:
            self._blocks.append(block)

    def _embed_block(self, node: LexborNode) -> None:
        frame = node.css_first("iframe")
        caption = node.css_first("figcaption")
        line = self.line_of(caption) if caption else ""
        if caption:
            caption.decompose()
        url = (frame.attributes.get("src") if frame else "") or node.text(deep=True).strip()
        if not is_web_address(url):
            link = node.css_first("a")
            url = (link.attributes.get("href") if link else "") or ""
        self._add(figures.address(url))
        if line:
            self._blocks.append(f"<p><em>{line}</em></p>")

    def _player(self, node: LexborNode, tag: str) -> None:
        block = figures.player(node, tag)
        if not block:
            self._context.leftovers[f"<{tag}>"] += 1
        self._add(block)


def _around(node: LexborNode, tag: str, context: Context) -> tuple[str, str]:
    """Return what stands before and after an inline element's content."""
    if tag == "q":
        return "“", "”"
    if tag != "a":
        name = _INLINE.get(tag)
        return (f"<{name}>", f"</{name}>") if name else ("", "")
    href = (node.attributes.get("href") or "").strip()
    if not href or href.startswith("#"):
        return "", ""
    return f'<a href="{escape(_target(href, context))}">', "</a>"


def _target(href: str, context: Context) -> str:
    """Return where a link leads from here on: a picture of the old site is one of the library."""
    if figures.is_file(href):
        found = context.pictures.find("", href, "")
        return found.url if found else href
    target = local(href, context.own_hosts)
    if target == href and figures.is_upload(href, context.own_hosts):
        context.files[href] += 1
    return target


def _tidy(line: str) -> str:
    """Return a line without spaces and breaks at its ends."""
    if "\u00a0" in line:
        line = re.sub(r"(?:\u00a0 | \u00a0)+", " ", line)  # how editors write two spaces
    if "<br>" in line:
        line = re.sub(r"[ \t\n]*<br>[ \t\n]*", "<br>", line)
    if "  " in line or "\n" in line or "\t" in line:
        line = re.sub(r"[ \t\n]{2,}", " ", line)
    line, before = line.strip(), ""
    while line != before:
        before = line
        line = line.removeprefix("<br>").removesuffix("<br>").strip()
    return line
