"""`lessons print`: a unit on paper. For students the forms and an answer sheet each, for the teacher the keys.

Every page is one HTML file that prints from any browser, on A4 or Letter; a browser of the Chromium family makes the
same pages PDF. What stands under `teacher/` is the only place with a key.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from lesson_lib.classroom import pages
from lesson_lib.classroom.bank import Unit, note, noted
from lesson_lib.classroom.pages import lang_of, mark, own_words, plain, points
from lesson_lib.classroom.paper_forms import Form, as_typed, given_forms, how_typed, letter, make_form, slots
from lesson_lib.classroom.paper_items import STYLE, on_sheet, question
from lesson_lib.classroom.paper_marks import template
from lesson_lib.classroom.roster import Student
from lesson_lib.know.catalogue import _, ngettext, pgettext
from lesson_lib.know.errors import LessonError
from lesson_lib.think.numerals import separated
from lesson_lib.think.questions import Item

SIZES = ("A4", "Letter")

_PAPER = """
body{font-size:12pt;line-height:1.42;max-width:190mm}h1{font-size:19pt;margin:0 0 2mm}
h2{font-size:13.5pt;margin:0 0 5mm;font-weight:650;break-after:avoid}header{margin:0 0 8mm}
.who{display:flex;flex-wrap:wrap;gap:3mm 8mm;margin:4mm 0;align-items:end}
.who .rule{width:64mm}.who .rule.id{width:38mm}
.form{float:right;border:.6mm solid var(--ink);padding:1mm 4mm 1.5mm;margin:0 0 2mm 6mm;text-align:center;
line-height:1.15}
.form b{display:block;font-size:22pt}
@media print{body{font-size:12pt}a{text-decoration:none}}
"""
_SHEET = """
.sheet{break-after:page;margin:0 0 12mm}.sheet:last-child{break-after:auto}.sheet h2{font-size:17pt;margin:0 0 1mm}
.sheet table{margin:2mm 0}.sheet td,.sheet th{padding:1.3mm 3mm 1.3mm 0;vertical-align:middle}
.sheet tbody th{width:13mm;color:var(--ink);font-size:1.1em}
.slot{display:inline-flex;gap:1.6mm;align-items:center;margin:.7mm 5mm .7mm 0}
.given{font-weight:650;border-bottom:.35mm solid var(--ink);padding:0 3mm 0 1mm}
@media screen{.sheet{border-bottom:1px solid var(--line-strong)}}
"""
_KEY = """
.warn{border:.6mm solid var(--ink);padding:1.5mm 4mm;font-weight:650;display:inline-block;margin:0}
table.keys{font-size:10pt;clear:both}td ul{margin:0;padding-left:5mm}th:first-child{width:11mm}
.keys thead th{white-space:nowrap}
.keys thead th:nth-child(2){width:24%}.keys thead th:nth-child(3){width:25%}.keys thead th:nth-child(4){width:16mm}
td[data-col=Points]{font-variant-numeric:tabular-nums}section h2{margin:6mm 0 2mm}section ul{padding-left:5mm}
"""


def _page(title: str, form: str, body: str, paper: str, style: str = "") -> str:
    """A page that names its unit, form and place on every sheet of paper, in browsers that can."""
    if paper not in SIZES:
        wrong = _("There is no paper size {name} here: choose {choices}.")
        raise LessonError(wrong.format(name=repr(paper), choices=_(" or ").join(SIZES)))
    corner = f"@top-right{{content:{_quoted(form)};font:700 11pt system-ui,sans-serif}}" if form else ""
    sheet = (
        f"@page{{size:{paper};margin:17mm 15mm 16mm;@top-left{{content:{_quoted(title)};font:9pt system-ui,sans-serif}}"
        f"{corner}@bottom-right{{content:{_counted()};font:9pt system-ui,sans-serif}}}}"
    )
    heading = f"{title}, {form}" if form else title
    return pages.page(heading, body, style=(STYLE + _PAPER + style).replace("\n", "") + sheet)


def _counted() -> str:
    """The number of a sheet of paper and of how many, as CSS writes it.

    >>> _counted()
    '"Page " counter(page) " of " counter(pages)'
    """
    pieces = re.split(r"\{(page|pages)\}", _("Page {page} of {pages}"))
    return " ".join(f"counter({piece})" if at % 2 else f'"{piece}"' for at, piece in enumerate(pieces) if piece)


def _quoted(text: str) -> str:
    r"""Any text as a string of CSS, from which no page can break out.

    >>> print(_quoted('A "b"</style>'))
    "A \22 b\22 \3c \2f style\3e "
    """
    return '"' + "".join(one if one.isalnum() or one == " " else f"\\{ord(one):x} " for one in text) + '"'


def _title(unit: Unit) -> str:
    return _("Unit {unit}: {title}").format(unit=unit.name, title=unit.title)


def _heading(unit: Unit) -> str:
    """The same as HTML, with the language of the title."""
    return _("Unit {unit}: {title}").format(unit=plain(unit.name), title=own_words(unit.title, plain))


def _lettered(form: Form) -> str:
    """The form's letter in its frame, in the corner of the page."""
    return f'<p class="form">{pgettext("on paper", "Form")}<b>{plain(form.letter)}</b></p>'


