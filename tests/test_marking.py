"""Reading generously, marking strictly, and giving nothing away too early."""

import json
import os
import subprocess
import sys

import pandas
import pytest
from hypothesis import given as suppose
from hypothesis import settings
from hypothesis import strategies as st

from lesson_lib.know import catalogue
from lesson_lib.think import marking, questions

LESSON = """
lesson = "09"
title = "Nine"
[objectives]
all = "All of it"
[quizzes.main]
title = "Main"
"""

ITEMS = {
    "single": """
[[items.choices]]
id = "declare-war"
text = "Declare war, at once"
why = "WHY-declare-war"
[[items.choices]]
id = "assist"
text = "**Assist** by such action as it deems necessary"
why = "WHY-assist"
right = true
[[items.choices]]
id = "consult"
text = "Consult"
why = "WHY-consult"
[[items.choices]]
id = "nothing"
text = "Nothing"
why = "WHY-nothing"
""",
    "multiple": """
[[items.choices]]
id = "us"
text = "The US"
why = "WHY-us"
right = true
[[items.choices]]
id = "russia"
text = "Russia"
why = "WHY-russia"
[[items.choices]]
id = "turkey"
text = "Türkiye"
why = "WHY-turkey"
right = true
[[items.choices]]
id = "china"
text = "China"
why = "WHY-china"
[[items.choices]]
id = "france"
text = "France"
why = "WHY-france"
right = true
""",
    "numeric": """
answer = 1953
tolerance = 0.5
unit = "years"
[[items.near]]
value = 1950
why = "WHY-near"
""",
    "match": """
decoys = ["Never"]
[[items.pairs]]
id = "un"
left = "UN"
right = "Votes"
why = "WHY-un"
[[items.pairs]]
id = "nato"
left = "NATO"
right = "Consults"
why = "WHY-nato"
[[items.pairs]]
id = "osce"
left = "OSCE"
right = "Watches"
why = "WHY-osce"
""",
    "order": """
[[items.steps]]
id = "call"
text = "The call"
why = "WHY-call"
[[items.steps]]
id = "alaska"
text = "Alaska"
why = "WHY-alaska"
[[items.steps]]
id = "townhall"
text = "The meeting"
why = "WHY-townhall"
[[items.steps]]
id = "paris"
text = "Paris"
why = "WHY-paris"
""",
    "classify": """
bins = [
  {id = "fact", text = "Fact"}, {id = "forecast", text = "Forecast"}, {id = "judgement", text = "Judgement"}
]
[[items.cards]]
id = "s1"
text = "It was said"
bin = "fact"
why = "WHY-s1"
[[items.cards]]
id = "s2"
text = "It will come"
bin = "forecast"
why = "WHY-s2"
[[items.cards]]
id = "s3"
text = "It is bad"
bin = "judgement"
why = "WHY-s3"
""",
    "short": """
accepted = ["The Élysée", "Elysee Palace"]
[[items.near]]
text = "Matignon"
why = "WHY-near"
""",
    "text": """
rubric = ["names a source"]
model = "MODEL"
min_words = 5
""",
    "table": """
columns = [{id = "us", text = "US"}, {id = "russia", text = "Russia"}]
values = [
  {id = "confirms", text = "Confirms"}, {id = "denies", text = "Denies"}, {id = "silent", text = "Silent"}
]
[[items.rows]]
id = "s12"
text = "Troops"
why = "WHY-s12"
cells = { us = "confirms", russia = ["silent", "denies"] }
[[items.rows]]
id = "s13"
text = "Talks"
why = "WHY-s13"
cells = { us = "denies" }
""",
}

RIGHT = {
    "single": "assist",
    "multiple": ["us", "turkey", "france"],
    "numeric": 1953,
    "match": {"un": "votes", "nato": "consults", "osce": "watches"},
    "order": ["call", "alaska", "townhall", "paris"],
    "classify": {"s1": "fact", "s2": "forecast", "s3": "judgement"},
    "short": "the elysee",
    "table": {"s12": {"us": "confirms", "russia": "denies"}, "s13": {"us": "denies"}},
}

