"""The teacher's desk: a unit's hand-ins from marking to the platform's files, a line a step, for use in a notebook.

Each step says in plain sentences what it did; nothing is written but into the folder of the grades.
"""

from __future__ import annotations

import functools
import re
import shutil
import tempfile
import weakref
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from lesson_lib.classroom import bank, gradebook, practice
from lesson_lib.classroom.commands import answers, class_of, nothing_changes, released
from lesson_lib.classroom.grades import (
    book_path,
    make_tables,
    marked_again,
    read_book,
    readings,
    sheets,
    write_again,
)
from lesson_lib.classroom.handed_in import mark_class
from lesson_lib.classroom.report import LOOK, write_analysis
from lesson_lib.classroom.roster import Student, read_roster
from lesson_lib.classroom.student_page import write_pages
from lesson_lib.classroom.to_mark import answers_to_mark, keep_mark
from lesson_lib.know import catalogue
from lesson_lib.know.catalogue import _, ngettext
from lesson_lib.know.errors import LessonError
from lesson_lib.think.numerals import figure, separated

Given = ParamSpec("Given")
Gives = TypeVar("Gives")


class Told:
    """What a step says: sentences, shown as they are."""

    def __init__(self, *sentences: str) -> None:
        self.sentences = [one for one in sentences if one]

    def __repr__(self) -> str:
        return "\n".join(self.sentences)

    def _repr_html_(self) -> str:
        spoken = catalogue.current()
        ours = f' lang="{spoken}"' if spoken != catalogue.ENGLISH else ""  # the notebook's page is in English
        return "".join(f"<p{ours}>{escape(one)}</p>" for one in self.sentences)


class Framed(Told):
    """A page within the notebook, in a frame of its own, so that neither changes the other's look."""

    def __init__(self, title: str, page: str, *sentences: str) -> None:
        super().__init__(*sentences)
        self._title, self._page = title, page

    def _repr_html_(self) -> str:
        held = self._page.replace("&", "&amp;").replace('"', "&quot;")  # all that a quoted attribute needs
        frame = (
            f'<iframe title="{escape(self._title)}" srcdoc="{held}" sandbox="" loading="lazy" '
            'style="width:100%;height:720px;border:1px solid #8888"></iframe>'
        )
        return f"{super()._repr_html_()}{frame}"


def _said(
    step: Callable[Concatenate[Desk, Given], Gives],
) -> Callable[Concatenate[Desk, Given], Gives]:
    """A file that is not there or cannot be written is one sentence."""

    @functools.wraps(step)
    def said(self: Desk, /, *given: Given.args, **named: Given.kwargs) -> Gives:
        try:
            return step(self, *given, **named)
        except OSError as error:
            raise LessonError(f"{error.filename}: {error.strerror}.") from None

    return said


def desk(unit: str, bank_folder: str = "", roster: str = "", handins: str = "", grades: str = "") -> Desk:
    """The desk for a unit. Without hand-ins and a folder for grades it is a practice class that it makes itself.

    `bank_folder` is the course's models when left out, `roster` the class list that the release remembers.
    Raises LessonError for whatever is not there.
    """
    if not handins and not grades and not roster:
        scratch = Path(tempfile.mkdtemp(prefix="practice-class-"))
        cleared = functools.partial(shutil.rmtree, scratch, ignore_errors=True)
        try:
            place = practice.make(scratch, unit)
            made = Desk(unit, place.bank, place.roster, place.handins, place.grades, practised=True)
        except BaseException:
            cleared()
            raise
        weakref.finalize(made, cleared)  # at the latest when the kernel stops
        return made
    for name, given in (("HAND_INS", handins), ("GRADES", grades)):
        if not given:
            empty = _("{name} is empty: write the path between the quotation marks, and run this cell again.")
            raise LessonError(empty.format(name=name))
    for name, given in (("BANK", bank_folder), ("CLASS_LIST", roster), ("HAND_INS", handins)):
        if given and not Path(given).exists():
            lost = _("{name} names {path}, and there is no such file or folder: mend the path.")
            raise LessonError(lost.format(name=name, path=given))
    return Desk(
        unit, Path(bank_folder) if bank_folder else None, Path(roster) if roster else None, Path(handins), Path(grades)
    )


