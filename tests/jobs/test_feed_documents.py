"""Feeds as documents: entries of all formats, and what is refused as a whole."""

import io
import json

import pytest

from jobs.feedimport.documents import Entry, counted
from jobs.feedimport.jsonfeeds import read_json
from jobs.feedimport.xmlfeeds import read_indeed, read_rss
from newsroom.lib.partnerfeeds import Unreadable

from .feedfiles import as_json, as_rss, as_xml, jobs

READERS = {"xml": read_indeed, "rss": read_rss, "json": read_json}


def entries(kind: str, data: bytes | str) -> list[Entry]:
    return list(READERS[kind](io.BytesIO(data if isinstance(data, bytes) else data.encode())))


def refusal(kind: str, data: bytes | str) -> str:
    with pytest.raises(Unreadable) as refused:
        entries(kind, data)
    return str(refused.value)


def test_xml_entries_have_lines_and_fields():
    found = entries("xml", as_xml(jobs(2)))
    assert [entry.line for entry in found] == [3, 4]
    assert found[1].values["referencenumber"] == ["A-2"]
    assert found[1].values["city"] == ["Leipzig"]


def test_xml_fields_may_be_nested_repeated_and_prefixed():
    data = (
        '<source xmlns:m="urn:m"><job><m:title>Other</m:title><Title> A &amp; B </Title>'
        "<location><city>Bonn</city><city>Köln</city></location><empty/><m:extra>1</m:extra>"
        "<description><![CDATA[<p>x</p>]]></description></job></source>"
    )
    assert entries("xml", data)[0].values == {
        "title": [" A & B "],
        "location/city": ["Bonn", "Köln"],
        "description": ["<p>x</p>"],
        "extra": ["1"],
    }


def test_rss_entries():
    found = entries("rss", as_rss(jobs(2)))
    assert [entry.values["guid"] for entry in found] == [["A-1"], ["A-2"]]
    assert found[0].values["city"] == ["Leipzig"]
    assert found[0].values["category"] == ["Robots", " Farming"]


def test_json_entries_have_lines_and_paths():
    found = entries("json", as_json(jobs(2)))
    assert [entry.line for entry in found] == [4, 25]
    assert found[0].values["company/name"] == ["Orchard Robotics"]
    assert found[1].values["tags"] == ["Robots", "Farming"]


@pytest.mark.parametrize("data", ['[{"id": 7}]', '{"a": [1, {}], "Jobs": [{"id": 7}], "z": null}'])
def test_json_may_be_a_list_or_hold_one(data):
    assert [entry.values for entry in entries("json", data)] == [{"id": ["7"]}]


def test_json_numbers_stay_as_they_are_written():
    values = entries("json", '[{"id": 1.10, "big": 1e400, "long": ' + "9" * 5000 + ', "t": true}]')
    assert values[0].values["id"] == ["1.10"]
    assert values[0].values["big"] == ["1e400"]
    assert values[0].values["t"] == ["true"]


def test_json_is_read_piece_by_piece():
    items = [{"id": number, "text": "ä\n" * 30_000} for number in range(20)]
    data = json.dumps(items, ensure_ascii=False, indent=1)
    assert [entry.values["id"] for entry in entries("json", data)] == [[str(n)] for n in range(20)]


@pytest.mark.parametrize(
    ("encoding", "declared"), [("utf-8", "utf-8"), ("utf-16", "utf-16"), ("cp1252", "windows-1252")]
)
def test_xml_may_have_other_encodings(encoding, declared):
    text = f'<?xml version="1.0" encoding="{declared}"?><s><job><city>Köln</city></job></s>'
    assert entries("xml", text.encode(encoding))[0].values == {"city": ["Köln"]}


BILLION = (
    '<!DOCTYPE s [<!ENTITY a "lol">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]><s><job><title>&j;</title></job></s>"
)
OUTSIDE = (
    '<!DOCTYPE s [<!ENTITY a SYSTEM "file:///etc/passwd">]><s><job><title>&a;</title></job></s>'
)
ENTITIES = "The feed declares entities or refers to other files; that is refused."


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("", "Line 1, column 1: the XML is broken (no element found)."),
        ("   ", "Line 1, column 4: the XML is broken (no element found)."),
        ("hello", "Line 1, column 1: the XML is broken (syntax error)."),
        (as_xml(jobs(3))[:-20], "Line 5, column 390: the XML is broken (unclosed token)."),
        (as_xml(jobs(3)) + "<more/>", "(junk after document element)"),
        ("<s><job></s>", "(mismatched tag)"),
        ("<s><job><title>R&D</title></job></s>", "(not well-formed (invalid token))"),
        ("<s><job><title>a&nbsp;b</title></job></s>", "(undefined entity)"),
        ("<s><job><title>\x00</title></job></s>", "the XML is broken"),
        ("<s><job><title>&#0;</title></job></s>", "the XML is broken"),
        (BILLION, ENTITIES),
        (OUTSIDE, ENTITIES),
        ("<s>" * 10_000, "Elements stand more than 30 deep in each other."),
        ("<s><job><a>" + "x" * 2_000_001, "One job is larger than 2 million characters."),
        ("<s><job " + "x" * 5_000_000, "One job is larger than 2 million characters."),
        ("<s><job><city>Köln</city></job></s>".encode("latin-1"), "the XML is broken"),
        ('<?xml version="1.0" encoding="utf-99"?><s/>', "unknown encoding"),
        ('<?xml version="1.0" encoding="utf-7"?><s/>', "encoding"),
    ],
)
def test_xml_that_is_refused(data, reason):
    assert reason in refusal("xml", data)


def test_rss_must_be_rss():
    assert refusal("rss", as_xml(jobs(1))) == "This is no RSS feed: its root is <source>."


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("", "Line 1: the JSON is broken (a list or an object is expected)."),
        ('"jobs"', "Line 1: the JSON is broken (a list or an object is expected)."),
        ("{}", "There is no list of jobs in the feed."),
        ('{"jobs": {}}', "There is no list of jobs in the feed."),
        ("[1]", "Line 1: the JSON is broken (a job is expected)."),
        ('[\n{"id": 1},\n]', "Line 3: the JSON is broken (a job is expected)."),
        ('[{"id": 1}', "a comma or “]” is expected"),
        ('[{"id": 1}]]', "more text after the end"),
        (as_json(jobs(3))[:-30], "the JSON is broken"),
        ('[{"id": NaN}]', "NaN is no number"),
        ('[{"id": "\x00"}]', "Invalid control character"),
        ('[{"id": "Köln"}]'.encode("latin-1"), "not all of it is UTF-8"),
        ('[{"id": 1}]'.encode("utf-16"), "not all of it is UTF-8"),
        ("[" + "[" * 100_000, "a job is expected"),
        ('[{"a":' + "[" * 100_000, "deep in each other"),
        ('[{"a":' * 50 + "1" + "}]" * 50, "deep in each other"),
        ('{"jobs": [{"a": "' + "x" * 3_000_000, "One job is larger than 2 million characters."),
        ('{"other": "' + "x" * 3_000_000, "One job is larger than 2 million characters."),
    ],
)
def test_json_that_is_refused(data, reason):
    assert reason in refusal("json", data)


def test_more_jobs_than_any_partner_has_are_refused():
    few = counted(Entry(1) for _number in range(100_000))
    assert sum(1 for _entry in few) == 100_000
    with pytest.raises(Unreadable, match="more than 100000 jobs"):
        list(counted(Entry(1) for _number in range(100_001)))
