"""The tables: read as described, and every fault said at once with file, line, value and the fix."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from lesson_lib.know import data
from lesson_lib.know.errors import DataError, LessonError, UnknownName
from lesson_lib.know.language import language

Edit = Callable[[str, str, str], None]


@pytest.fixture
def edit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Edit:
    """A copy of the data folder, and a way to replace text in one of its files."""
    copy = tmp_path / "data"
    shutil.copytree(data.data_folder(), copy)
    monkeypatch.setenv("LESSON_DATA", str(copy))

    def replace(name: str, old: str, new: str) -> None:
        path = copy / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return replace


def said() -> str:
    return "\n".join(map(str, data.check()))


def test_the_course_data_are_clean() -> None:
    assert data.check() == []


def test_every_number_of_the_story_has_a_claim() -> None:
    numbers = {row["s_number"] for row in data.rows("claims").values()}
    assert numbers == {f"S{number}" for number in range(1, 21)}
    assert sum(row["in_story"] is True for row in data.rows("claims").values()) >= 40


def test_every_factual_row_is_sourced_and_dated() -> None:
    for table in data.tables():
        if table in ("sources", "issues"):  # the sources themselves, and questions that state no fact
            continue
        for row_id, row in data.rows(table).items():
            assert row["source_ids"], row_id
            assert row["as_of"], row_id


def test_both_sides_have_equal_room() -> None:
    questions = {row["question"] for row in data.rows("arguments").values()}
    for question in questions:
        sides: dict[str, list[data.Row]] = {}
        for row in data.rows("arguments").values():
            if row["question"] == question:
                sides.setdefault(str(row["side"]), []).append(row)
        words = {side: sum(len(str(row["text"]).split()) for row in rows) for side, rows in sides.items()}
        cited = {side: sum(len(row["source_ids"]) for row in rows) for side, rows in sides.items()}  # type: ignore[arg-type]
        assert min(words.values()) >= 0.85 * max(words.values()), words
        assert len(set(cited.values())) == 1, cited
        assert len({len(rows) for rows in sides.values()}) == 1


def test_values_have_their_types() -> None:
    claim = data.rows("claims")["s14-nato-name"]
    assert claim["in_story"] is True
    assert isinstance(claim["source_ids"], list)
    assert data.rows("sources")["story-2025-08-19"]["authors"] is None


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        (
            "claims.csv",
            ",contradicted,",
            ",contradictd,",
            ["claims.csv, line", "'contradictd'", "did you mean contradicted?"],
        ),
        ("claims.csv", ",2025-08-19,", ",19.8.2025,", ["'19.8.2025'", "is not a date", "2025-08-18"]),
        ("claims.csv", ",2025-08-19,", ",2025-02-30,", ["'2025-02-30'", "is not a date"]),
        (
            "claims.csv",
            "north-atlantic-treaty-1949",
            "north-atlantic-treaty-1948",
            ["claims.csv, line", "is not in sources.csv", "did you mean north-atlantic-treaty-1949?"],
        ),
        ("claims.csv", "s14-nato-name,S14,yes", "s14-nato-name,S14,maybe", ["'maybe'", "write yes or no"]),
        ("claims.csv", "s14-nato-name,", "S14 NATO,", ["'S14 NATO'", "has not the form"]),
        ("claims.csv", "s14-nato-name,", "s12-32-members,", ["stands already in line"]),
        ("claims.csv", "s_number", "snumber", ["'snumber'", "did you mean s_number?", "column s_number"[:6]]),
        ("claims.csv", '"', '""', ["claims.csv"]),
        ("timeline.csv", ",supported,", ",,", ["timeline.csv", "is empty", "fill it in"]),
        ("timeline.csv", ",supported,no", ",supported", ["cells where the heading has"]),
    ],
)
def test_a_fault_is_named_with_place_and_fix(edit: Edit, file: str, old: str, new: str, words: list[str]) -> None:
    edit(file, old, new)
    found = said()
    for word in words:
        assert word in found


def test_a_fault_is_said_in_the_language_spoken_now(edit: Edit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LESSON_UNTRANSLATED", "mark")
    edit("claims.csv", ",2025-08-19,", ",19.8.2025,")
    (english,) = data.check()
    language("uk")
    try:
        (other,) = data.check()
    finally:
        language("en")
    assert data.check() == [english]
    assert (other.line, other.value) == (english.line, english.value)
    assert other.wrong != english.wrong


def test_a_row_without_a_source_is_refused(edit: Edit) -> None:
    row = data.rows("claims")["s14-nato-name"]
    edit("claims.csv", ";".join(row["source_ids"]), "")  # type: ignore[arg-type]
    assert "column source_ids: is empty" in said()


def test_all_faults_are_said_at_once(edit: Edit) -> None:
    edit("claims.csv", ",contradicted,", ",contradictd,")
    edit("timeline.csv", ",supported,no", ",suported,no")
    edit("sources.csv", ",primary,", ",primery,")
    assert len(data.check()) == 3
    with pytest.raises(DataError) as caught:
        data.rows("claims")
    assert "contradictd" in str(caught.value)


def test_a_table_in_another_encoding_is_told_so(edit: Edit, tmp_path: Path) -> None:
    path = tmp_path / "data" / "claims.csv"
    path.write_bytes(path.read_text(encoding="utf-8").replace("Zelensky", "Зеленський").encode("cp1251", "replace"))
    assert "is not UTF-8 text: save the file as “CSV UTF-8”" in said()


def test_a_spreadsheets_byte_order_mark_is_harmless(edit: Edit, tmp_path: Path) -> None:
    path = tmp_path / "data" / "claims.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert data.check() == []


def test_a_missing_table_and_a_stray_one_are_told(edit: Edit, tmp_path: Path) -> None:
    (tmp_path / "data" / "timeline.csv").rename(tmp_path / "data" / "times.csv")
    found = said()
    assert "timeline.csv: is missing" in found
    assert "times.csv: is not described" in found


def test_a_broken_description_is_one_line(edit: Edit) -> None:
    edit("datapackage.json", '"resources": [', '"resources": [,')
    with pytest.raises(DataError, match="is not valid JSON"):
        data.rows("claims")


def test_an_unknown_type_or_foreign_table_is_told(edit: Edit) -> None:
    edit("datapackage.json", '"type": "boolean"', '"type": "bool"')
    edit("datapackage.json", '"resource": "sources"', '"resource": "source"')
    found = said()
    assert "'bool' is a type this course does not read" in found
    assert "'source' is not a table" in found


def test_a_missing_data_folder_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LESSON_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(LessonError) as caught:
        data.rows("claims")
    assert "data folder is missing" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_misspelt_table_gets_the_nearest() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'claims'"):
        data.rows("claim")


def test_a_mended_table_is_read_again(edit: Edit) -> None:
    assert data.rows("claims")["s14-nato-name"]["status"] == "contradicted"
    edit("claims.csv", "NATO's name: North American", "The name of the alliance")
    assert data.rows("claims")["s14-nato-name"]["label"] == "The name of the alliance"


def test_the_description_is_a_frictionless_package() -> None:
    package = json.loads((data.data_folder() / "datapackage.json").read_text(encoding="utf-8"))
    assert package["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    for resource in package["resources"]:
        for field in resource["schema"]["fields"]:
            assert field["description"], field["name"]