WRONG = {
    "single": ["declare-war", "consult", "nothing"],
    "multiple": [["us"], ["us", "turkey"], ["us", "turkey", "france", "china"], ["russia"], ["us", "russia"]],
    "numeric": [1950, 1954, -1953, 0],
    "match": [{"un": "votes"}, RIGHT["match"] | {"osce": "never"}, RIGHT["match"] | {"un": "consults"}],
    "order": [["alaska", "call", "townhall", "paris"], ["paris", "townhall", "alaska", "call"]],
    "classify": [RIGHT["classify"] | {"s1": "forecast"}, {"s1": "fact"}],
    "short": ["Matignon", "palace", "elyse"],
    "table": [{"s12": {"us": "confirms"}}, RIGHT["table"] | {"s13": {"us": "silent"}}],
}


def whole():
    text = LESSON
    for name, rest in ITEMS.items():
        text += (
            f'\n[[items]]\nid = "{name}-item"\ntype = "{name}"\nquiz = "main"\nobjective = "all"\n'
            f'difficulty = 2\nstem = "Stem"\nwhy = "WHY-overall"\n{rest}'
        )
    opinion = ITEMS["single"].replace("right = true", "")
    return text + (
        '\n[[items]]\nquiz = "main"\nid = "view"\ntype = "single"\nobjective = "all"\ndifficulty = 2\n'
        f'opinion = true\nstem = "Stem"\n{opinion}'
    )


@pytest.fixture(scope="module")
def items(tmp_path_factory):
    path = tmp_path_factory.mktemp("questions") / "09.toml"
    path.write_text(whole(), encoding="utf-8")
    found = questions.read_lesson(path).quizzes["main"].items
    return {item.type if item.id != "view" else "view": item for item in found}


def test_every_type_has_an_item(items):
    assert set(items) == {*questions.KINDS, "view"}


# ---- reading -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "answer", "read"),
    [
        *[
            ("single", given, "assist")
            for given in (
                "b",
                "B",
                "b)",
                "B)",
                "(b)",
                "b.",
                " (B) ",
                "assist",
                "ASSIST",
                ["b"],
                "b. Assist by such action as it deems necessary",
                "assist by such action as it deems necessary",
                "Assist by such action as it deems necessary.",
            )
        ],
        ("single", "Declare_War", "declare-war"),
        *[
            ("multiple", given, ["us", "turkey"])
            for given in (
                "a, c",
                "c,a",
                "a c",
                "a and c",
                "ac",
                "A; C",
                ["a", "c"],
                ("c", "us"),
                {"us", "turkey"},
                "The US, Turkiye",
                "us; Türkiye",
                {"us": True, "china": False, "turkey": True},
                pandas.Series(["a", "c"]),
                ["a", "c", "a"],
            )
        ],
        *[
            ("numeric", given, 1953)
            for given in (
                1953,
                1953.0,
                "1953",
                "1,953",
                "1 953",
                "1\u202f953",
                "1'953",
                "1953 years",
                "about 1,953 years",
                "1953y",
                "１９５３",
                "1.953,0",
                "1,953.0",
                "+1953",
                "1.953e3",
                " = 1953",
            )
        ],
        *[("numeric", given, -3) for given in ("−3", "-3", "–3", "- 3", "−3 years")],
        *[("numeric", given, 0.5) for given in ("0,5", "0.5", ".5", "0,500", ",5")],
        ("numeric", "1.953", 1.953),
        ("numeric", "12,5", 12.5),
        ("numeric", "1,234,567", 1234567),
        ("numeric", "1.234.567", 1234567),
        ("match", {"UN": "Votes", "nato": "consults", "osce": None}, {"un": "votes", "nato": "consults"}),
        ("match", pandas.Series({"un": "votes"}), {"un": "votes"}),
        ("match", ["votes", "consults", "watches"], RIGHT["match"]),
        ("order", ["call", "alaska", "The meeting", "paris"], RIGHT["order"]),
        ("order", "call, alaska, townhall, paris", RIGHT["order"]),
        ("order", "The call → Alaska → The meeting → Paris", RIGHT["order"]),
        ("classify", {"s1": "Fact", "It will come": "forecast"}, {"s1": "fact", "s2": "forecast"}),
        (
            "classify",
            {"fact": ["s1"], "forecast": ["s2", "s3"]},
            {"s1": "fact", "s2": "forecast", "s3": "forecast"},
        ),
        ("short", "  The Elysee ", "The Elysee"),
        ("short", 1953, "1953"),
        ("text", "some words", "some words"),
    ],
)
def test_read_is_generous(items, kind, answer, read):
    assert marking.read(items[kind].body, answer) == read


