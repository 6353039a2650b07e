"""The house rules for notebooks, and for every text of the course; no kernel is needed.

That the stored results are true is shown by strict nbval and `refresh --check`; here, that there is something
stored to compare, and that a lesson has what every lesson has.
"""

from __future__ import annotations

import ast
import csv
import hashlib
import itertools
import json
import os
import platform
import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import nbformat
import pytest

import lesson_lib
from lesson_lib import language
from lesson_lib.know.data import rows
from lesson_lib.think.questions import Lesson, load_lesson

ROOT = Path(__file__).resolve().parents[1]
PATHS = sorted((ROOT / "notebooks").glob("*.ipynb"))
README = (ROOT / "README.md").read_text(encoding="utf-8")
LESSONS = [path for path in PATHS if path.name[:2] != "00"]
TRANSLATED = sorted((ROOT / "notebooks").glob("[!.]*/*.ipynb"))  # in a folder named after their language
Cell = dict[str, Any]

# Every lesson has these, in this order; 00, which shows how the course works, only some.
ALWAYS = ["title", "objectives", "setup"]
LESSON = [
    *ALWAYS,
    "warm-up",
    "s1",
    "s2",
    "s3",
    "both-sides",
    "exit",
    "return",
    "discussion",
    "going-further",
    "sources",
]

# What a cell's tag may be: any other one hides something, or takes a cell out of the comparison.
TAGS = {
    "panel",  # sliders and tabs: only their text and HTML summary is stored
    "raises-exception",  # the error is what the cell shows
}

# The bytes may grow, but a notebook has to open on a slow line, and be shown on the web.
MAX_BYTES = 250_000
MAX_CODE_CELLS = 30
MAX_LINES = 5
WORDS = {"00": (0, 800)}
LESSON_WORDS = (1200, 1800)

every = pytest.mark.parametrize(
    "path", [*PATHS, *TRANSLATED], ids=lambda path: path.relative_to(ROOT / "notebooks").with_suffix("").as_posix()
)
every_translated = pytest.mark.parametrize("path", TRANSLATED, ids=lambda path: f"{path.parent.name}/{path.stem}")
every_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)


# ---- reading -------------------------------------------------------------------------------------


