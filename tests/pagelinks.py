"""What a page holds for whoever goes on from it: addresses on this site, hidden fields."""

import re
from typing import Any

from selectolax.lexbor import LexborHTMLParser


def links(html: bytes) -> list[str]:
    """The addresses on this site that a page names, in whatever attribute."""
    found = []
    for node in LexborHTMLParser(html).css("[href], [src], [srcset], [content], [data-src]"):
        for name in ("href", "src", "srcset", "content", "data-src"):
            value = node.attributes.get(name) or ""
            for part in re.split(r",\s+|\s+", value) if name == "srcset" else [value]:
                local = part.removeprefix("http://testserver")
                # Every size of a picture passes one gate; the smallest stands for all.
                if local.startswith("/media/") and "-320-" not in local:
                    continue
                if local.startswith("/") and not local.startswith("//"):
                    found.append(local.partition("#")[0])
    return [address for address in found if not address.startswith("/static/")]


def hidden(page: Any) -> dict[str, list[str]]:
    """What the hidden fields of a page's alert form send."""
    sent: dict[str, list[str]] = {}
    for node in LexborHTMLParser(page.content).css("form.alert-form input[type=hidden]"):
        sent.setdefault(node.attributes["name"] or "", []).append(node.attributes["value"] or "")
    return sent
