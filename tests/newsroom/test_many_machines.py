"""Application servers hold no state: two of them behind nginx are one site, whichever is asked."""

import asyncio
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from threading import Event, Thread

import pytest
from django.db import connection

from articles import alerts, workflow
from articles.alerts import links, scopes
from articles.models import Article, Image, Subscriber
from newsroom.lib import mediaurl, pagecache
from newsroom.lib.pagecache import purging
from newsroom.models import Message
from tests import needs
from tests.articles.test_admin_article_writing import form_of
from tests.factories import UserFactory, make_article, make_draft
from tests.mailserver import MailServer

from . import machines
from .machines import Browser, House, wait_until
from .nginxserver import is_open, unused_port
from .test_images import picture

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="machines share PostgreSQL"),
    needs.nginx,
    needs.redis,
]

PASSWORD = "correct horse"

# Publishes each headline that it is told, at a machine's own settings.
PUBLISHER = """
import sys
import django
django.setup()
from articles import workflow
from articles.models import Article
from newsroom.models import User
from tests.factories import make_content

for line in sys.stdin:
    article, chief = Article.objects.get(), User.objects.get()
    values = {**article.head.content, "headline": line.strip()}
    head = workflow.save_draft(article, make_content(**values), by=chief, base=article.head)
    workflow.publish(article, by=chief, seen=head)
    print(line, end="", flush=True)
"""


class PatientMailServer(MailServer):
    """Takes no mail until two clients are there, so that both have something to do."""

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802
        ends = time.monotonic() + 60
        while self.connections < 2 and time.monotonic() < ends:
            await asyncio.sleep(0.01)
        return await super().handle_DATA(server, session, envelope)