# ---- the unit -----------------------------------------------------------------------------------------------------


def unit_page(form: Form, paper: str = "A4") -> str:
    """One form of a unit to print: its questions with room to write, and no key."""
    count = len(form.questions)
    asked = ngettext("{n} question, {points}.", "{n} questions, {points}.", count)
    how = _(
        "Write in pen on these pages. If you were given an answer sheet, put your answers there: then the sheet "
        "counts. Sentences are always written here. To change an answer, cross it out and write the new one beside it."
    )
    head = (
        f"<header>{_lettered(form)}<h1>{_heading(form.unit)}</h1>"
        f"<p>{asked.format(n=count, points=points(form.points))} {how}</p>{_who()}</header>"
    )
    parts = []
    for title, found in form.parts():
        drawn = "".join(question(place, each, form.letter) for place, each in found)
        parts.append(f"<section><h2{lang_of(title)}>{plain(title)}</h2>{drawn}</section>")
    return _page(_title(form.unit), _("Form {letter}").format(letter=form.letter), head + "".join(parts), paper)


def _who(student: Student | None = None) -> str:
    if student is None:
        name, student_id = '<span class="rule"></span>', '<span class="rule id"></span>'
    else:
        name, student_id = (f'<span class="given">{plain(one)}</span>' for one in (student.name, student.id))
    return f'<p class="who"><span>{_("Name:")} {name}</span><span>{_("Id:")} {student_id}</span></p>'


# ---- answer sheets ------------------------------------------------------------------------------------------------


def answer_sheets(forms: Sequence[Form], students: Sequence[Student] = (), paper: str = "A4") -> str:
    """An answer sheet for each student with name, id and form filled in, and a blank one for each form at the end."""
    by_letter = {form.letter: form for form in forms}
    sheets = [_sheet(by_letter[one], student) for student, one in given_forms(students, list(by_letter))]
    sheets += [_sheet(form, None) for form in forms]
    title = _("{unit}: answer sheets").format(unit=_title(forms[0].unit))
    return _page(title, "", f'<h1 class="clip">{plain(title)}</h1>{"".join(sheets)}', paper, _SHEET)


def _sheet(form: Form, student: Student | None) -> str:
    lines = "".join(
        f'<tr><th scope="row">{place}</th><td>{on_sheet(each.item)}</td></tr>'
        for place, each in enumerate(form.questions, start=1)
    )
    if student:
        label = _("Answer sheet of {name}, form {letter}").format(name=student.name, letter=form.letter)
    else:
        label = _("Answer sheet, blank, form {letter}").format(letter=form.letter)
    return (
        f'<section class="sheet" aria-label="{plain(label)}">{_lettered(form)}<h2>{_("Answer sheet")}</h2>'
        f"<p>{_heading(form.unit)}. {_('Tick the boxes, or write the number that belongs to each letter.')}</p>"
        f'{_who(student)}<table><caption class="clip">{_("Answers")}</caption><thead><tr>'
        f'<th scope="col">{_("No.")}</th><th scope="col">{_("Answer")}</th></tr></thead><tbody>{lines}</tbody></table>'
        "</section>"
    )


# ---- the key ------------------------------------------------------------------------------------------------------


