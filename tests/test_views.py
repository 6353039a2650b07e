"""The ladder, the clause reader, the stance map, series, the explorer and the glossary: what they show and refuse."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from lesson_lib import chart, clauses, explore, glossary, ladder, stances
from lesson_lib.know import data
from lesson_lib.know.errors import LessonError, UnknownName
from lesson_lib.know.sources import Footnotes
from lesson_lib.show.explore import outlier
from lesson_lib.show.table import compare
from lesson_lib.think import questions

FOUR = ["us-rok-1953", "us-japan-1960", "us-taiwan-tra-1979", "us-israel"]


def bundle(view: object) -> dict[str, Any]:
    found: dict[str, Any] = view._repr_mimebundle_()  # type: ignore[attr-defined]
    return found


# ---- the ladder ------------------------------------------------------------------------------------------------


def test_every_arrangement_stands_on_its_rung_or_is_said_to_stand_on_none() -> None:
    rungs = ladder().rungs()
    assert list(rungs) == ["assurance", "consultation", "assistance", "automatic", ""]
    assert sorted(entry for found in rungs.values() for entry in found) == sorted(data.rows("arrangements"))
    for rung, entries in rungs.items():
        assert all((data.rows("arrangements")[entry]["rung"] or "") == rung for entry in entries)
    text = bundle(ladder())["text/plain"]
    assert "Not placed, because no text of it is known" in text
    assert "4. Automatic: " in text


def test_a_placing_says_why() -> None:
    for row in data.rows("arrangements").values():
        assert row["rung_why"], row["id"]


def test_an_unknown_arrangement_gets_the_nearest() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'nato-1949'"):
        ladder(["nato-1950"])


# ---- clauses ---------------------------------------------------------------------------------------------------


def test_the_reader_tells_what_one_clause_has_and_another_lacks() -> None:
    view = clauses("nato-1949-art-5", "us-rok-1953-art-3")
    has = view.elements()
    assert any(found == [True, False] for found in has.values())
    assert any(found == [False, True] for found in has.values())
    shown = bundle(view)
    assert str(data.rows("clauses")["nato-1949-art-5"]["text"])[:80] in shown["text/html"].replace("&#x27;", "'")
    assert shown["text/html"].count('class="out"') + shown["text/html"].count("class=out") == sum(
        len(set(found)) > 1 for found in has.values()
    )
    assert "lacks it" in shown["text/plain"]


def test_a_clause_says_whether_its_wording_was_compared() -> None:
    for row in data.rows("clauses").values():
        assert row["verified"] is not None
        assert not row["verified"] or row["source_ids"], row["id"]
        assert not row["verified"] or row["verified_how"], row["id"]
    unsure = next(row for row in data.rows("clauses").values() if not row["verified"] and row["text"])
    assert "not verified" in bundle(clauses(str(unsure["id"])))["text/html"]


def test_a_clause_in_another_language_is_marked_so() -> None:
    foreign = next(row for row in data.rows("clauses").values() if row["language"] not in ("en", None) and row["text"])
    assert f'lang="{foreign["language"]}"' in bundle(clauses(str(foreign["id"])))["text/html"]


def test_a_wrong_clause_or_none_is_told() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'nato-1949-art-5'"):
        clauses("nato-1949-article-5", "us-rok-1953-art-3")
    with pytest.raises(LessonError, match="two or three"):
        clauses()


# ---- stances ---------------------------------------------------------------------------------------------------


def test_every_stance_has_words_a_day_and_a_source_and_a_gap_says_so() -> None:
    view = stances()
    text = bundle(view)["text/plain"]
    for actor in view.actors:
        for issue in view.issues:
            row = view.cell(actor, issue)
            if row is None:
                continue
            assert row["stance"] in (-2, -1, 0, 1, 2)
            assert row["paraphrase"], row["id"]
            assert row["source_ids"], row["id"]
    assert "not known" in text
    assert re.search(r"−− against|\+\+ for", text)


def test_no_quotation_is_longer_than_twelve_words() -> None:
    for row in data.rows("positions").values():
        assert len(str(row["quotation"] or "").split()) <= 12, row["id"]
        assert not row["quotation"] or (row["date"] and row["venue"]), row["id"]


def test_one_main_row_a_cell() -> None:
    seen = set()
    for row in data.rows("positions").values():
        if row["main"]:
            assert (row["actor"], row["issue"]) not in seen, row["id"]
            assert row["current"], row["id"]
            seen.add((row["actor"], row["issue"]))


def test_an_unknown_actor_or_issue_gets_the_nearest() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'Ukraine'"):
        stances(actors=["Ukrain"])
    with pytest.raises(UnknownName, match="Did you mean 'european-troops'"):
        stances(["european-troop"])


# ---- series ----------------------------------------------------------------------------------------------------


def test_an_index_is_one_in_its_year_and_the_multiples_are_those_of_the_rows() -> None:
    view = chart("gdp_per_capita_maddison", ["South Korea", "Philippines"], since=1953, until=2022, indexed=1953)
    values = view.values()
    assert values["South Korea"][1953][0] == 1
    rows = {
        (row["entity"], row["year"]): row["value"]
        for row in data.rows("economy").values()
        if row["indicator"] == "gdp_per_capita_maddison"
    }
    for entity in view.entities:
        wanted = rows[entity, 2022] / rows[entity, 1953]  # type: ignore[operator]
        assert values[entity][2022][0] == pytest.approx(wanted)


def test_a_picture_of_lines_names_each_line_at_its_end_and_apart() -> None:
    view = chart("gdp_per_capita_maddison", ["South Korea", "Taiwan", "Japan", "Philippines"], since=1950, until=2022)
    spec = view.spec()
    ends = spec["layer"][-1]["data"]["values"]
    assert {end["entity"] for end in ends} == {"● South Korea", "■ Taiwan", "▲ Japan", "◆ Philippines"}
    places = sorted(end["place"] for end in ends)
    top = max(value for points in view.values().values() for value, _ in points.values())
    assert all(above - below >= top * 16 / 300 - 0.01 for below, above in pairwise(places))
    assert spec["data"]["values"].count("\n") == sum(map(len, view.values().values()))
    assert "South Korea from" in spec["description"]


def test_lines_are_told_apart_without_colour() -> None:
    """Each bears a form, whose sign stands before its name, in years of its own; one line alone needs none."""
    spec = chart("gdp_per_capita_maddison", ["South Korea", "Taiwan"], since=1950, until=2022).spec()
    marked = spec["layer"][1]
    assert marked["mark"]["type"] == "point"
    assert marked["encoding"]["shape"]["scale"] == {"domain": ["South Korea", "Taiwan"], "range": ["circle", "square"]}
    assert [end["entity"][0] for end in spec["layer"][-1]["data"]["values"]] == ["●", "■"]
    turn = 'datum.year + 2 * indexof(["South Korea", "Taiwan"], datum.entity)'
    assert marked["transform"] == [{"filter": f"({turn}) % 10 == 0"}]
    assert marked["encoding"]["tooltip"] == spec["layer"][0]["encoding"]["tooltip"]
    short = chart("gdp_per_capita_maddison", ["South Korea", "Taiwan"], since=2015, until=2022).spec()
    assert "transform" not in short["layer"][1]
    alone = chart("gdp_per_capita_maddison", ["South Korea"], since=1950, until=2022).spec()
    assert [layer["mark"]["type"] for layer in alone["layer"]] == ["line", "text"]


def test_one_year_makes_bars_in_order() -> None:
    view = chart("aid_total_eur_bn_cum_to_2025_06", ["United States", "Germany", "Denmark"])
    values = [row["value"] for row in view.spec()["data"]["values"]]
    assert values == sorted(values, reverse=True)
    assert len(values) == 3


def test_doubtful_numbers_are_marked_in_words() -> None:
    doubtful = next(row for row in data.rows("economy").values() if row["status"] in ("contested", "unverified"))
    text, html = chart(str(doubtful["indicator"]), [str(doubtful["entity"])])._table(Footnotes())
    assert "contested" in text
    assert "contested" in html


def test_a_short_series_has_every_year_and_a_later_release_its_own_date() -> None:
    donors = ["Europe (31 states and EU institutions)", "United States"]
    text, html = chart("aid_total_eur_bn_in_year", donors)._table(Footnotes())
    years = sorted({year for points in chart("aid_total_eur_bn_in_year", donors).values().values() for year in points})
    assert len(years) > 2
    for year in years:
        assert f"{year}: " in text
        assert f'data-col="{year}"' in html
    assert "As of 4 August 2026." in text
    assert "As of 19 August 2025." not in text
    long, _ = chart("gdp_per_capita_maddison", ["South Korea"], since=1950, until=2022)._table(Footnotes())
    assert "1961: " not in long
    assert "As of 19 August 2025." in long
    # Marks on the axis stand for whole years: two of them in one year would bear the same name.
    assert chart("aid_total_eur_bn_in_year", donors).spec()["encoding"]["x"]["axis"]["values"] == years


def test_a_series_that_cannot_be_drawn_is_told() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'gdp_per_capita_maddison'"):
        chart("gdp_per_capita_madison")
    with pytest.raises(UnknownName, match="Did you mean 'South Korea'"):
        chart("gdp_per_capita_maddison", ["South Corea"])
    with pytest.raises(LessonError, match="this series runs from"):
        chart("gdp_per_capita_maddison", ["South Korea"], since=2050)
    with pytest.raises(LessonError, match="no value of 1890"):
        chart("gdp_per_capita_maddison", ["South Korea"], indexed=1890)


# ---- the explorer ----------------------------------------------------------------------------------------------


def test_the_explorer_answers_what_is_ticked() -> None:
    view = explore("arrangements", FOUR, on=["legal_form", "rung"])
    state = view._reply({"do": "show", "entries": FOUR[:2], "features": ["legal_form"], "differences": True})
    assert state is not None
    assert [row["name"] for row in state["rows"]] == [data.columns("arrangements")["legal_form"].title]
    assert len(state["head"]) == 3
    assert state["csv"].startswith("Feature,")
    assert "| " in state["markdown"]
    json.dumps(state)


@pytest.mark.parametrize(
    "message", [{}, {"entries": [], "features": ["duty"]}, {"entries": 3, "features": None}, {"do": "outlier"}]
)
def test_nothing_ticked_is_told(message: dict[str, Any]) -> None:
    state = explore("arrangements", FOUR, on=["legal_form"])._reply(message)
    assert state is not None
    assert state["says"].startswith("Tick at least one")


def test_the_outlier_is_the_one_that_differs_most() -> None:
    said = outlier(
        compare("arrangements", ["us-rok-1953", "us-japan-1960", "us-taiwan-tra-1979"], on=["legal_form", "automatic"])
    )
    assert said.startswith(str(data.rows("arrangements")["us-taiwan-tra-1979"]["label"]))
    assert "No entry stands apart" in outlier(compare("arrangements", ["us-rok-1953"], on=["legal_form"]))


# ---- the glossary ----------------------------------------------------------------------------------------------


def test_a_lessons_terms_are_there_in_order() -> None:
    for lesson in questions.lessons():
        if lesson in ("00", "01"):
            continue
        terms = [str(data.rows("glossary")[each]["term"]) for each in glossary(lesson).terms]
        assert terms, lesson
        assert terms == sorted(terms, key=str.casefold)


# ---- everything is text ----------------------------------------------------------------------------------------


def test_texts_of_the_tables_are_never_html(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "data"
    shutil.copytree(data.data_folder(), copy)
    payload = "<img src=x onerror=alert(1)>"
    for path in copy.glob("*.csv"):
        head, _, rest = path.read_text(encoding="utf-8").partition("\n")
        rest = rest.replace(" its ", f" {payload} its ")
        path.write_text(f"{head}\n{rest}", encoding="utf-8")
    monkeypatch.setenv("LESSON_DATA", str(copy))
    views: list[Callable[[], object]] = [
        ladder, stances, lambda: clauses("nato-1949-art-5", "us-rok-1953-art-3"), lambda: glossary("02"),
        lambda: explore("arrangements"),
    ]  # fmt: skip
    outputs = [bundle(view())["text/html"] for view in views]
    assert any("&lt;img" in output for output in outputs)
    assert not any("<img" in output for output in outputs)
