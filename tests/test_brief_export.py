"""A brief in three forms and as a file: the same text in all, whatever it holds, and nobody's file overwritten."""

from __future__ import annotations

import html.parser
import io
import json
import random
import re
import time
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

import docx as library
import pytest

from lesson_lib.know.sources import source
from lesson_lib.show import brief_files as shown
from lesson_lib.show.lab import Saved
from lesson_lib.think import brief_files
from lesson_lib.think.brief import Brief, Part, brief
from lesson_lib.think.brief_export import NOT_YET, Document, document, markdown
from lesson_lib.think.brief_export import html as as_html
from lesson_lib.think.evidence import evidence, of

ROWS = ("arguments:right-size-for-matter", "claims:s04-monitor-dmz", "timeline:t-2025-12-15-berlin")
ONE = Brief(
    question="right-size",
    side="against",
    claim="Such a force is a number without a task.",
    reasons=(Part("First line.\nSecond line, according to some.", ROWS[:2]), Part(), Part("Third reason.", ROWS[2:])),
    counter=Part("It is large enough. So it seems.", ROWS[:1]),
    reply="Large is not enough.",
    confidence=65,
    change="A published plan.",
    audience="Parliament",
    recommendation="Ask for the task first.",
    title="Task before number",
    name="Ana Б.",
)
SETTINGS: dict[str, Any] = {
    "question": "right-size", "side": "for", "claim": "So it is, in short and in full.", "name": "Ana B.",
    "reason_1": "Because of it.", "evidence_1_a": [ROWS[0]],
}  # fmt: skip
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</title></style><svg onload=alert(1)>",
    "[click](javascript:alert(1)) ![x](http://evil.example/p.png) <http://evil.example>",
    "javascript:alert(1) www.evil.example https://evil.example mailto:a@b.c",
    '=HYPERLINK("http://evil.example","x")',
    "@SUM(A1:A9)|cmd|' /C calc'!A0",
    "+1-1 ===== # h\n# heading\n1. one\n- item\n> quote\n```\ncode\n```\n    indented\n| a | b |\n---",
    "\x00\x01\x08\x0b\x1b[31m\x7f\x85\ud800\ufffe\ufeff\u202eevil",
    "&lt;b&gt; &amp; &#60;script&#62; ]]> <!-- --> <?php ?> <w:t> {{x}} $\\alpha$ \\(x\\) ${x}",
    "a" * 1_000_000,
    "<" * 1_000_000,
    "wörd ж 中文 👩‍🚀 " * 500,
]


