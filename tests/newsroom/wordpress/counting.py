"""Counts the records of an export by nothing but regular expressions: no line of the importer's.

For well-formed files, which write one element as one piece of text.
"""

import gzip
import re
from collections import Counter

_ITEM = re.compile(r"<item>.*?</item>", re.DOTALL)
_COMMENT = re.compile(r"<wp:comment>.*?</wp:comment>", re.DOTALL)
_TYPE = re.compile(r"<wp:post_type>(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?</wp:post_type>")
_COMMENT_TYPE = re.compile(r"<wp:comment_type>(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?</wp:comment_type>")
_ELEMENTS = ("author", "wp_author", "category", "tag", "term")


def counted(path):
    """Return how many records of each type a file holds, by the names of the report."""
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode()
    found = Counter()
    for item in _ITEM.findall(text):
        found[_TYPE.search(item)[1]] += 1
    for comment in _COMMENT.findall(text):
        kind = _COMMENT_TYPE.search(comment)
        found[kind[1] if kind and kind[1] else "comment"] += 1
    for name in _ELEMENTS:
        found[name.removeprefix("wp_")] += len(re.findall(rf"<wp:{name}>", text))
    return +found


def in_files(report):
    """Return what a report says the files hold."""
    return {
        kind: numbers["in_file"]
        for kind, numbers in report.numbers().items()
        if "named only" not in kind
    }
