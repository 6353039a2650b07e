"""The lessons' questions: one TOML file a lesson, read into frozen values, every problem said at once."""

from __future__ import annotations

import keyword
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from lesson_lib.know import catalogue
from lesson_lib.know.catalogue import N_, _
from lesson_lib.know.data import data_folder
from lesson_lib.know.errors import DataError, LessonError, Problem, unknown
from lesson_lib.think.blocks import Block, Lines, Page
from lesson_lib.think.draw import drawn
from lesson_lib.think.kinds import KINDS
from lesson_lib.think.translated import translated

BEHAVIOURS = ("practice", "predict")
RESERVED = ("sure", "seed")
"""Names that quiz(…) takes for itself, and that no item may have."""


@dataclass(frozen=True)
class Item:
    """One question: the body is what is shown, the key is what marks, and neither knows of the other.

    `points` is what it is worth in a graded unit, `variants` how many rows its numbers can be drawn from.
    """

    id: str
    type: str
    objective: str
    difficulty: int
    opinion: bool
    source_ids: tuple[str, ...]
    body: dict[str, Any]
    key: dict[str, Any]
    hints: tuple[str, ...]
    line: int | None = None
    points: float = 1
    variants: int = 1


@dataclass(frozen=True)
class Quiz:
    """The items shown together in one cell; `returns_to` names the warm-up whose items it asks again."""

    id: str
    lesson: str
    title: str
    behaviour: str
    returns_to: str | None
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Lesson:
    """One lesson's questions, as its file has them.

    A graded unit is a lesson too: `release` is how many items one student gets (0 = all), `unit` what a student's own
    copy says of itself (empty in a lesson and in a teacher's bank), `brief` the points of the brief of lesson 10, which
    is handed in beside it (0 = none).
    `original` is the title in the language in which the lesson was written, where it was read in another.
    """

    lesson: str
    title: str
    cites: tuple[str, ...]
    objectives: dict[str, str]
    quizzes: dict[str, Quiz]
    path: Path
    release: int = 0
    unit: dict[str, str] = field(default_factory=dict)
    brief: float = 0
    original: str = ""


def lessons(folder: Path | None = None) -> list[str]:
    """The lessons that have questions, in order.

    Raises LessonError when the folder with the questions is not there.
    """
    place = _folder(folder)
    return sorted(path.stem for path in place.glob("*.toml"))


def load_lesson(lesson: str, folder: Path | None = None, *, seed: str = "") -> Lesson:
    """One lesson by its name, "01". The seed draws the numbers of items that have a `draw`.

    A file that has changed is read again. Raises UnknownName, or DataError with every problem of the file.
    """
    place = _folder(folder)
    path = place / f"{lesson}.toml"
    valid = lessons(place)
    if lesson not in valid:
        raise unknown(_("lesson"), str(lesson), valid)
    spoken = catalogue.current()
    files = [path] if spoken == catalogue.ENGLISH else [path, place / spoken / path.name]
    stamp = tuple((file.stat().st_mtime_ns, file.stat().st_size) for file in files if file.is_file())
    cached = _cache.get((path, spoken))
    if cached and not seed and cached[0] == stamp:
        return cached[1]
    loaded = read_lesson(path, seed=seed, words=_words(files[1]) if len(files) > 1 else None)
    if not seed:
        _cache[path, spoken] = (stamp, loaded)
    return loaded


def _words(path: Path) -> dict[str, Any]:
    """A translation as it stands in its file; nothing where there is none, or one that cannot be read.

    For a student the original then serves. A translator is told: where missing translations are marked, it raises.
    """
    try:
        return _toml(_text(path), path.name) if path.is_file() else {}
    except DataError:
        if catalogue.marking():
            raise
        return {}


def load_quiz(quiz_id: str, seed: str = "", folder: Path | None = None) -> Quiz:
    """One quiz by its name, "01-warm-up".

    Raises UnknownName with the quizzes there are, or DataError with every problem of the lesson's file.
    """
    lesson = str(quiz_id).partition("-")[0]
    valid = lessons(folder)
    if lesson in valid:
        quizzes = {quiz.id: quiz for quiz in load_lesson(lesson, folder, seed=seed).quizzes.values()}
        if quiz_id in quizzes:
            return quizzes[quiz_id]
        raise unknown(_("quiz"), str(quiz_id), quizzes)
    names: list[str] = []
    for other in valid:
        try:
            names += [quiz.id for quiz in load_lesson(other, folder).quizzes.values()]
        except DataError:  # another lesson's problems are not what was asked about
            continue
    raise unknown(_("quiz"), str(quiz_id), names)


