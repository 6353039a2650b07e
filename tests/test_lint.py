"""Each rule of the item lint finds its fault at its line, and leaves a good item alone."""

import pytest

from lesson_lib.know.data import rows
from lesson_lib.know.language import language
from lesson_lib.think import lint, questions

SOURCE = next(iter(rows("sources")))

HEAD = f"""\
lesson = "06"
title = "Six"
cites = ["{SOURCE}"]
[objectives]
duty = "Weigh a duty"
[quizzes.main]
title = "Main"
"""

ITEM = f"""
[[items]]
quiz = "main"
id = "ID"
type = "single"
objective = "duty"
difficulty = 1
stem = "What does the article oblige an ally to do?"
source_ids = ["{SOURCE}"]
[[items.choices]]
id = "war"
text = "Declare war at once"
why = "w"
[[items.choices]]
id = "assist"
text = "Take the action it deems fit"
why = "w"
right = true
[[items.choices]]
id = "consult"
text = "Call a meeting of the council"
why = "w"
"""


def found(tmp_path, text, name="06"):
    path = tmp_path / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return lint.lint(tmp_path)


def good(count=2):
    return HEAD + "".join(ITEM.replace('"ID"', f'"item-{number}"') for number in range(count))


def test_a_good_lesson_is_left_alone(tmp_path):
    assert found(tmp_path, good()) == []


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        ("Declare war at once", "All of the above", "points to other choices"),
        ("Declare war at once", "None of these", "points to other choices"),
        ("Declare war at once", "Both a and b", "points to other choices"),
        ("Declare war at once", "Always declare war", "is an absolute"),
        ("Declare war at once", "It must declare war", "is an absolute"),
        (
            "Take the action it deems fit",
            "Take at once, with the others, whatever action it deems fit",
            "much the longest",
        ),
        ("Declare war at once", "Declare war at once.", "end some with a full stop"),
        ("Declare war at once", "declare war at once", "begin some with a capital"),
        (
            "What does the article oblige an ally to do?",
            "The ally has to give an",
            "fits some of the choices only",
        ),
        ("What does", "What does not", "turns the question round"),
        ("Call a meeting of the council", "Declare **war**, at once", "says the same as another"),
        ("oblige an ally", "oblige a <b>ally</b>", "looks like HTML"),
        ("oblige an ally", "oblige an ally&nbsp;", "looks like HTML"),
        ('id = "war"', 'id = "wrong-war"', "is a name that tells"),
        ("What does the article oblige an ally to do?", "TODO: write the question.", "is not written yet"),
        (f'source_ids = ["{SOURCE}"]', "", "has no source"),
        (f'source_ids = ["{SOURCE}"]', 'source_ids = ["nowhere-1953"]', "is not in sources.csv"),
        (f'cites = ["{SOURCE}"]', 'cites = ["nowhere-1953"]', "is not in sources.csv"),
        ('duty = "Weigh a duty"', 'duty = "Weigh a duty"\nidle = "Idle"', "is practised by 0 items"),
        (
            "What does the article oblige an ally to do?",
            "Constitutionally, who is it who authorises any operation under an international organisation?",
            "reads like school year",
        ),
    ],
)
def test_each_fault_is_found_at_its_line(tmp_path, old, new, wrong):
    text = good().replace(old, new, 1)
    problems = [problem for problem in found(tmp_path, text) if wrong in problem.wrong]
    assert len(problems) == 1, found(tmp_path, text)
    (problem,) = problems
    assert problem.file == "06.toml"
    assert problem.fix
    place = text.split("\n")[problem.line - 1]
    assert new.split("\n")[-1] in place or place in ("[[items]]", "[[items.choices]]")


@pytest.mark.parametrize(
    "new",
    [
        "What does the article **not** oblige an ally to do?",
        "The treaty was not signed in Paris. What does it oblige an ally to do?",
        "What does “an attack that is not armed” mean here?",
        "Is 3 < 4, and what does the article oblige an ally to do?",
    ],
)
def test_what_only_looks_like_a_fault_is_left_alone(tmp_path, new):
    assert found(tmp_path, good().replace("What does the article oblige an ally to do?", new)) == []


def test_an_absolute_in_the_key_too_is_no_cue(tmp_path):
    text = good().replace("Declare war at once", "Always declare war").replace("Take the action", "Always take action")
    assert found(tmp_path, text) == []


def test_a_multiple_needs_a_wrong_choice(tmp_path):
    text = good().replace('type = "single"', 'type = "multiple"').replace('why = "w"\n', 'why = "w"\nright = true\n')
    text = text.replace("right = true\nright = true", "right = true")
    assert {problem.wrong for problem in found(tmp_path, text)} == {"has no wrong choice"}


