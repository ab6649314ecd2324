"""What Google's documentation and schema.org recommend for news, as a check by type."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

type Data = dict[str, Any]

ARTICLES = {
    "NewsArticle", "ReportageNewsArticle", "AnalysisNewsArticle", "BackgroundNewsArticle",
    "OpinionNewsArticle", "ReviewNewsArticle", "AdvertiserContentArticle", "LiveBlogPosting",
}  # fmt: skip
_RATIOS = ("1x1", "4x3", "16x9")
_POLICIES = (
    "masthead", "ownershipFundingInfo", "ethicsPolicy", "correctionsPolicy",
    "actionableFeedbackPolicy", "verificationFactCheckingPolicy", "unnamedSourcesPolicy",
    "diversityPolicy", "missionCoveragePrioritiesPolicy", "noBylinesPolicy",
    "publishingPrinciples",
)  # fmt: skip


def check(data: Data) -> None:
    """Demand every recommended field of a type, filled and in its form."""
    assert data["@context"] == "https://schema.org"
    kind = data["@type"]
    (_news_article if kind in ARTICLES else _CHECKS[kind])(data)


def _news_article(data: Data) -> None:
    assert 0 < len(data["headline"]) <= 200
    for name in ("description", "articleSection", "inLanguage"):
        assert data[name], name
    assert data["isAccessibleForFree"] is True
    assert data["wordCount"] > 0
    for name in ("url", "mainEntityOfPage", "@id"):
        is_address(data[name])
    assert is_moment(data["datePublished"]) <= is_moment(data["dateModified"])
    # In the three ratios, each wide enough for large previews.
    assert len(data["image"]) == len(_RATIOS)
    for ratio, address in zip(_RATIOS, data["image"], strict=True):
        is_address(address)
        width = re.search(rf"/{ratio}-(\d+)-\d+\.jpg$", address)
        assert width, address
        assert int(width[1]) >= (1200 if ratio == "16x9" else 960)
    assert data["author"]
    for author in data["author"]:
        is_author(author)
    _publisher(data["publisher"])
    for correction in data.get("correction", []):
        assert correction["@type"] == "CorrectionComment"
        assert correction["text"]
        is_moment(correction["datePublished"])
        assert correction["correctedWork"] == {"@id": data["@id"]}
    assert "dateline" not in data or data["dateline"]
    if data["@type"] == "LiveBlogPosting":
        _live_blog(data)


def _live_blog(data: Data) -> None:
    start = is_moment(data["coverageStartTime"])
    if "coverageEndTime" in data:
        assert is_moment(data["coverageEndTime"]) > start
    assert data["liveBlogUpdate"]
    for update in data["liveBlogUpdate"]:
        assert update["@type"] == "BlogPosting"
        assert 0 < len(update["headline"]) <= 110
        assert update["articleBody"]
        assert start <= is_moment(update["datePublished"]) <= is_moment(update["dateModified"])
        assert update["url"].startswith(f"{data['url']}#entry-")
        is_author(update["author"])


def _breadcrumbs(data: Data) -> None:
    steps = data["itemListElement"]
    assert len(steps) >= 2
    assert [step["position"] for step in steps] == list(range(1, len(steps) + 1))
    for step in steps:
        assert step["@type"] == "ListItem"
        assert step["name"]
        is_address(step["item"])


def _profile(data: Data) -> None:
    about = data["mainEntity"]
    is_author(about)
    for name in ("identifier", "description"):
        assert about[name], name
    if about["@type"] == "Person":
        assert about["jobTitle"]
        is_address(about["image"])
        _publisher(about["worksFor"])
    for address in about.get("sameAs", []):
        is_address(address)


def _organization(data: Data) -> None:
    _publisher(data)
    for name in ("description", "email", "sameAs"):
        assert data[name], name
    for name in _POLICIES:
        is_address(data[name])


def _publisher(data: Data) -> None:
    assert data["@type"] == "NewsMediaOrganization"
    assert data["name"]
    for name in ("@id", "url", "logo", "publishingPrinciples"):
        is_address(data[name])


def is_author(data: Data) -> None:
    """Demand the form that Google asks for: a type, a plain name, an address."""
    assert data["@type"] in {"Person", "Organization"}
    assert data["name"]
    assert not re.search(r"\b(by|von)\b|,", data["name"], re.IGNORECASE)
    is_address(data["url"])


def is_address(text: str) -> None:
    """Demand a full address."""
    assert re.fullmatch(r"https?://[^/\s]+/\S*", text), text


def is_moment(text: str) -> datetime:
    """Demand ISO 8601 with a zone."""
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", text), text
    return datetime.fromisoformat(text)


_CHECKS: dict[str, Callable[[Data], None]] = {
    "BreadcrumbList": _breadcrumbs,
    "ProfilePage": _profile,
    "NewsMediaOrganization": _organization,
}
