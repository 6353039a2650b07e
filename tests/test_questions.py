"""The lessons' TOML: what is read, what is refused and where, and that a body never depends on its key."""

import json
import os

import pytest

from lesson_lib.know.data import data_folder
from lesson_lib.know.errors import DataError, LessonError, UnknownName
from lesson_lib.think import draw, questions
from lesson_lib.think.blocks import Lines

HEAD = """\
lesson = "07"
title = "Seven"
[objectives]
sort = "Sort claims"
[quizzes.main]
title = "Main"
"""

COMMON = """
[[items]]
quiz = "main"
id = "{id}"
type = "{type}"
objective = "sort"
difficulty = 1
stem = "What?"
why = "Because."
"""

SINGLE = (
    COMMON.format(id="duty", type="single")
    + """
[[items.choices]]
id = "war"
text = "Declare war"
why = "Too strong."
{war}
[[items.choices]]
id = "assist"
text = "Assist"
why = "As the treaty says."
{assist}
[[items.choices]]
id = "consult"
text = "Consult"
why = "Too weak."
{consult}
"""
)

MATCH = (
    COMMON.format(id="pairs", type="match")
    + """
decoys = ["Never"]
[[items.pairs]]
id = "un"
left = "UN"
right = "{0}"
why = "w"
[[items.pairs]]
id = "us"
left = "US"
right = "{1}"
why = "w"
[[items.pairs]]
id = "nato"
left = "NATO"
right = "{2}"
why = "w"
"""
)

ORDER = COMMON.format(id="steps", type="order") + "".join(
    f'[[items.steps]]\nid = "{{{place}}}"\ntext = "T {{{place}}}"\nwhy = "w"\n' for place in range(4)
)

CLASSIFY = (
    COMMON.format(id="cards", type="classify")
    + """
bins = [{{id = "fact", text = "Fact"}}, {{id = "forecast", text = "Forecast"}}]
[[items.cards]]
id = "first"
text = "First"
bin = "{0}"
why = "w"
[[items.cards]]
id = "second"
text = "Second"
bin = "{1}"
why = "w"
"""
)

TABLE = (
    COMMON.format(id="matrix", type="table")
    + """
columns = [{{id = "us", text = "US"}}, {{id = "russia", text = "Russia"}}]
values = [{{id = "yes", text = "Confirms"}}, {{id = "no", text = "Denies"}}]
[[items.rows]]
id = "s1"
text = "S1"
why = "w"
cells = {{ us = {0}, russia = {1} }}
"""
)

NUMERIC = COMMON.format(id="years", type="numeric") + "answer = {0}\n"