def test_steps_named_by_their_order(tmp_path):
    for ids, telling in [
        (("s1", "s2", "s3", "s4"), True),
        (("s3", "s1", "s4", "s2"), False),
        (("a1", "b1", "c1", "d1"), False),
    ]:
        steps = "".join(f'[[items.steps]]\nid = "{one}"\ntext = "Step {one}"\nwhy = "w"\n' for one in ids)
        order = ITEM.split("[[items.choices]]")[0].replace('"ID"', '"o"').replace('"single"', '"order"')
        order += 'why = "w"\n'
        wrongs = [problem.wrong for problem in found(tmp_path, good() + order + steps)]
        assert ("are names that tell the order" in wrongs) == telling


def test_what_cannot_be_loaded_is_reported_with_the_rest(tmp_path):
    (tmp_path / "05.toml").write_text('lesson = "05"\ntitle = "open', encoding="utf-8")
    problems = found(tmp_path, good().replace("Declare war at once", "All of the above", 1))
    assert {problem.file for problem in problems} == {"05.toml", "06.toml"}


def test_the_original_is_looked_at_whatever_language_is_spoken(tmp_path, monkeypatch):
    monkeypatch.setenv("LESSON_UNTRANSLATED", "mark")
    round_about = good().replace("What does", "What does not", 1)
    (tmp_path / "uk").mkdir()
    (tmp_path / "uk" / "06.toml").write_text("# 06\n" + round_about, encoding="utf-8")
    (english,) = found(tmp_path, round_about)
    language("uk")
    try:
        assert found(tmp_path, good()) == []
        (other,) = found(tmp_path, round_about)
    finally:
        language("en")
    assert (other.line, other.value) == (english.line, english.value)
    assert str(other) != str(english)


def bank(tmp_path, count, *, first, longest):
    """A bank of `count` items of three choices, some with their key first, some with it the longest."""
    text = HEAD
    for number in range(count):
        item = ITEM.replace('"ID"', f'"item-{number}"')
        if number < longest:
            item = item.replace("Take the action it deems fit", "Take the action that it deems fit")
        if number < first:
            blocks = item.split("[[items.choices]]")
            item = "[[items.choices]]".join([blocks[0], blocks[2], blocks[1], blocks[3]])
        elif number % 2:
            blocks = item.split("[[items.choices]]")
            item = "[[items.choices]]".join([blocks[0], blocks[1], blocks[3], blocks[2]])
        text += item
    return [problem.wrong for problem in found(tmp_path, text)]


def test_the_longest_is_the_key_no_oftener_than_chance(tmp_path):
    assert bank(tmp_path, 12, first=4, longest=4) == []
    assert [wrong[:35] for wrong in bank(tmp_path, 12, first=4, longest=5)] == ["of keys are the longest choice, by "]
    assert bank(tmp_path, 7, first=3, longest=7) == []  # too few to say


def test_the_key_stands_first_and_last_no_oftener_than_chance(tmp_path):
    assert bank(tmp_path, 12, first=5, longest=4) == []  # one more than expected is rounding
    assert any("stand first" in wrong for wrong in bank(tmp_path, 12, first=9, longest=4))
    assert bank(tmp_path, 12, first=0, longest=4) != []
    assert not any("stand" in wrong for wrong in bank(tmp_path, 7, first=7, longest=0))


def test_reading_level_is_about_right():
    plain = "The two men met in Alaska. They talked for three hours. They signed nothing."
    hard = "Notwithstanding constitutional considerations, ratification necessitates authorisation."
    assert lint.grade_level(plain) < 6 < 14 < lint.grade_level(hard)
    assert lint.grade_level("") == 0


def test_every_item_of_a_return_quiz_is_looked_at_once(tmp_path):
    text = good().replace("[quizzes.main]", '[quizzes.back]\ntitle = "Again"\nreturns_to = "main"\n[quizzes.main]')
    assert len(found(tmp_path, text.replace("Declare war at once", "All of the above", 1))) == 2


def test_the_rules_are_all_tried():
    assert len(lint.ITEM_RULES) == len(set(lint.ITEM_RULES)) == 11


def test_the_courses_own_questions_have_nothing_to_mend():
    assert [str(problem) for problem in lint.lint()] == []


def test_guessing_gains_nothing_over_the_whole_course():
    """Always the longest, the first or the last option: within five points of chance over every marked single item."""
    items = [
        item
        for name in questions.lessons()
        for quiz in questions.load_lesson(name).quizzes.values()
        if not quiz.returns_to
        for item in quiz.items
        if item.type == "single" and not item.opinion
    ]
    assert len(items) >= 60
    chance = sum(1 / len(item.body["choices"]) for item in items) / len(items)
    for pick in (
        lambda choices: max(choices, key=lambda choice: len(choice["text"])),
        lambda choices: choices[0],
        lambda choices: choices[-1],
    ):
        share = sum(pick(item.body["choices"])["id"] == item.key["right"] for item in items) / len(items)
        assert share <= chance + 0.05
