"""Item analysis: published worked examples, a simulated class with one wrong key, and what cannot be worked out."""

from __future__ import annotations

import csv
import itertools
import json
import math
import random
import re
import tracemalloc
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from lesson_lib.classroom import gradebook, report
from lesson_lib.classroom.analysis import analyse
from lesson_lib.classroom.bank import Unit, load_unit, note_release
from lesson_lib.classroom.findings import Analysis, ItemResult
from lesson_lib.classroom.gains import Gain, gains
from lesson_lib.classroom.grade import Graded
from lesson_lib.classroom.measures import Moments, alpha, fisher, gain, groups, wilson
from lesson_lib.classroom.report_items import key_text
from lesson_lib.classroom.report_tables import choices_csv, items_csv
from lesson_lib.classroom.verdicts import gained, judged, reliable
from lesson_lib.know.errors import LessonError

SINGLE = """
[[items]]
quiz = "part-1"
id = "{name}"
type = "single"
objective = "read"
difficulty = 2
points = {points}
stem = "Question **{name}**: which <of> these & those?"
source_ids = ["north-atlantic-treaty-1949"]
"""
CHOICE = """[[items.choices]]
id = "{choice}"
text = "Answer {choice} to {name}"
why = "Because."
{right}
"""
OTHERS = """
[[items]]
quiz = "part-1"
id = "sorted"
type = "classify"
objective = "read"
difficulty = 2
stem = "Sort them."
source_ids = ["north-atlantic-treaty-1949"]
bins = [{id = "fact", text = "Fact"}, {id = "figure", text = "Figure"}]
[[items.cards]]
id = "one"
text = "Card one"
bin = "fact"
why = "So."
[[items.cards]]
id = "two"
text = "Card two"
bin = "figure"
why = "So."

[[items]]
quiz = "part-1"
id = "several"
type = "multiple"
objective = "read"
difficulty = 2
stem = "Which ones?"
source_ids = ["north-atlantic-treaty-1949"]
[[items.choices]]
id = "alpha"
text = "Alpha"
why = "So."
right = true
[[items.choices]]
id = "beta"
text = "Beta"
why = "So."
[[items.choices]]
id = "gamma"
text = "Gamma"
why = "So."
right = true

[[items]]
quiz = "part-1"
id = "years"
type = "numeric"
objective = "read"
difficulty = 2
stem = "How many years?"
answer = 72
unit = "years"
why = "So."
source_ids = ["north-atlantic-treaty-1949"]

[[items]]
quiz = "part-1"
id = "view"
type = "single"
objective = "read"
difficulty = 2
opinion = true
stem = "What do you think?"
source_ids = ["north-atlantic-treaty-1949"]
[[items.choices]]
id = "alpha"
text = "This"
why = "So."
[[items.choices]]
id = "beta"
text = "That"
why = "So."

[[items]]
quiz = "part-1"
id = "essay"
type = "text"
objective = "read"
difficulty = 2
stem = "Write."
rubric = ["A point"]
why = "So."
min_words = 5
source_ids = ["north-atlantic-treaty-1949"]
"""


def bank(folder: Path, singles: int = 20, points: float = 1, others: bool = False) -> Unit:
    """A unit T of single-choice items q0 …, each with the key a, and if asked one of every other kind."""
    text = 'lesson = "T"\ntitle = "A <small> unit"\n[objectives]\nread = "Read"\n[quizzes.part-1]\ntitle = "Part"\n'
    for number in range(singles):
        text += SINGLE.format(name=f"q{number}", points=points)
        for choice in "abcd":
            right = "right = true" if choice == "a" else ""
            text += CHOICE.format(choice=choice, name=f"q{number}", right=right)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "T.toml").write_text(text + (OTHERS if others else ""), encoding="utf-8")
    return load_unit("T", folder)


def graded(student: str, item: str, score: float | None, **more: Any) -> Graded:
    outcome = "recorded" if score is None else "right" if score == 1 else "partly" if score else "wrong"
    line: dict[str, Any] = {
        "unit": "T", "student": student, "name": student, "part": "part-1", "item": item, "variant": 0,
        "objective": "read", "type": "single", "answer": "a" if score == 1 else "b", "sure": None, "attempts": 1,
        "at": None, "outcome": outcome, "score": score, "points": 1, "opinion": False, "file": "f.json",
    }  # fmt: skip
    line |= more
    return Graded(**line, earned=line["points"] * (score or 0.0))


