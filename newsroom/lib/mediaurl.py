"""Turns MEDIA_S3_URL into an entry of Django's STORAGES. Called by settings.py."""

from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured


def storage(url: str) -> dict[str, Any]:
    """Return the storage of pictures: an object store (s3://bucket/folder), without a URL the disk.

    Keys, region and endpoint are read by boto itself from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY,
    AWS_REGION and AWS_ENDPOINT_URL_S3. The bucket stays private: every picture goes out through the
    gate. Names hold random tokens, so a file that is written twice is the same file.
    Raises ImproperlyConfigured for an address of another kind.
    """
    if not url:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    parts = urlsplit(url)
    if parts.scheme != "s3" or not parts.hostname or parts.query:
        raise ImproperlyConfigured("MEDIA_S3_URL must look like s3://bucket or s3://bucket/folder.")
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": parts.netloc,
            "location": parts.path.strip("/"),
            "default_acl": None,
            "file_overwrite": True,
        },
    }
