"""Pictures for readers, behind the same gate as the articles that show them."""

from django.http import HttpRequest, HttpResponse


def rendition(request: HttpRequest, token: str, spec: str, extension: str) -> HttpResponse:
    raise NotImplementedError