def matrix(rows: Sequence[Sequence[float]]) -> Iterator[Graded]:
    """A table with a line a student and a column an item, as printed in a book."""
    return (graded(f"s{n:06}", f"q{place}", score) for n, row in enumerate(rows) for place, score in enumerate(row))


def by_id(found: Analysis) -> dict[str, ItemResult]:
    return {each.id: each for each in found.items}


# ---- published worked examples ------------------------------------------------------------------------------------

# Twelve students, eleven questions, KR-20 = .738: facebookresearch/irt-leaderboard, leaderboard/test_stats.py.
TWELVE = """11111111111 11111111010 10111111100 11101101100 11111000100 01101111000
11110010000 11111000000 01011000010 10010100000 11100000000 10010000000"""

# Ten students, ten items, with p, q, item variances and the variance of totals (5.84) printed: K. L. Wuensch,
# East Carolina University, StatHelp/KR20.txt.
TEN = """1111110110 1011011101 1111011001 0010001000 0000010010
1110111111 1101110111 1111111101 0101111101 1101101110"""

# Ten persons, five items, SPSS output: D. J. Denis, Applied Univariate, Bivariate, and Multivariate Statistics
# (Wiley): alpha .633; without item 1 the scale's variance is 108.900, and item 1 with the rest correlates .712.
DENIS = ((10, 12, 15, 11, 12), (12, 18, 12, 12, 1), (8, 16, 14, 14, 4), (6, 8, 16, 8, 6), (4, 7, 8, 7, 5),
         (6, 6, 3, 7, 3), (3, 4, 6, 5, 8), (7, 3, 7, 9, 9), (8, 9, 4, 10, 10), (9, 5, 6, 11, 12))  # fmt: skip


def table(text: str) -> list[list[float]]:
    return [[float(cell) for cell in row] for row in text.split()]


def test_kr_20_is_the_published_one(tmp_path: Path) -> None:
    found = analyse(bank(tmp_path, 11), matrix(table(TWELVE)))
    assert found.reliability.name == "KR-20"
    assert found.reliability.value == pytest.approx(0.738, abs=5e-4)


def test_difficulties_and_the_variance_of_totals_are_the_published_ones(tmp_path: Path) -> None:
    rows = table(TEN)
    found = analyse(bank(tmp_path, 10), matrix(rows))
    p = [by_id(found)[f"q{place}"].difficulty for place in range(10)]
    assert p == pytest.approx([0.7, 0.7, 0.6, 0.7, 0.6, 0.8, 0.7, 0.7, 0.5, 0.6])
    assert found.spread is not None
    assert (found.spread * 10) ** 2 * 9 / 10 == pytest.approx(5.84)
    # What those printed figures give by the formula.
    assert found.reliability.value == pytest.approx(10 / 9 * (1 - 2.18 / 5.84))


def test_alpha_and_the_item_with_the_rest_are_the_published_ones(tmp_path: Path) -> None:
    most = 18
    rows = [graded(f"s{n:02}", f"q{place}", value / most, points=most)
            for n, row in enumerate(DENIS) for place, value in enumerate(row)]  # fmt: skip
    found = analyse(bank(tmp_path, 5), rows)
    assert found.reliability.name == "Cronbach’s alpha"
    assert found.reliability.value == pytest.approx(0.633, abs=5e-4)
    # .7115 is printed as .712.
    assert by_id(found)["q0"].correlation == pytest.approx(0.712, abs=1e-3)
    # Scores are kept in whole numbers, to a 27,720th.
    assert by_id(found)["q4"].without == pytest.approx(0.8238, abs=1e-4)


def test_the_point_biserial_is_the_published_one() -> None:
    # Eight students, r = .91 and -.91: J. D. Brown (2001), Point-biserial correlation coefficients, Shiken: JALT
    # Testing & Evaluation SIG Newsletter 5(3), table 2. His item 3, which all have right, is printed .00: it has none.
    totals = (50, 45, 45, 40, 35, 30, 30, 25)
    for item, r in (((1, 1, 1, 1, 0, 0, 0, 0), 0.905), ((0, 0, 0, 0, 1, 1, 1, 1), -0.905), ((1,) * 8, None)):
        sums = Moments()
        for right, total in zip(item, totals, strict=True):
            sums.add(right, total)
        assert sums.correlation == pytest.approx(r, abs=5e-4)