def test_letters_of_an_order_are_those_shown(items):
    body = items["order"].body
    shown = [step["id"] for step in body["steps"]]
    for given in ("c a d b", "c, a, d, b", "cadb", ["c", "a", "d", "b"]):
        assert marking.read(body, given) == [shown[2], shown[0], shown[3], shown[1]]


FRAME = pandas.DataFrame({"us": ["confirms", "Denies"], "Russia": ["denies", None]}, index=["s12", "Talks"])


@pytest.mark.parametrize(
    "answer",
    [
        RIGHT["table"],
        {"us": {"s12": "confirms", "s13": "denies"}, "russia": {"s12": "denies"}},
        {"us": ["confirms", "denies"], "russia": ["denies", "?"]},
        [["confirms", "denies"], ["denies", ""]],
        [["s13", "denies", None], ["s12", "Confirms", "Denies"]],
        [{"claim": "s13", "us": "denies"}, {"claim": "Troops", "us": "confirms", "russia": "denies"}],
        [{"us": "confirms", "russia": "denies"}, {"us": "denies"}],
        FRAME,
        FRAME.reset_index(),
        FRAME.reset_index(drop=True),
        FRAME.iloc[::-1],
        FRAME.to_dict(),
        FRAME.to_dict("records"),
        FRAME.T.to_dict(),
    ],
)
def test_a_table_may_come_in_any_form(items, answer):
    assert marking.read(items["table"].body, answer) == RIGHT["table"]


@pytest.mark.parametrize("kind", list(questions.KINDS))
@pytest.mark.parametrize("answer", [None, "", "  ", [], {}, [None, ""], {"a": None}, float("nan"), "?", pandas.NA])
def test_blank_is_blank(items, kind, answer):
    item = items[kind]
    mark = marking.mark(item.body, item.key, answer)
    assert (mark.outcome, mark.score, mark.says) == ("blank", 0.0, "Nothing answered yet.")


@pytest.mark.parametrize(
    ("kind", "answer", "says"),
    [
        ("single", "B}", 'I can\'t read "B}": type one of a, b, c, d.'),
        ("single", "e", 'I can\'t read "e": type one of a, b, c, d.'),
        ("single", "b. Nothing", 'I can\'t read "b. Nothing": type one of a, b, c, d.'),
        ("single", 2, 'I can\'t read "2": type one of a, b, c, d.'),
        ("single", ["a", "b"], "I can read only one choice here: type one of a, b, c, d."),
        ("multiple", "a, x", 'I can\'t read "x": type one of a, b, c, d, e.'),
        ("numeric", "many", 'I can\'t read "many" as a number: type digits, as in 12 or 0.5, in years.'),
        ("numeric", "72 days", 'I can\'t read "days" here: type the number alone, in years.'),
        ("numeric", "1,95,3", 'I can\'t read "1,95,3" as a number: type digits, as in 12 or 0.5, in years.'),
        ("numeric", True, "I can't read this as a number: type digits, as in 12 or 0.5, in years."),
        ("match", {"eu": "votes"}, 'I can\'t read "eu": name one of un, nato, osce.'),
        ("order", "a b", "I can't read an order with steps left out: name each once, out of a, b, c, d."),
        ("classify", {"s1": "fiction"}, 'I can\'t read "fiction": type one of fact, forecast, judgement.'),
        ("table", {"s12": {"china": "denies"}}, 'I can\'t read the column "china": name one of us, russia.'),
        ("table", {"s99": {"us": "denies"}}, 'I can\'t read the row "s99": name one of s12, s13.'),
        ("short", object(), "I can't read a object as an answer: use text, a number, a list or a dict."),
    ],
)
def test_unreadable_says_what_and_the_choices(items, kind, answer, says):
    mark = marking.mark(items[kind].body, items[kind].key, answer)
    assert (mark.outcome, mark.score, mark.says) == ("unreadable", 0.0, says)


def test_nothing_of_the_student_is_compared_or_called(items):
    class Meta(type):
        def __eq__(cls, other):
            return True

        __hash__ = type.__hash__

    class Cheat(str, metaclass=Meta):
        __slots__ = ()
        __hash__ = str.__hash__

        def __eq__(self, other):
            raise AssertionError("compared")

        def to_dict(self, *_, **__):
            raise AssertionError("called")

        __str__ = strip = casefold = __len__ = to_dict

        @property
        def __class__(self):
            raise AssertionError("asked")

    Cheat.__module__ = "pandas"
    for item in items.values():
        for answer in (Cheat("assist"), [Cheat("b")], {"s1": Cheat("fact")}, {"us": [Cheat("x")]}):
            assert marking.mark(item.body, item.key, answer).outcome == "unreadable"

    class Cell:  # pandas itself asks an object for its class
        def to_dict(self, *_, **__):
            raise AssertionError("called")

        __str__ = __repr__ = to_dict

        def __eq__(self, other):
            return True

        __hash__ = None

    table = pandas.DataFrame({"us": [Cell()]}, index=["s12"])
    assert marking.mark(items["table"].body, items["table"].key, table).outcome == "unreadable"


