"""What a brief can rest on: the citable rows of the course, and which of them belong to a question.

Pure: it reads the tables and computes. `evidence()` holds every row with what it says in a line; `Topic.fits` is the
one rule by which a row belongs to a question of the course.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lesson_lib.know.catalogue import N_, _, current, pgettext
from lesson_lib.know.data import Row, as_of, columns, listed, rows
from lesson_lib.know.data import name as named
from lesson_lib.know.errors import unknown
from lesson_lib.know.foreign import name as in_language
from lesson_lib.know.foreign import original
from lesson_lib.know.sources import day

OWN = "own"
"""The id of a question that the student words."""

RULE = N_(
    "A row fits a question of the course if the course files both under the same fact of the story, issue, "
    "arrangement, series of figures, kind of event or lesson, or if it rests on a source that an argument on the "
    "question rests on. For a question of your own it fits if it shares a longer word with the question or the claim."
)

_STEM = 6
"""So many first letters make two words the same: guarantee, guarantees, guaranteed."""

_COMMON = frozenset(
    re.findall(
        r"\w+",
        "should would could there their about which other after before where while against between because these those "
        "under still might every since being whether shall cannot never always",
    )
)


@dataclass(frozen=True)
class Evidence:
    """One row that can be cited, for readers: what stands in the table is marked as `know.foreign.original` does.

    `says` is its content in a line; `date` is ISO or empty; `later` is true where it is about, or known only from,
    what came after the as-of date. `question` and `side` are filled for arguments only.
    """

    id: str
    kind: str
    label: str
    says: str
    source_ids: tuple[str, ...]
    status: str = "supported"
    date: str = ""
    later: bool = False
    question: str = ""
    side: str = ""
    links: frozenset[tuple[str, str]] = frozenset()

    @property
    def option(self) -> str:
        """The row as it stands in a list to choose from.

        >>> evidence()["claims:s04-fifty-thousand"].option
        'Claim S4 · A force of 50,000 (imprecise)'
        """
        said = f" ({status_word(self.status)})" if self.status != "supported" else ""
        later = f" · {_('since then')}" if self.later else ""
        return f"{self.kind} · {self.label}{said}{later}"


@dataclass(frozen=True)
class Topic:
    """A question of the course, and what its rows are filed under."""

    id: str
    label: str
    question: str
    links: frozenset[tuple[str, str]]
    sources: frozenset[str] = field(default=frozenset())

    def fits(self, one: Evidence) -> bool:
        """Whether a row belongs to the question, by `RULE`.

        >>> topics()["right-size"].fits(evidence()["claims:s04-fifty-thousand"])
        True
        """
        return one.question == self.id or bool(self.links & one.links) or not self.sources.isdisjoint(one.source_ids)


def status_word(status: str) -> str:
    """How sure the course is of a row, as a word inside a sentence.

    >>> status_word("imprecise")
    'imprecise'
    """
    return columns("claims")["status"].label(status).lower()


def _claims(row: Row) -> dict[str, Any]:
    fact = str(row["s_number"])
    return {
        "kind": _("Claim {number}").format(number=fact),
        "label": original(str(row["label"])),
        "says": _("In the story: {claim}").format(claim=original(str(row["paraphrase"]))),
        "links": {("fact", fact)},
    }


def _positions(row: Row) -> dict[str, Any]:
    date = str(row["date"])
    actor = in_language(str(row["actor"]))
    who = f"{actor} ({original(str(row['person']))})" if row.get("person") else actor
    return {
        "kind": _("Position"),
        "label": f"{actor}: {in_language(named('issues', str(row['issue'])))}, {day(date)}",
        "says": f"{who}, {day(date)}: {original(str(row['paraphrase']))}",
        "date": date,
        "links": {("issue", str(row["issue"]))},
    }


def _arrangements(row: Row) -> dict[str, Any]:
    duty = str(row["duty"] or row["rung_why"] or row["name"])
    return {
        "kind": _("Arrangement"),
        "label": in_language(str(row["label"])),
        "says": original(f"{row['name']}, {row['year']}: {duty}"),
        "links": {("arrangement", str(row["id"])), *(("fact", one) for one in listed(row, "s_numbers"))},
    }


def _clauses(row: Row) -> dict[str, Any]:
    return {
        "kind": _("Clause"),
        "label": original(str(row["label"])),
        "says": original(f"{row['instrument']}, {row['article']}: “{_cut(str(row['text']), 30)}”"),
        "links": {("arrangement", str(row["arrangement"]))} if row["arrangement"] else set(),
    }


def _scholarship(row: Row) -> dict[str, Any]:
    first = str(row["authors"]).split(",")[0]
    return {
        "kind": _("Study"),
        "label": original(f"{first} {row['year']}: {row['question']}"),
        "says": original(f"{first} {row['year']}: {_cut(str(row['finding']), 30)}"),
        "links": {("lesson", one) for one in listed(row, "lessons")},
    }


def _arguments(row: Row) -> dict[str, Any]:
    short = str(row["question"]).replace("-", " ")
    return {
        "kind": _("Argument for") if row["side"] == "for" else _("Argument against"),
        "label": original(f"{short}: {row['claim']}"),
        "says": original(str(row["claim"])),
        "question": str(row["question"]),
        "side": str(row["side"]),
    }


def _indicators(row: Row) -> dict[str, Any]:
    return {
        "kind": pgettext("of a table, a number", "Figure"),
        "label": original(f"{row['label']} ({row['unit']})"),
        "says": original(f"{row['label']} ({row['unit']}), {row['dataset']}, {row['vintage']}"),
        "links": {("indicator", str(row["id"]))},
    }


def _timeline(row: Row) -> dict[str, Any]:
    date = str(row["date"])
    return {
        "kind": _("Event"),
        "label": f"{day(date)}: {original(str(row['label']))}",
        "says": f"{day(date)}: {original(str(row['event']))}",
        "date": date,
        "links": {("event", str(row["category"]))},
    }


_TABLES: dict[str, Callable[[Row], dict[str, Any]]] = {
    "arguments": _arguments,
    "scholarship": _scholarship,
    "claims": _claims,
    "arrangements": _arrangements,
    "positions": _positions,
    "indicators": _indicators,
    "clauses": _clauses,
    "timeline": _timeline,
}


def _left_out(table: str, row: Row) -> bool:
    """Rows that say nothing a brief could rest on: empty clauses, studies of teaching, further voices of a position."""
    return (
        (table == "clauses" and not row["text"])
        or (table == "scholarship" and row["side"] == "method")
        or (table == "positions" and not row["main"])
    )


_kept: dict[str, tuple[list[object], Any]] = {}


def _once(name: str, tables: list[object], make: Callable[[], Any]) -> Any:
    """What was made of the tables last, as long as they are the same tables; a mended table is read anew."""
    before, value = _kept.get(name, ([], None))
    if len(before) != len(tables) or any(a is not b for a, b in zip(before, tables, strict=True)):
        value = make()
        _kept[name] = tables, value
    return value


def evidence() -> Mapping[str, Evidence]:
    """Every row that can be cited, by table and id, in the order of the lists and the language of the notebook.

    Raises DataError for a table that cannot be trusted.

    >>> evidence()["arguments:right-size-for-matter"].says
    'It is large enough to matter.'
    """
    read: list[object] = [rows(table) for table in (*_TABLES, "sources")]
    found: Mapping[str, Evidence] = _once(f"evidence {current()}", read, _evidence)
    return found


def _evidence() -> dict[str, Evidence]:
    published = {name: str(row["published_on"] or "") for name, row in rows("sources").items()}
    today = as_of()
    found = {}
    for table, read in _TABLES.items():
        for name, row in rows(table).items():
            if _left_out(table, row):
                continue
            said = read(row)
            ids = tuple(listed(row))
            links = frozenset(said.pop("links", set()))
            later = said.get("date", "") > today or all(published[one] > today for one in ids)
            made = Evidence(f"{table}:{name}", source_ids=ids, status=str(row.get("status") or "supported"),
                            later=later, links=links, **said)  # fmt: skip
            found[made.id] = made
    return found


def of(evidence_id: str) -> Evidence:
    """One row by its id; UnknownName with the nearest when there is none.

    >>> of("claims:s14-nato-name").status
    'contradicted'
    """
    held = evidence()
    if evidence_id not in held:
        raise unknown(_("piece of evidence"), evidence_id, held)
    return held[evidence_id]


def topics() -> Mapping[str, Topic]:
    """The questions of the course by their short names, in the order of the arguments.

    >>> topics()["right-size"].question
    'Is a force of about 50,000 the right size?'
    """
    found: Mapping[str, Topic] = _once("topics", [rows("topics"), rows("arguments")], _topics)
    return found


_LINKS = {
    "fact": "facts", "issue": "issues", "arrangement": "arrangements", "indicator": "indicators",
    "event": "events", "lesson": "lessons",
}  # fmt: skip


def _topics() -> dict[str, Topic]:
    filed = rows("topics")
    asked: dict[str, list[Row]] = {}
    for row in rows("arguments").values():
        asked.setdefault(str(row["question"]), []).append(row)
    found = {}
    for name, arguments in asked.items():
        # A question that a teacher has added and not yet filed still finds the rows that share its sources.
        row = filed.get(name, {})
        links = {(kind, one) for kind, column in _LINKS.items() for one in listed(row, column)}
        sources = frozenset(one for argument in arguments for one in listed(argument))
        label = str(row.get("label") or name.replace("-", " ").capitalize())
        found[name] = Topic(name, label, str(arguments[0]["question_text"]), frozenset(links), sources)
    return found


def stems(text: str) -> frozenset[str]:
    """The longer words of a text, each by its first letters, without those that stand in any text.

    >>> sorted(stems("Should guarantees be guaranteed?"))
    ['guaran']
    """
    words = re.findall(r"[^\W\d_]{5,}", text.casefold())
    return frozenset(word[:_STEM] for word in words if word not in _COMMON)


def shares_words(one: Evidence, stemmed: Iterable[str]) -> bool:
    """Whether a row shares a longer word with a text of which the stems are given.

    >>> shares_words(of("claims:s04-fifty-thousand"), stems("How many soldiers?"))
    True
    """
    return not stems(f"{one.label} {one.says}").isdisjoint(stemmed)


def side_word(side: str) -> str:
    """A side as a reader sees it.

    >>> side_word("for"), side_word("other")
    ('for', 'a third answer')
    """
    return columns("arguments")["side"].label(side).lower() if side in ("for", "against") else _("a third answer")


def _cut(text: str, most: int) -> str:
    """The first words of a text, with a sign where more follows."""
    words = text.split()
    return text if len(words) <= most else " ".join(words[:most]).rstrip(",;:. ") + " …"
