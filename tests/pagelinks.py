"""The addresses on this site that a page names, for tests that walk the site."""

import re

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