@pytest.mark.parametrize(
    ("upper", "lower", "d"),
    [((3, 14, 2, 1), (10, 7, 3, 0), 0.35), ((0, 0, 18, 2), (0, 3, 9, 8), 0.45), ((15, 2, 2, 1), (1, 10, 4, 5), 0.70)],
)
def test_discrimination_and_the_table_of_choices_are_the_published_ones(
    tmp_path: Path, upper: tuple[int, ...], lower: tuple[int, ...], d: float
) -> None:
    # Choices A to D in groups of 20: "Test Development Lecture", Scribd 612641299, items 1, 2 and 5.
    # There the groups are the whole sample; here 34 students with totals between them make them 27 % of 74.
    unit, rows = bank(tmp_path, 11), []
    key = max(range(4), key=lambda place: upper[place] - lower[place])
    sample = [*((place, 10) for place, n in enumerate(upper) for _ in range(n)), *((0, 5) for _ in range(34)),
              *((place, 0) for place, n in enumerate(lower) for _ in range(n))]  # fmt: skip
    # The item in question is worth so little that it moves nobody from one group to the other.
    swap = {key: "a", 0: "abcd"[key]}
    for n, (place, rest) in enumerate(sample):
        choice = swap.get(place, "abcd"[place])
        rows.append(graded(f"s{n:02}", "q0", float(choice == "a"), answer=choice, points=0.001))
        rows += [graded(f"s{n:02}", f"q{other}", float(other <= rest)) for other in range(1, 11)]
    found = by_id(analyse(unit, rows))["q0"]
    assert found.discrimination == pytest.approx(d)
    for choice in found.choices:
        place = {swap.get(place, "abcd"[place]): place for place in range(4)}[choice.id]
        assert (choice.upper, choice.lower) == (pytest.approx(upper[place] / 20), pytest.approx(lower[place] / 20))


def test_wilsons_interval_is_the_published_one() -> None:
    # R. G. Newcombe (1998), Two-sided confidence intervals for the single proportion, Statistics in Medicine 17,
    # 857–872, as the tests of the R package propint quote it.
    for right, of, low, high in ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605)):
        assert wilson(right, of) == pytest.approx((low, high), abs=5e-5)
    assert wilson(0, 0) is None
    assert wilson(0, 5) == pytest.approx((0, 0.4345), abs=5e-5)
    assert wilson(5, 5) == pytest.approx((0.5655, 1), abs=5e-5)


def test_the_gain_of_a_class_is_the_published_one() -> None:
    # BMC Medical Education 21:210 (2021), table 1: a rise of 55.55 % of the marks, which is 225.8 % of what the class
    # began with, is a gain of 0.73 (0.7364, cut).
    before = 0.5555 / 2.258
    assert gain(before, before + 0.5555) == pytest.approx(0.736, abs=1e-3)
    assert gain(1, 1) is None
    assert [gained(0.2, x) for x in (0.1, 0.3, 0.5, 0.9)] == [
        "less right at the exit than before", "low gain", "medium gain", "high gain"
    ]  # fmt: skip
    assert gained(1, 1) == "nothing was left to gain"


# ---- a simulated class --------------------------------------------------------------------------------------------


def simulated(unit: Unit, students: int, seed: int, wrong_key: str = "q7", *, draw: int = 0) -> Iterator[Graded]:
    """A class that answers by the two-parameter logistic model; the bank has a wrong key in one item, b being right."""
    chance, singles = random.Random(seed), [name for name in unit.items if name.startswith("q")]
    hard = {name: chance.uniform(-1.6, 1.3) for name in singles}
    sharp = {name: chance.uniform(0.8, 2.0) for name in singles}
    hard[wrong_key], sharp[wrong_key] = 0.0, 1.5
    for n in range(students):
        able = chance.gauss(0, 1)
        drawn = sorted(chance.sample(singles, draw)) if draw else singles
        for name in drawn:
            p = 1 / (1 + math.exp(-sharp[name] * (able - hard[name])))
            knows = chance.random() < p
            meant, others = ("b", "acd") if name == wrong_key else ("a", "bcd")
            answer = meant if knows else chance.choice(others)
            sure = min(3, max(1, round(1 + 2 * p + chance.gauss(0, 0.5))))
            yield graded(f"s{n:05}", name, float(answer == "a"), answer=answer, sure=sure)


