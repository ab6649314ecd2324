"""Feeds of partners for tests, in all formats, from the same plain jobs."""

import json
from xml.sax.saxutils import escape

TEXT = "We build robots that pick apples by night and leave the trees alone."


def job(number: int = 1, **changes: str | None) -> dict[str, str]:
    """One job under the names of an Indeed-style feed; a change to None leaves a field out."""
    values = {
        "referencenumber": f"A-{number}",
        "title": f"Robotics engineer {number} (m/f/d)",
        "company": "Orchard Robotics",
        "url": f"https://orchard.example/jobs/{number}",
        "city": "Leipzig",
        "state": "Saxony",
        "country": "DE",
        "description": f"<p>{TEXT}</p>",
        "jobtype": "fulltime",
        "category": "Robots, Farming",
        **changes,
    }
    return {name: value for name, value in values.items() if value is not None}


def jobs(count: int, start: int = 1) -> list[dict[str, str]]:
    return [job(number) for number in range(start, start + count)]


def as_xml(items) -> str:
    inner = "\n".join(
        "<job>" + "".join(f"<{k}>{escape(v)}</{k}>" for k, v in item.items()) + "</job>"
        for item in items
    )
    return f'<?xml version="1.0" encoding="utf-8"?>\n<source>\n{inner}\n</source>\n'


def as_rss(items) -> str:
    inner = "\n".join(
        "<item>"
        + f'<guid isPermaLink="false">{escape(item["referencenumber"])}</guid>'
        + f"<title>{escape(item['title'])}</title><link>{escape(item['url'])}</link>"
        + f"<description>{escape(item['description'])}</description>"
        + "".join(f"<category>{escape(word)}</category>" for word in item["category"].split(","))
        + "".join(
            f"<job:{k}>{escape(item[k])}</job:{k}>" for k in ("company", "city", "state", "country")
        )
        + f"<job:type>{item['jobtype']}</job:type></item>"
        for item in items
    )
    return (
        '<rss version="2.0" xmlns:job="https://orchard.example/ns"><channel>'
        f"<title>Jobs</title><link>https://orchard.example/</link>\n{inner}\n</channel></rss>"
    )


def as_json(items) -> str:
    return json.dumps(
        {
            "version": 1,
            "jobs": [
                {
                    "id": item["referencenumber"],
                    "title": item["title"],
                    "company": {"name": item["company"]},
                    "url": item["url"],
                    "location": {
                        "city": item["city"], "state": item["state"], "country": item["country"]
                    },
                    "description": item["description"],
                    "employment_type": [item["jobtype"]],
                    "tags": item["category"].split(", "),
                }
                for item in items
            ],
        },
        indent=1,
    )  # fmt: skip


WRITERS = {"xml": as_xml, "rss": as_rss, "json": as_json}