def key_page(form: Form, paper: str = "A4") -> str:
    """The teacher's key to one form: each answer with the letters of that form, as it is typed, its points, and why."""
    rows, ways = [], dict[str, list[str]]()
    for place, each in enumerate(form.questions, start=1):
        item = each.item
        rows.append((str(place), _short(item.body["stem"], 90), _right(item), mark(item.points), _why(item)))
        ways.setdefault(how_typed(item.body), []).append(str(place))
    heads = (_("No."), _("Question"), _("Right, as it is typed"), _("Points"), _("Why, in short"))
    typing = "".join(f"<li><b>{', '.join(places)}:</b> {plain(way)}</li>" for way, places in ways.items())
    title = _("Key: {unit}")
    warning = _("For the teacher only. Release {release}, {points}.").format(
        release=plain(form.release), points=points(form.points)
    )
    how = _(
        "Type what was written, right or wrong, into the line of the student; leave a cell empty where nothing was "
        "answered. Part of the points: several choices earn right ticks less wrong ticks; matching, sorting and tables "
        "the share that is right; an order the share of pairs in the right order, from a half up."
    )
    body = (
        f"<header>{_lettered(form)}<h1>{title.format(unit=_heading(form.unit))}</h1>"
        f'<p class="warn">{warning}</p></header>'
        f"{pages.table(_('Key to form {letter}').format(letter=form.letter), heads, rows, 'keys')}"
        f"<section><h2>{_('How to type it')}</h2><ul>{typing}</ul><p>{how}</p></section>"
    )
    letter_ = _("Form {letter}").format(letter=form.letter)
    return _page(title.format(unit=_title(form.unit)), letter_, body, paper, pages.styled(_KEY, "Points"))


def _right(item: Item) -> str:
    if item.opinion:
        return _("any answer: an opinion, full points for giving one")
    if item.type == "text":
        good = "".join(f"<li>{own_words(point)}</li>" for point in item.body["rubric"])
        return f"{_('by the rubric:')}<ul>{good}</ul>"
    typed = plain(as_typed(item))
    if item.type == "table":
        typed = " ".join(
            f"{slot}={'/'.join(values)}" for slot, values in zip(_letters(item), _values(item), strict=True)
        )
    if item.type == "short" and len(item.key["accepted"]) > 1:
        also = _("(also {answers})").format(answers=plain(", ".join(item.key["accepted"][1:4])))
        typed += f" <span class='quiet'>{also}</span>"
    if item.type == "numeric" and item.key["tolerance"]:
        typed += f" <span class='quiet'>± {separated(format(item.key['tolerance'], 'g'))}</span>"
    return f"<b>{typed}</b>"


def _letters(item: Item) -> list[str]:
    return [pair.partition("=")[0] for pair in as_typed(item).split()]


def _values(item: Item) -> list[list[str]]:
    numbers = [one["id"] for one in item.body["values"]]
    return [[str(numbers.index(one) + 1) for one in item.key["cells"][row][column]] for row, column in slots(item.body)]


def _why(item: Item) -> str:
    """The explanation as far as it is short; where only the parts have one, the first sentence of each."""
    whys, kind = item.key["whys"], item.type
    if item.opinion or item.key["why"]:
        return _short(item.key["why"], 200)
    if kind in ("single", "multiple"):
        rights = [item.key["right"]] if kind == "single" else item.key["right"]
        return _short(" ".join(whys[one] for one in rights), 200)
    return "<br>".join(
        f"{letter(place)}: {_short(whys[slot[0]], 80)}"
        for place, slot in enumerate(slots(item.body))
        if slot[0] in whys
    )


def _short(text: str, most: int) -> str:
    """The first sentences that fit, or the first words; as HTML."""
    flat = " ".join(text.split())
    if len(flat) <= most:
        return own_words(flat)
    whole = re.match(rf".{{20,{most}}}[.!?](?=\s)", flat)
    return own_words(whole[0] if whole else re.sub(r"[*`]", "", flat[:most]).rpartition(" ")[0] + " …")


# ---- writing it all -----------------------------------------------------------------------------------------------

PRINTED = "paper.json"
"""In the bank's folder: what was printed, so that typed marks are read against the right forms."""
_NEEDS = ("per_student", "forms")


def print_unit(
    unit: Unit,
    target: Path,
    *,
    release: str,
    forms: Sequence[str] = ("A", "B", "C", "D"),
    different: bool = False,
    students: Sequence[Student] = (),
    paper: str = "A4",
) -> list[Path]:
    """Writes the forms, the answer sheets and, under `teacher/`, the keys and the sheet to type answers into.

    The same input gives the same bytes. A sheet to type into that is there already is kept, as answers may stand in it.
    Gives the HTML pages written. Raises LessonError.
    """
    if not re.fullmatch(r"[\w.-]{1,40}", release):
        wrong = _("The release name {name} will not do: use letters, digits, points and hyphens.")
        raise LessonError(wrong.format(name=repr(release)))
    made = [make_form(unit, release, letter, different=different) for letter in forms]
    name = unit.name
    written = {f"unit-{name}-form-{form.letter}.html": unit_page(form, paper) for form in made}
    written[f"answer-sheets-{name}.html"] = answer_sheets(made, students, paper)
    written |= {f"teacher/key-{name}-form-{form.letter}.html": key_page(form, paper) for form in made}
    try:
        (target / "teacher").mkdir(parents=True, exist_ok=True)
        for file, text in written.items():
            (target / file).write_text(text, encoding="utf-8", newline="\n")
        typed = target / "teacher" / f"paper-{name}.csv"
        if not typed.exists():
            typed.write_text(template(made, students), encoding="utf-8-sig", newline="\n")
    except OSError as error:
        raise LessonError(
            _("{folder} cannot be written ({reason}).").format(folder=target, reason=error.strerror)
        ) from None
    return [target / file for file in written]