_cache: dict[tuple[Path, str], tuple[tuple[tuple[int, int], ...], Lesson]] = {}


def _folder(folder: Path | None) -> Path:
    place = folder or data_folder() / "questions"
    if not place.is_dir():
        raise LessonError(
            _(
                "The folder with the questions is missing: {folder}. "
                "Put it back (download the course again if need be), then run this cell again."
            ).format(folder=place)
        )
    return place


# ---- reading one file --------------------------------------------------------------------------------------


def read_lesson(
    path: Path, *, seed: str = "", variant: int | None = None, words: Mapping[str, Any] | None = None
) -> Lesson:
    """The lesson in a file, wherever it stands. Raises DataError with every problem at once.

    Items that draw a row take the one the seed chooses, or the one whose number is given as `variant`. `words` are the
    fields of a translation: its texts are shown, and what marks stays the original's.
    """
    text = _text(path)
    page = Page(path.name, Lines(text))
    original = _toml(text, path.name)
    top = Block(page, (), "", original if words is None else translated(original, words))
    lesson = top.text("lesson")
    if lesson and lesson != path.stem:
        fix = _('write lesson = "{name}"').format(name=path.stem)
        top.refuse("lesson", _("is not the name of this file"), fix, lesson)
    title, cites = top.text("title"), top.texts("cites")
    objectives = _objectives(top)
    quizzes = _quizzes(top)
    items: dict[str, list[Item]] = {name: [] for name in quizzes}
    seen: set[str] = set()
    for written in top.blocks("items"):
        block, variants = drawn(written, f"{lesson}/{written.values.get('id')}/{seed}", variant)
        item = replace(_item(block, lesson, list(objectives)), variants=variants)
        quiz = block.choice("quiz", quizzes)
        block.close()
        if item.id in seen:
            fix = _("give each item a name of its own")
            block.refuse("id", _("is used twice in this lesson"), fix, item.id)
        seen.add(item.id)
        items.get(quiz, []).append(item)
    release, brief = _release(top, len(seen)), _brief(top)
    top.close()
    built = {name: _quiz(name, block, lesson, quizzes, items) for name, block in quizzes.items()}
    if page.problems:
        raise DataError(sorted(page.problems, key=lambda problem: problem.line or 0))
    return Lesson(lesson, title, cites, objectives, built, path, release, brief=brief, original=str(original["title"]))


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        fix = _("save the file with the encoding UTF-8")
        raise DataError([Problem(path.name, line, "", "", _("is not UTF-8 text"), fix)]) from None
    except OSError as error:
        wrong = _("cannot be read ({reason})").format(reason=error.strerror)
        raise DataError([Problem(path.name, None, "", "", wrong, _("check the file's permissions"))]) from None


# What tomllib says, and what to do about it in plain words; the first that fits.
_ADVICE = (
    (
        "Cannot overwrite",
        N_("this name is used twice in one block: remove one, or begin a new [[items]] above it"),
    ),
    ("Cannot declare", N_("this heading stands twice: use [[…]] for a list of blocks, or remove one")),
    ("Cannot mutate", N_("this heading stands twice: use [[…]] for a list of blocks, or remove one")),
    (
        "after a statement",
        N_(r"a quotation mark inside the text ends it: write \" there, or use three at both ends"),
    ),
    ("Expected '='", N_("write name = value, or put # before a remark")),
    ("Illegal character '\\n'", N_("close the text with a quotation mark, or use three of them at both ends")),
    ("Unterminated", N_("close the text with the quotation marks it began with")),
    ("Unescaped", N_(r"write \\ for a backslash, or put the text between single quotation marks")),
    ("Unclosed", N_("close the bracket")),
    ("Invalid value", N_("put text between quotation marks; write true, false and numbers without")),
    ("Invalid initial character", N_("use letters, digits and hyphens for a name")),
)
_LOOK = N_("compare the line with those around it")


