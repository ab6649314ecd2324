"""The outbox in the admin: reading, trying again, and in development the mails themselves."""

import pytest
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.urls import reverse

from newsroom.lib import outbox
from newsroom.lib.outboxwork import work_off
from newsroom.models import Message

pytestmark = pytest.mark.django_db

LIST = "/admin/newsroom/message/"


@pytest.fixture
def sign_in(client):
    def sign_in(user):
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


@pytest.fixture
def failed() -> Message:
    return Message.objects.create(
        kind="letter", key="letter:1", message_id="1@x", state="failed", note="550 no", attempts=6
    )


def test_list_shows_states_and_reasons_to_whoever_may(sign_in, chief, reporter, failed):
    assert sign_in(reporter).get(LIST).status_code == 403
    page = sign_in(chief).get(LIST, {"state": "failed"}).text
    assert "550 no" in page
    assert "Read the sent mails" not in page
    assert "550 no" not in sign_in(chief).get(LIST, {"state": "sent"}).text


def test_failed_message_is_put_back_by_post_and_permission(sign_in, chief, reporter, failed):
    address = reverse("admin:newsroom_message_retry", args=[failed.pk])
    assert address in sign_in(chief).get(f"{LIST}{failed.pk}/change/").text
    assert sign_in(reporter).post(address).status_code == 403
    assert sign_in(chief).get(address).status_code == 403
    assert Message.objects.get().state == "failed"
    assert sign_in(chief).post(address, follow=True).status_code == 200
    assert Message.objects.get().state == "queued"
    assert "Only what has failed" in sign_in(chief).post(address, follow=True).text
    assert address not in sign_in(chief).get(f"{LIST}{failed.pk}/change/").text


def test_failed_ones_among_the_chosen_are_put_back(sign_in, chief, failed):
    sent = Message.objects.create(kind="letter", key="2", message_id="2@x", state="sent")
    chosen = {"action": "retry_all", "_selected_action": [failed.pk, sent.pk]}
    assert "1 message waits again." in sign_in(chief).post(LIST, chosen, follow=True).text
    assert dict(Message.objects.values_list("key", "state")) == {"letter:1": "queued", "2": "sent"}


def write(message: Message) -> EmailMultiAlternatives:
    mail = EmailMultiAlternatives("Grüße", "See http://testserver/x/", to=["anna@example.org"])
    mail.attach_alternative("<html><head></head><body><script>x</script>Hello</body>", "text/html")
    return mail


def test_mails_in_files_can_be_read_in_development_only(settings, tmp_path, sign_in, chief, editor):
    settings.MAILERS = {
        "default": {
            "BACKEND": "newsroom.lib.mailfiles.EmailBackend",
            "OPTIONS": {"file_path": str(tmp_path / "mails")},
        }
    }
    with transaction.atomic():
        outbox.put("letter", "letter:1")
    assert work_off({"letter": write}) == 1
    (name,) = (path.name for path in (tmp_path / "mails").iterdir())
    pages = [f"{LIST}mails/", f"{LIST}mails/{name}/", f"{LIST}mails/{name}/html/"]
    assert [sign_in(chief).get(page).status_code for page in pages] == [404, 404, 404]
    settings.DEBUG = True
    assert [sign_in(editor).get(page).status_code for page in pages] == [403, 403, 403]
    assert "Read the sent mails" in sign_in(chief).get(LIST).text
    listed, shown, framed = (sign_in(chief).get(page) for page in pages)
    assert "Grüße" in listed.text
    assert '<a href="http://testserver/x/"' in shown.text
    assert Message.objects.get().message_id in shown.text
    assert "<script>" in framed.text
    policy = framed.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    for other in ("..", "x.eml", "20260101-000000000000-00000000.eml"):
        assert sign_in(chief).get(f"{LIST}mails/{other}/").status_code == 404
