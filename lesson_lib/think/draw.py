"""Items whose numbers are drawn: a row of a data table chosen by seed, and an answer got by plain arithmetic.

An author writes what is to be reckoned, never code:

    answer = { op = "years_between", from = "{date}", to = "2025-08-18" }
"""

from __future__ import annotations

import datetime
import hashlib
import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from lesson_lib.know.catalogue import _
from lesson_lib.know.data import rows
from lesson_lib.know.errors import DataError, UnknownName, nearest
from lesson_lib.think.blocks import Block

_FIELD = re.compile(r"\{([a-z_]+)\}")


def years_between(start: str, end: str) -> int:
    """Whole years completed between two ISO dates.

    >>> years_between("1953-07-27", "2025-08-18"), years_between("1953-10-01", "2025-08-18")
    (72, 71)
    """
    first, last = datetime.date.fromisoformat(start), datetime.date.fromisoformat(end)
    return last.year - first.year - ((last.month, last.day) < (first.month, first.day))


def days_between(start: str, end: str) -> int:
    """Days from one ISO date to another.

    >>> days_between("2025-08-15", "2025-08-18")
    3
    """
    return (datetime.date.fromisoformat(end) - datetime.date.fromisoformat(start)).days


_BETWEEN: dict[str, Callable[[str, str], int]] = {
    "years_between": years_between,
    "days_between": days_between,
}
_OF_ANY: dict[str, Callable[[list[float]], float]] = {"sum": sum, "product": math.prod}
_OF_TWO: dict[str, Callable[[float, float], float]] = {
    "difference": lambda a, b: a - b,
    "ratio": lambda a, b: a / b,
    "percent": lambda a, b: 100 * a / b,
}


def number_or_sum(block: Block, name: str) -> float:
    """A number that may be reckoned, `72` or `{ op = "sum", of = [40, 32] }`; 0 when wrong (and noted)."""
    if not isinstance(block.values.get(name), dict):
        return block.number(name)
    reckoned = block.table(name)
    if reckoned is None:
        return 0
    op = reckoned.choice("op", [*_BETWEEN, *_OF_ANY, *_OF_TWO])
    places = reckoned.values.get("round")
    reckoned.ask("round", *(("from", "to") if op in _BETWEEN else ("of",)))
    reckoned.close()
    try:
        if op in _BETWEEN:
            value: float = _BETWEEN[op](str(reckoned.values["from"]), str(reckoned.values["to"]))
        elif op in _OF_ANY:
            value = _OF_ANY[op]([_number(entry) for entry in reckoned.values["of"]])
        elif op in _OF_TWO:
            first, second = (_number(entry) for entry in reckoned.values["of"])
            value = _OF_TWO[op](first, second)
        else:
            return 0
        return value if places is None else round(value, int(places))
    except (KeyError, TypeError, ValueError, ZeroDivisionError, OverflowError):
        fix = _("give of = [ … ] with numbers")
        if op in _BETWEEN:
            fix = _('give from and to as dates, "1953-07-27"')
        elif op in _OF_TWO:
            fix = _("give of = [ … ] with numbers, two of them and the second not 0")
        block.refuse(name, _("cannot be reckoned"), fix, dict(reckoned.values))
        return 0


def _number(given: object) -> float:
    if isinstance(given, int | float) and not isinstance(given, bool):
        return given
    text = str(given)
    return int(text) if re.fullmatch(r"-?\d+", text) else float(text)


def drawn(item: Block, seed: str, variant: int | None = None) -> tuple[Block, int]:
    """The item with a row of its table drawn and every {column} filled in, and how many rows there are to draw from.

    The row is chosen by the seed, or is the one whose number is given. An item that draws nothing stays as it is.
    """
    draw = item.table("draw")
    if draw is None:
        return item, 1
    table, ids = draw.text("table"), sorted(draw.texts("ids", required=True))
    draw.close()
    try:
        found = rows(table) if table else {}
    except UnknownName as error:
        draw.refuse("table", _("is not a table"), str(error), table)
        return item, 1
    except DataError:
        draw.refuse("table", _("has problems of its own"), _("mend the table first"), table)
        return item, 1
    for name in ids:
        if table and name not in found:
            guess = nearest(name, found)
            draw.refuse(
                "ids",
                _("is not a row of {file}").format(file=f"{table}.csv"),
                _("did you mean {guess}?").format(guess=guess) if guess else _("remove it"),
                name,
            )
    chosen = [name for name in ids if name in found]
    if not chosen:
        return item, 1
    place = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8], "big") if variant is None else variant
    row = found[chosen[place % len(chosen)]]
    sources = row.get("source_ids")
    filled = {
        name: _filled(item, name, value, row) for name, value in item.values.items() if name not in ("id", "draw")
    }
    both = [*filled.get("source_ids", []), *(sources if isinstance(sources, list) else [])]
    kept = {name: item.values[name] for name in ("id", "draw") if name in item.values}
    return item.with_values(filled | kept | {"source_ids": list(dict.fromkeys(both))}), len(chosen)


def _filled(item: Block, name: str, value: Any, row: Mapping[str, object], sum_of: bool = False) -> Any:
    """Every {column} filled in; where it is read and not reckoned with (`sum_of`), thousands are set apart."""
    if isinstance(value, dict):
        return {key: _filled(item, name, entry, row, sum_of or "op" in value) for key, entry in value.items()}
    if isinstance(value, list):
        return [_filled(item, name, entry, row, sum_of) for entry in value]
    if not isinstance(value, str):
        return value

    def column(match: re.Match[str]) -> str:
        if match[1] in row and row[match[1]] is not None:
            value = row[match[1]]
            if not isinstance(value, int | float) or isinstance(value, bool):
                return str(value)
            read = not sum_of and name != "answer" and match[1] != "year"
            return f"{value:,.15g}" if read else f"{value:.15g}"
        guess = nearest(match[1], row)
        wrong = _("is empty in this row") if match[1] in row else _("is not a column")
        fix = _("the columns are {names}").format(names=", ".join(row))
        if guess and match[1] not in row:
            fix = _("did you mean {guess}?").format(guess=f"{{{guess}}}")
        item.refuse(name, wrong, fix, match[0])
        return match[0]

    return _FIELD.sub(column, value)
