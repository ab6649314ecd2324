"""Two application servers behind nginx, as DEPLOYMENT.md sets them up, all on this machine.

What they share is real: PostgreSQL (the test's database), Redis, an object store, a mail server.
"""

import http.client
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import quote, urlencode

import boto3
from django.db import connection
from moto.server import ThreadedMotoServer

from tests.mailserver import MailServer

from .nginxserver import in_front, unused_port

ROOT = Path(__file__).resolve().parents[2]
# All servers of one process have the same buckets.
BUCKET, REGION = "pictures-of-machines", "eu-central-1"


class Answer:
    """What somebody got: status, body as bytes and as text, headers."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status, self.body, self.headers = response.status, response.read(), response.headers

    @property
    def text(self) -> str:
        return self.body.decode()


def get(address: str, path: str, **headers: str) -> Answer:
    """Ask a server by its host:port; whatever of a connection fails is raised."""
    to = http.client.HTTPConnection(address, timeout=60)
    try:
        to.request("GET", path, headers={n.replace("_", "-"): v for n, v in headers.items()})
        return Answer(to.getresponse())
    finally:
        to.close()


class Machine:
    """An application server: `manage.py serve` with the environment that this machine has."""

    def __init__(self, folder: Path, shared: dict[str, str]) -> None:
        (folder / "static").mkdir(parents=True)
        self.folder, self.address = folder, f"127.0.0.1:{unused_port()}"
        self.environment = {
            **os.environ,
            **shared,
            "DJANGO_SETTINGS_MODULE": "tests.machinesettings",
            "MACHINE_STATIC": str(folder / "static"),
            "PAGE_CACHE_DIR": str(folder / "pages"),
            "MEDIA_ROOT": str(folder / "media"),
            "BIND": self.address,
            "WEB_WORKERS": "1",
            "WEB_THREADS": "4",
        }
        self._server: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Serve; `is_up` tells when there are answers."""
        self._server = self.run("manage.py", "serve", start_new_session=True)

    def is_up(self) -> bool:
        try:
            return get(self.address, "/healthz").status == 200
        except OSError:
            return False

    def stop(self) -> None:
        """End it as a supervisor does: what is under way is finished."""
        if self._server and self._server.poll() is None:
            self._server.terminate()
            self._server.wait(60)

    def kill(self) -> None:
        """End all its processes in the middle of whatever they do."""
        if self._server and self._server.poll() is None:
            os.killpg(self._server.pid, signal.SIGKILL)
            self._server.wait(60)

    def run(self, *command: str, **options) -> subprocess.Popen:
        """Start a Python process of this machine."""
        return subprocess.Popen(
            [sys.executable, "-W", "ignore", *command], cwd=ROOT, env=self.environment, **options
        )


class House:
    """Two machines, nginx in front of them, and what they share."""

    def __init__(self, folder: Path, redis_url: str, store: str, mails: MailServer) -> None:
        self.front = f"127.0.0.1:{unused_port()}"
        self.site, self.redis_url, self.mails = f"http://{self.front}", redis_url, mails
        self._log = folder / "nginx" / "log"
        shared = {
            "DEBUG": "0",
            "SECRET_KEY": "one-for-all-machines",
            "SITE_URL": self.site,
            "TRUSTED_PROXIES": "1",
            "DATABASE_URL": database_url(),
            "REDIS_URL": redis_url,
            "MEDIA_S3_URL": f"s3://{BUCKET}/media",
            **access(store),
            "EMAIL_URL": f"smtp://127.0.0.1:{mails.port}",
            "METRICS_TOKEN": "for-prometheus",
            "PAGE_CACHE": "1",
        }
        self.machines = [Machine(folder / name, shared) for name in ("one", "two")]

    def get(self, path: str, machine: Machine | None = None, **headers: str) -> Answer:
        """Ask as a reader does, through nginx, or one machine as nginx asks it."""
        return get(machine.address if machine else self.front, path, Host=self.front, **headers)

    def tried(self) -> list[list[str]]:
        """Return for each request that nginx has ended which machines it has asked."""
        return [re.split(", | : ", line) for line in self._log.read_text().splitlines()]

    @contextmanager
    def serve(self) -> Iterator[None]:
        """Start everything; end it whatever happens."""
        tried = f"log_format tried $upstream_addr; access_log {self._log} tried;\n"
        told = tried + self._configuration()
        with ExitStack() as stack:
            for machine in self.machines:
                stack.callback(machine.kill)
                stack.callback(machine.stop)
                machine.start()
            wait_until(lambda: all(machine.is_up() for machine in self.machines))
            stack.enter_context(in_front(self._log.parent, self.front, told))
            yield

    def _configuration(self) -> str:
        """Return what DEPLOYMENT.md tells to write, with the addresses of this house."""
        text = (ROOT / "DEPLOYMENT.md").read_text()
        (told,) = re.findall(r"```nginx\n(upstream .*?)```", text, re.DOTALL)
        for name, machine in zip(("10.0.0.11:8000", "10.0.0.12:8000"), self.machines, strict=True):
            told = told.replace(name, machine.address)
        told = re.sub(r"^ *ssl_.*\n", "", told, flags=re.MULTILINE)
        return told.replace("443 ssl", self.front).replace("news.example", "127.0.0.1")


