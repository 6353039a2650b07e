"""Reads the tables in `data/` as `datapackage.json` describes them, and says everything that is wrong at once.

A teacher adds a row in a spreadsheet, and learns from here what is amiss with it: file, line, value and the fix.
"""

from __future__ import annotations

import csv
import datetime
import functools
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from lesson_lib.know import catalogue
from lesson_lib.know.catalogue import N_, _, ngettext
from lesson_lib.know.errors import DataError, LessonError, Problem, nearest, unknown
from lesson_lib.know.package import UNKNOWN, Column, Resource, data_folder, package

__all__ = [
    "UNKNOWN",
    "Column",
    "Row",
    "Value",
    "as_of",
    "check",
    "chosen",
    "columns",
    "data_folder",
    "listed",
    "rows",
    "tables",
    "title",
]

Value = str | int | float | bool | list[str] | None
Row = dict[str, Value]


def tables() -> list[str]:
    """The names of the tables there are.

    >>> "claims" in tables()
    True
    """
    return list(package().resources)


def rows(table: str) -> dict[str, Row]:
    """Every row of a table by its id, in file order, with numbers, flags and lists as such and None where unknown.

    Raises UnknownName for a table that does not exist and DataError for one that cannot be trusted.

    >>> rows("sources")["north-atlantic-treaty-1949"]["kind"]
    'primary'
    """
    read, problems = _now(_resource(table))
    if problems:
        raise DataError(problems)
    return read


def columns(table: str) -> dict[str, Column]:
    """The columns of a table: title, description, type and choices, as a teacher reads them.

    >>> columns("claims")["status"].choices
    ['supported', 'imprecise', 'contested', 'contradicted', 'unverified']
    """
    return _resource(table).columns


def title(table: str) -> str:
    """What a table is called above it.

    >>> title("claims")
    "The story's claims"
    """
    return _(_resource(table).title)


def listed(row: Row, column: str = "source_ids") -> list[str]:
    """The entries of a list column; none where the cell is empty or the table has no such column.

    >>> listed(rows("claims")["s14-nato-name"], "denied_by")
    ['records']
    """
    value = row.get(column)
    return value if isinstance(value, list) else []


def name(table: str, row_id: str) -> str:
    """What a row is called in a heading: its label, or what the columns named in the table's `heading` say.

    >>> name("claims", "s14-nato-name"), name("positions", "russia-european-troops")
    ("NATO's name: North American", 'Russia: European soldiers')
    """
    resource, row = _resource(table), rows(table)[row_id]
    for column in ("label", "title"):
        if row.get(column) and not resource.heading:
            return str(row[column])
    linked = {key.column: key.table for key in resource.foreign_keys}
    parts = [
        name(linked[column], str(row[column])) if column in linked else str(row[column])
        for column in resource.heading
        if row.get(column) is not None
    ]
    return ": ".join(parts) or row_id


def chosen(kind: str, wanted: Sequence[str] | None, valid: Iterable[str], usual: Sequence[str] = ()) -> list[str]:
    """The names asked for, each once; the usual ones (else all) when none are. UnknownName for one that is not there.

    >>> chosen("column", ["b", "a", "b"], "abc")
    ['b', 'a']
    """
    names = list(valid)
    if wanted is None:
        return list(usual or names)
    for name in wanted:
        if name not in names:
            raise unknown(kind, name, names)
    if not wanted:
        raise LessonError(
            _("There is nothing to show: name at least one {kind}, or leave the list out to see them all.").format(
                kind=kind
            )
        )
    return list(dict.fromkeys(wanted))


def as_of() -> str:
    """The day the course's present ends, as an ISO date.

    >>> as_of()
    '2025-08-19'
    """
    return package().as_of


def check() -> list[Problem]:
    """Every fault of the whole data folder: encoding, shape, types, choices, keys. Empty when all is well.

    >>> check()
    []
    """
    problems: list[Problem] = []
    read: dict[str, dict[str, Row]] = {}
    for name, resource in package().resources.items():
        read[name], found = _now(resource)
        problems += found
    for resource in package().resources.values():
        problems += _foreign_keys(resource, read)
    listed = {resource.path.name for resource in package().resources.values()}
    for path in sorted(data_folder().glob("*.csv")):
        if path.name not in listed:
            problems.append(
                Problem(
                    path.name,
                    None,
                    "",
                    "",
                    _("is not described in datapackage.json"),
                    _("describe its columns there, or delete the file"),
                )
            )
    return problems