def flagged(found: Analysis) -> list[str]:
    return [each.id for each in found.items if "key may be wrong: look at it" in each.verdict.words]


@pytest.mark.parametrize("students", [30, 2_000])
def test_the_one_wrong_key_is_found_and_no_other(tmp_path: Path, students: int) -> None:
    unit = bank(tmp_path)
    for seed in range(8 if students == 30 else 2):
        found = analyse(unit, simulated(unit, students, seed))
        assert flagged(found) == ["q7"]
        assert found.items[0].id == "q7"
        assert found.items[0].verdict.suspect == "b"
        assert found.small == (students < 30)
        assert not found.varied


def test_a_right_key_is_not_doubted(tmp_path: Path) -> None:
    unit = bank(tmp_path)
    # The wrong name stands for no item: every key is right. Of 1,200 items two or three may look wrong by chance.
    doubted = sum(len(flagged(analyse(unit, simulated(unit, 30, seed, "none")))) for seed in range(60))
    assert doubted <= 3
    assert not any(flagged(analyse(unit, simulated(unit, 2_000, seed, "none"))) for seed in range(2))


def test_a_key_is_doubted_only_on_enough_answers_and_where_the_item_does_not_separate(tmp_path: Path) -> None:
    unit = bank(tmp_path, 12)

    def doubted(students: int, best: str) -> list[str]:
        rows = []
        for n in range(students):
            able = n / students
            # The best take b or a in turn as `best` says; the others spread over the wrong choices, half of them b.
            choice = best[n % len(best)] if able > 0.6 else "bcbd"[n % 4]
            rows.append(graded(f"s{n:03}", "q0", float(choice == "a"), answer=choice))
            rows += [graded(f"s{n:03}", f"q{place}", float(able > place / 12)) for place in range(1, 12)]
        return flagged(analyse(unit, rows))

    assert doubted(24, "b") == []
    assert doubted(25, "b") == ["q0"]
    # A hard item with a popular error: only the best have it right, though most of them too take b.
    assert doubted(100, "bbbba") == []


def test_a_wrong_key_is_found_where_students_draw_differently(tmp_path: Path) -> None:
    unit = bank(tmp_path)
    found = analyse(unit, simulated(unit, 400, 5, draw=10))
    assert flagged(found) == ["q7"]
    assert found.varied
    assert found.reliability.length == pytest.approx(10)


def test_reliability_of_drawn_items_is_that_of_a_test_as_long_as_theirs(tmp_path: Path) -> None:
    unit = bank(tmp_path)
    rows = list(simulated(unit, 3_000, 3, "none"))
    chance = random.Random(1)
    names = list(unit.items)
    thinned = [row for _, lines in itertools.groupby(rows, key=lambda row: row.student)
               for keep in [set(chance.sample(names, 10))] for row in lines if row.item in keep]  # fmt: skip
    whole, part = analyse(unit, rows).reliability.value, analyse(unit, thinned).reliability.value
    assert whole is not None
    # Spearman and Brown: half as long a test.
    assert part == pytest.approx(0.5 * whole / (1 - 0.5 * whole), abs=0.02)


def test_the_sums_agree_with_the_textbook_formulas(tmp_path: Path) -> None:
    chance = random.Random(4)
    rows = [[chance.choice((0, 0.25, 0.5, 1)) for _ in range(7)] for _ in range(40)]
    found = analyse(bank(tmp_path, 7), matrix(rows))
    columns = list(zip(*rows, strict=True))

    def variance(values: Sequence[float]) -> float:
        return sum((value - sum(values) / len(values)) ** 2 for value in values) / (len(values) - 1)

    def textbook(kept: Sequence[Sequence[float]]) -> float:
        k = len(kept)
        return k / (k - 1) * (1 - sum(map(variance, kept)) / variance([sum(row) for row in zip(*kept, strict=True)]))

    assert found.reliability.value == pytest.approx(textbook(columns))
    for place, column in enumerate(columns):
        each = by_id(found)[f"q{place}"]
        assert each.without == pytest.approx(textbook([*columns[:place], *columns[place + 1 :]]))
        rest = [sum(row) - row[place] for row in rows]
        sums = Moments()
        for x, y in zip(column, rest, strict=True):
            sums.add(x, y)
        assert each.correlation == pytest.approx(sums.correlation)
        assert each.difficulty == pytest.approx(sum(column) / 40)