class Desk:
    """One unit of one class. `grades` is the folder in which everything is written."""

    def __init__(
        self, unit: str, bank_folder: Path | None, roster: Path | None, handins: Path, grades: Path, *,
        practised: bool = False,
    ) -> None:  # fmt: skip
        self.name, self.bank, self.handins, self.grades = unit, bank_folder, handins, grades
        self.practised = practised
        bank.load_unit(unit, bank_folder)
        self._given_out = released(unit, None, bank_folder)
        self.students: list[Student] = read_roster(roster) if roster else class_of(None, self._given_out)

    @property
    def unit(self) -> bank.Unit:
        """The unit as its file has it now: a key that was mended counts at once."""
        return bank.load_unit(self.name, self.bank)

    def _told(self) -> Told:
        count = len(self.students)
        title = ngettext(
            "Unit {unit}, {title}: {n} student in the class list.",
            "Unit {unit}, {title}: {n} students in the class list.",
            count,
        ).format(unit=self.name, title=self.unit.title, n=figure(count))
        if not self.practised:
            return Told(title)
        return Told(
            f"{_('A class to practise with.')} {title}",
            _(
                "Nobody in it exists. A program answered for them, and packed the answers as Moodle does. It stands in "
                "a temporary folder and goes when this notebook's kernel stops."
            ),
        )

    def __repr__(self) -> str:
        return repr(self._told())

    def _repr_html_(self) -> str:
        return self._told()._repr_html_()

    def path(self, name: str) -> Path:
        """One of the unit's tables: gradebook, problems, canvas, moodle, rubric, brief."""
        return self.grades / f"{name}-{self.name}.csv"

    @_said
    def grade(self) -> Told:
        """Marks everything that was handed in."""
        marked = mark_class(self.unit, self._given_out, [self.handins], self.students, self.grades)
        names, problems = ", ".join(student.name for student in marked.missing), len(marked.problems)
        went_on = ngettext(
            "An earlier run was broken off: it went on after {n} hand-in.",
            "An earlier run was broken off: it went on after {n} hand-ins.",
            marked.passed,
        )
        done = ngettext(
            "{n} hand-in of {of} marked, {answers}.", "{n} hand-ins of {of} marked, {answers}.", marked.handins
        )
        missing = _("Nothing that could be marked from {names}.")
        look = ngettext("{n} thing to look at, below.", "{n} things to look at, below.", problems)
        return Told(
            went_on.format(n=figure(marked.passed)) if marked.passed else "",
            done.format(n=figure(marked.handins), of=figure(marked.of), answers=answers(marked.answers)),
            missing.format(names=names) if names else "",
            look.format(n=figure(problems)) if problems else "",
        )

    @_said
    def to_mark(self) -> list[dict[str, Any]]:
        """The texts and briefs that wait for you, with what is set so far."""
        return answers_to_mark(self.grades, self.unit)

    def keep(self, key: str, marks: Sequence[float | None], comment: str) -> None:
        """Keeps what you set for one answer in the sheet, rubric or brief."""
        keep_mark(self.grades, self.unit, key, marks, comment)

    @_said
    def count_marks(self) -> Told:
        """Puts what is set in the sheets into the gradebook's tables."""
        totals = [total for total in make_tables(self.grades, self.unit, self.students) if total.items]
        waiting = sum(total.to_mark for total in totals)
        done = len([one for one in readings(self.grades, self.unit).values() if one.mark is not None])
        told = ngettext(
            "{n} text marked, {open} still open. The tables are made anew.",
            "{n} texts marked, {open} still open. The tables are made anew.",
            done,
        )
        return Told(told.format(n=figure(done), open=figure(waiting)))

    @_said
    def practise_a_change(self) -> Told:
        """In the practice class: makes another choice the right one, as if the key had been wrong."""
        if not self.practised or self.bank is None:
            return Told(
                _("This is your own class: change your bank's file with a text editor, then run the next cell.")
            )
        rows = read_book(self.grades, self.name)
        asked = [row for row in rows if row.type == "single" and not row.opinion and isinstance(row.answer, str)]
        wrong = next((row for row in asked if row.outcome == "wrong"), None)
        if wrong is None:
            return Told(_("There is no wrong answer to a question of one choice: nothing was changed."))
        path = self.bank / f"{self.name}.toml"
        text = path.read_text(encoding="utf-8")
        blocks = re.split(r"(?m)^(?=\[\[items\]\]$)", text)
        at = next(n for n, block in enumerate(blocks) if f'\nid = "{wrong.item}"\n' in block)
        changed = blocks[at].replace("\nright = true\n", "\n", 1)
        marked = f'\nid = "{wrong.answer}"\n'
        blocks[at] = changed.replace(marked, f"{marked}right = true\n", 1)
        path.write_text("".join(blocks), encoding="utf-8", newline="\n")
        told = _("Changed in the practice bank: in the question {question}, {choice} is right now.")
        return Told(told.format(question=wrong.item, choice=wrong.answer))

    @_said
    def regrade(self, write: bool = False) -> Told:
        """Who changes under today's key, and by how much; writes when told to."""
        old, new, moved = marked_again(self.grades, self.unit, self._given_out)
        count = len({row.student for row in old})
        if not moved:
            return Told(nothing_changes(count))
        line = _("{name}: {before} → {after}, by {items}")
        lines = [
            line.format(
                name=one.name,
                before=separated(gradebook.number(one.before)),
                after=separated(gradebook.number(one.after)),
                items=", ".join(one.items),
            )
            for one in moved
        ]
        if write:
            write_again(self.grades, self.name, new, moved)
            make_tables(self.grades, self.unit, self.students)
        first = ngettext("{n} student of {of} change.", "{n} students of {of} change.", len(moved))
        last = _("Written; what was before is in the folder history.") if write else _("Nothing is written yet.")
        return Told(first.format(n=figure(len(moved)), of=count), *lines, last)

    @_said
    def analysis(self) -> Framed:
        """What the answers say about the questions: the page, and in a line what to look at first."""
        read_book(self.grades, self.name)  # says so where nothing is graded yet
        found = write_analysis(self.grades, self.unit, gradebook.read(book_path(self.grades, self.name)))
        look = [f"{one.id} ({'; '.join(one.verdict.words)})" for one in found.items if one.verdict.rank <= LOOK]
        page = (self.grades / f"analysis-{self.name}.html").read_text(encoding="utf-8")
        first = _("To look at first: {questions}.").format(questions=", ".join(look))
        told = ngettext("{n} hand-in analysed.", "{n} hand-ins analysed.", found.students)
        return Framed(
            _("Unit {unit}: item analysis").format(unit=self.name),
            page,
            f"{told.format(n=figure(found.students))} {first if look else _('No question stands out.')}",
        )

    @_said
    def feedback(self, reveal: str = "score") -> Told:
        """Makes a page for each student: score, hints or answers."""
        target = self.grades / f"feedback-{self.name}"
        pages = write_pages(
            target, self.unit, read_book(self.grades, self.name), readings(self.grades, self.unit), self._given_out,
            reveal, self.students,
        )  # fmt: skip
        told = ngettext(
            "{n} page in the folder {folder}, each showing {reveal}.",
            "{n} pages in the folder {folder}, each showing {reveal}.",
            len(pages),
        )
        return Told(told.format(n=figure(len(pages)), folder=target.name, reveal=reveal))

    @_said
    def files(self) -> Told:
        """What stands in the folder of the grades, and what each is for."""
        uses = {
            f"gradebook-{self.name}.csv": _("the class at a glance"),
            f"canvas-{self.name}.csv": _("for Canvas: Grades, Import"),
            f"moodle-{self.name}.csv": _("for Moodle: Grades, Import, CSV file"),
            f"problems-{self.name}.csv": _("what to look at among the hand-ins"),
            **{path.name: _("your marks; any spreadsheet program opens it") for path in sheets(self.grades, self.name)},
            f"analysis-{self.name}.html": _("what the answers say about the questions"),
            f"feedback-{self.name}": _("a page for each student"),
            f"gradebook-{self.name}.jsonl": _("every answer with its mark: keep it, all the others are made of it"),
        }
        where = "" if self.practised else _("In {folder}:").format(folder=self.grades)
        return Told(where, *(f"{name}: {use}" for name, use in uses.items() if (self.grades / name).exists()))
