"""What the check list finds."""

from datetime import date

import pytest

from articles.checklist import blockers, gaps
from tests.factories import AuthorFactory, ImageFactory, make_content

pytestmark = pytest.mark.django_db


def fields(found):
    return [(gap.field, gap.is_blocking) for gap in found]


def test_complete_text_has_no_gap():
    values = make_content(
        tags=["A"], bylines=[{"author": AuthorFactory().pk}], lead_image=ImageFactory().pk
    )
    assert gaps(values) == []


def test_empty_text_lacks_everything():
    values = make_content(headline="", standfirst="", body="")
    assert fields(gaps(values)) == [
        ("headline", True),
        ("body", True),
        ("standfirst", False),
        ("bylines", False),
        ("tags", False),
        ("lead_image", False),
    ]


def test_pictures_need_alt_and_credit_unless_decorative():
    silent = ImageFactory(alt="", credit="")
    decorative = ImageFactory(alt="", is_decorative=True)
    body = f'<figure><img data-file="{decorative.pk}" src="/x.jpg"></figure>'
    found = blockers(make_content(lead_image=silent.pk, body=body))
    assert fields(found) == [("lead_image", True)]
    assert silent.title in str(found[0].message)


def test_picture_whose_rights_ended_blocks():
    image = ImageFactory(rights_until=date(2020, 1, 1))
    body = f'<figure><img data-file="{image.pk}" src="/x.jpg"></figure>'
    assert fields(blockers(make_content(body=body))) == [("body", True)]