def notebook(path: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return read


def text(value: str | list[str]) -> str:
    return value if isinstance(value, str) else "".join(value)


def cells(path: Path, kind: str = "") -> list[Cell]:
    return [cell for cell in notebook(path)["cells"] if kind in ("", cell["cell_type"])]


def by_id(path: Path) -> dict[str, str]:
    return {cell["id"]: text(cell["source"]) for cell in cells(path)}


def code(path: Path) -> list[tuple[str, str, ast.Module]]:
    """Id, source and syntax of every code cell."""
    found = [(cell["id"], text(cell["source"])) for cell in cells(path, "code")]
    return [(name, source, ast.parse(source)) for name, source in found]


def prose(path: Path) -> str:
    return "\n\n".join(text(cell["source"]) for cell in cells(path, "markdown"))


def calls(path: Path) -> Iterator[tuple[str, str, ast.Call]]:
    """Cell, name of what is called, and the call."""
    for name, _, tree in code(path):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                yield name, node.func.id, node


def asked(path: Path) -> list[tuple[str, str]]:
    """Cell and quiz of every quiz shown."""
    return [(cell, first(call)) for cell, name, call in calls(path) if name == "quiz"]


def first(call: ast.Call) -> str:
    return str(call.args[0].value) if call.args and isinstance(call.args[0], ast.Constant) else ""


LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(\s*<?([^\s>]*?)>?(?:\s+[\"']([^\"']*)[\"'])?\s*\)")


def links(markdown: str) -> list[tuple[bool, str, str, str]]:
    """Whether it is an image, label, address and title of every link."""
    return [(bool(mark), label, url, title or "") for mark, label, url, title in LINK.findall(markdown)]


def shows_something(tree: ast.Module) -> bool:
    """Whether the last line is an expression, which a notebook displays, or something is printed before."""
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    ends = bool(tree.body) and isinstance(tree.body[-1], ast.Expr) and "language(" not in ast.unparse(tree.body[-1])
    return ends or bool(called & {"print", "display"})


def language_of(path: Path) -> str:
    return path.parent.name if path in TRANSLATED else "en"


def lesson(path: Path) -> Lesson:
    language(language_of(path))
    try:
        return load_lesson(path.name[:2])
    finally:
        language("en")


# ---- the file ------------------------------------------------------------------------------------


def test_there_are_notebooks() -> None:
    assert [path.name[:2] for path in PATHS][:2] == ["00", "01"]
    assert all(re.fullmatch(r"\d\d-[a-z0-9-]+\.ipynb", path.name) for path in PATHS)


@every
def test_it_is_a_valid_notebook(path: Path) -> None:
    content = notebook(path)
    nbformat.validate(content)
    assert (content["nbformat"], content["nbformat_minor"]) >= (4, 5)
    assert b"\r" not in path.read_bytes()


@every
def test_it_is_small(path: Path) -> None:
    assert path.stat().st_size <= MAX_BYTES


@every
def test_ids_are_names_and_unique(path: Path) -> None:
    ids = [cell["id"] for cell in cells(path)]
    assert [name for name, count in Counter(ids).items() if count > 1] == []
    # JupyterLab gives eight random digits and letters to a new cell: a name has to be given by hand.
    random = re.compile(r"(?=[a-z]*\d)[0-9a-f]{8}|[0-9a-f]{8}-[0-9a-f-]{27}")
    assert [n for n in ids if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", n) or random.fullmatch(n)] == []


@every
def test_nothing_is_hidden_and_no_cell_is_left_out_of_the_comparison(path: Path) -> None:
    for cell in cells(path):
        assert set(cell["metadata"]) <= {"tags"}, f"{cell['id']}: run.py refresh drops the rest of the metadata"
        assert set(cell["metadata"].get("tags", [])) <= TAGS, cell["id"]
        assert not re.search(r"^\s*#.*\bNBVAL_", text(cell["source"]), re.MULTILINE), cell["id"]
        assert not re.search(r"<!--", text(cell["source"])), f"{cell['id']}: a comment that no reader sees"


@every
def test_every_cell_was_run_and_what_it_shows_is_stored(path: Path) -> None:
    counts = [cell["execution_count"] for cell in cells(path, "code")]
    assert counts == list(range(1, len(counts) + 1)), "run: python3 run.py refresh"
    empty = [
        cell["id"]
        for cell in cells(path, "code")
        if not cell["outputs"] and shows_something(ast.parse(text(cell["source"])))
    ]
    assert empty == [], "without a stored result strict nbval compares nothing"


@every
def test_stored_results_are_texts_that_anyone_can_read(path: Path) -> None:
    assert "widgets" not in notebook(path)["metadata"]
    for cell in cells(path, "code"):
        for output in cell["outputs"]:
            assert output["output_type"] != "error" or "raises-exception" in cell["metadata"].get("tags", []), cell[
                "id"
            ]
            assert output.get("name") != "stderr", cell["id"]
            if "data" in output:
                assert "application/vnd.jupyter.widget-view+json" not in output["data"], cell["id"]
                assert text(output["data"]["text/plain"]).strip(), f"{cell['id']}: nothing as plain text"


# A folder's name after what cannot be part of a web address; C:\; addresses in memory and in this computer.
PRIVATE = re.compile(
    r"(?<![\w.:/-])/(?:home|Users|tmp|root|work|workspace|mnt|var|opt|usr|private)/\w|\b[A-Z]:\\{1,2}\w"
    r"|file://|localhost|127\.0\.0\.1|\b0x[0-9a-f]{6,}|site-packages"
)


@every
def test_it_says_nothing_about_the_computer_it_ran_on(path: Path) -> None:
    content = said(path)
    assert [found.group() for found in PRIVATE.finditer(content)] == []
    host = platform.node()
    # A computer called "main" or "laptop" is not found out by that word.
    assert len(host) < 8 or not re.search(rf"\b{re.escape(host)}\b", content)


# ---- the code ------------------------------------------------------------------------------------


@every
def test_code_is_short_and_plain(path: Path) -> None:
    found = cells(path, "code")
    assert len(found) <= MAX_CODE_CELLS
    for cell in found:
        source = text(cell["source"])
        assert len(source.splitlines()) <= MAX_LINES, cell["id"]
        assert not re.search(r"^\s*[!%?]|\?\s*$", source, re.MULTILINE), f"{cell['id']}: a command to IPython"
        assert "sys.path" not in source, cell["id"]
        assert "../" not in source, cell["id"]
        assert "data/" not in source, cell["id"]
        assert source.strip() == source, f"{cell['id']}: empty lines at an end"


@every
def test_the_first_code_cell_is_the_only_import_and_imports_what_the_lesson_uses(path: Path) -> None:
    name, _, tree = code(path)[0]
    assert name == "setup"
    line, *spoken = tree.body
    assert [ast.unparse(node) for node in spoken] == [f"language('{path.parent.name}')"] * (path in TRANSLATED)
    assert isinstance(line, ast.ImportFrom)
    assert line.module == "lesson_lib"
    imported = [alias.name for alias in line.names]
    assert not any(alias.asname for alias in line.names)
    assert imported == sorted(imported)
    assert set(imported) <= set(lesson_lib.__all__)
    others = [
        cell
        for cell, _, tree in code(path)[1:]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert others == []
    used = {node.id for _, _, tree in code(path) for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert set(imported) == used & set(lesson_lib.__all__), "imports the names that it uses, and no others"


@every
def test_quizzes_are_those_of_the_lessons_file_each_once(path: Path) -> None:
    shown = [quiz for _, quiz in asked(path)]
    assert [quiz for quiz, count in Counter(shown).items() if count > 1] == []
    assert set(shown) == {quiz.id for quiz in lesson(path).quizzes.values()}


@every
def test_progress_hand_in_and_sources_are_of_this_lesson(path: Path) -> None:
    for name in ("progress", "hand_in", "sources"):
        assert [first(call) for _, called, call in calls(path) if called == name] == [path.name[:2]], name


# ---- translations --------------------------------------------------------------------------------


@every_translated
def test_a_translation_has_the_cells_of_its_original_and_calls_the_same(path: Path) -> None:
    original = path.parents[1] / path.name
    ids = [cell["id"] for cell in cells(original)]
    assert [cell["id"] for cell in cells(path)] == ids

    def bare(source: str) -> str:
        """A call without the titles that a reader reads."""
        tree = ast.parse(source)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                node.keywords = [each for each in node.keywords if each.arg != "title"]
        return ast.unparse(tree)

    calls = {name: bare(source) for name, source, _ in code(original) if name != "setup"}
    assert {name: bare(source) for name, source, _ in code(path) if name != "setup"} == calls


@every_translated
def test_a_translation_is_in_its_language_and_says_where_it_is_not(path: Path) -> None:
    for cell in cells(path):
        own = re.sub(r"`[^`]*`|\]\([^)]*\)", "", text(cell["source"]))
        if cell["cell_type"] == "markdown":
            letters = [each for each in own if each.isalpha()]
            assert sum("\u0400" <= each <= "\u04ff" for each in letters) > 0.8 * len(letters), cell["id"]
        for output in cell.get("outputs", []):
            shown = {kind: text(given) for kind, given in output.get("data", {}).items()}
            assert "⟦" not in "".join(shown.values()), cell["id"]
            if "text/html" in shown:
                assert f'lang="{language_of(path)}"' in shown["text/html"], cell["id"]
                # Latin letters outside marked parts are code, a name, or a menu of JupyterLab: never a sentence.
                rest = re.sub(r"<style>.*?</style>|<(\w+)[^>]*\blang=\"?en\b[^>]*>.*?</\1>", "", shown["text/html"])
                bare = re.sub(r"<[^>]*>|\w+\(.*?\)", "\n", rest)
                assert re.findall(r"(?:[A-Za-z][\w'’-]*[ ,;.]+){4,}[A-Za-z]+", bare) == [], cell["id"]


# ---- the lesson ----------------------------------------------------------------------------------


@every
def test_it_begins_and_ends_as_every_notebook_does(path: Path) -> None:
    ids = [cell["id"] for cell in cells(path)]
    assert ids[:2] == ["title", "objectives"]
    assert "setup" in ids[2:4], "setup comes third, or after one cell that explains how to run it"
    assert "sources" in ids[-4:]
    assert {"progress", "hand-in"} <= set(ids[-4:])


@every_lesson
def test_a_lesson_has_its_parts_in_order(path: Path) -> None:
    ids = [cell["id"] for cell in cells(path)]
    assert [name for name in LESSON if name not in ids] == []
    assert sorted(LESSON, key=ids.index) == LESSON


@every_lesson
def test_each_section_has_something_to_look_at_and_a_check(path: Path) -> None:
    ids = [cell["id"] for cell in cells(path)]
    starts = [name for name in ids if re.fullmatch(r"s\d", name)]
    assert starts == [f"s{number}" for number in range(1, len(starts) + 1)]
    assert 3 <= len(starts) <= 5
    called: dict[str, list[str]] = {}
    for cell, name, _ in calls(path):
        called.setdefault(cell, []).append(name)
    for start, end in zip(starts, [*starts[1:], "both-sides"], strict=True):
        names = [name for cell in ids[ids.index(start) : ids.index(end)] for name in called.get(cell, [])]
        assert "quiz" in names, start
        assert set(names) - {"quiz"}, f"{start}: nothing to look at"


@every_lesson
def test_the_exit_quiz_has_five_to_eight_items_and_the_warm_up_returns(path: Path) -> None:
    number = path.name[:2]
    cell_of = {quiz: cell for cell, quiz in asked(path)}
    assert cell_of[f"{number}-warm-up"] == "warm-up"
    assert cell_of[f"{number}-exit"] == "exit"
    assert cell_of[f"{number}-return"] == "return"
    quizzes = lesson(path).quizzes
    assert 5 <= len(quizzes["exit"].items) <= 8
    assert quizzes["warm-up"].behaviour == "predict"
    assert quizzes["return"].returns_to == f"{number}-warm-up"


@every
def test_title_and_objectives_are_those_of_the_questions(path: Path) -> None:
    sources = by_id(path)
    assert sources["title"].splitlines()[0] == f"# {path.name[:2]}. {lesson(path).title}"
    assert re.search(r"^\*\*[^*]+\?\*\*$", sources["title"], re.MULTILINE), (
        "the driving question, bold, on its own line"
    )
    assert re.search(r"\b([Aa]bout \d+ minutes|[Бб]лизько \d+ хвилин)", sources["title"])

    def bare(line: str) -> str:
        return line.strip(" -;.").casefold()

    listed = [bare(line) for line in sources["objectives"].splitlines() if line.startswith("- ")]
    assert listed == [bare(line) for line in lesson(path).objectives.values()]
    assert 3 <= len(listed) <= 5


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_every_list_of_the_lessons_asks_what_the_lesson_asks(path: Path) -> None:
    title = by_id(path)["title"]
    asks, minutes = re.findall(r"^\*\*([^*]+\?)\*\*$|\b[Aa]bout (\d+) minutes", title, re.MULTILINE)[:2]
    row = f"| {asks[0]} |"
    of_readme = next(line for line in README.splitlines() if f"](notebooks/{path.name})" in line)
    assert row in of_readme
    assert of_readme.endswith(f"| {minutes[1]} |")
    assert any(row in line for line in prose(PATHS[0]).splitlines() if line.startswith(f"| {path.name[:2]} "))
    if (notes := ROOT / "instructors" / f"{path.stem}.md").is_file():
        assert f"**Driving question.** {asks[0]}" in notes.read_text(encoding="utf-8")


@every
def test_headings_go_down_one_step_at_a_time(path: Path) -> None:
    fences = re.sub(r"^```.*?^```", "", prose(path), flags=re.DOTALL | re.MULTILINE)
    levels = [len(marks) for marks in re.findall(r"^(#+) ", fences, re.MULTILINE)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b <= a + 1 for a, b in itertools.pairwise(levels)), levels
    assert not re.search(r"^#+ .*[.:]$", fences, re.MULTILINE)


def words(markdown: str) -> int:
    """What a reader reads: labels of links and not their addresses."""
    read = LINK.sub(lambda link: link[2], markdown)
    return len(re.findall(r"[^\W_]+(?:['’.,:/-][^\W_]+)*", read))


@every
def test_it_is_as_long_as_its_time_allows(path: Path) -> None:
    least, most = WORDS.get(path.name[:2], LESSON_WORDS)
    assert least <= words(prose(path)) <= most


def test_words_counts_labels_and_not_addresses() -> None:
    assert words('A well-made [link to it](https://a.org/b-c "un-1953"): 1,800 words, isn’t it?') == 9


# ---- what it cites -------------------------------------------------------------------------------


@every
def test_citations_name_a_source_at_its_address(path: Path) -> None:
    table = rows("sources")
    wrong = []
    for _, label, url, title in links(prose(path)):
        if title and title not in table:
            wrong.append(f"[{label}] names {title}, which is not in sources.csv")
        elif title and url != (table[title]["url"] or "#sources"):
            wrong.append(f"[{label}] leads to {url}, and {title} is at {table[title]['url'] or '#sources'}")
    assert wrong == []


@every
def test_the_lessons_cites_are_what_its_prose_cites(path: Path) -> None:
    cited = list(dict.fromkeys(title for _, _, _, title in links(prose(path)) if title))
    listed = lesson(path).cites
    assert [name for name, count in Counter(listed).items() if count > 1] == []
    assert set(listed) == set(cited)


@every
def test_links_lead_somewhere_and_images_are_described(path: Path) -> None:
    for image, label, url, _ in links(prose(path)):
        assert label.strip(), f"{url} has no text that says what it is"
        assert label.strip().casefold() not in ("here", "link", "image", "click here"), url
        if image or not re.match(r"[a-z]+:|#", url):
            assert not re.match(r"https?:", url), f"{url}: an image from elsewhere is missing without a network"
            assert url.startswith("attachment:") or (path.parent / unquote(url.split("#")[0])).exists(), url
    assert not re.search(r"<img\b(?![^>]*\balt=.[^\"'])", prose(path)), "an image without alt text"


def test_every_numbered_fact_of_the_story_has_a_claim() -> None:
    have = {str(row["s_number"]) for row in rows("claims").values()}
    assert have == {f"S{number}" for number in range(1, 21)}


# ---- the story's prose is not in the course ------------------------------------------------------
# A quotation has at most twelve words, so no thirteen words in a row may be the story's. The story itself is
# not here: story_shingles.txt holds, for each thirteen words of it in a row, the first twelve hex digits of
# the SHA-256 of these words as `bare_words` gives them, with single spaces between; in order of the hashes.

RUN = 13
SHINGLES = Path(__file__).with_name("story_shingles.txt")
TEXTS = {".ipynb", ".csv", ".toml", ".json", ".md", ".cff", ".txt", ".py", ".js", ".css", ".html"}


def bare_words(given: str) -> list[str]:
    """Words without case, accents, punctuation, tags and addresses, so that layout hides no copy."""
    given = re.sub(r"\]\([^)]*\)", "]", given)
    given = re.sub(r"<[^<>]*>", " ", given)
    given = unicodedata.normalize("NFKD", given).casefold()
    given = re.sub(r"['’‘`\u0300-\u036f*_]", "", given)
    return re.findall(r"[^\W_]+", given)


def shingles(given: str) -> dict[str, str]:
    """The hash of each run of thirteen words, and the run."""
    found = bare_words(given)
    runs = [" ".join(found[place : place + RUN]) for place in range(len(found) - RUN + 1)]
    return {hashlib.sha256(run.encode()).hexdigest()[:12]: run for run in runs}


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from strings(each)
    elif isinstance(value, list):
        # A notebook keeps a text as a list of its lines; a list of anything else is read one by one.
        if value and all(isinstance(each, str) for each in value):
            yield " ".join(value)
        else:
            for each in value:
                yield from strings(each)


def said(path: Path) -> str:
    """What a file says to its readers, without the marks of its format."""
    content = path.read_text(encoding="utf-8", errors="replace")
    if path.suffix in (".ipynb", ".json"):
        return "\n".join(strings(json.loads(content)))
    if path.suffix == ".toml":
        return "\n".join(strings(tomllib.loads(content)))
    if path.suffix == ".csv":
        return "\n".join(cell for row in csv.reader(content.splitlines(keepends=True)) for cell in row)
    return content


def texts() -> list[Path]:
    """Every text file of the course; what starts with a point, and what a student made, is none."""
    found = []
    for folder, names, files in os.walk(ROOT):
        names[:] = [
            n
            for n in names
            if not n.startswith(".")
            and n not in ("my-answers", "my-proposals", "my-brief", "__pycache__", "node_modules")
        ]
        found += [Path(folder, name) for name in files if Path(name).suffix in TEXTS and not name.startswith(".")]
    return sorted(path for path in found if path != SHINGLES)


def known_shingles() -> set[str]:
    return set(SHINGLES.read_text(encoding="utf-8").split())


@pytest.mark.parametrize("path", texts(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_thirteen_words_in_a_row_are_the_storys(path: Path) -> None:
    found = shingles(said(path))
    assert [found[each] for each in found.keys() & known_shingles()] == []


def test_a_copy_is_found_through_marks_case_and_lines() -> None:
    plain = "Yesterday a small town's mayor said that eleven old bridges would be closed by May"
    dressed = '*Yesterday,* a small town’s <b>mayor</b>\nsaid [that eleven](https://a.org "x") OLD bridges would be'
    dressed += " – closed"
    assert set(shingles(dressed)) < set(shingles(plain))
    assert not set(shingles(plain.replace("eleven", "twelve"))) & set(shingles(plain))


def test_the_shingles_are_there() -> None:
    lines = SHINGLES.read_text(encoding="utf-8").split()
    assert len(lines) > 1000
    assert lines == sorted(set(lines))
    assert all(re.fullmatch(r"[0-9a-f]{12}", line) for line in lines)
