"""Sitemaps against XML schemas: the published one of sitemaps.org, strictly, ours beside it.

The npm package `sitemap` ships the published schema of a sitemap (0.9), which demands that what it
holds of other namespaces is declared. The published schemas of the index, of images and of news
come with no package: those beside this file say what their documentation says.
"""

from pathlib import Path

from lxml import etree

from tests import node

_HERE = Path(__file__).parent
_NAMESPACES = {
    "http://www.sitemaps.org/schemas/sitemap/0.9": None,
    "http://www.google.com/schemas/sitemap-image/1.1": "image.xsd",
    "http://www.google.com/schemas/sitemap-news/0.9": "news.xsd",
}


def validate(xml: bytes) -> int:
    """Demand that a sitemap or an index is valid; return how many entries it has."""
    root = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True))
    is_index = etree.QName(root).localname == "sitemapindex"
    schema = etree.XMLSchema(
        etree.parse(_HERE / "siteindex.xsd") if is_index else etree.fromstring(_all_together())
    )
    schema.assertValid(root)
    return len(root)


def _all_together() -> bytes:
    published = node.folder("sitemap") / "schema/sitemap.xsd"
    imports = "".join(
        f'<xs:import namespace="{name}" schemaLocation="{(_HERE / file) if file else published}"/>'
        for name, file in _NAMESPACES.items()
    )
    return f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{imports}</xs:schema>'.encode()