def test_a_round_trip_does_not_end(items):
    loop = []
    loop.append(loop)
    assert marking.mark(items["multiple"].body, items["multiple"].key, loop).outcome in (
        "blank",
        "unreadable",
    )


def test_neither_pandas_nor_widgets_are_loaded():
    code = (
        "import sys, lesson_lib.think.marking, lesson_lib.think.answers, lesson_lib.think.lint;"
        "print([name for name in ('pandas', 'numpy', 'ipywidgets', 'IPython') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ}, check=True)
    assert done.stdout.strip() == "[]"


# ---- marking -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", list(RIGHT))
def test_the_right_answer_is_worth_one_and_no_wrong_one_is(items, kind):
    item = items[kind]
    mark = marking.mark(item.body, item.key, RIGHT[kind])
    assert (mark.outcome, mark.score, mark.says) == ("right", 1.0, "Right.")
    for wrong in WRONG[kind]:
        mark = marking.mark(item.body, item.key, wrong)
        assert mark.outcome == ("partly" if mark.score else "wrong")
        assert mark.score < 1


@pytest.mark.parametrize(
    ("kind", "answer", "score", "says"),
    [
        ("single", "a", 0, "Not this one."),
        ("multiple", ["us", "turkey"], 2 / 3, "Partly right: 2 belong, and there is more."),
        ("multiple", ["us", "turkey", "china"], 1 / 3, "Partly right: 2 belong, 1 does not."),
        ("multiple", ["us", "china"], 0, "Not these: 1 belongs, 1 does not."),
        ("multiple", ["china", "russia"], 0, "Not these."),
        ("multiple", "abcde", 1 / 3, "Partly right: 3 belong, 2 do not."),
        ("numeric", 1953.5, 1, "Right."),
        ("numeric", 1953.6, 0, "Not this one."),
        ("match", {"un": "votes", "nato": "watches"}, 1 / 3, "Partly right: 1 of 3, 1 still blank."),
        ("match", {"un": "never"}, 0, "Not yet."),
        ("classify", RIGHT["classify"] | {"s1": "forecast"}, 2 / 3, "Partly right: 2 of 3."),
        ("order", WRONG["order"][0], 5 / 6, "Partly right: 2 of 4 stand in the right place."),
        (
            "order",
            ["alaska", "call", "paris", "townhall"],
            4 / 6,
            "Partly right: some follow each other as they should, and none stands in its place.",
        ),
        ("order", ["townhall", "paris", "call", "alaska"], 0, "Not yet."),
        (
            "table",
            {"s12": {"us": "confirms", "russia": "silent"}},
            2 / 3,
            "Partly right: 2 of 3, 1 still blank.",
        ),
    ],
)
def test_partial_credit_is_as_stated(items, kind, answer, score, says):
    mark = marking.mark(items[kind].body, items[kind].key, answer)
    assert mark.score == pytest.approx(score)
    assert mark.says == says


def test_opinions_and_texts_are_recorded_never_marked(items):
    for answer in ("a", "b", "c"):
        assert marking.mark(items["view"].body, items["view"].key, answer).outcome == "recorded"
    mark = marking.mark(items["text"].body, items["text"].key, "Three words here")
    assert (mark.outcome, mark.says) == ("recorded", "Recorded: 3 words. A full answer needs about 5.")


# ---- feedback ----------------------------------------------------------------------------------------------


def feedback(item, answer, miss=1, *, reveal=False, sure=None):
    return marking.feedback(item, answer, marking.mark(item.body, item.key, answer), miss, reveal, sure)


@pytest.mark.parametrize("kind", list(RIGHT))
def test_a_first_miss_gives_nothing_away(items, kind):
    item = items[kind]
    for wrong in WRONG[kind]:
        told = json.dumps(feedback(item, wrong))
        chosen = wrong if isinstance(wrong, list) else [wrong] if isinstance(wrong, str) else []
        allowed = {f"WHY-{part}" for part in chosen} if kind in ("single", "multiple") else {"WHY-near"}
        leaked = {why for why in [*item.key["whys"].values(), "WHY-overall", "WHY-near"] if why in told}
        assert leaked <= allowed
        assert "key" not in feedback(item, wrong)
    assert feedback(items["single"], "a")["parts"] == {"declare-war": {"state": "wrong", "why": "WHY-declare-war"}}
    assert feedback(items["numeric"], 1950)["parts"] == {"answer": {"state": "wrong", "why": "WHY-near"}}


@pytest.mark.parametrize("kind", list(RIGHT))
def test_right_second_miss_and_reveal_tell_everything(items, kind):
    item = items[kind]
    for page in (
        feedback(item, RIGHT[kind]),
        feedback(item, WRONG[kind][0], 2),
        feedback(item, WRONG[kind][0], reveal=True),
        feedback(item, None, 0, reveal=True),
    ):
        assert marking.mark(item.body, item.key, page["key"]).outcome == "right" or kind == "table"
        assert page["key_text"]
        assert page["why"] == "WHY-overall"
        assert set(item.key["whys"].values()) <= {part["why"] for part in page["parts"].values()}
        json.dumps(page)


def test_states(items):
    page = feedback(items["multiple"], ["us", "china"], 2)
    assert {part: shown["state"] for part, shown in page["parts"].items()} == {
        "us": "right", "china": "wrong", "turkey": "missed", "france": "missed", "russia": "noted",
    }  # fmt: skip
    page = feedback(items["table"], {"s12": {"us": "denies"}}, 2)
    assert {part: shown["state"] for part, shown in page["parts"].items()} == {
        "s12/us": "wrong", "s12/russia": "missed", "s13/us": "missed",
    }  # fmt: skip


def test_an_opinion_is_met_with_every_reason_and_no_key(items):
    page = feedback(items["view"], "a")
    assert "key" not in page
    assert {part["state"] for part in page["parts"].values()} == {"noted"}
    assert len({part["why"] for part in page["parts"].values()}) == 4


def test_blank_and_unreadable_do_not_open_the_key(items):
    for answer in (None, "zzz"):
        page = feedback(items["single"], answer, 5)
        assert (page["parts"], "key" in page) == ({}, False)


def test_certainty_is_remarked_upon(items):
    assert feedback(items["single"], "b", sure=3)["says"] == "Right, and you were certain."
    assert feedback(items["single"], "a", sure=3)["says"] == "Not this one. You were certain: worth a second look."
    assert feedback(items["single"], "a", sure=None)["says"] == "Not this one."


@pytest.mark.parametrize(
    ("language", "given", "other"),
    [
        ("en", "90.000", "90,000"), ("en", "1.953", "1,953"), ("en", "-2.500 years", "-2,500"),
        ("en", "about 72.000", "72,000"), ("en", "+1.000", "1,000"), ("en", ["90.000"], "90,000"),
        ("en", "90,000", None), ("en", "0.953", None), ("en", "1.9530", None), ("en", "1.95", None),
        ("en", "90 000", None), ("en", "1.953e2", None), ("en", "90.000,5", None), ("en", "1.234.567", None),
        ("en", "1234.567", None), ("en", 1.953, None), ("en", "zzz", None), ("en", "", None), ("en", "?", None),
        ("uk", "90.000", "90\xa0000"), ("uk", "90,000", "90"), ("uk", "1,953", "1,953"), ("uk", "2,500", "2,5"),
        ("uk", "90 000", None), ("uk", "2,5", None), ("uk", "0,125", None),
    ],
)  # fmt: skip
def test_a_number_that_may_mean_two_things_can_be_written_so_that_it_means_one(items, language, given, other):
    body = items["numeric"].body
    as_before = marking.mark(body, items["numeric"].key, given)
    catalogue.speak(language)
    try:
        doubt = marking.doubt(body, given)
        assert (doubt and doubt.other) == other
        if doubt:
            # What is offered is read as it is shown, and is asked about no more; the reading depends on no language.
            read = marking.read(body, given)
            assert marking.read(body, doubt.keep) == read
            assert marking.read(body, doubt.write) in (read * 1000, read / 1000)
            assert marking.doubt(body, doubt.keep) is marking.doubt(body, doubt.write) is None
    finally:
        catalogue.speak("en")
    assert marking.mark(body, items["numeric"].key, given) == as_before


@pytest.mark.parametrize("kind", ["single", "numeric", "short", "order", "multiple"])
def test_an_answer_said_can_be_read_back(items, kind):
    said = marking.answer_text(items[kind].body, RIGHT[kind])
    assert marking.mark(items[kind].body, items[kind].key, said).outcome == "right"


def test_answers_are_said_readably(items):
    assert marking.answer_text(items["numeric"].body, "1953") == "1,953 years"
    assert (
        marking.answer_text(items["table"].body, RIGHT["table"])
        == "Troops: US Confirms, Russia Denies; Talks: US Denies"
    )
    assert marking.answer_text(items["match"].body, {"un": "votes"}) == "UN: Votes"
    assert marking.answer_text(items["single"].body, None) == ""
    assert marking.answer_text(items["single"].body, "zzz") == '"zzz"'


# ---- properties --------------------------------------------------------------------------------------------

words = st.sampled_from(
    [
        "a",
        "b",
        "(c)",
        "us",
        "s1",
        "s12",
        "fact",
        "un",
        "votes",
        "confirms",
        "call",
        "assist",
        "1,953",
        "",
        "?",
        "\ud800",
        "0",
        "1",
    ]
)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | words
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(words | st.text(max_size=3), inner, max_size=4),
)


