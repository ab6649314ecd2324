"""Which links earn a commission: known networks, and the marks that shops' programmes use.

The programmes' own documentation names hosts and parameters. Used for promos and for links in
texts: such a link must be labelled wherever it stands (§ 5a (4) UWG).
"""

from urllib.parse import parse_qs, urlsplit

# Hosts that exist to count commissions; what stands below them too.
_NETWORKS = frozenset({
    "amzn.to", "amzn.eu", "a.co",
    "awin1.com", "zenaps.com", "partners.webmasterplan.com",
    "clk.tradedoubler.com", "tracker.tradedoubler.com", "tc.tradetracker.net",
    "anrdoezrs.net", "dpbolvw.net", "jdoqocy.com", "kqzyfj.com", "tkqlhce.com",
    "click.linksynergy.com", "shareasale.com", "prf.hn", "pxf.io", "sjv.io",
    "go.skimresources.com", "redirect.viglink.com", "rover.ebay.com",
    "belboon.com", "digistore24.com", "financeads.net", "ad.zanox.com", "adcell.de",
    "geni.us", "hop.clickbank.net",
})  # fmt: skip
# A shop's address is such a link only with its programme's parameter.
_SHOPS = {
    "amazon": {"tag", "linkcode", "ascsubtag"},
    "ebay": {"campid", "mkrid"},
    "booking": {"aid"},
    "thalia": {"partnerid", "p_id"},
    "hugendubel": {"partnerid", "p_id"},
    "otto": {"affmt"},
}
_ANYWHERE = frozenset({
    "awc", "irclickid", "ranmid", "clickref", "affid", "aff_id", "affiliate", "affiliate_id",
    "affiliateid", "a_aid", "partner_id", "tduid",
})  # fmt: skip


def is_affiliate(address: str) -> bool:
    """Tell whether a web address earns whoever sets the link a commission."""
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return False
    if not host:
        return False
    names = host.split(".")
    if any(".".join(names[at:]) in _NETWORKS for at in range(len(names))):
        return True
    given = {name.lower() for name in parse_qs(parts.query, keep_blank_values=True)}
    if given & _ANYWHERE:
        return True
    return any(given & _SHOPS[name] for name in names[:-1] if name in _SHOPS)