def _resource(table: str) -> Resource:
    resources = package().resources
    if table not in resources:
        raise unknown(_("table"), table, resources)
    return resources[table]


# ---- reading -----------------------------------------------------------------------------------------------------


def _now(resource: Resource) -> tuple[dict[str, Row], list[Problem]]:
    """The rows of the file as it is now, and its problems in the language spoken now."""
    stamp = resource.path.stat() if resource.path.is_file() else None
    return _read(resource, (stamp.st_mtime_ns, stamp.st_size) if stamp else None, catalogue.current())


@functools.lru_cache(maxsize=64)
def _read(resource: Resource, stamp: tuple[int, int] | None, _spoken: str) -> tuple[dict[str, Row], list[Problem]]:
    """The rows by id, and the problems. It is kept by the time and size of the file and by the language spoken."""
    name = resource.path.name
    if stamp is None:
        return {}, [Problem(name, None, "", "", _("is missing"), _("put the file back into data/"))]
    try:
        text = resource.path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = resource.path.read_bytes()[: error.start].count(b"\n") + 1
        return {}, [Problem(name, line, "", "", _("is not UTF-8 text"), _("save the file as “CSV UTF-8”"))]
    except OSError as error:
        wrong = _("cannot be read ({reason})").format(reason=error.strerror)
        return {}, [Problem(name, None, "", "", wrong, _("check the file's permissions"))]
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    problems: list[Problem] = []
    found: dict[str, Row] = {}
    try:
        header = next(reader, [])
        problems += _header(resource, header)
        if problems:
            return {}, problems
        seen: dict[str, dict[str, int]] = {column.name: {} for column in resource.columns.values() if column.unique}
        seen.setdefault(resource.key, {})
        start = reader.line_num + 1
        for cells in reader:
            line, start = start, reader.line_num + 1
            if not cells:
                continue
            if len(cells) != len(header):
                problems.append(
                    Problem(
                        name,
                        line,
                        "",
                        "",
                        ngettext(
                            "has {n} cell where the heading has {wanted}",
                            "has {n} cells where the heading has {wanted}",
                            len(cells),
                        ).format(n=len(cells), wanted=len(header)),
                        _("put text that holds a comma between double quotes, and count the commas"),
                    )
                )
                continue
            row = dict(_cells(resource, header, cells, line, problems))
            for column, lines in seen.items():
                value = str(row[column])
                if row[column] is not None and value in lines:
                    problems.append(
                        Problem(
                            name,
                            line,
                            _("column {column}").format(column=column),
                            value,
                            _("stands already in line {n}").format(n=lines[value]),
                            _("give each row a value of its own"),
                        )
                    )
                lines.setdefault(value, line)
            found.setdefault(str(row[resource.key]), row)
    except csv.Error as error:
        problems.append(
            Problem(
                name,
                reader.line_num,
                "",
                "",
                _("is not well-formed CSV ({reason})").format(reason=error),
                _("close the double quote that is open, or double a quote inside a text"),
            )
        )
    return found, problems


def _header(resource: Resource, header: list[str]) -> Iterator[Problem]:
    name, heading = resource.path.name, _("heading")
    for column in header:
        if column not in resource.columns:
            guess = nearest(column, resource.columns)
            yield Problem(
                name,
                1,
                heading,
                column,
                _("is not a column of this table"),
                _("did you mean {guess}?").format(guess=guess)
                if guess
                else _("remove it, or describe it in datapackage.json"),
            )
    for column in resource.columns:
        if column not in header:
            fix = _("add the column, empty where nothing is known")
            yield Problem(name, 1, heading, column, _("is missing"), fix)
        elif header.count(column) > 1:
            yield Problem(name, 1, heading, column, _("stands twice"), _("keep one of the two columns"))


