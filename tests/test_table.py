"""Comparison tables, pictures, both sides, reading lists: what is shown, and how bad names and texts are met."""

from __future__ import annotations

import csv
import io
import re
import shutil
from html import escape
from pathlib import Path

import pytest

from lesson_lib import both_sides, compare, frame, sources, timeline
from lesson_lib.know import data
from lesson_lib.know.errors import LessonError, UnknownName
from lesson_lib.know.sources import Footnotes, shown, source
from lesson_lib.show.chart import VEGA_LITE

IDS = ["s14-nato-name", "s12-32-members", "s10-forty-minutes"]


def html(view: object) -> str:
    return str(view._repr_mimebundle_()["text/html"])  # type: ignore[attr-defined]


def test_the_same_table_is_the_same_bytes() -> None:
    first, second = (compare("claims", IDS, on=["status", "finding"])._repr_mimebundle_() for _ in range(2))
    assert first == second


def test_headings_have_scope_and_the_caption_an_as_of_date() -> None:
    shown_table = html(compare("claims", IDS, on=["status", "finding"], title="Three claims"))
    assert shown_table.count('scope="col"') == 4
    assert shown_table.count('scope="row"') == 2
    assert "<b>Three claims</b>" in shown_table
    assert "As of 19 August 2025." in shown_table


def test_rows_and_columns_change_places() -> None:
    lying = html(compare("claims", IDS, on=["status", "claim_type"], rows="entries"))
    assert lying.count('scope="row"') == 3
    assert lying.count('scope="col"') == 3


def test_a_status_is_told_in_a_word_and_a_sign() -> None:
    assert "✗ Contradicted</span>" in html(compare("claims", IDS, on=["status"]))


def test_every_known_cell_has_its_footnote_and_every_footnote_its_source() -> None:
    table = compare("claims", IDS, on=["finding"])
    text = str(table._repr_mimebundle_()["text/plain"])
    for entry in IDS:
        for source_id in data.rows("claims")[entry]["source_ids"]:  # type: ignore[union-attr]
            assert escape(source(source_id).citation()) in html(table)
            assert source(source_id).short() in text
    marks = [part for found in re.findall(r"\[([\d, –]+)\]$", text, re.MULTILINE) for part in found.split(", ")]
    numbers = {number for first, *last in (mark.split("–") for mark in marks)
               for number in range(int(first), int((last or [first])[0]) + 1)}  # fmt: skip
    listed = {int(number) for number in re.findall(r"^\[(\d+)\] ", text, re.MULTILINE)}
    assert numbers == listed


def test_differences_are_marked_and_said() -> None:
    marked = compare("claims", IDS, on=["status", "claim_type"], differences=True)
    assert html(marked).count('class="out"') == 2  # contradicted among supported; a fact among two figures
    assert html(marked).count("(differs from most)") == 2
    assert "A bar at the left marks" in html(marked)
    assert 'class="out"' not in html(compare("claims", IDS, on=["status"]))
    assert "No cell stands apart" in html(compare("claims", IDS, on=["label"], differences=True))


def test_empty_is_said_never_blank_or_nan() -> None:
    row = next(row for row in data.rows("claims").values() if row["note"] is None)
    shown_table = compare("claims", [str(row["id"])], on=["note", "status"])
    assert "not known" in html(shown_table)
    everything = "".join(str(value) for value in compare("claims", on=None)._repr_mimebundle_().values())
    assert "nan" not in re.findall(r"[a-z]+", everything.lower())
    assert ">None<" not in everything
    assert ": None\n" not in everything


def test_other_forms_hold_the_same_values() -> None:
    table = compare("claims", IDS, on=["status", "claim_type"], rows="entries")
    read = list(csv.reader(io.StringIO(table.to_csv())))
    assert read[1] == ["NATO's name: North American", "Contradicted", "Fact"]
    assert "| Contradicted" in table.to_markdown()
    assert table.frame().loc["s14-nato-name", "status"] == "contradicted"
    assert list(table.frame().columns) == ["status", "claim_type"]