def test_equal_totals_share_the_places_whatever_the_names(tmp_path: Path) -> None:
    unit, rows = bank(tmp_path, 4), [[1, 1, 0, 0], [1, 0, 1, 0], [0, 1, 1, 1], [0, 0, 0, 1]] * 10
    turned = analyse(unit, matrix(rows[::-1]))
    for each in analyse(unit, matrix(rows)).items:
        other = by_id(turned)[each.id]
        assert (each.upper, each.lower, each.choices) == (other.upper, other.lower, other.choices)


def test_memory_does_not_grow_with_the_class(tmp_path: Path) -> None:
    unit, peaks = bank(tmp_path), []
    for students in (300, 1_500):
        tracemalloc.start()
        analyse(unit, simulated(unit, students, 2))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.6 * peaks[0]


# ---- words --------------------------------------------------------------------------------------------------------


def test_words_fit_the_numbers(tmp_path: Path) -> None:
    unit = bank(tmp_path, 12)
    rows = []
    for n in range(60):
        able = n / 60
        steps = [float(able > cut) for cut in (0.3, 0.4, 0.5, 0.6, 0.7, 0.35, 0.45, 0.55)]
        easy, hard, noise, backward = float(n != 0), float(n > 55), float(n % 2), float(able < 0.5 and n % 3 > 0)
        rows.append([*steps, easy, hard, noise, backward])
    found = by_id(analyse(unit, matrix(rows)))
    assert found["q2"].verdict.rank >= 4
    assert "very easy" in found["q8"].verdict.words
    assert "very hard" in found["q9"].verdict.words
    assert "does not separate" in found["q10"].verdict.words
    assert found["q11"].verdict.rank <= 1
    order = [each.verdict.rank for each in analyse(unit, matrix(rows)).items]
    assert order == sorted(order)


def test_certainty_is_judged_in_words(tmp_path: Path) -> None:
    def levels(right: dict[int, tuple[int, int]]) -> list[str]:
        rows = [graded(f"s{sure}{n:03}", "q0", float(n < hits), sure=sure)
                for sure, (hits, of) in right.items() for n in range(of)]  # fmt: skip
        return judged(analyse(bank(tmp_path, 2), rows).levels)

    assert any("overconfident" in said for said in levels({3: (20, 50)}))
    assert any("underconfident" in said for said in levels({1: (45, 50)}))
    assert any("can be trusted" in said for said in levels({3: (48, 50)}))
    assert any("fewer than certain answers should be" in said for said in levels({3: (37, 50)}))
    assert any("more than guesses mostly are" in said for said in levels({1: (32, 50)}))
    assert any("knows what it does not know" in said for said in levels({1: (15, 50)}))
    assert any("too few" in said for said in levels({3: (1, 3)}))
    assert any("not always right more often" in said for said in levels({1: (40, 50), 2: (20, 50)}))
    assert levels({})[0].startswith("Nobody said")
    assert reliable(None).startswith("it needs")


# ---- every kind of item -------------------------------------------------------------------------------------------


def test_every_kind_of_item_is_counted(tmp_path: Path) -> None:
    unit = bank(tmp_path, 2, others=True)
    rows = []
    for n in range(40):
        who, good = f"s{n:02}", n >= 20
        rows += [
            graded(who, "q0", float(good), answer="A)" if good else "B"),
            graded(who, "several", 1.0 if good else 0.5, type="multiple",
                   answer=["alpha", "gamma"] if good else ["alpha"]),
            graded(who, "sorted", 1.0 if good else 0.5, type="classify",
                   answer={"one": "fact", "two": "figure" if good else "fact"}),
            graded(who, "years", float(good), type="numeric", answer=72 if good else 80),
            graded(who, "view", 1.0, outcome="recorded", opinion=True, answer="alpha" if good else "beta"),
            graded(who, "essay", None, type="text", answer="Words."),
        ]  # fmt: skip
    found = by_id(whole := analyse(unit, rows))
    assert whole.waiting == 40
    assert [choice.count for choice in found["q0"].choices] == [20, 20, 0, 0]
    assert {choice.id: choice.count for choice in found["several"].choices} == {"alpha": 40, "beta": 0, "gamma": 20}
    assert [(part.right, part.instead_count) for part in found["sorted"].parts] == [(40, 0), (20, 20)]
    assert [(choice.text, choice.count) for choice in found["years"].choices] == [
        ("an accepted answer", 20),
        ("“80”", 20),
    ]
    assert found["view"].verdict.words == ("opinion: not marked",)
    assert [choice.share for choice in found["view"].choices] == [0.5, 0.5]
    assert found["essay"].verdict.words == ("waits for marks",)
    assert found["q1"].verdict.words == ("nobody saw it",)
    # Once marked, a text counts.
    marked = [row if row.type != "text" else graded(row.student, "essay", n % 2, type="text", outcome="recorded")
              for n, row in enumerate(rows)]  # fmt: skip
    again = analyse(unit, marked)
    assert again.waiting == 0
    assert by_id(again)["essay"].marked == 40


