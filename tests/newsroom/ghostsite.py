"""A small Ghost site as its export: written here, in the shape that Ghost 5 and 6 give."""

import io
import json

from PIL import Image as Pixels


def jpeg(color="red"):
    buffer = io.BytesIO()
    Pixels.new("RGB", (40, 30), color).save(buffer, "JPEG")
    return buffer.getvalue()


def post(number, **values):
    return {
        "id": f"p{number}",
        "uuid": f"uuid-{number}",
        "title": f"Title {number}",
        "slug": f"text-{number}",
        "html": f"<p>Words of {number}.</p>",
        "lexical": None,
        "mobiledoc": None,
        "feature_image": None,
        "featured": 0,
        "type": "post",
        "status": "published",
        "visibility": "public",
        "created_at": "2021-05-01T08:00:00.000Z",
        "updated_at": "2021-05-03T08:00:00.000Z",
        "published_at": "2021-05-02T08:00:00.000Z",
        "canonical_url": None,
        "custom_excerpt": None,
        **values,
    }


def tag(number, name, **values):
    slug = name.lower().replace(" ", "-").replace("#", "hash-")
    return {
        "id": f"t{number}", "name": name, "slug": slug, "visibility": "public",
        "description": None, **values,
    }  # fmt: skip


def user(number, name, **values):
    return {
        "id": f"u{number}", "name": name, "slug": name.lower().replace(" ", "-"),
        "email": f"{number}@old.example", "bio": None, "website": None, "profile_image": None,
        **values,
    }  # fmt: skip


def tagged(post_number, *tag_numbers):
    return [
        {"id": f"pt{post_number}{n}", "post_id": f"p{post_number}", "tag_id": f"t{n}",
         "sort_order": place}
        for place, n in enumerate(tag_numbers)
    ]  # fmt: skip


def signed(post_number, *user_numbers):
    return [
        {"id": f"pa{post_number}{n}", "post_id": f"p{post_number}", "author_id": f"u{n}",
         "sort_order": place}
        for place, n in enumerate(user_numbers)
    ]  # fmt: skip


def write(path, **tables):
    """Write an export; tables that are not named are empty but for the site's settings."""
    data = {
        "posts": [], "tags": [], "users": [], "posts_tags": [], "posts_authors": [],
        "posts_meta": [],
        "settings": [{"id": "s1", "key": "title", "value": "Old paper"},
                     {"id": "s2", "key": "db_hash", "value": "0123-abcd"}],
    } | tables  # fmt: skip
    text = json.dumps({"db": [{"meta": {"exported_on": 1, "version": "5.80.0"}, "data": data}]})
    path.write_text(text, encoding="utf-8")
    return path
