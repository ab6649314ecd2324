"""Builds small exports for tests, one function per element; reads reports."""

from pathlib import Path

from newsroom.wordpress.report import Report

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
{prologue}<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>The Old Gazette</title><link>https://old.example</link>
<wp:wxr_version>1.2</wp:wxr_version><wp:base_blog_url>https://old.example</wp:base_blog_url>
"""


def author(login: str, name: str = "", number: int = 1) -> str:
    return (
        f"<wp:author><wp:author_id>{number}</wp:author_id><wp:author_login>{login}"
        f"</wp:author_login><wp:author_email>{login}@private.example</wp:author_email>"
        f"<wp:author_display_name>{name}</wp:author_display_name></wp:author>\n"
    )


def category(slug: str, name: str, parent: str = "", number: int = 1) -> str:
    return (
        f"<wp:category><wp:term_id>{number}</wp:term_id><wp:category_nicename>{slug}"
        f"</wp:category_nicename><wp:category_parent>{parent}</wp:category_parent>"
        f"<wp:cat_name><![CDATA[{name}]]></wp:cat_name></wp:category>\n"
    )


def tag(slug: str, name: str, description: str = "") -> str:
    return (
        f"<wp:tag><wp:tag_slug>{slug}</wp:tag_slug><wp:tag_name><![CDATA[{name}]]></wp:tag_name>"
        f"<wp:tag_description><![CDATA[{description}]]></wp:tag_description></wp:tag>\n"
    )


def item(
    number: int | str,
    *,
    kind: str = "post",
    title: str = "A title",
    body: str = "<p>Some text.</p>",
    status: str = "publish",
    slug: str | None = None,
    date_gmt: str = "2019-05-12 10:00:00",
    date: str = "2019-05-12 12:00:00",
    modified_gmt: str = "",
    link: str | None = None,
    excerpt: str = "",
    creator: str = "ada",
    password: str = "",
    parent: int = 0,
    url: str = "",
    labels: str = "",
    meta: dict[str, str] | None = None,
    comments: str = "",
    is_sticky: bool = False,
) -> str:
    slug = f"item-{number}" if slug is None else slug
    link = f"https://old.example/2019/05/12/{slug}/" if link is None else link
    metas = "".join(
        f"<wp:postmeta><wp:meta_key>{key}</wp:meta_key><wp:meta_value><![CDATA[{value}]]>"
        "</wp:meta_value></wp:postmeta>"
        for key, value in (meta or {}).items()
    )
    return f"""<item><title><![CDATA[{title}]]></title><link>{link}</link>
<dc:creator><![CDATA[{creator}]]></dc:creator>
<content:encoded><![CDATA[{body}]]></content:encoded>
<excerpt:encoded><![CDATA[{excerpt}]]></excerpt:encoded>
<wp:post_id>{number}</wp:post_id><wp:post_date>{date}</wp:post_date>
<wp:post_date_gmt>{date_gmt}</wp:post_date_gmt>
<wp:post_modified_gmt>{modified_gmt}</wp:post_modified_gmt>
<wp:comment_status>open</wp:comment_status><wp:post_name>{slug}</wp:post_name>
<wp:status>{status}</wp:status><wp:post_parent>{parent}</wp:post_parent>
<wp:post_type>{kind}</wp:post_type><wp:post_password>{password}</wp:post_password>
<wp:is_sticky>{int(is_sticky)}</wp:is_sticky><wp:attachment_url>{url}</wp:attachment_url>{labels}{metas}{comments}</item>
"""


def comment(
    number: int | str,
    *,
    parent: int | str = 0,
    text: str = "Well said.",
    name: str = "Vera",
    address: str = "vera@readers.example",
    approved: str = "1",
    kind: str = "comment",
    date_gmt: str = "2019-05-13 08:00:00",
) -> str:
    return f"""<wp:comment><wp:comment_id>{number}</wp:comment_id>
<wp:comment_author><![CDATA[{name}]]></wp:comment_author>
<wp:comment_author_email>{address}</wp:comment_author_email>
<wp:comment_author_url>https://vera.example</wp:comment_author_url>
<wp:comment_author_IP>203.0.113.77</wp:comment_author_IP>
<wp:comment_date>{date_gmt}</wp:comment_date><wp:comment_date_gmt>{date_gmt}</wp:comment_date_gmt>
<wp:comment_content><![CDATA[{text}]]></wp:comment_content>
<wp:comment_approved>{approved}</wp:comment_approved><wp:comment_type>{kind}</wp:comment_type>
<wp:comment_parent>{parent}</wp:comment_parent></wp:comment>
"""


def label(taxonomy: str, slug: str, name: str) -> str:
    return f'<category domain="{taxonomy}" nicename="{slug}"><![CDATA[{name}]]></category>'


def frame(prologue: str = "") -> tuple[str, str]:
    """What stands before all records, and behind them."""
    return _HEAD.format(prologue=prologue), "</channel></rss>\n"


def write(folder: Path, *parts: str, name: str = "export.xml", prologue: str = "") -> Path:
    path = folder / name
    path.write_text("".join(parts).join(frame(prologue)), encoding="utf-8")
    return path


def row(report: Report, kind: str) -> tuple[int, ...]:
    """In the file, imported, updated, unchanged, skipped, failed."""
    return tuple(report.numbers()[kind].values())


def reasons(report: Report, kind: str) -> dict[str, int]:
    """Why records of a type were skipped or failed."""
    return {reason: n for (_outcome, reason), n in report.tallies[kind].reasons.items()}
