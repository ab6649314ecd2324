"""Which machines may read the site: asked of robots.txt as a robot would."""

import json
from urllib.robotparser import RobotFileParser

import pytest

from newsroom.models import SiteSettings
from newsroom.robots import CLASSES
from tests.factories import make_article

pytestmark = pytest.mark.django_db

SWITCHES = [group.switch for group in CLASSES if group.switch]
ONE_OF = {
    "": "facebookexternalhit",
    "allows_search_bots": "Googlebot",
    "allows_ai_search_bots": "OAI-SearchBot",
    "allows_assistant_bots": "ChatGPT-User",
    "allows_training_bots": "GPTBot",
}


def configure(**values) -> None:
    SiteSettings.objects.update_or_create(pk=1, defaults=values)


def robots(client) -> RobotFileParser:
    response = client.get("/robots.txt")
    assert response.status_code == 200
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    parser = RobotFileParser()
    parser.parse(response.content.decode().splitlines())
    return parser


def test_by_default_all_but_training_may_read(client):
    parser = robots(client)
    allowed = {
        switch: parser.can_fetch(agent, "http://testserver/2026/03/x/")
        for switch, agent in ONE_OF.items()
    }
    assert allowed == {switch: switch != "allows_training_bots" for switch in ONE_OF}
    assert parser.can_fetch("SomethingNew/1.0", "http://testserver/")


@pytest.mark.parametrize("switch", SWITCHES)
@pytest.mark.parametrize("is_open", [True, False])
def test_each_class_has_its_own_switch(client, switch, is_open):
    configure(**{name: name == switch if is_open else name != switch for name in SWITCHES})
    parser = robots(client)
    for group in CLASSES:
        expected = (group.switch == switch) == is_open if group.switch else True
        answers = {parser.can_fetch(agent, "http://testserver/") for agent in group.agents}
        assert answers == {expected}, group.title


def test_link_previews_work_when_all_else_is_closed(client):
    configure(**dict.fromkeys(SWITCHES, False))
    parser = robots(client)
    assert parser.can_fetch("facebookexternalhit", "http://testserver/2026/03/x/")
    assert not parser.can_fetch("SomethingNew", "http://testserver/")


@pytest.mark.parametrize("agent", ["Googlebot", "Twitterbot", "OAI-SearchBot", "SomethingNew"])
@pytest.mark.parametrize("path", ["/admin/", "/preview/abc/"])
def test_nobody_reads_the_desk_and_secret_previews(client, agent, path):
    parser = robots(client)
    assert parser.can_fetch(agent, "http://testserver/")
    assert not parser.can_fetch(agent, f"http://testserver{path}")


def test_the_sitemaps_are_named(client):
    assert robots(client).site_maps() == [
        "http://testserver/sitemap.xml", "http://testserver/news-sitemap.xml",
    ]  # fmt: skip


def test_no_machine_stands_in_two_classes():
    agents = [agent.casefold() for group in CLASSES for agent in group.agents]
    assert len(agents) == len(set(agents))


@pytest.mark.parametrize("allowed", [True, False])
def test_mining_is_reserved_in_file_header_and_words_unless_training_is_allowed(client, allowed):
    make_article()
    configure(allows_training_bots=allowed)
    reserved = int(not allowed)
    response = client.get("/.well-known/tdmrep.json")
    assert response["Content-Type"] == "application/json"
    assert json.loads(response.content) == [{"location": "/", "tdm-reservation": reserved}]
    for path in ("/", "/feed/", "/robots.txt", "/no-such-page/"):
        assert client.get(path)["tdm-reservation"] == str(reserved), path
    assert ("§ 44b" in client.get("/robots.txt").content.decode()) == bool(reserved)


def test_the_header_costs_no_query(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert "tdm-reservation" not in client.get("/healthz")
    with django_assert_num_queries(2):
        assert client.get("/robots.txt")["tdm-reservation"] == "1"
