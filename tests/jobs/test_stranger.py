"""A stranger walks every address of the jobs and sees no word of what is hidden."""

import json
import re
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
import time_machine
from django.urls import get_resolver
from selectolax.lexbor import LexborHTMLParser

from jobs import links, moderation, upkeep
from jobs.advert import Place
from jobs.models import Job
from newsroom.lib import tokens
from tests.factories import make_article

from .makers import (
    EMAIL,
    item,
    make_advert,
    make_every_other_kind,
    make_job,
    make_source,
)

pytestmark = pytest.mark.django_db

HIDDEN, SHOWN = "zqhidden", "zqshown"


def texts(word: str) -> dict:
    """The word in every text that an advert takes."""
    return {
        "title": f"{word} job",
        "employer": f"{word} employer",
        "employer_url": f"https://{word}.example/",
        "description": f"<p>{word} is what stands in the description of this job.</p>",
        "places": (Place(f"{word} town", "DE", f"{word} region"),),
        "apply_url": f"https://{word}.example/apply",
        "apply_email": f"{word}@feldbot.example",
        "tags": (f"{word} tag", "Robots"),
    }


class Board:
    """A live job, and one of every kind that a stranger must not see."""

    def __init__(self) -> None:
        hidden = texts(HIDDEN)
        self.live = make_job(email=f"{HIDDEN}@contact.example", **texts(SHOWN))
        self.hidden = {
            **make_every_other_kind(**hidden),
            **self._imported(hidden),
        }
        # What an employer would like to say instead.
        proposal = {**texts(SHOWN), "title": f"{HIDDEN} proposal"}
        self.live = moderation.change(self.live, make_advert(**proposal))

    def _imported(self, hidden: dict) -> dict[str, Job]:
        untrusted, trusted = make_source(), make_source(is_trusted=True)
        moderation.add(untrusted, [item("waits", **hidden)])
        moderation.add(trusted, [item("missed", **hidden)])
        for _run in range(2):
            moderation.note_missed(trusted, ["missed"])
        return {job.external_id: job for job in Job.objects.exclude(external_id="")}


@pytest.fixture
def board() -> Board:
    return Board()


def addresses(board: Board) -> dict[str, list[str]]:
    """Route name → addresses to try."""
    jobs = [board.live, *board.hidden.values()]
    return {
        "list": [
            "/jobs/",
            *(
                f"/jobs/?{name}={HIDDEN}{end}"
                for name, end in [("q", ""), ("place", "-town"), ("tag", "-tag")]
            ),
            "/jobs/?tag=robots",
            "/jobs/?q=description",
            "/jobs/?before=9999999999999999.1",
        ],
        "submit": ["/jobs/submit/"],
        "submitted": ["/jobs/submit/sent/"],
        "manage": [f"/jobs/manage/{tokens.make('job', j.pk, 'x')}/" for j in jobs],
        "edit": [f"/jobs/manage/{tokens.make('job', j.pk, 'x')}/edit/" for j in jobs],
        "feed": ["/jobs/feed/"],
        "feed-json": ["/jobs/feed.json"],
        "feed-xml": ["/jobs/feed.xml"],
        "sitemap": ["/jobs/sitemap.xml", "/sitemap.xml"],
        "sitemap-part": ["/jobs/sitemap-1.xml", "/jobs/sitemap-2.xml"],
        "job": [
            address for job in jobs for address in (f"/jobs/{job.pk}-{job.slug}/",
                                                    f"/jobs/{job.pk}-x/")
        ],
    }  # fmt: skip


def test_every_address_has_samples(board):
    resolver = get_resolver("jobs.urls")
    assert {pattern.name for pattern in resolver.url_patterns} == set(addresses(board))


def test_a_stranger_sees_no_word_of_what_is_hidden(client, board):
    # First: all of it is there to be seen.
    assert len(board.hidden) == 9
    assert Job.objects.filter(title__contains=HIDDEN).count() == 9
    make_article()
    # Each hidden text goes on so; the bare word is what the walk itself asks for.
    hidden, shown = re.compile(rf"{HIDDEN}(?: |\.|@|-job|-proposal)"), 0
    for address in ["/", *(path for paths in addresses(board).values() for path in paths)]:
        response = client.get(address, follow=True)
        assert response.status_code in {200, 404, 410}, address
        text = response.getvalue().decode().replace(address, "")
        shown += SHOWN in text
        assert hidden.search(text) is None, address
        assert EMAIL not in text, address
        assert "contact.example" not in text, address
    assert shown > 5


def test_what_is_asked_for_in_vain_finds_nothing(client, board):
    for query in (f"?q={HIDDEN}", f"?tag={HIDDEN}-tag", f"?place={HIDDEN}-town"):
        assert "No job fits all of this" in client.get(f"/jobs/{query}").text


def test_all_is_hidden_once_the_last_job_has_ended(client, board):
    later = board.live.valid_through + timedelta(seconds=1)
    with time_machine.travel(later, tick=False):
        for address in ("/jobs/", "/jobs/feed/", "/jobs/feed.json", "/jobs/feed.xml",
                        "/jobs/sitemap.xml", "/sitemap.xml"):  # fmt: skip
            response = client.get(address)
            assert response.status_code == 200
            assert SHOWN not in response.getvalue().decode(), address
        assert client.get(board.live.get_absolute_url()).status_code == 410
        upkeep.forget_ended()
        assert SHOWN not in client.get("/jobs/").text


ATTACK = "<script>alert('zqattack')</script>"


def test_attacks_in_every_field_come_out_as_text(client):
    attack = f'{ATTACK}"><img src=x onerror=zq()>'
    job = make_job(
        title=attack,
        employer=attack,
        description=f"<p>{'A long text. ' * 5}</p>{attack}",
        places=(Place(attack[:60], "DE", attack[:60]),),
        tags=(attack[:60],),
        apply_url="https://feldbot.example/?'\"><script>zq()</script>",
        employer_url="https://feldbot.example/?'\"><script>zq()</script>",
    )
    other = make_job(title="Other", tags=(attack[:60],))
    pages = ["/jobs/", job.get_absolute_url(), links.manage_path(job)]
    moderation.mark_filled(other)
    for address in [*pages, f"{pages[-1]}edit/", other.get_absolute_url(), f"/jobs/?q={attack}"]:
        html = LexborHTMLParser(client.get(address).content)
        types = {node.attributes.get("type") for node in html.css("script")}
        assert types <= {"application/ld+json"}, address
        assert [node for node in html.css("*") if "onerror" in node.attributes] == [], address
    for address in ("/jobs/feed/", "/jobs/feed.xml", "/jobs/sitemap.xml"):
        ET.fromstring(client.get(address).getvalue())  # noqa: S314 - our own
    item = json.loads(client.get("/jobs/feed.json").content)["items"][0]
    assert "<script" not in item["content_html"]