def load(tmp_path, text, name="07"):
    (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    return questions.load_lesson(name, tmp_path)


def refused(tmp_path, text):
    with pytest.raises(DataError) as caught:
        load(tmp_path, text)
    return caught.value.problems


def single(right="assist"):
    return SINGLE.format(**{name: "right = true" * (name == right) for name in ("war", "assist", "consult")})


def test_reads_a_lesson(tmp_path):
    text = HEAD.replace("[quizzes.main]", '[quizzes.back]\ntitle = "Again"\nreturns_to = "main"\n[quizzes.main]')
    lesson = load(tmp_path, text + single() + NUMERIC.format("72"))
    assert list(lesson.quizzes) == ["back", "main"]
    main, back = (
        questions.load_quiz("07-main", folder=tmp_path),
        questions.load_quiz("07-back", folder=tmp_path),
    )
    assert (back.returns_to, back.items, main.behaviour) == ("07-main", main.items, "practice")
    item = main.items[0]
    assert item.body == {
        "id": "duty", "type": "single", "stem": "What?", "hints": 0, "opinion": False,
        "choices": [{"id": "war", "text": "Declare war"}, {"id": "assist", "text": "Assist"},
                    {"id": "consult", "text": "Consult"}],
    }  # fmt: skip
    assert item.key["right"] == "assist"
    assert set(item.key["whys"]) == {"war", "assist", "consult"}
    json.dumps([item.body, item.key])


@pytest.mark.parametrize(
    ("form", "keys"),
    [
        (single, ["war", "assist", "consult"]),
        (lambda k: MATCH.format(*k), [("A", "B", "C"), ("B", "A", "C"), ("C", "B", "A")]),
        (lambda k: CLASSIFY.format(*k), [("fact", "fact"), ("forecast", "fact")]),
        (lambda k: TABLE.format(*k), [('"yes"', '"no"'), ('["yes", "no"]', '"yes"')]),
        (NUMERIC.format, ["72", "-0.5"]),
        (lambda k: ORDER.format(*k), [("nato", "un", "osce", "eu"), ("un", "osce", "eu", "nato")]),
    ],
    ids=["single", "match", "classify", "table", "numeric", "order"],
)
def test_a_body_never_depends_on_its_key(tmp_path, form, keys):
    bodies = set()
    for place, key in enumerate(keys):
        folder = tmp_path / str(place)
        folder.mkdir()
        item = load(folder, HEAD + form(key)).quizzes["main"].items[0]
        bodies.add(json.dumps(item.body))
    assert len(bodies) == 1


def test_an_order_is_never_shown_right_already(tmp_path):
    ids = [
        s["id"]
        for s in load(tmp_path, HEAD + ORDER.format("a1", "b1", "c1", "d1")).quizzes["main"].items[0].body["steps"]
    ]
    (problem,) = refused(tmp_path, HEAD + ORDER.format(*ids))
    assert "in the right order already" in problem.wrong


def test_right_sides_are_named_by_their_words_and_apart(tmp_path):
    item = load(tmp_path, HEAD + MATCH.format("Assist!", "assist", "Assist!")).quizzes["main"].items[0]
    names = [right["id"] for right in item.body["right"]]
    assert len(names) == len(set(names)) == 3  # the same text twice is one right side; the decoy is the third
    assert item.key["pairs"]["un"] == item.key["pairs"]["nato"] != item.key["pairs"]["us"]


def test_every_problem_at_once_with_its_line_and_the_nearest_name(tmp_path):
    text = HEAD + single().replace('why = "Too strong."', 'wy = "Too strong."').replace('"sort"', '"sorting"')
    text = text.replace("difficulty = 1", 'difficulty = "easy"') + NUMERIC.format('"72"').replace('"main"', '"mian"')
    problems = refused(tmp_path, text)
    said = {(problem.where, problem.wrong): problem for problem in problems}
    lines = text.split("\n")

    def at(where, wrong):
        problem = said[where, wrong]
        assert problem.file == "07.toml"
        return lines[problem.line - 1], problem.fix

    assert at("items duty, choices war, wy", "is not a field here") == (
        'wy = "Too strong."',
        "did you mean why?",
    )
    assert at("items duty, choices war, why", "is missing")[0] == "[[items.choices]]"
    assert at("items duty, objective", "is not one of the choices")[1].startswith("did you mean sort?")
    assert at("items duty, difficulty", "is of the wrong kind")[0] == 'difficulty = "easy"'
    assert at("items years, quiz", "is not one of the choices")[1].startswith("did you mean main?")
    assert at("items years, answer", "is of the wrong kind")[0] == 'answer = "72"'


@pytest.mark.parametrize(
    ("text", "line", "fix"),
    [
        ('lesson = "07"\ntitle = "He said "no""\n', 2, "quotation mark inside"),
        ('lesson = "07"\ntitle = "open\n', 2, "close the text"),
        ('lesson = "07"\ntitle = Seven\n', 2, "quotation marks"),
        ('lesson = "07"\ntitle\n', 2, "name = value"),
        ('lesson = "07"\nlesson = "08"\n', 2, "twice"),
        ('lesson = "07"\ncites = ["a"\n', 2, ""),
        ('lesson = "07"\ntitle = """open\nstill\n', 3, "close the text"),
        ('lesson = "07"\ntitle = "C:\\q"\n', 2, "backslash"),
    ],
)
def test_broken_toml_gets_its_line_and_plain_words(tmp_path, text, line, fix):
    (problem,) = refused(tmp_path, text)
    assert problem.line == line
    assert fix in problem.fix
    assert "\n" not in str(problem)


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (lambda text: text.replace("right = true", ""), "0 are right"),
        (lambda text: text.replace('id = "war"', 'id = "assist"'), "is an id used twice"),
        (lambda text: text.replace('id = "war"', 'id = "b"'), "looks like another's letter"),
        (lambda text: text.replace('id = "duty"', 'id = "sure"'), "cannot be typed"),
        (lambda text: text.replace('id = "duty"', 'id = "7-up"'), "cannot be typed"),
        (lambda text: text.replace('id = "duty"', 'id = "Duty!"'), "cannot be a name"),
        (lambda text: text.replace('type = "single"', 'type = "singel"'), "is not one of the choices"),
        (lambda text: text.replace('"Assist"', '" "'), "is empty"),
        (lambda text: text.replace("difficulty = 1", "difficulty = 1\nopinion = true"), "is an opinion"),
        (lambda text: text.replace('"07"', '"08"'), "is not the name of this file"),
        (lambda text: text + text[text.index("[[items]]") :], "is used twice in this lesson"),
        (
            lambda text: text.replace("difficulty = 1", 'difficulty = 1\nhints = ["a", "b", "c", "d"]'),
            "has 4",
        ),
        (lambda text: text.replace("difficulty = 1", "difficulty = nan"), "is not a number to mark by"),
        (
            lambda text: text.replace("[quizzes.main]", '[quizzes.idle]\ntitle = "Idle"\n[quizzes.main]'),
            "has no items",
        ),
    ],
)
def test_what_cannot_be_asked_is_refused(tmp_path, change, wrong):
    assert wrong in "\n".join(problem.wrong for problem in refused(tmp_path, change(HEAD + single())))


