"""The settings as a server reads them: what it refuses, what `check --deploy` says, its log."""

import json
import logging
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.flatpages.models import FlatPage
from django.core.exceptions import ImproperlyConfigured

from newsroom.checks import check_catalogues, check_legal_pages
from newsroom.lib import mediaurl
from newsroom.lib.jsonlog import JsonFormatter

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "SECRET_KEY": "a-secret-of-more-than-fifty-characters-with-many-different-ones-0123456789",
    "SITE_URL": "https://news.example",
    "TRUSTED_PROXIES": "1",
    "EMAIL_URL": "smtp://mail.example:587/?tls=1",
}


def python(code: str, tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a piece of Python in an environment with these variables of ours and no others."""
    ours = re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    ours.append("DJANGO_ALLOW_ASYNC_UNSAFE")  # the browser's tests set it; no server may
    variables = {
        **{name: value for name, value in os.environ.items() if name not in ours},
        "DJANGO_SETTINGS_MODULE": "newsroom.settings",
        "DATABASE_URL": f"sqlite:///{tmp_path}/site.sqlite3",
        "MEDIA_ROOT": str(tmp_path),
        # What a developer's .env may say must not count here.
        **dict.fromkeys(["SECRET_KEY", "DEBUG", "SITE_URL"], ""),
        **environment,
    }
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT, env=variables, capture_output=True, text=True, check=False,
    )  # fmt: skip


def value(expression: str, tmp_path: Path, **environment: str) -> object:
    code = f"import json; from newsroom import settings as s; print(json.dumps({expression}))"
    done = python(code, tmp_path, **environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_production_refuses_to_start_without_a_secret(tmp_path):
    done = python("import newsroom.wsgi", tmp_path)
    assert done.returncode == 1
    assert done.stderr.strip().splitlines()[-1] == (
        "django.core.exceptions.ImproperlyConfigured: SECRET_KEY is not set. "
        "(For a trial, set DEBUG=1 instead.)"
    )
    assert python("import newsroom.wsgi", tmp_path, **PRODUCTION).returncode == 0


CHECK = """
import django; django.setup()
from io import StringIO
from django.core.management import call_command
from django.contrib.flatpages.models import FlatPage
from newsroom.models.site import LEGAL_PAGES
call_command("migrate", verbosity=0)
for page in LEGAL_PAGES:
    FlatPage.objects.create(url=page.url, title=str(page.title), content="<p>Us.</p>")
output = StringIO()
call_command("check", deploy=True, stdout=output, stderr=output, fail_level="WARNING")
print(output.getvalue())
"""


def test_deploy_check_is_clean_in_production(tmp_path):
    done = python(CHECK, tmp_path, **PRODUCTION)
    assert done.stderr == ""
    assert done.stdout.strip() == "System check identified no issues (0 silenced)."


@pytest.mark.django_db
def test_deploy_check_complains_while_legal_pages_are_empty():
    FlatPage.objects.create(url="/datenschutz/", title="Privacy", content="<p>We keep nothing.</p>")
    FlatPage.objects.create(url="/impressum/", title="Legal notice", content="<p> </p>")
    found = [(warning.id, warning.msg) for warning in check_legal_pages(None)]
    assert found == [
        ("newsroom.W001", "The page /impressum/ (Legal notice) is missing or empty."),
        (
            "newsroom.W001",
            "The page /editorial-principles/ (Editorial principles) is missing or empty.",
        ),
    ]


def test_deploy_check_complains_while_a_catalogue_is_not_compiled(settings, tmp_path):
    settings.LOCALE_PATHS = [tmp_path]
    text = tmp_path / "de" / "LC_MESSAGES" / "django.po"
    text.parent.mkdir(parents=True)
    text.write_text("")
    assert [warning.id for warning in check_catalogues(None)] == ["newsroom.W002"]
    text.with_suffix(".mo").write_text("")
    assert check_catalogues(None) == []
    os.utime(text, (2**31, 2**31))
    assert [warning.id for warning in check_catalogues(None)] == ["newsroom.W002"]


@pytest.mark.parametrize(
    ("name", "text"),
    [("DEBUG", "perhaps"), ("TRUSTED_PROXIES", "two"), ("EMAIL_URL", "ftp://mail.example")],
)
def test_nonsense_is_refused_by_name(tmp_path, name, text):
    done = python("import newsroom.settings", tmp_path, **{**PRODUCTION, name: text})
    assert done.returncode == 1
    assert f"ImproperlyConfigured: {name} must" in done.stderr


def test_https_switches_on_what_only_https_can_keep(tmp_path):
    names = "[s.SECURE_SSL_REDIRECT, s.SECURE_HSTS_SECONDS, s.SESSION_COOKIE_SECURE]"
    assert value(names, tmp_path, **PRODUCTION) == [True, 31_536_000, True]
    plain = {**PRODUCTION, "SITE_URL": "http://news.example"}
    assert value(names, tmp_path, **plain) == [False, 0, False]


def test_hosts_follow_the_address(tmp_path):
    assert sorted(value("s.ALLOWED_HOSTS", tmp_path, **PRODUCTION)) == [
        "127.0.0.1",
        "localhost",
        "news.example",
    ]


def test_proxy_headers_are_believed_only_from_a_declared_proxy(tmp_path):
    name = "getattr(s, 'SECURE_PROXY_SSL_HEADER', None)"
    assert value(name, tmp_path, **PRODUCTION) == ["HTTP_X_FORWARDED_PROTO", "https"]
    assert value(name, tmp_path, **{**PRODUCTION, "TRUSTED_PROXIES": "0"}) is None


def test_mail_server_is_read_from_its_address(tmp_path):
    url = "smtp://news%40example.org:p%40ss@mail.example:587/?tls=1"
    mailer = value("s.MAILERS['default']", tmp_path, **{**PRODUCTION, "EMAIL_URL": url})
    assert mailer == {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": "mail.example",
            "port": 587,
            "username": "news@example.org",
            "password": "p@ss",
            "use_ssl": False,
            "use_tls": True,
            "timeout": 20,
        },
    }


def test_passwords_are_hashed_with_argon2(tmp_path):
    code = (
        "import django; django.setup()\n"
        "from django.contrib.auth.hashers import make_password; print(make_password('x')[:16])"
    )
    assert python(code, tmp_path, **PRODUCTION).stdout.strip() == "argon2$argon2id$"


def test_production_logs_one_json_object_a_line(tmp_path):
    code = (
        "import django, logging; django.setup()\n"
        "logging.getLogger('articles').warning('Über %s\\nzwei', 'alles')\n"
        "try: 1 / 0\n"
        "except ZeroDivisionError: logging.getLogger('django.request').exception('broke')\n"
    )
    lines = python(code, tmp_path, **PRODUCTION).stderr.strip().splitlines()
    first, second = (json.loads(line) for line in lines)
    assert (first["level"], first["logger"], first["message"]) == (
        "WARNING",
        "articles",
        "Über alles\nzwei",
    )
    assert second["traceback"].endswith("ZeroDivisionError: division by zero")


def test_json_log_takes_what_json_does_not():
    record = logging.LogRecord("x", logging.INFO, "", 1, "%s", ({1, 2},), None)
    assert json.loads(JsonFormatter().format(record))["message"] == "{1, 2}"


def test_every_variable_is_documented_and_no_other():
    read = set(
        re.findall(
            r'_(?:text|flag|words|number)\("([A-Z_]+)"', (ROOT / "newsroom/settings.py").read_text()
        )
    )
    documented = re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert sorted(documented) == sorted(read)


@pytest.mark.parametrize("url", ["https://bucket/", "s3://", "s3://bucket?key=1"])
def test_an_address_of_an_object_store_of_another_kind_is_refused(url):
    with pytest.raises(ImproperlyConfigured):
        mediaurl.storage(url)
