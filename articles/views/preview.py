"""A working copy as readers will see it."""

from django.http import HttpRequest, HttpResponse


def by_link(request: HttpRequest, token: str) -> HttpResponse:
    raise NotImplementedError