def _cells(
    resource: Resource, header: list[str], cells: list[str], line: int, problems: list[Problem]
) -> Iterator[tuple[str, Value]]:
    row_id = cells[header.index(resource.key)]
    for name, text in zip(header, cells, strict=True):
        column = resource.columns[name]
        where = _("row {row}, column {column}").format(row=row_id or "?", column=name)

        def wrong(value: str, what: str, fix: str, where: str = where) -> None:
            problems.append(Problem(resource.path.name, line, where, value, what, fix))

        if text.strip() == "":
            if column.required or name == resource.key:
                needed = column.description or _("it is needed")
                wrong("", _("is empty"), _("fill it in: {description}").format(description=needed))
            yield name, ([] if column.type == "list" else None)
            continue
        parse = _PARSERS.get(column.type)
        if parse is None:
            types = _("use one of {names}").format(names=", ".join(_PARSERS))
            wrong(column.type, _("is a type this course does not read"), types)
            yield name, text
            continue
        entries = [part.strip() for part in text.split(column.delimiter)] if column.type == "list" else [text]
        for entry in entries:
            if column.choices and entry not in column.choices:
                guess = nearest(entry, column.choices)
                fix = _("did you mean {guess}? The choices are {names}") if guess else _("The choices are {names}")
                fix = fix.format(guess=guess, names=", ".join(column.choices))
                wrong(entry, _("is not one of the choices"), fix)
            if column.pattern and not re.fullmatch(column.pattern, entry):
                wrong(
                    entry,
                    _("has not the form it must have"),
                    column.description or _("the form is {pattern}").format(pattern=column.pattern),
                )
        if column.type == "list":
            if "" in entries or len(set(entries)) != len(entries):
                wrong(
                    text,
                    _("has an empty or a double entry"),
                    _("write each once, with {delimiter} between them").format(delimiter=column.delimiter),
                )
            yield name, [entry for entry in entries if entry]
            continue
        try:
            yield name, parse(text)
        except ValueError:
            wrong(text, _(_WRONGS[column.type]), _(_FIXES[column.type]))
            yield name, None


def _boolean(text: str) -> bool:
    words = {"yes": True, "true": True, "no": False, "false": False}
    return words[text] if text in words else _refuse()


def _refuse() -> bool:
    raise ValueError


def _date(text: str) -> str:
    # fromisoformat also takes 20250818 and week dates; one form only, so that dates sort as text.
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise ValueError
    return datetime.date.fromisoformat(text).isoformat()


def _number(text: str) -> float:
    value = float(text)
    return value if value == value and abs(value) != float("inf") else float(_refuse())


_PARSERS: dict[str, Callable[[str], Value]] = {
    "string": str,
    "integer": int,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
    "year": lambda text: int(text) if re.fullmatch(r"\d{4}", text) else int(_refuse()),
    "list": str,
}
_WRONGS = {
    "integer": N_("is not a whole number"),
    "number": N_("is not a number"),
    "boolean": N_("is not yes or no"),
    "date": N_("is not a date"),
    "year": N_("is not a year"),
}
_FIXES = {
    "integer": N_("write digits only, as in 50000"),
    "number": N_("write digits and a point, as in 1.5"),
    "boolean": N_("write yes or no"),
    "date": N_("write year-month-day, as in 2025-08-18"),
    "year": N_("write four digits, as in 1953"),
}


def _foreign_keys(resource: Resource, read: dict[str, dict[str, Row]]) -> Iterator[Problem]:
    for key in resource.foreign_keys:
        if key.table not in read:
            yield Problem(
                "datapackage.json",
                None,
                _("table {table}").format(table=resource.name),
                key.table,
                _("is not a table"),
                _("the tables are {names}").format(names=", ".join(read)),
            )
            continue
        targets = {str(row.get(key.target)) for row in read[key.table].values()}
        for row_id, row in read[resource.name].items():
            value = row.get(key.column)
            for entry in value if isinstance(value, list) else [] if value is None else [str(value)]:
                if entry not in targets:
                    guess = nearest(entry, targets)
                    fix = _("add a row with that {column} there")
                    if guess:
                        fix = _("did you mean {guess}? Else add a row with that {column} there")
                    yield Problem(
                        resource.path.name,
                        _line(resource, row_id),
                        _("row {row}, column {column}").format(row=row_id, column=key.column),
                        entry,
                        _("is not in {file}").format(file=f"{key.table}.csv"),
                        fix.format(guess=guess, column=key.target),
                    )


def _line(resource: Resource, row_id: str) -> int | None:
    with resource.path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        place = next(reader).index(resource.key)
        start = reader.line_num + 1
        for cells in reader:
            if cells and cells[place] == row_id:
                return start
            start = reader.line_num + 1
    return None