@pytest.fixture(scope="module")
def running(django_db_setup, tmp_path_factory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("machines")
    port = unused_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    redis = subprocess.Popen(["redis-server", *options], stdout=subprocess.DEVNULL)
    try:
        wait_until(lambda: is_open(f"127.0.0.1:{port}"))
        with machines.object_store() as store, PatientMailServer() as mails:
            house = House(folder, f"redis://127.0.0.1:{port}/0", store, mails)
            with house.serve():
                yield house
    finally:
        redis.terminate()
        redis.wait()


@pytest.fixture
def house(running, settings, monkeypatch) -> Iterator[House]:
    """The running site, empty; this process is one more machine of it."""
    environment = running.machines[0].environment
    for name in machines.access(""):
        monkeypatch.setenv(name, environment[name])
    settings.PAGE_CACHE, settings.SITE_URL = True, running.site
    settings.REDIS_URL = running.redis_url
    settings.SECRET_KEY = environment["SECRET_KEY"]
    media = mediaurl.storage(environment["MEDIA_S3_URL"])
    settings.STORAGES = {**settings.STORAGES, "default": media}
    purging.store.cache_clear()
    pagecache.forget()
    yield running
    purging.store.cache_clear()


@pytest.fixture
def chief(house):
    return UserFactory(username="clara", first_name="Clara", role="Chief editor")


def test_a_change_on_one_machine_is_on_the_other_at_the_next_request(house, chief):
    one, two = house.machines
    article = make_article(headline="Number 1000")
    path, ways = article.get_absolute_url(), Counter()
    publisher = one.run("-c", PUBLISHER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    for number in range(1001, 1013):
        for machine in (one, two, None, None):
            house.get(path, machine)
        ways[house.get(path, two).headers["Cache-Status"]] += 1
        publisher.stdin.write(f"Number {number}\n")
        publisher.stdin.flush()
        assert publisher.stdout.readline() == f"Number {number}\n"
        for machine in (two, one, None, None):
            answer = house.get(path, machine)
            assert (answer.status, f"Number {number}" in answer.text) == (200, True)
    publisher.communicate()
    assert list(ways) == ["newsroom; hit"], "there was nothing to become old"


def test_the_desk_works_on_whichever_machine_answers(house, chief):
    one, two = house.machines
    article = make_article(headline="Bridge closed", slug="bridge")
    path, browser = article.get_absolute_url(), Browser(house)
    assert "Clara" in browser.log_in(one, "clara", PASSWORD).text
    assert "Clara" in browser.get(two, "/admin/").text
    for headline, at, other in (("Bridge open", two, one), ("Bridge gone", one, two)):
        assert headline not in house.get(path, other).text
        address = f"/admin/articles/article/{article.pk}/change/"
        browser.get(at, address)
        article = Article.objects.get(pk=article.pk)
        told = browser.post(at, address, form_of(article, headline=headline, move="publish"))
        assert "Published." in told.text
        assert headline in house.get(path, other).text
    withdrawn = form_of(Article.objects.get(), move="withdraw", withdraw_reason="Wrong.")
    browser.post(two, address, withdrawn)
    assert [house.get(path, machine).status for machine in (one, two, None)] == [410] * 3


def test_wrong_passwords_are_counted_across_machines(house, chief):
    one, two = house.machines
    tries = [Browser(house).log_in(at, "clara", "wrong") for at in (one, two, one, two, one)]
    assert [each.status for each in tries] == [200, 200, 200, 200, 429]
    for machine in (two, one):
        assert Browser(house).log_in(machine, "clara", PASSWORD).status == 429


def test_a_picture_of_one_machine_is_the_others_too(house, chief):
    one, two = house.machines
    browser = Browser(house)
    browser.log_in(one, "clara", PASSWORD)
    data = {"alt": "Red", "credit": "Ada"}
    browser.get(one, "/admin/articles/image/add/")
    assert browser.post(one, "/admin/articles/image/add/", data, picture()).status == 200
    image = Image.objects.get()
    path = image.rendition_url("16x9", 320, "jpg")
    assert house.get(path, two).status == 404, "no reader may see it yet"
    make_article(lead_image=image.pk)
    answers = []
    asking = [
        Thread(target=lambda at=at: answers.append(house.get(path, at)))
        for at in (two, one, two, one, None, None)
    ]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    assert [each.status for each in answers] == [200] * 6
    assert {each.body for each in answers} == {house.get(path, two).body}
    kept = machines.bucket(one.environment["AWS_ENDPOINT_URL_S3"]).objects.all()
    assert len(list(kept)) == 2, "the original and one rendition, whoever made it"
    assert not any((machine.folder / "media").exists() for machine in house.machines)


def test_two_ticks_send_each_mail_once(house, chief):
    for number in range(60):
        address = f"reader{number}@example.org"
        alerts.ask(
            address,
            [scopes.everything()],
            frequency=0,
            page="/",
            language="en",
            network=f"network {number}",
        )
        token = links.confirm_path(Subscriber.objects.get(address=address))
        alerts.confirm(token.rstrip("/").rpartition("/")[2])
    article = make_draft(headline="Bridge closed")
    workflow.publish(article, by=chief)
    ticks = [machine.run("manage.py", "tick", "--loop") for machine in house.machines]
    try:
        wait_until(lambda: len(house.mails.raw) >= 60 and not Message.objects.open().exists())
    finally:
        for tick in ticks:
            tick.terminate()
    assert [tick.wait(60) for tick in ticks] == [0, 0]
    assert house.mails.connections >= 2
    told = Counter(mail["To"] for mail in house.mails.mails if "Bridge closed" in mail["Subject"])
    assert told == {f"reader{number}@example.org": 1 for number in range(60)}
    assert set(house.mails.message_ids().values()) == {1}


class Reader(Thread):
    """Asks for one page after the other through nginx, a few hundred times at most."""

    def __init__(self, house: House, paths: list[str], over: Event) -> None:
        super().__init__(daemon=True)
        self._house, self._paths, self._over = house, paths, over
        self.seen: Counter[str] = Counter()

    def run(self) -> None:
        for number in range(3000):
            if self._over.wait(0.02):
                return
            try:
                answer = self._house.get(self._paths[number % len(self._paths)])
                self.seen[f"{answer.status} {'</html>' in answer.text}"] += 1
            except Exception as error:
                self.seen[repr(error)] += 1


def test_a_killed_machine_fails_no_reader(house):
    one, two = house.machines
    articles = [make_article(headline=f"Report {number}") for number in range(5)]
    paths = [article.get_absolute_url() for article in articles]
    paths += ["/", "/search/?q=report", "/jobs/"]
    over = Event()
    readers = [Reader(house, paths, over) for _number in range(4)]

    def alone(machine, since: int) -> int:
        return house.tried()[since:].count([machine.address])

    for reader in readers:
        reader.start()
    try:
        start = len(house.tried())
        wait_until(lambda: alone(one, start) > 30 and alone(two, start) > 30)
        killed = len(house.tried())
        one.kill()
        wait_until(lambda: alone(two, killed) > 60)
        again = len(house.tried())
        one.start()
        wait_until(lambda: alone(one, again) > 30)
    finally:
        over.set()
        for reader in readers:
            reader.join()
    seen = sum((reader.seen for reader in readers), Counter())
    assert list(seen) == ["200 True"]
    # The proof that somebody had to be helped.
    assert [one.address, two.address] in house.tried()[killed:again]


def test_files_of_an_update_are_found_wherever_they_are(house):
    """While one machine is newer than the other, its pages name files that the other has not."""
    one, two = house.machines
    for machine in house.machines:
        machine.stop()
        (machine.folder / "static" / f"{machine.folder.name}.css").write_text("body {}")
        machine.start()
    wait_until(lambda: one.is_up() and two.is_up())
    assert [house.get("/static/one.css", machine).status for machine in (one, two)] == [200, 404]
    for name in ("one.css", "two.css") * 4:
        assert house.get(f"/static/{name}").body == b"body {}"
    assert house.get("/static/none.css").status == 404


def test_each_machine_counts_for_itself(house):
    one, two = house.machines
    path = make_article().get_absolute_url()
    before = [machines.served(machine) for machine in house.machines]
    for _number in range(5):
        house.get(path, one)
    after = [machines.served(machine) for machine in house.machines]
    assert after[0] - before[0] >= 5
    assert after[1] - before[1] < 5
    assert house.get("/metrics", two).status == 404