class Browser:
    """Keeps cookies of whom it is shown, sends forms with the token in them, follows redirects."""

    def __init__(self, house: House) -> None:
        self._host = house.front
        self._cookies = CookieJar()
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(self._cookies)
        )

    def get(self, machine: Machine, path: str) -> Answer:
        return self._send(urllib.request.Request(f"http://{machine.address}{path}"))

    def post(self, machine: Machine, path: str, data: dict, file: bytes = b"") -> Answer:
        token = {cookie.name: cookie.value for cookie in self._cookies}["csrftoken"]
        kind, body = encode({**data, "csrfmiddlewaretoken": token}, file)
        request = urllib.request.Request(f"http://{machine.address}{path}", body)
        request.add_header("Content-Type", kind)
        return self._send(request)

    def log_in(self, machine: Machine, name: str, password: str) -> Answer:
        self.get(machine, "/admin/login/")
        data = {"username": name, "password": password, "next": "/admin/"}
        return self.post(machine, "/admin/login/", data)

    def _send(self, request: urllib.request.Request) -> Answer:
        request.add_header("Host", self._host)
        try:
            with self._opener.open(request, timeout=60) as response:
                return Answer(response)
        except urllib.error.HTTPError as error:
            return Answer(error)


def encode(data: dict, file: bytes) -> tuple[str, bytes]:
    """Return a form's type and body; with a picture as browsers send files."""
    if not file:
        return "application/x-www-form-urlencoded", urlencode(data, doseq=True).encode()
    parts = [
        f'--edge\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in data.items()
    ]
    head = 'form-data; name="pictures"; filename="a.jpg"\r\nContent-Type: image/jpeg'
    parts.append(f"--edge\r\nContent-Disposition: {head}\r\n\r\n".encode() + file)
    return "multipart/form-data; boundary=edge", b"".join(parts) + b"\r\n--edge--\r\n"


@contextmanager
def object_store() -> Iterator[str]:
    """A real S3 interface on this machine, with an empty bucket."""
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        bucket(f"http://{host}:{port}").create(
            CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        yield f"http://{host}:{port}"
    finally:
        server.stop()


def bucket(store: str):
    keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret", "region_name": REGION}
    return boto3.resource("s3", endpoint_url=store, **keys).Bucket(BUCKET)


def access(store: str) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL_S3": store,
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
    }


def database_url() -> str:
    """Return the address of the test's own database."""
    told = connection.settings_dict
    keys = quote(told["USER"]) + (f":{quote(told['PASSWORD'])}" if told["PASSWORD"] else "")
    port = f":{told['PORT']}" if told["PORT"] else ""
    return f"postgres://{keys}@{quote(told['HOST'], safe='')}{port}/{told['NAME']}"


def served(machine: Machine) -> int:
    """Return how many requests of readers a machine has counted."""
    told = get(machine.address, "/metrics", Authorization="Bearer for-prometheus").text
    counts = re.findall(r'^newsroom_requests_total\{area="site".*\} (\d+)$', told, re.MULTILINE)
    return sum(map(int, counts))


def wait_until(condition) -> None:
    """Wait for the others, not for a time; that nothing happens shows after two minutes."""
    ends = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < ends, "nothing happens any more"
        time.sleep(0.02)