def test_a_misspelt_name_lists_what_there_is() -> None:
    with pytest.raises(UnknownName, match="Did you mean 's14-nato-name'"):
        compare("claims", ["s14-nato-nam"])
    with pytest.raises(UnknownName, match="Did you mean 'status'"):
        compare("claims", IDS, on=["statsu"])
    with pytest.raises(UnknownName, match="features, entries"):
        compare("claims", IDS, rows="sideways")  # type: ignore[arg-type]
    with pytest.raises(LessonError, match="nothing to show"):
        compare("claims", [])


def test_an_error_is_one_line_without_a_traceback() -> None:
    error = UnknownName("There is no such table.")
    assert error._render_traceback_() == ["There is no such table."]


def test_texts_of_the_data_are_never_html(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "data"
    shutil.copytree(data.data_folder(), copy)
    for name in ("claims.csv", "timeline.csv", "arguments.csv", "sources.csv"):
        path = copy / name
        head, _, rest = path.read_text(encoding="utf-8").partition("\n")
        rest = rest.replace("Trump", "<img src=x onerror=alert(1)>Trump")
        path.write_text(head + "\n" + rest.replace("https://", "javascript://"), encoding="utf-8")
    package = copy / "datapackage.json"
    package.write_text(
        package.read_text(encoding="utf-8").replace('"Trump"', '"<img src=x onerror=alert(1)>Trump"'),
        encoding="utf-8",
    )
    monkeypatch.setenv("LESSON_DATA", str(copy))
    outputs = [
        html(compare("claims")),
        html(both_sides("step-closer")),
        html(sources("01")),
        timeline()._table(Footnotes())[1],
    ]
    for output in outputs:
        assert "<img" not in output
        assert "javascript:" not in output


def test_the_timeline_is_a_picture_that_says_what_it_shows() -> None:
    spec = timeline(since="2025-08-15", until="2025-08-18", title="Four days").spec()
    values = spec["data"]["values"]
    assert [value["date"] for value in values] == sorted(value["date"] for value in values)
    assert spec["title"]["text"] == "Four days"
    assert spec["description"].startswith(f"Timeline of {len(values)} events.")
    assert all(value["source"] and len(value["label"]) <= 45 for value in values)
    assert VEGA_LITE.endswith("v5+json")
    assert spec["$schema"].endswith("vega-lite/v5.json")


def test_what_came_after_is_shown_only_when_asked_for() -> None:
    def later(**given: bool) -> int:
        return sum(value["later"] for value in timeline(since="2025-08", **given).spec()["data"]["values"])

    assert later() == 0
    assert later(later=True) > 0


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"since": "18 August"}, "is not a date. Write 2025"),
        ({"since": "2025-13"}, "is not a date"),
        ({"since": "2030"}, "No event lies there"),
        ({"only": "treties"}, "Did you mean 'treaty'"),
    ],
)
def test_a_span_that_cannot_be_is_told(given: dict[str, str], words: str) -> None:
    with pytest.raises(LessonError, match=words):
        timeline(**given)  # type: ignore[arg-type]


def test_both_sides_stand_beside_each_other() -> None:
    output = html(both_sides("step-closer"))
    assert output.count("<h3>") == 2
    assert output.count("<h4>") == 4
    with pytest.raises(UnknownName, match="step-closer"):
        both_sides("steps-closer")


def test_the_reading_list_has_what_was_shown() -> None:
    html(compare("claims", ["s14-nato-name"], on=["status"]))
    assert set(data.rows("claims")["s14-nato-name"]["source_ids"]) <= set(shown())  # type: ignore[arg-type]
    listed = html(sources("01"))
    assert str(data.rows("sources")["north-atlantic-treaty-1949"]["title"]) in listed


def test_the_frame_is_typed() -> None:
    claims = frame("claims")
    assert len(claims) == len(data.rows("claims"))
    assert claims["as_of"].dtype.kind == "M"
    assert claims["in_story"].dtype == "boolean"
    assert isinstance(claims["source_ids"].iloc[0], list)
    with pytest.raises(UnknownName, match="Did you mean 'claims'"):
        frame("claim")