def test_a_gradebook_out_of_order_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LessonError, match="not sorted"):
        analyse(bank(tmp_path, 2), [graded("b", "q0", 1.0), graded("a", "q0", 1.0)])


# ---- gain ---------------------------------------------------------------------------------------------------------


def lesson_record(before: Sequence[str], after: Sequence[str], *, late: str = "") -> dict[str, Any]:
    """A hand-in of lesson 01 whose first warm-up question was answered so before and so at the exit."""
    from lesson_lib.think.questions import load_lesson

    lesson = load_lesson("01")
    back = next(quiz for quiz in lesson.quizzes.values() if quiz.returns_to)
    item = next(item for item in back.items if item.type == "single" and not item.opinion)
    wrong = next(choice["id"] for choice in item.body["choices"] if choice["id"] != item.key["right"])
    value = {"right": item.key["right"], "wrong": wrong, "unreadable": "??"}

    def entry(answers: Sequence[str], hour: int) -> dict[str, Any]:
        tries = [{"answer": value[answer], "sure": 2, "at": f"2026-10-01T{hour + n:02}:00:00+02:00"}
                 for n, answer in enumerate(answers)]  # fmt: skip
        return {"answer": tries[-1]["answer"] if tries else None, "sure": 2, "at": None, "attempts": tries}

    warm_up = entry(before, 9)
    if late:
        warm_up["attempts"].append({"answer": value[late], "sure": 2, "at": "2026-10-01T18:00:00+02:00"})
    return {"lesson": "01", "name": "", "items": {
        f"{back.returns_to}/{item.id}": warm_up, f"{back.id}/{item.id}": entry(after, 12)}}  # fmt: skip


def test_gain_compares_the_prediction_with_the_first_answer_at_the_exit() -> None:
    records = [
        lesson_record(["right"], ["right"]),
        lesson_record(["wrong"], ["right"]),
        lesson_record(["right", "wrong"], ["wrong", "right"]),  # the last prediction, and the first answer at the exit
        lesson_record(["wrong"], ["right"], late="right"),  # what is entered after the exit was begun predicts nothing
        lesson_record(["unreadable"], ["right"]),
        lesson_record(["wrong"], []),
        {"lesson": "A", "items": {}}, {"lesson": "01", "items": "nonsense"},
    ]  # fmt: skip
    (found,) = gains(records)
    assert (found.lesson, found.students, found.left_out) == ("01", 4, 3)
    assert (found.before, found.after) == (0.25, 0.75)
    assert found.value == pytest.approx(2 / 3)
    assert gains([lesson_record(["right"], ["right"])])[0].value is None
    assert gains([]) == ()


# ---- what cannot be worked out ------------------------------------------------------------------------------------

NOTHING: list[list[float]] = []
EDGES = {
    "nobody": NOTHING,
    "one student": [[1, 0, 0.5]],
    "two students": [[1, 0, 0.5], [0, 0, 1]],
    "all right": [[1, 1, 1]] * 12,
    "all wrong": [[0, 0, 0]] * 12,
    "all alike": [[1, 0, 0.5]] * 40,
    "one item": [[1], [0], [1]],
    "item and rest against each other": [[1, 0], [0, 1]] * 20,
    "a score of nearly nothing": [[1e-9, 1, 0], [0, 1, 1]] * 15,
}