def test_a_file_that_is_no_text_is_one_line(tmp_path):
    (tmp_path / "07.toml").write_bytes(b'lesson = "07"\ntitle = "caf\xe9"\n')
    with pytest.raises(DataError, match="line 2: is not UTF-8 text"):
        questions.load_lesson("07", tmp_path)


def test_names_that_do_not_exist(tmp_path):
    load(tmp_path, HEAD + single())
    with pytest.raises(UnknownName, match="Did you mean '07-main'"):
        questions.load_quiz("07-mian", folder=tmp_path)
    with pytest.raises(UnknownName, match="07-main"):
        questions.load_quiz("99-main", folder=tmp_path)
    with pytest.raises(UnknownName):
        questions.load_lesson("../07", tmp_path)
    with pytest.raises(LessonError, match="missing"):
        questions.lessons(tmp_path / "nowhere")


def test_an_edited_file_is_read_again_and_an_unedited_one_is_not(tmp_path):
    first = load(tmp_path, HEAD + single("war"))
    assert questions.load_lesson("07", tmp_path) is first
    again = load(tmp_path, HEAD + single("assist"))
    os.utime(tmp_path / "07.toml", ns=(1, 1))
    assert again.quizzes["main"].items[0].key["right"] == "assist"
    assert questions.load_lesson("07", tmp_path) is not first


def test_lines_are_not_fooled_by_text_that_looks_like_fields():
    text = 'a = """\nb = 1\n[[items]]\n"""\n# [[items]]\nb = [\n  "[[items]]",\n]\n'
    text += '[[items]]\nid = "x # y"\n[items.draw]\nids = []\n'
    lines = Lines(text)
    assert lines.of("b") == 6
    assert lines.of("items", 0, "id") == 10
    assert lines.of("items", 0, "draw", "ids") == 12
    assert lines.of("items", 0, "gone", "deeper") == 9
    assert lines.of("nothing") is None


def test_windows_line_ends_and_a_byte_order_mark_are_no_matter(tmp_path):
    text = (HEAD + single()).replace("\n", "\r\n")
    (tmp_path / "07.toml").write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert questions.load_lesson("07", tmp_path).quizzes["main"].items[0].line == 8


# ---- numbers drawn by seed ---------------------------------------------------------------------------------

DRAWN = (
    COMMON.format(id="years", type="numeric").replace("What?", "How long since {date}?")
    + """
answer = { op = "years_between", from = "{date}", to = "2025-08-18" }
[items.draw]
table = "timeline"
ids = IDS
[[items.near]]
value = { op = "difference", of = [2025, 1945] }
why = "From 1945."
"""
)