@settings(max_examples=400, deadline=None)
@suppose(answer=anything)
def test_mark_never_raises_and_reading_is_stable(items, answer):
    for item in items.values():
        mark = marking.mark(item.body, item.key, answer)
        assert mark.outcome in ("right", "partly", "wrong", "blank", "unreadable", "recorded")
        assert 0 <= mark.score <= 1
        assert "\n" not in mark.says
        for reveal in (False, True):
            json.dumps(marking.feedback(item, answer, mark, 1, reveal))
        marking.answer_text(item.body, answer)
        if mark.outcome not in ("blank", "unreadable"):
            read = marking.read(item.body, answer)
            assert marking.read(item.body, json.loads(json.dumps(read))) == read
            assert marking.mark(item.body, item.key, read) == mark


@suppose(st.integers(10**301, 10**4000))
@settings(max_examples=5, deadline=None)
def test_huge_numbers_are_unreadable(items, number):
    for item in items.values():
        assert marking.mark(item.body, item.key, number).outcome == "unreadable"
        assert marking.mark(item.body, item.key, [number, {"us": number}]).outcome == "unreadable"


@settings(deadline=None)
@suppose(data=st.data())
def test_mending_one_part_never_costs(items, data):
    for kind in ("match", "classify", "table"):
        item = items[kind]
        cells = marking.KINDS[kind].mark(item.key, RIGHT[kind])[0]
        values = {"match": "right", "classify": "bins", "table": "values"}[kind]
        options = [option["id"] for option in item.body[values]]
        answer = {part: data.draw(st.sampled_from([None, *options])) for part in cells}

        def score(item, parts, kind=kind):
            if kind != "table":
                return marking.mark(item.body, item.key, parts).score
            nested = {}
            for name, value in parts.items():
                row, column = name.split("/")
                nested.setdefault(row, {})[column] = value
            return marking.mark(item.body, item.key, nested).score

        before = score(item, answer)
        part = data.draw(st.sampled_from(list(cells)))
        flat = (
            RIGHT[kind]
            if kind != "table"
            else {f"{r}/{c}": v for r, row in RIGHT[kind].items() for c, v in row.items()}
        )
        assert score(item, answer | {part: flat[part]}) >= before

    item = items["multiple"]
    picked = data.draw(st.sets(st.sampled_from([choice["id"] for choice in item.body["choices"]])))
    before = marking.mark(item.body, item.key, picked).score
    for choice in RIGHT["multiple"]:
        assert marking.mark(item.body, item.key, picked | {choice}).score >= before
    for choice in ("china", "russia"):
        assert marking.mark(item.body, item.key, picked - {choice}).score >= before
    assert (before == 1) == (picked == set(RIGHT["multiple"]))

    item = items["order"]
    order = data.draw(st.permutations(RIGHT["order"]))
    before = marking.mark(item.body, item.key, order).score
    assert (before == 1) == (order == RIGHT["order"])
    for place in range(3):  # putting two neighbours right that stand the wrong way round
        if RIGHT["order"].index(order[place]) > RIGHT["order"].index(order[place + 1]):
            mended = [*order[:place], order[place + 1], order[place], *order[place + 2 :]]
            assert marking.mark(item.body, item.key, mended).score >= before