class Page(HTMLParser):
    """What a page says and how it is built."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.heads: list[str] = []
        self.said = ""
        self.pictures = 0
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in ("meta", "br"):
            self.open.append(tag)
        self.ids += [given["id"]] if given.get("id") else []
        self.links += [given["href"]] if given.get("href") else []
        if re.fullmatch("h[1-6]", tag):
            self.heads.append(tag)
        if tag == "svg":
            assert given["role"] == "img"
            assert given["aria-labelledby"]
            self.pictures += 1
        assert tag not in ("script", "img", "link", "iframe")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.said += data


def sound(found: Analysis, learnt: Sequence[Gain] = ()) -> Page:
    """The page, looked through for what no page may have."""
    text = report.page(found, learnt)
    seen = Page(text)
    assert seen.open == []
    assert len(seen.ids) == len(set(seen.ids))
    assert {link[1:] for link in seen.links if link.startswith("#")} <= set(seen.ids)
    assert seen.heads[0] == "h1"
    assert seen.heads.count("h1") == 1
    assert "<small>" not in text
    for word in (seen.said, items_csv(found), choices_csv(found)):
        assert not re.search(r"\b(nan|NaN|inf|[Ii]nfinity|None)\b", word)
    for number in re.findall(r' (?:width|height|x|y|cx|x1|x2)="([^"]*)"', text):
        assert number == "device-width" or math.isfinite(float(number))
    return seen


def test_a_teacher_reads_the_key_of_an_item_of_any_type() -> None:
    found = {each.id: key_text(each) for name in "ABCD" for each in analyse(load_unit(name), []).items}
    assert [name for name, said in found.items() if "cannot be read" in said] == []
    assert found["matrix-four"].startswith("The two presidents will meet within two weeks: United States Silent, ")


@pytest.mark.parametrize("name", EDGES)
def test_what_is_not_defined_is_said_in_words(tmp_path: Path, name: str) -> None:
    unit, rows = bank(tmp_path, 3, others=True), EDGES[name]
    found = analyse(unit, matrix(rows))
    seen = sound(found)
    assert found.students == len(rows)
    assert "in no hand-in: " in seen.said
    assert "Small class" in seen.said or len(rows) >= 30
    for each in found.items:
        for value in (each.difficulty, each.discrimination, each.correlation, each.without):
            assert value is None or math.isfinite(value)
    if name in ("nobody", "one student", "all right", "all wrong", "all alike", "one item"):
        assert found.reliability.value is None
        assert "cannot be worked out" in seen.said


def test_a_class_where_some_totals_can_be_had_and_some_not(tmp_path: Path) -> None:
    unit = bank(tmp_path, 2, others=True)
    only_text = [graded("s1", "essay", None, type="text"), graded("s2", "view", 1.0, opinion=True, outcome="recorded")]
    seen = sound(analyse(unit, only_text))
    assert "No marked answers yet" in seen.said
    assert "1 text still to be marked" in seen.said


def test_items_that_left_the_bank_and_strange_answers_are_borne(tmp_path: Path) -> None:
    unit = bank(tmp_path, 2)
    strange: list[Any] = [None, "<b>", ["a", {"x": 1}], {"a": {"b": ["c"]}}, 7, "a" * 500, True, 1e400]
    rows = [
        graded(f"s{n}", item, 0.0, answer=answer, type=kind)
        for n, answer in enumerate(strange)
        for item, kind in (("gone", "single"), ("old", "multiple"), ("q0", "single"), ("q1", "table"))
    ]
    rows += [graded("s9", "q0", 0.0, outcome="blank", answer=None), graded("s9", "q1", 0.0, outcome="unreadable")]
    assert "no longer in the bank" in sound(analyse(unit, rows)).said


def test_measures_are_none_where_they_are_not_defined() -> None:
    assert alpha(1, 1, 1) is None
    assert alpha(5, 0, 0) is None
    assert fisher(1.0, 50) is None
    assert fisher(0.5, 3) is None
    assert groups({}) == ({}, {}, 0)
    assert groups({5: 1}) == ({}, {}, 0)
    assert groups({5: 10}) == ({5: 0.3}, {5: 0.3}, 3)


# ---- the page, the tables, the command ----------------------------------------------------------------------------


def test_the_page_leads_to_the_wrong_key_and_explains_it(tmp_path: Path) -> None:
    unit = bank(tmp_path, others=True)
    found = analyse(unit, simulated(unit, 29, 0))
    learnt = gains([lesson_record(["wrong"], ["right"]), lesson_record(["right"], ["right"])])
    seen = sound(found, learnt)
    assert seen.links[0] == "#item-q7"
    assert "key may be wrong: look at it" in seen.said
    assert "perhaps the right one" in seen.said
    assert "Small class: 29 students" in seen.said
    assert "high gain" in seen.said
    for author in ("Kuder", "Cronbach", "Kelley", "Ebel", "Hake", "Wilson, E. B."):
        assert author in seen.said
    # Totals, certainty, and the choices of each item that was answered.
    assert seen.pictures == 2 + 20


def test_different_draws_are_said_and_how_it_is_done(tmp_path: Path) -> None:
    unit = bank(tmp_path)
    said = sound(analyse(unit, simulated(unit, 40, 5, draw=10))).said
    assert "Students drew different items" in said
    assert "pairwise" in said
    assert "for a test of 10 items" in said


def test_tables_hold_the_same_numbers_and_no_formulas(tmp_path: Path) -> None:
    unit = bank(tmp_path)
    found = analyse(unit, simulated(unit, 60, 1))
    rows = list(csv.DictReader(items_csv(found).splitlines()))
    assert [row["item"] for row in rows] == [each.id for each in found.items]
    assert rows[0]["other choice to look at"] == "b"
    assert float(rows[3]["discrimination"]) == pytest.approx(found.items[3].discrimination, abs=1e-4)
    formulas = [graded("s1", "q0", 0.0), graded("s1", "=1+1", 0.0, type="multiple", answer=["=cmd()", "@x"])]
    for text in (items_csv(analyse(unit, formulas)), choices_csv(analyse(unit, formulas))):
        for row in csv.reader(text.splitlines()):
            assert not any(cell[:1] in ("=", "@", "+") for cell in row)


@pytest.fixture
def lessons() -> click.Group:
    group = click.Group()
    report.add(group)
    return group


def test_the_command_writes_page_and_tables(tmp_path: Path, lessons: click.Group) -> None:
    unit, out = bank(tmp_path / "bank"), tmp_path / "grades"
    out.mkdir()
    gradebook.write(out / "gradebook-T.jsonl", (row.to_line() for row in simulated(unit, 60, 1)))
    (tmp_path / "hand-ins").mkdir()
    for n, answers in enumerate((["wrong"], ["right"])):
        record = lesson_record(answers, ["right"]) | {"name": f"Student {n}", "format": "guarantees-hand-in/1"}
        for file in ("first", "again"):
            (tmp_path / "hand-ins" / f"{n} {file}.json").write_text(json.dumps(record), encoding="utf-8")
    (tmp_path / "hand-ins" / "broken.json").write_text("{", encoding="utf-8")
    arguments = ["analyse", "--unit", "T", "-o", str(out), "--bank", str(tmp_path / "bank")]
    done = CliRunner().invoke(lessons, [*arguments, "--lessons", str(tmp_path / "hand-ins")])
    assert done.exit_code == 0, done.output
    assert "60 hand-ins analysed" in done.output
    assert "q7: key may be wrong: look at it" in done.output
    made = {path.name: path.read_bytes() for path in out.iterdir() if path.name.startswith("analysis")}
    assert set(made) == {"analysis-T.html", "analysis-T.csv", "analysis-T-choices.csv"}
    assert ">2</td>" in made["analysis-T.html"].decode()  # two students, each handed in twice
    CliRunner().invoke(lessons, [*arguments, "--lessons", str(tmp_path / "hand-ins")])
    assert made == {name: (out / name).read_bytes() for name in made}


def test_what_cannot_be_analysed_is_said(tmp_path: Path, lessons: click.Group) -> None:
    bank(tmp_path / "bank")
    out = tmp_path / "grades"
    out.mkdir()
    arguments = ["analyse", "--unit", "T", "-o", str(out), "--bank", str(tmp_path / "bank")]
    assert "grade the unit first" in CliRunner().invoke(lessons, arguments).output
    gradebook.write(out / "gradebook-T.jsonl", [graded("s1", "q0", 1.0).to_line()])
    note_release(tmp_path / "bank", {"unit": "T", "release": "first", "behaviour": "study", "per_student": False})
    done = CliRunner().invoke(lessons, arguments)
    assert done.exit_code == 1
    assert "given out for study" in done.output
