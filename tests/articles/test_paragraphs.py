"""Two versions of a text by paragraphs: what changed, what moved, what is folded."""

from articles.paragraphs import Row, Run, runs

LONG = "The harbour has been closed since the storm of Tuesday night."


def kinds(found: list[Run]) -> list[tuple[str, str]]:
    return [(row.kind, row.text) for run in found for row in run.rows]


def test_paragraph_that_changed_stands_beside_what_it_became():
    (run,) = runs("One bridge is shut.\nB", "One bridge is open.\nB")
    changed, same = run.rows
    assert changed.kind == "changed"
    assert "".join(part.text for part in changed.old) == "One bridge is shut."
    assert "".join(part.text for part in changed.new) == "One bridge is open."
    assert (same.kind, same.text) == ("same", "B")


def test_paragraphs_without_a_partner_are_removed_and_added():
    found = runs("Alpha beta gamma\nZ", "Something else entirely\nNext one\nZ")
    assert kinds(found) == [
        ("removed", "Alpha beta gamma"),
        ("added", "Something else entirely"),
        ("added", "Next one"),
        ("same", "Z"),
    ]


def test_partner_is_found_behind_a_new_paragraph():
    found = runs("The mayor spoke for an hour.", "A new lead.\nThe mayor spoke for two hours.")
    assert [kind for kind, _text in kinds(found)] == ["added", "changed"]


def test_paragraph_that_moved_is_neither_removed_nor_added():
    found = runs(f"{LONG}\nA\nB", f"A\nB\n{LONG}")
    assert kinds(found) == [
        ("moved-from", LONG), ("same", "A"), ("same", "B"), ("moved-to", LONG),
    ]  # fmt: skip


def test_short_line_that_stands_elsewhere_has_not_moved():
    assert [kind for kind, _text in kinds(runs("No.\nA\nB", "A\nB\nNo."))] == [
        "removed", "same", "same", "added",
    ]  # fmt: skip


def test_unchanged_paragraphs_far_from_any_change_are_folded():
    old = "\n".join("abcdefgh")
    found = runs(old, old.replace("d", "D"))
    assert [(run.is_folded, len(run.rows)) for run in found] == [(True, 2), (False, 4), (True, 3)]
    assert runs("A\nB", "A\nB") == [
        Run([Row("same", row.parts) for row in found_rows], True)
        for found_rows in [runs("A\nB", "A\nB")[0].rows]
    ]


def test_both_versions_can_be_read_from_the_rows():
    old, new = f"A b c\n{LONG}\nEnd", f"New\nEnd\n{LONG}\nA b d"
    rows = [row for run in runs(old, new) for row in run.rows]
    read_old = [
        "".join(part.text for part in row.old)
        for row in rows
        if row.kind not in {"added", "moved-to"}
    ]
    read_new = [
        "".join(part.text for part in row.new)
        for row in rows
        if row.kind not in {"removed", "moved-from"}
    ]
    assert (read_old, read_new) == (old.split("\n"), new.split("\n"))


def test_very_many_lines_that_changed_are_paired_in_their_order():
    old = "\n".join(f"old {number}" for number in range(200))
    new = "\n".join(f"new {number}" for number in range(150))
    rows = [row for run in runs(old, new) for row in run.rows]
    assert [row.kind for row in rows] == ["changed"] * 150 + ["removed"] * 50


def test_heading_is_shown_as_one_not_with_its_mark():
    (run,) = runs("## Old bridge\nText", "## Old bridge shut\nText\n### New")
    assert [(row.kind, row.level, row.text) for row in run.rows] == [
        ("changed", 2, "Old bridge shut"),
        ("same", 0, "Text"),
        ("added", 3, "New"),
    ]


def test_line_that_became_a_heading_keeps_the_mark():
    (run,) = runs("The old bridge is shut", "## The old bridge is shut")
    assert [(row.level, row.text) for row in run.rows] == [(0, "## The old bridge is shut")]