TAGS = {"html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "p", "b", "ul", "ol", "li", "sup", "a"}


class Page(html.parser.HTMLParser):
    """What a reader reads of an HTML file, paragraph by paragraph, and which elements and addresses it has."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self.tags: list[str] = []
        self.links: list[str] = []
        self.attributes: set[str] = set()
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [str(value) for name, value in attrs if name in ("href", "src")]
        if tag in ("h1", "h2", "p", "li"):
            self.texts.append("")
            self.inside = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("h1", "h2", "p", "li"):
            self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.texts[-1] += data


def read_html(text: str) -> Page:
    page = Page()
    page.feed(text)
    return page


def read_markdown(text: str) -> list[str]:
    texts = []
    for paragraph in text.rstrip("\n").split("\n\n"):
        bare = re.sub(r"^(# |## |- |\d+\. )", "", paragraph)
        bare = re.sub(r"^\*\*((?:[^*\\]|\\.)*)\*\* ", r"\1 ", bare)
        bare = re.sub(r" <(https?:[^<>]+)>$", r" \1", bare)
        bare = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", bare)
        texts.append(bare.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
    return texts


def read_docx(content: bytes) -> list[str]:
    return [paragraph.text for paragraph in library.Document(io.BytesIO(content)).paragraphs]


def forms(made: Document) -> dict[str, list[str]]:
    return {
        "markdown": read_markdown(markdown(made)),
        "html": read_html(as_html(made)).texts,
        "docx": read_docx(shown.docx(made)),
    }


# ---- the text ----------------------------------------------------------------------------------------------------


def test_the_document_holds_everything_in_order() -> None:
    texts = document(ONE).texts
    expected = [
        "Task before number", "Written by: Ana Б.", "As of: 19 August 2025",
        "Question: Is a force of about 50,000 the right size?", "The answer of this brief: no (against)",
        "Claim", ONE.claim, "Recommendation", "To: Parliament", ONE.recommendation, "Reason 1", "First line.",
        "Second line, according to some.", "Reason 3", "Third reason.", "The strongest counter-argument",
        ONE.counter.words, "Reply", ONE.reply, "How sure I am", "65 per cent (low).", "What would change my mind",
        ONE.change, "Sources",
    ]  # fmt: skip
    places = [texts.index(one) for one in expected]
    assert places == sorted(places)


def test_every_row_has_numbers_that_lead_to_its_sources_in_full() -> None:
    made = document(ONE)
    listed = [block for block in made.blocks if block.kind == "source"]
    rows = [block for block in made.blocks if block.kind == "evidence"]
    used = [name for _, part in ONE.parts for name in part.evidence]
    assert len(rows) == len(used)
    for block, name in zip(rows, used, strict=True):
        assert block.notes
        cited = {listed[number - 1].words.rstrip(".") for number in block.notes}
        assert cited == {source(one).citation().rstrip(".") for one in of(name).source_ids}
    assert sorted({number for block in rows for number in block.notes}) == list(range(1, len(listed) + 1))
    assert "Status in the course: contested." in rows[1].words
    assert "after the as-of date" in rows[2].words


def test_an_empty_brief_can_be_written_and_says_what_is_missing() -> None:
    made = document(Brief())
    assert made.texts.count(NOT_YET) >= 5
    for texts in forms(made).values():
        assert texts == made.texts


def test_the_three_forms_hold_the_same_text() -> None:
    made = document(ONE)
    for name, texts in forms(made).items():
        assert texts == made.texts, name


def test_any_rows_and_words_give_the_same_text_in_all_forms() -> None:
    chance = random.Random(5)
    names = list(evidence())
    signs = "ab Z.,*_#[]()<>&\\`|~!$^{}-+=:;'\"0123456789)\n жé中“…"
    for _ in range(25):

        def text() -> str:
            return "".join(chance.choice(signs) for _ in range(chance.randrange(60)))

        settings = {"question": chance.choice(["right-size", "own", ""]), "own": text(), "claim": text(),
                    "name": text(), "reason_1": text(), "evidence_1_a": chance.sample(names, 4),
                    "counter": text(), "reply": text(), "evidence_counter_b": chance.sample(names, 2),
                    "title": text(), "confidence": "70"}  # fmt: skip
        made = document(brief(settings))
        for name, texts in forms(made).items():
            assert texts == made.texts, name


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:12]))
def test_hostile_text_is_text_in_every_form(text: str) -> None:
    fields = ("own", "claim", "counter", "reply", "change", "audience", "recommendation", "title", "name", "reason_1")
    start = time.perf_counter()
    made = document(brief(dict.fromkeys(fields, text) | {"question": "own", "evidence_1_a": [ROWS[0]]}))
    page = read_html(as_html(made))
    plain = markdown(made)
    content = shown.docx(made)
    assert time.perf_counter() - start < 6
    assert page.texts == made.texts
    assert read_docx(content) == made.texts
    assert set(page.tags) <= TAGS
    assert not {name for name in page.attributes if name.startswith("on")}
    real = {source(one).url for one in of(ROWS[0]).source_ids}
    assert {link for link in page.links if not link.startswith("#source-")} <= real
    # In Markdown no bracket, angle or fence of the student's is bare.
    for line in plain.splitlines():
        bare = re.sub(r"\\.| <https?://[^<>]+>$", "", line)
        assert "<" not in bare
        assert "`" not in bare
        assert "](" not in bare
        assert not re.search(r"https?:|javascript:|www\.", bare)
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert not [name for name in parts.namelist() if "vba" in name.lower() or "embed" in name.lower()]
        links = parts.read("word/_rels/document.xml.rels").decode()
        assert "evil.example" not in links
        assert b"fldChar" not in parts.read("word/document.xml")
        assert b"instrText" not in parts.read("word/document.xml")


# ---- the forms ---------------------------------------------------------------------------------------------------


def test_the_html_is_one_accessible_file() -> None:
    text = as_html(document(ONE))
    page = read_html(text)
    assert text.startswith("<!DOCTYPE html>")
    assert '<html lang="en-GB">' in text
    assert "<title>Task before number</title>" in text
    assert page.tags.count("h1") == page.tags.count("main") == 1
    assert "@media print" in text
    assert "prefers-color-scheme:dark" in text
    assert "default-src 'none'" in text or "default-src &#x27;none&#x27;" in text
    targets = set(re.findall(r'id="(source-\d+)"', text))
    assert {link[1:] for link in page.links if link.startswith("#")} == targets
    assert not re.search(r"<(script|link|img|iframe)\b|url\(|@import", text)


def test_the_word_file_has_real_headings_lists_language_and_title() -> None:
    made = document(ONE)
    word = library.Document(io.BytesIO(shown.docx(made)))
    styles = [paragraph.style.name for paragraph in word.paragraphs if paragraph.style]
    assert styles[0] == "Title"
    assert styles.count("Heading 1") == sum(block.kind == "heading" for block in made.blocks)
    assert styles.count("List Number") == sum(block.kind == "source" for block in made.blocks)
    about = word.core_properties
    assert (about.title, about.author, about.language) == ("Task before number", "Ana Б.", "en-GB")
    assert about.created.year >= 2025
    assert "python-docx" not in f"{about.comments}{about.author}{about.last_modified_by}"
    with zipfile.ZipFile(io.BytesIO(shown.docx(made))) as parts:
        styled, body = parts.read("word/styles.xml").decode(), parts.read("word/document.xml").decode()
    assert 'w:val="en-GB"' in styled
    anchors = set(re.findall(r'w:anchor="(source-\d+)"', body))
    assert anchors == set(re.findall(r'w:bookmarkStart[^>]*w:name="(source-\d+)"', body))
    links = [link.address for paragraph in word.paragraphs for link in paragraph.hyperlinks if link.address]
    assert links == [block.url for block in made.blocks if block.url]


def test_only_addresses_of_the_web_become_links() -> None:
    from lesson_lib.think.brief_export import address

    good = source("north-atlantic-treaty-1949")
    assert address(good) == good.url
    for url in ("javascript:alert(1)", 'http://a"onclick=b', "file:///etc/passwd", "http://a b", None, "//x"):
        assert address(replace(good, url=url)) == ""


# ---- files -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["", "///", "..", "con", "a" * 500, "../../etc/passwd", "\0", "Ана Б.", "x\ny", "😀"])
def test_a_name_makes_a_harmless_file_name(name: str, tmp_path: Path) -> None:
    made = brief_files.stem(name, "right-size")
    assert made.startswith("brief")
    assert not set(made) & set('/\\:*?"<>|\n\0. ')
    assert len(made.encode()) < 200
    assert (tmp_path / f"{made}.md").resolve().parent == tmp_path.resolve()
    assert brief_files.stem("Ana", "../../x") == "brief-ana-x"


def test_settings_are_written_and_read_again() -> None:
    found = brief_files.read(brief_files.written(SETTINGS), "a.json")
    assert found == brief_files.Reading(SETTINGS)
    assert brief_files.written(SETTINGS) == brief_files.written(dict(SETTINGS))


@pytest.mark.parametrize("end", ["md", "html", "docx"])
def test_an_export_writes_the_form_and_the_settings(end: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    make = {"md": shown.to_markdown, "html": shown.to_html, "docx": shown.to_docx}[end]
    for _ in range(2):
        made = make(SETTINGS)
        assert isinstance(made, Saved)
        assert made.says.startswith(f"Saved as my-brief/brief-ana-b-right-size.{end}.")
        assert made.mime == shown.MIME[end]
    names = sorted(path.name for path in (tmp_path / "my-brief").iterdir())
    assert names == sorted([f"brief-ana-b-right-size.{end}", "brief-ana-b-right-size.json"])
    assert (tmp_path / "my-brief" / made.name).read_bytes() == made.content


def test_another_students_file_is_never_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    first = shown.to_html(SETTINGS)
    second = shown.to_html(SETTINGS | {"name": "ANA-B", "claim": "Another one altogether."})
    again = shown.to_html(SETTINGS | {"claim": "The first one, mended."})
    assert isinstance(first, Saved)
    assert isinstance(second, Saved)
    assert isinstance(again, Saved)
    assert (first.name, second.name) == ("brief-ana-b-right-size.html", "brief-ana-b-right-size-2.html")
    assert again.name == first.name
    assert "Another one altogether." in (tmp_path / "my-brief" / second.name).read_text(encoding="utf-8")
    assert "The first one, mended." in (tmp_path / "my-brief" / first.name).read_text(encoding="utf-8")


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b'{"name": "Somebody else"}', b"[" * 9_000])
def test_a_file_that_nobody_signed_is_left_alone(
    content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "my-brief"
    folder.mkdir()
    (folder / "brief-ana-b-right-size.json").write_bytes(content)
    (folder / "brief-ana-b-right-size-2.MD").write_text("by hand", encoding="utf-8")
    made = shown.save(SETTINGS)
    assert isinstance(made, Saved)
    assert made.name == "brief-ana-b-right-size-3.json"
    assert (folder / "brief-ana-b-right-size.json").read_bytes() == content
    assert (folder / "brief-ana-b-right-size-2.MD").read_text(encoding="utf-8") == "by hand"


def test_where_nothing_can_be_written_a_sentence_says_so_and_the_page_offers_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my-brief").write_text("a file where the folder should be", encoding="utf-8")
    made = shown.to_docx(SETTINGS)
    assert isinstance(made, Saved)
    assert "could not be written in my-brief" in made.says
    assert made.says.count(".") <= 2
    assert read_docx(made.content)


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), OSError(30, "Read-only file system")])
def test_a_full_or_read_only_disk_leaves_the_earlier_file_whole(
    error: OSError, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shown.to_markdown(SETTINGS)
    before = {path.name: path.read_bytes() for path in (tmp_path / "my-brief").iterdir()}
    with mock.patch.object(Path, "replace", side_effect=error):
        made = shown.to_markdown(SETTINGS | {"claim": "Quite another claim."})
    assert isinstance(made, Saved)
    assert str(error.strerror) in made.says
    assert {path.name: path.read_bytes() for path in (tmp_path / "my-brief").iterdir()} == before


def test_nothing_is_written_without_a_name_or_a_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "write your name first" in str(shown.to_html(SETTINGS | {"name": " "}))
    assert "no claim and no reason" in str(shown.save({"name": "Ana"}))
    assert list(tmp_path.iterdir()) == []


def test_without_the_library_a_sentence_names_another_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(__import__("sys").modules, "docx", None)
    assert "Export as HTML instead" in str(shown.to_docx(SETTINGS))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "damaged"), (b"\xff\xfe\x00", "not text (UTF-8)"), (b"[]", "holds no brief"), (b"3", "holds no brief"),
        (b"null", "holds no brief"), (b"[" * 90_000, "damaged"), (b" " * (brief_files.MOST_BYTES + 1), "too large"),
        (b'{"a":' * 20_000, "damaged"), (b'"a":"' * 30_000, "damaged"), (b'"a":["b",' * 15_000, "damaged"),
        (b'{"claim": ' + b"9" * 9_000 + b"}", "damaged"),
    ],
    ids=lambda one: repr(one[:10]),
)  # fmt: skip
def test_what_is_no_brief_is_said(content: bytes, words: str) -> None:
    start = time.perf_counter()
    found = brief_files.read(content, "a.json")
    assert time.perf_counter() - start < 1
    assert len(found.problems) == 1
    assert words in found.problems[0]


def test_no_cut_and_no_noise_makes_it_fall_over() -> None:
    whole = brief_files.written(SETTINGS)
    for end in range(len(whole)):
        found = brief_files.read(whole[:end], "a.json")
        assert found.problems or found.settings == SETTINGS
        assert set(found.settings) <= set(SETTINGS)
        assert all(SETTINGS[key] == value for key, value in found.settings.items())
    chance = random.Random(1)
    for _ in range(400):
        noisy = bytearray(whole)
        for _ in range(chance.randint(1, 6)):
            noisy[chance.randrange(len(noisy))] = chance.randrange(256)
        found = brief_files.read(bytes(noisy), "a.json")
        document(brief(found.settings))
        json.dumps(dict(found.settings))
