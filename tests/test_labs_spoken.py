"""The labs in another language: names of the tables in it, longer text marked as English, its way with numbers."""

from __future__ import annotations

import importlib.util
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import docx
import pytest

from lesson_lib import lab, language
from lesson_lib.know import catalogue, foreign
from lesson_lib.know.catalogue import NP_, _, pgettext
from lesson_lib.know.data import columns
from lesson_lib.show import chart
from lesson_lib.show.brief_files import docx as to_docx
from lesson_lib.show.lab import Lab, Saved
from lesson_lib.think.brief import brief
from lesson_lib.think.brief_export import document, html, markdown
from lesson_lib.think.evidence import evidence, topics
from lesson_lib.think.numerals import percent
from lesson_lib.think.provisions import record

ROOT = Path(__file__).resolve().parents[1]
LABS = ["brief", "credibility", "force", "negotiation"]
every_lab = pytest.mark.parametrize("name", LABS)

# What is written with Latin letters in Ukrainian too: organisations, news agencies, formats, and ids.
NAMES = "Reuters|Bloomberg Economics|IISS|CSIS|MFO|UNDOF|UNFICYP|MONUSCO|ISAF|DOCX|HTML|Markdown|Ana"
LATIN = re.compile(rf"\b({NAMES})\b|[a-z0-9]+-[a-z0-9-]+")
MARKS = re.compile(f"[{foreign.FIRST}{foreign.LAST}]")