@pytest.fixture
def timeline():
    rows = draw.rows("timeline")
    return {name: row for name, row in rows.items() if str(row["date"]) < "2025-08-18"}


def test_a_draw_fills_the_stem_and_reckons_the_answer(tmp_path, timeline):
    ids = list(timeline)[:5]
    text = HEAD + DRAWN.replace("IDS", json.dumps(ids))
    load(tmp_path, text)
    seen = set()
    for seed in ["", *map(str, range(40))]:
        item = questions.load_quiz("07-main", seed, tmp_path).items[0]
        assert questions.load_quiz("07-main", seed, tmp_path).items[0] == item
        row = next(row for name, row in timeline.items() if name in ids and str(row["date"]) in item.body["stem"])
        assert item.key["value"] == draw.years_between(str(row["date"]), "2025-08-18")
        assert item.key["near"][0]["value"] == 80
        assert set(row["source_ids"]) <= set(item.source_ids)
        seen.add(item.body["stem"])
    assert len(seen) == len({row["date"] for name, row in timeline.items() if name in ids})


def test_drawn_thousands_are_set_apart_where_they_are_read_and_plain_where_they_are_reckoned_with(tmp_path):
    name = next(name for name, row in draw.rows("economy").items() if (row["value"] or 0) > 10_000)
    row = draw.rows("economy")[name]
    text = COMMON.format(id="sum", type="numeric").replace("What?", "In {year} it was {value}: and five times that?")
    text += f'answer = {{ op = "product", of = ["{{value}}", 5] }}\n[items.draw]\ntable = "economy"\nids = ["{name}"]\n'
    load(tmp_path, HEAD + text)
    item = questions.load_quiz("07-main", "", tmp_path).items[0]
    assert f"In {row['year']} it was {row['value']:,.15g}:" in item.body["stem"]
    assert item.key["value"] == pytest.approx(row["value"] * 5)


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (("{date}?", "{dat}?"), "is not a column"),
        (('"timeline"', '"timelime"'), "is not a table"),
        (("years_between", "years_betwixt"), "is not one of the choices"),
        (("2025-08-18", "2025-13-18"), "cannot be reckoned"),
        (("[2025, 1945]", "[2025]"), "cannot be reckoned"),
        (("[2025, 1945]", "[\"__import__('os')\", 1]"), "cannot be reckoned"),
    ],
)
def test_a_draw_that_cannot_be_is_refused(tmp_path, timeline, change, wrong):
    text = HEAD + DRAWN.replace("IDS", json.dumps(list(timeline)[:2])).replace(*change)
    assert wrong in "\n".join(problem.wrong for problem in refused(tmp_path, text))


def test_a_row_that_does_not_exist_is_refused(tmp_path):
    problems = refused(tmp_path, HEAD + DRAWN.replace("IDS", '["t-1949-04-04-north-atlantic-treat"]'))
    assert "did you mean t-1949-04-04-north-atlantic-treaty?" in [problem.fix for problem in problems]


@pytest.mark.parametrize(
    ("sum_", "value"),
    [
        ('{ op = "sum", of = [1, 2, "3"] }', 6),
        ('{ op = "product", of = [2, 3.5] }', 7),
        ('{ op = "ratio", of = [1, 3], round = 2 }', 0.33),
        ('{ op = "percent", of = [1, 8] }', 12.5),
        ('{ op = "years_between", from = "1953-10-01", to = "2025-08-18" }', 71),
        ('{ op = "years_between", from = "1953-08-18", to = "2025-08-18" }', 72),
        ('{ op = "days_between", from = "2025-08-15", to = "2025-08-18" }', 3),
    ],
)
def test_sums(tmp_path, sum_, value):
    assert load(tmp_path, HEAD + NUMERIC.format(sum_)).quizzes["main"].items[0].key["value"] == value


@pytest.mark.skipif(not (data_folder() / "questions").is_dir(), reason="no questions yet")
def test_the_course_loads():
    for name in questions.lessons():
        questions.load_lesson(name)
