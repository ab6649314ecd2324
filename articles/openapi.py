"""The API's description (OpenAPI 3.1), made of the same fields that the API answers with."""

from typing import Any

from django.conf import settings

from .api_fields import FIELDS, LIST_FIELDS

type Document = dict[str, Any]

_PROBLEM: Document = {
    "type": "object",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
    "required": ["type", "title", "status", "detail"],
}


def document(site_name: str) -> Document:
    """Return the description of the API of a site."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{site_name}: articles",
            "version": "1",
            "description": "Published articles, for reading. No key, no cookies, every origin.",
        },
        "servers": [{"url": f"{settings.SITE_URL}/api/v1"}],
        "paths": {
            "/articles/": {"get": _list()},
            "/articles/{id}/": {"get": _single()},
        },
        "components": {
            "schemas": {
                "Article": {
                    "type": "object",
                    "properties": {name: field.schema for name, field in FIELDS.items()},
                },
                "Problem": _PROBLEM,
            },
            "responses": {"Problem": _problem_response()},
        },
    }


def _list() -> Document:
    item = {"$ref": "#/components/schemas/Article"}
    answer = {
        "type": "object",
        "properties": {
            "items": {"type": "array", "items": item},
            "next": {"type": ["string", "null"], "format": "uri"},
        },
        "required": ["items", "next"],
    }
    return {
        "operationId": "listArticles",
        "summary": "The newest articles",
        "parameters": [
            _parameter("cursor", "Where the page begins: taken from `next`."),
            _parameter("limit", "Articles on a page.", type="integer", minimum=1, maximum=100),
            _fields_parameter(f"Without it: {', '.join(LIST_FIELDS)}."),
            _parameter("section", "Slug of a section; with all below it."),
            _parameter("tag", "Slug of a topic."),
            _parameter("author", "Slug of an author."),
            _parameter("since", "Published or updated since then: a date or time of ISO 8601."),
        ],
        "responses": _responses(answer, "400"),
    }


def _single() -> Document:
    identity = {
        "name": "id",
        "in": "path",
        "required": True,
        "schema": {"type": "integer", "minimum": 0},
    }
    return {
        "operationId": "getArticle",
        "summary": "One article with its text",
        "parameters": [identity, _fields_parameter("Without it: all.")],
        "responses": _responses({"$ref": "#/components/schemas/Article"}, "400", "404", "410"),
    }


def _parameter(name: str, description: str, **schema: Any) -> Document:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": description,
        "schema": schema or {"type": "string"},
    }


def _fields_parameter(description: str) -> Document:
    schema = {"type": "array", "items": {"type": "string", "enum": list(FIELDS)}}
    return _parameter("fields", f"Only these, between commas. {description}", **schema) | {
        "style": "form",
        "explode": False,
    }


def _responses(schema: Document, *problems: str) -> Document:
    good = {
        "description": "OK",
        "headers": {name: {"schema": {"type": "string"}} for name in ("ETag", "Last-Modified")},
        "content": {"application/json": {"schema": schema}},
    }
    unchanged = {"description": "Not changed since the state that the request names."}
    reference = {"$ref": "#/components/responses/Problem"}
    return {"200": good, "304": unchanged, **dict.fromkeys(problems, reference)}


def _problem_response() -> Document:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        "description": "What is wrong (RFC 9457).",
        "content": {"application/problem+json": {"schema": schema}},
    }
