"""Pictures in an object store that machines share: a real S3 interface, served on this machine."""

from collections.abc import Iterator

import boto3
import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from moto.server import ThreadedMotoServer

from articles import images
from articles.models import Image
from newsroom.archive.checking import check
from newsroom.lib import mediaurl

from ..factories import make_article, make_draft
from .test_images import picture

pytestmark = pytest.mark.django_db

BUCKET = "pictures"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    running = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    yield f"http://{host}:{port}"
    running.stop()


@pytest.fixture(autouse=True)
def bucket(server, settings, tmp_path, monkeypatch):
    """An empty bucket that the site keeps its pictures in; there is no folder of media."""
    for name, value in {
        "AWS_ENDPOINT_URL_S3": server,
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "eu-central-1",
        "AWS_DEFAULT_REGION": "eu-central-1",
    }.items():
        monkeypatch.setenv(name, value)
    made = boto3.resource("s3").Bucket(BUCKET)
    made.create(CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    settings.MEDIA_ROOT = tmp_path / "nothing is written here"
    settings.STORAGES = {
        **settings.STORAGES, "default": mediaurl.storage(f"s3://{BUCKET}/media")
    }  # fmt: skip
    yield made
    made.objects.delete()
    made.delete()


def store() -> Image:
    return images.store(
        ContentFile(picture(), name="a.jpg"), by=None, title="Bridge", alt="A bridge"
    )


def names(bucket) -> list[str]:
    return sorted(entry.key for entry in bucket.objects.all())


def body(answer) -> bytes:
    return b"".join(answer.streaming_content)


def test_a_picture_is_kept_rendered_and_served(bucket, client, settings):
    image = store()
    original = f"media/{image.file.name}"
    assert names(bucket) == [original]
    make_article(lead_image=image.pk)
    address = image.rendition_url("16x9", 320, "jpg")
    first = client.get(address)
    assert (first.status_code, first["Content-Type"]) == (200, "image/jpeg")
    made = names(bucket)
    assert len(made) == 2
    rendition = next(name for name in made if name != original)
    stored = bucket.Object(rendition).get()["Body"].read()
    assert body(first) == stored
    # The second machine finds it there.
    bucket.Object(rendition).put(Body=b"made by another machine")
    assert body(client.get(address)) == b"made by another machine"
    assert not settings.MEDIA_ROOT.exists()


def test_a_hidden_picture_stays_hidden(bucket, client):
    image = store()
    make_draft(lead_image=image.pk)
    assert client.get(image.rendition_url("16x9", 320, "jpg")).status_code == 404
    assert len(names(bucket)) == 1


def test_a_deleted_picture_leaves_nothing(bucket, client, chief, committed):
    image = store()
    client.force_login(chief)
    assert client.get(image.rendition_url("16x9", 320, "jpg")).status_code == 200
    assert len(names(bucket)) == 2
    with committed():
        images.delete(image, by=chief)
    assert names(bucket) == []


def test_what_does_not_fit_is_found_in_the_store(bucket):
    image = store()
    assert list(check()) == []
    bucket.Object("media/originals/stray.jpg").put(Body=b"x")
    bucket.Object(f"media/{image.file.name}").delete()
    lost, stray = check()
    assert (lost.kind, lost.what) == ("missing file", image.file.name)
    assert lost.where.endswith(f"/admin/articles/image/{image.pk}/change/")
    assert (stray.kind, stray.where) == ("orphan", "originals/stray.jpg")


def test_a_lost_object_is_a_picture_that_is_not_found(bucket, client):
    image = store()
    make_article(lead_image=image.pk)
    bucket.objects.delete()
    assert client.get(image.rendition_url("16x9", 320, "jpg")).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_an_archive_takes_pictures_out_of_the_store_and_back(bucket, tmp_path):
    image = store()
    before = {name: bucket.Object(name).get()["Body"].read() for name in names(bucket)}
    call_command("export_site", tmp_path / "out", verbosity=0)
    assert (tmp_path / "out" / "media" / image.file.name).read_bytes() in before.values()
    bucket.objects.delete()
    Image.objects.all().delete()
    call_command("flush", interactive=False, verbosity=0)
    call_command("import_site", tmp_path / "out", verbosity=0)
    after = {name: bucket.Object(name).get()["Body"].read() for name in names(bucket)}
    assert after == before