def _toml(text: str, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said = str(error)
        at = re.search(r"\(at line (\d+)", said)
        # What ends with the file began earlier: the last heading is nearer to the fault than the last line.
        line = int(at[1]) if at else text.rstrip().count("\n") + 1
        fix = _(next((advice for sign, advice in _ADVICE if sign in said), _LOOK))
        shown = text.split("\n")[line - 1].strip() if line <= text.count("\n") + 1 else ""
        wrong = _("cannot be read as TOML ({reason})").format(reason=re.sub(r" ?[(]at .*[)]$", "", said))
        raise DataError([Problem(file, line, "", shown, wrong, fix)]) from None
    except RecursionError:
        wrong = _("cannot be read as TOML ({reason})").format(reason=_("too many brackets"))
        raise DataError([Problem(file, None, "", "", wrong, _("close the brackets"))]) from None


def _objectives(top: Block) -> dict[str, str]:
    block = top.table("objectives", required=True)
    if block is None:
        return {}
    return {name: block.text(block.known(name)) for name in block.values}


def _release(top: Block, count: int) -> int:
    """How many items of a graded unit one student gets."""
    block = top.table("release")
    if block is None:
        return 0
    wanted = block.number("items")
    block.close()
    if not (wanted == int(wanted) and 1 <= wanted <= count):
        fix = _("write {least} to {most}").format(least=1, most=count)
        block.refuse("items", _("is no number of items that could be drawn"), fix, wanted)
    return int(wanted)


def _brief(top: Block) -> float:
    """What the brief that is handed in beside a graded unit is worth; 0 where the unit has none."""
    block = top.table("brief")
    if block is None:
        return 0
    points = block.number("points")
    block.close()
    if not 0 < points <= 100:
        fix = _("write points = 14, or leave [brief] out")
        block.refuse("points", _("is not between 0 and 100"), fix, points)
    return points


def _quizzes(top: Block) -> dict[str, Block]:
    block = top.table("quizzes", required=True)
    if block is None:
        return {}
    found = {}
    for name in block.values:
        inner = block.table(block.known(name))
        if inner is not None:
            found[name] = inner
    return found


def _quiz(name: str, block: Block, lesson: str, quizzes: dict[str, Block], items: dict[str, list[Item]]) -> Quiz:
    title = block.text("title")
    behaviour = block.choice("behaviour", BEHAVIOURS, default="practice")
    back: str | None = None
    if "returns_to" in block.values:
        first = [other for other in quizzes if other != name and "returns_to" not in quizzes[other].values]
        back = block.choice("returns_to", first)
    block.close()
    asked = [*map(_again, items.get(back or "", [])), *items[name]]
    if not asked:
        fix = _('put quiz = "{name}" into the items it is to ask, or remove the quiz').format(name=name)
        block.refuse("", _("has no items"), fix, name)
    return Quiz(f"{lesson}-{name}", lesson, title, behaviour, f"{lesson}-{back}" if back else None, tuple(asked))


def _again(item: Item) -> Item:
    """The item as a return asks it: "what do you expect?" becomes "what did you find?" where its author says so."""
    again = item.body.get("again")
    return replace(item, body=item.body | {"stem": again}) if again else item


def _item(block: Block, lesson: str, objectives: list[str]) -> Item:
    item_id = block.slug("id")
    typed = item_id.replace("-", "_")
    if item_id and (keyword.iskeyword(typed) or typed in RESERVED or not typed.isidentifier()):
        fix = _("begin with a letter and use another word")
        block.refuse("id", _("cannot be typed as a name in Python"), fix, item_id)
    name = block.choice("type", KINDS)
    opinion = block.flag("opinion")
    if opinion and name not in ("single", "multiple", "text"):
        block.refuse("opinion", _("fits single, multiple and text only"), _("remove opinion = true"))
    difficulty = block.number("difficulty")
    if difficulty not in (1, 2, 3):
        block.refuse("difficulty", _("is not one of the choices"), _("write 1 (easy), 2 or 3 (hard)"), difficulty)
    hints = block.texts("hints")
    if len(hints) > 3:
        block.refuse("hints", _("has {n}").format(n=len(hints)), _("write three at most, each nearer"))
    kind = KINDS.get(name)
    body = {"id": item_id, "type": name, "stem": block.text("stem"), "hints": len(hints), "opinion": opinion}
    if again := block.text("again", required=False):
        body["again"] = again
    if lang := block.text("lang", required=False):
        body["lang"] = lang  # of a question in another language than the page around it
    key: dict[str, Any] = {"why": block.text("why", required=bool(kind and kind.needs_why))}
    objective, source_ids = block.choice("objective", objectives), block.texts("source_ids")
    if kind:
        shown, marks = kind.build(block, f"{lesson}/{item_id}")
        body, key = body | shown, key | marks
    else:
        block.ask(*block.values)  # what is valid depends on the type, which is not known
    points = block.number("points", default=1)
    if not 0 < points <= 100:
        fix = _("write points = 1, or leave it out")
        block.refuse("points", _("is not between 0 and 100"), fix, points)
    line = block.page.lines.of(*block.path)
    return Item(item_id, name, objective, int(difficulty), opinion, source_ids, body, key, hints, line, points)
