"""The pages that readers read: front, section, topic, author, dossier, archive, article."""

from django.http import HttpRequest, HttpResponse


def front(request: HttpRequest) -> HttpResponse:
    raise NotImplementedError


topics = topic = author = dossier = archive = archive_month = article = section = front