@pytest.fixture(autouse=True)
def english(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("LESSON_UNTRANSLATED", "mark")
    monkeypatch.setenv("LESSON_ANSWERS", str(tmp_path / "my-answers"))
    monkeypatch.chdir(tmp_path)
    yield
    language("en")


def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("catalogue_tool", ROOT / "tools" / "catalogue.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


WRITTEN = {
    "question": "right-size",
    "side": "for",
    "claim": "Так.",
    "reason_1": "Бо так є.",
    "evidence_1_a": ["arguments:right-size-for-matter", "claims:s04-fifty-thousand"],
    "evidence_1_b": ["positions:russia-european-troops", "arrangements:us-rok-1953"],
    "counter": "Інші кажуть інше.",
    "evidence_counter_a": ["arguments:right-size-against-mission"],
    "confidence": "75",
    "name": "Ana",
}


def settings(one: Lab) -> Iterator[dict[str, Any]]:
    """What a student may press or set, enough to make a lab say most of what it can."""
    for preset in one.kind.presets:
        yield {"do": "preset", "preset": preset.id}
    if one.kind.name == "force":
        moves = {
            "task": ["rear", "order"],
            "doubt": ["exact", "tenth"],
            "whose": ["two", "unknown"],
            "beside": ["line"],
        }
        yield from ({"do": "set", "values": {key: value}} for key, values in moves.items() for value in values)
    if one.kind.name == "negotiation":
        yield {"do": "set", "values": {"us": "us-soldiers", "duty": "duty-article-5", "decision": "decision-all-agree"}}
    if one.kind.name == "brief":
        assert {one for name in WRITTEN if "evidence" in name for one in WRITTEN[name]} <= set(evidence())
        yield {"do": "set", "values": WRITTEN}
    yield {"do": "set", "values": {control.id: {"?": 1} for control in one.kind.controls}}


SILENT = ("id", "values", "url", "kind", "tone", "block", "n", "list", "file")


def words(value: Any, key: str = "") -> Iterator[str]:
    """Every text in what the page is sent; of a mark of a picture, its words."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, each in value.items():
            if name not in SILENT:
                yield from words(each, name)
    elif isinstance(value, list):
        if key == "marks":
            value = [mark[4] for mark in value if mark[0] == "text"]
        for each in value:
            yield from words(each)


def heard(name: str) -> list[str]:
    one = lab(name)
    said = [*words({key: value for key, value in one._body().items() if key != "name"})]
    for message in settings(one):
        state = one._reply(message)
        assert state
        said += words({key: value for key, value in state.items() if key != "sources"})
    return said


# ---- names ---------------------------------------------------------------------------------------


@every_lab
def test_what_is_not_marked_as_english_is_ukrainian(name: str) -> None:
    language("uk")
    said = heard(name)
    assert len(said) > 300
    assert [text for text in said if "⟦" in text] == []
    ours = [piece for text in said for piece, theirs in foreign.parts(text) if not theirs]
    assert [piece for piece in ours if re.search(r"[A-Za-z]{3,}", LATIN.sub("", piece))] == []


def test_a_name_is_the_same_in_the_choices_the_answer_and_the_preset() -> None:
    held = record()
    language("uk")
    one = lab("negotiation")
    body = one._body()
    listed = {option["id"]: option["text"] for options in body["lists"] for option in options}
    assert listed["us-soldiers"] == "Американські військові в Україні"
    assert [preset["label"] for preset in body["presets"]][:2] == ["Чистий аркуш", "Сили коаліції"]
    state = one._reply({"do": "set", "values": {"us": "us-soldiers", "duty": "duty-article-5"}})
    assert state
    said = " ".join(words(state["blocks"]))
    for option in ("us-soldiers", "duty-article-5"):
        assert listed[option] in said
        assert held.options[option].label not in said
    rows = next(block["rows"] for block in state["blocks"] if block["block"] == "grid")
    assert [row["name"] for row in rows][:3] == ["Сполучені Штати", "Україна", "Росія"]
    assert all(foreign.bare(name) == name for name in listed.values()), "every name is in the catalogue"


def test_what_is_kept_and_saved_is_the_same_in_both_languages() -> None:
    kept = []
    for code in ("en", "uk"):
        language(code)
        one = lab("negotiation")
        one._reply({"do": "preset", "preset": "russian-june"})
        state = one._reply({"do": "keep", "values": {"group": "A", "us": "us-soldiers"}})
        assert state
        action = next(each for each in one.kind.actions if each.id == "save")
        assert action.do
        made = action.do(one.values)
        assert isinstance(made, Saved)
        kept.append((state["values"], made.content))
    assert kept[0] == kept[1]
    assert b'"us": "us-soldiers"' in kept[0][1]


def test_a_name_that_a_teacher_adds_is_shown_and_marked() -> None:
    language("uk")
    assert foreign.parts(foreign.name("Observers on bicycles")) == [("Observers on bicycles", True)]
    assert foreign.name("Small rotations") == "Невеликі ротаційні контингенти"
    assert foreign.name("%") == "%"
    language("en")
    assert foreign.name("Observers on bicycles") == "Observers on bicycles"


def test_names_of_the_small_tables_are_collected_and_few() -> None:
    collect = tool()
    texts = {name for table in collect.NAMES for name in collect.names(table)}
    assert {"Small rotations", "Coalition force", "Russia", "South Korea 1953", "Who pays?"} - texts == {"Who pays?"}
    assert len(texts) < 250
    catalogued = {message.id for message in collect.collected() if isinstance(message.id, str)}
    assert texts <= catalogued


# ---- longer text ---------------------------------------------------------------------------------


@every_lab
def test_text_that_stays_english_says_so_and_no_mark_is_seen(name: str) -> None:
    language("uk")
    one = lab(name)
    for message in [*settings(one)][:-1]:
        one._reply(message)
    one.start = dict(one.values)
    bundle = one._repr_mimebundle_()
    text, page = bundle["text/plain"], bundle["text/html"]
    assert not MARKS.search(text + page)
    assert page.count("<span") == page.count("</span>")
    assert not re.search(r'="[^"<>]*<span', page), "no mark stood in an attribute"
    if name in ("brief", "force", "negotiation"):
        said = re.findall(r'<span lang="en">([^<]+)</span>', page)
        assert any(len(each) > 60 for each in said)
    for each in heard(name):
        assert re.fullmatch(
            f"([^{foreign.FIRST}{foreign.LAST}]|{foreign.FIRST}[^{foreign.FIRST}{foreign.LAST}]+{foreign.LAST})*", each
        )


@every_lab
def test_english_has_no_marks(name: str) -> None:
    assert not any(MARKS.search(each) for each in heard(name))


def test_a_brief_in_each_form_says_what_is_english() -> None:
    language("uk")
    made = document(brief(WRITTEN))
    page, plain = html(made), markdown(made)
    assert made.title == "Чи близько 50\u00a0000 — належна чисельність сил?"
    assert '<b>Аргумент «за»:</b> <span lang="en">It is large enough to matter.</span>' in page
    assert "In the story" not in page
    assert not MARKS.search(page + plain + "".join(made.texts))
    runs = [run for paragraph in docx.Document(io.BytesIO(to_docx(made))).paragraphs for run in paragraph.runs]
    assert not MARKS.search("".join(run.text for run in runs))
    foreign_runs = [run.text for run in runs if run._r.xpath('./w:rPr/w:lang[@w:val="en"]')]
    assert "It is large enough to matter." in foreign_runs
    assert not any(re.search("[а-яі]", text) for text in foreign_runs if "“" not in text)


def test_evidence_follows_the_language() -> None:
    before = evidence()["claims:s04-fifty-thousand"]
    language("uk")
    other = evidence()["claims:s04-fifty-thousand"]
    assert foreign.bare(other.option) == f"Твердження S4 · {before.label} (неточно)"
    language("en")
    assert evidence()["claims:s04-fifty-thousand"] == before
    assert foreign.bare(other.label) == before.label
    assert list(topics()) == list(dict.fromkeys(one.question for one in evidence().values() if one.question))


# ---- one English word, two meanings --------------------------------------------------------------


def test_a_claim_of_the_story_is_not_the_claim_of_a_brief() -> None:
    language("uk")
    assert _(columns("claims")["label"].title) == "Твердження"
    labels = {one["id"]: one["label"] for one in lab("brief")._body()["controls"]}
    assert labels["claim"] == "Теза"
    heads = [block["head"] for block in lab("force")._state()["blocks"] if block["block"] == "grid"]
    assert ["Припущення", "Найменше", "Ваше", "Найбільше", "Звідки"] in heads
    assert _("From") == "Від"
    language("en")
    assert {one["id"]: one["label"] for one in lab("brief")._body()["controls"]}["claim"] == "Claim"


def test_a_context_is_collected_compiled_and_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    collect = tool()
    source = "_('May')\nNP_('month', 'May')\npgettext('month', 'May')\n"
    found = list(collect.in_python(source))
    assert found == ["May", ("month", "May"), ("month", "May")]
    assert [isinstance(each, collect.InContext) for each in found] == [False, True, True]
    file = tmp_path / "uk" / "LC_MESSAGES" / "lesson_lib.mo"
    file.parent.mkdir(parents=True)
    made = collect.Catalog(locale="uk")
    made.add("May", "може")
    made.add("May", "травень", context="month")
    file.write_bytes(collect.as_mo(made))
    monkeypatch.setattr(catalogue, "FOLDER", tmp_path)
    catalogue._catalogue.cache_clear()
    language("uk")
    try:
        assert (_("May"), pgettext("month", "May"), _(NP_("month", "May"))) == ("може", "травень", "травень")
        assert (pgettext("month", "June"), foreign.name(NP_("month", "May"))) == ("⟦June⟧", "травень")
        language("en")
        assert (pgettext("month", "May"), _(NP_("month", "May"))) == ("May", "May")
    finally:
        catalogue._catalogue.cache_clear()


# ---- numbers -------------------------------------------------------------------------------------


@every_lab
def test_numbers_are_written_in_one_way(name: str) -> None:
    language("uk")
    one = lab(name)
    ours = [piece for text in heard(name) for piece, theirs in foreign.parts(text) if not theirs]
    ours += [control.text(one.start[control.id]) for control in one.kind.controls]
    assert any(re.search(r"\d\u00a0%", text) for text in ours) or name == "negotiation"
    assert [text for text in ours if re.search(r"\d ?%", text)] == [], "a no-break space before per cent"
    assert [text for text in ours if re.search(r"\d\.\d", text)] == [], "a decimal comma"
    assert [text for text in ours if re.search(r"(?<!\d)[1-9]\d{0,2}[, ]\d{3}(?!\d)", text)] == [], (
        "thousands set apart by a no-break space"
    )


def test_per_cent_and_plain_text_keep_the_space_that_does_not_break() -> None:
    assert percent("7.5") == "7.5%"
    language("uk")
    assert percent("7.5") == "7,5\u00a0%"
    text = lab("credibility")._repr_mimebundle_()["text/plain"]
    assert "Віра 10\u00a0% нижча за поріг 46\u00a0%." in text
    assert not re.search(r"\d %", text)


def test_a_range_says_its_unit_once() -> None:
    language("uk")
    figures = lab("force")._state()["blocks"][0]["items"]
    assert [one["range"] for one in figures][-2:] == ["між 5,9 і 9,4\u00a0%", "між 2,7 і 10,4 млрд дол."]
    language("en")
    figures = lab("force")._state()["blocks"][0]["items"]
    assert [one["range"] for one in figures][-2:] == [
        "between 5.9 and 9.4 per cent",
        "between 2.7 and 10.4 billion dollars",
    ]


def test_axes_are_written_in_the_language() -> None:
    assert "locale" not in chart.specification("timeline").get("config", {})
    language("uk")
    locale = chart.specification("timeline")["config"]["locale"]
    assert (locale["number"]["decimal"], locale["number"]["thousands"]) == (",", "\u00a0")
    assert len(locale["time"]["shortMonths"]) == 12
    assert json.dumps(locale, ensure_ascii=False).count("серп.") == 2