def note_printed(folder: Path, unit: Unit, release: str, *, forms: Sequence[str], different: bool, roster: str) -> None:
    """Remembers in the bank's folder what was printed; the same release printed again takes its old place."""
    entry = {
        "unit": unit.name, "release": release, "behaviour": "test", "per_student": different, "class": roster,
        "digest": unit.digest, "forms": list(forms),
    }  # fmt: skip
    note(folder / PRINTED, entry, "print", _NEEDS)


def printed(folder: Path, unit: str, release: str = "") -> dict[str, Any]:
    """What was printed of a unit: the release named, or the latest. Raises LessonError when nothing was."""
    found = [
        one
        for one in noted(folder / PRINTED, "print", _NEEDS)
        if one["unit"] == unit and release in ("", one["release"])
    ]
    if not found:
        if release:
            wrong = _(
                "No release {name} of unit {unit} was printed from the bank in {folder}: print it first with lessons "
                "print {unit}."
            )
        else:
            wrong = _(
                "Unit {unit} was not printed from the bank in {folder}: print it first with lessons print {unit}."
            )
        raise LessonError(wrong.format(name=repr(release), unit=unit, folder=folder))
    return found[-1]


# ---- PDF ----------------------------------------------------------------------------------------------------------

_NAMES = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge", "microsoft-edge",
)  # fmt: skip
_QUIET = (
    "--headless", "--disable-gpu", "--no-first-run", "--disable-extensions", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND", "--no-pdf-header-footer",
)  # fmt: skip


def browser() -> str:
    """A browser that makes PDF: the one in the variable CHROMIUM, else one that is installed. Raises LessonError."""
    chosen = os.environ.get("CHROMIUM", "")
    if chosen and not shutil.which(chosen):
        raise LessonError(_("CHROMIUM names {program}, and there is no such program.").format(program=chosen))
    folders = [os.environ.get(name) for name in ("ProgramFiles", "ProgramFiles(x86)", "LocalAppData")]
    windows = ("Google/Chrome/Application/chrome.exe", "Microsoft/Edge/Application/msedge.exe")
    places = [Path(folder) / place for folder in folders if folder for place in windows]
    macs = ("Google Chrome", "Chromium", "Microsoft Edge")
    places += [Path(f"/Applications/{name}.app/Contents/MacOS/{name}") for name in macs]
    installed = (found for name in (chosen, *_NAMES) if name and (found := shutil.which(name)))
    for found in islice((*installed, *(str(place) for place in places if place.is_file())), 1):
        return found
    raise LessonError(
        _(
            "PDF needs Chromium, Chrome or Edge, and none was found: install one, or say where it is in the variable "
            "CHROMIUM. The HTML pages are written all the same, and print from any browser."
        )
    )


def to_pdf(page: Path) -> Path:
    """The page as PDF beside it, made by the installed browser without the network; the same page, the same bytes.

    Raises LessonError when there is no browser or it fails.
    """
    program, target = browser(), page.with_suffix(".pdf").resolve()
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    with tempfile.TemporaryDirectory(prefix="guarantees-", ignore_cleanup_errors=True) as profile:
        command = [program, *_QUIET, f"--user-data-dir={profile}", f"--print-to-pdf={target}"]
        command += [*(["--no-sandbox"] if root else []), page.resolve().as_uri()]
        target.unlink(missing_ok=True)
        try:
            subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=True)
            made = target.read_bytes()
        except (OSError, subprocess.SubprocessError):
            made = b""
    if not made.startswith(b"%PDF"):
        wrong = _("{program} made no PDF of {file}: print the page from the browser instead.")
        raise LessonError(wrong.format(program=Path(program).name, file=page.name))
    # The moment of printing is all that differs between two runs: a fixed one of the same length takes its place.
    target.write_bytes(re.sub(rb"\(D:\d{14}", b"(D:20250819000000", made))
    return target
