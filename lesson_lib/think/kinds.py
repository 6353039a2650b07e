"""The types of item, one class each: how its TOML is read, how an answer is read, marked and said.

To add a type, write one class here and put it into `KINDS`; nothing else needs to know.
`body` is what is shown and `key` is what marks: a body never depends on the key, so that a copy without keys
is the same for every key.
"""

from __future__ import annotations

import difflib
import re
from itertools import combinations
from typing import Any

from lesson_lib.know.catalogue import N_, _, ngettext
from lesson_lib.think import numerals, reading
from lesson_lib.think.blocks import Block
from lesson_lib.think.draw import number_or_sum
from lesson_lib.think.kind import Fields, Kind, distinct, names_for, options, part, shuffled, texts_of
from lesson_lib.think.reading import Json, Unreadable


class _Single(Kind):
    why_tells = False

    def build(self, item: Block, seed: str) -> tuple[Fields, Fields]:
        body, right, whys = self._choices(item)
        if not item.flag("opinion") and len(right) != 1:
            wrong = _("{n} are right").format(n=len(right))
            item.refuse("choices", wrong, _("put right = true under exactly one of them"))
        return body, {"right": right[0] if right else None, "whys": whys}

    def _choices(self, item: Block) -> tuple[Fields, list[str], dict[str, str]]:
        shown, whys = [], {}
        blocks, right = item.blocks("choices"), []
        for block in blocks:
            shown.append(part(block, "text"))
            whys[shown[-1]["id"]] = block.text("why")
            if block.flag("right"):
                right.append(shown[-1]["id"])
            block.close()
        distinct(item, "choices", shown, least=2)
        if item.flag("opinion") and right:
            wrong = _("one is right, and the item is an opinion")
            item.refuse("choices", wrong, _("remove right = true, or opinion = true"))
        return {"choices": shown}, right, whys

    def read(self, body: Fields, given: Json) -> Json:
        return reading.one(given, body["choices"])

    def mark(self, key: Fields, given: Json) -> tuple[dict[str, bool], float]:
        return {given: given == key["right"]}, float(given == key["right"])

    def right(self, key: Fields) -> Json:
        return key["right"]

    def text(self, body: Fields, given: Json) -> str:
        place = [choice["id"] for choice in body["choices"]].index(given)
        return f"{reading.letter(place)}. {body['choices'][place]['text']}"


class _Multiple(_Single):
    wrong = N_("Not these.")

    def build(self, item: Block, seed: str) -> tuple[Fields, Fields]:
        body, right, whys = self._choices(item)
        if not item.flag("opinion") and not right:
            item.refuse("choices", _("none is right"), _("put right = true under each that is"))
        return body, {"right": right, "whys": whys}

    def read(self, body: Fields, given: Json) -> Json:
        picked = reading.several(given, body["choices"])
        return [choice["id"] for choice in body["choices"] if choice["id"] in picked]

    def mark(self, key: Fields, given: Json) -> tuple[dict[str, bool], float]:
        parts = {choice: choice in key["right"] for choice in given}
        hits = sum(parts.values())
        return parts, max(0.0, (hits - (len(parts) - hits)) / len(key["right"]))

    def tally(self, key: Fields, given: Json) -> str:
        # How many are right in all is not said: it would tell how many to look for.
        hits = sum(choice in key["right"] for choice in given)
        rest = len(given) - hits
        belong = ngettext("{count} belongs", "{count} belong", hits).format(count=hits)
        if not rest:
            return _("{belong}, and there is more.").format(belong=belong)
        return belong + ngettext(", {count} does not.", ", {count} do not.", rest).format(count=rest)

    def text(self, body: Fields, given: Json) -> str:
        return "; ".join(super(_Multiple, self).text(body, choice) for choice in given)


class _Numeric(Kind):
    needs_why = True

    def build(self, item: Block, seed: str) -> tuple[Fields, Fields]:
        tolerance = item.number("tolerance", default=0)
        if tolerance < 0:
            item.refuse("tolerance", _("is below zero"), _("write how far off an answer may be, 0 or more"), tolerance)
        near = []
        for block in item.blocks("near", required=False):
            near.append(
                {
                    "value": number_or_sum(block, "value"),
                    "why": block.text("why"),
                    "tolerance": block.number("tolerance", default=tolerance),
                }
            )
            block.close()
        key = {"value": number_or_sum(item, "answer"), "tolerance": tolerance, "near": near, "whys": {}}
        return {"unit": item.text("unit", required=False)}, key

    def read(self, body: Fields, given: Json) -> Json:
        return numerals.number(given, body["unit"])

    def doubt(self, body: Fields, given: Json) -> numerals.Doubt | None:
        return numerals.doubt(given, body["unit"])

    def mark(self, key: Fields, given: Json) -> tuple[dict[str, bool], float]:
        right = _close(given, key)
        return {"answer": right}, float(right)

    def right(self, key: Fields) -> Json:
        return key["value"]

    def slip(self, key: Fields, given: Json) -> str:
        return next((near["why"] for near in key["near"] if _close(given, near)), "")

    def text(self, body: Fields, given: Json) -> str:
        number = numerals.separated(f"{given:,}") if abs(given) < 1e15 else f"{given:g}"
        return f"{number} {body['unit']}".strip()


class _Short(Kind):
    needs_why = True

    def build(self, item: Block, seed: str) -> tuple[Fields, Fields]:
        near = []
        for block in item.blocks("near", required=False):
            near.append({"text": block.text("text"), "why": block.text("why")})
            block.close()
        accepted = list(item.texts("accepted", required=True))
        if item.values.get("accepted") == []:
            item.refuse("accepted", _("is empty"), _("write at least one answer that is right"))
        return {}, {"accepted": accepted, "near": near, "whys": {}}

    def read(self, body: Fields, given: Json) -> Json:
        if isinstance(given, list) and len(given) == 1:
            given = given[0]
        if isinstance(given, bool) or not isinstance(given, str | int | float):
            raise Unreadable(_("I can't read this: type your answer as text in quotation marks."))
        return str(given).strip()

    def mark(self, key: Fields, given: Json) -> tuple[dict[str, bool], float]:
        right = _bare(given) in map(_bare, key["accepted"])
        return {"answer": right}, float(right)

    def right(self, key: Fields) -> Json:
        return key["accepted"][0]

    def slip(self, key: Fields, given: Json) -> str:
        foreseen = next((near["why"] for near in key["near"] if _bare(given) == _bare(near["text"])), "")
        close = difflib.get_close_matches(_bare(given), map(_bare, key["accepted"]), n=1, cutoff=0.82)
        return foreseen or (_("Very close: check the spelling.") if close else "")

    def text(self, body: Fields, given: Json) -> str:
        return str(given)


class _Text(_Short):
    marked = False

    def build(self, item: Block, seed: str) -> tuple[Fields, Fields]:
        least = item.number("min_words", default=0)
        body = {"rubric": list(item.texts("rubric", required=True)), "min_words": int(least)}
        return body, {"model": item.text("model", required=False) or None, "whys": {}}

    def mark(self, key: Fields, given: Json) -> tuple[dict[str, bool], float]:
        return {}, 0.0

    def right(self, key: Fields) -> Json:
        return key["model"]

    def slip(self, key: Fields, given: Json) -> str:
        return ""

    def recorded(self, body: Fields, given: Json) -> str:
        count = len(given.split())
        said = ngettext("Recorded: {count} word.", "Recorded: {count} words.", count).format(count=count)
        if count >= body["min_words"]:
            return said
        return f"{said} " + _("A full answer needs about {count}.").format(count=body["min_words"])


class _Parts(Kind):
    """Several parts, each right or wrong by itself; the score is the share that is right, blanks not."""

    wrong = N_("Not yet.")

    def right(self, key: Fields) -> Json:
        raise NotImplementedError

    def mark(self, key: Fields, given: Json) -> tuple[dict[str, bool], float]:
        right = self.right(key)
        parts = {part: given[part] == right[part] for part in right if part in given}
        return parts, sum(parts.values()) / len(right)

    def tally(self, key: Fields, given: Json) -> str:
        parts, _score = self.mark(key, given)
        of = self.count(key)
        blank = of - len(parts)
        said = _("{right} of {of}, {blank} still blank.") if blank else _("{right} of {of}.")
        return said.format(right=sum(parts.values()), of=of, blank=blank)

    def count(self, key: Fields) -> int:
        """How many parts there are."""
        return len(self.right(key))


class _Match(_Parts):
    def build(self, item: Block, seed: str) -> tuple[Fields, Fields]:
        left, whys, texts, originals = [], {}, [], []
        for block in item.blocks("pairs"):
            left.append(part(block, "left"))
            texts.append(block.text("right"))
            originals.append(block.text("original", required=False) or texts[-1])
            whys[left[-1]["id"]] = block.text("why")
            block.close()
        distinct(item, "pairs", left, least=2)
        decoys = item.texts("decoys")
        # A right side is named after its own words: its name tells neither its place nor what it belongs to. In a
        # translation it keeps the name of the original's words, so that an answer is the same in both.
        originals += item.texts("original_decoys") or decoys
        names = names_for(dict.fromkeys(originals))
        words = dict(zip(originals, [*texts, *decoys], strict=False))
        right = [{"id": names[original], "text": words[original]} for original in sorted(names)]
        pairs = {part["id"]: names[original] for part, original in zip(left, originals, strict=False)}
        return {"left": left, "right": shuffled(right, seed)}, {"pairs": pairs, "whys": whys}

    def read(self, body: Fields, given: Json) -> Json:
        return reading.pairs(given, body["left"], body["right"], _("right side"))

    def right(self, key: Fields) -> Json:
        return key["pairs"]

    def unfilled(self, body: Fields, given: Json) -> int:
        return len(body["left"]) - len(given)

    def text(self, body: Fields, given: Json) -> str:
        return _said(given, body["left"], body["right"])


class _Classify(_Parts):
    def build(self, item: Block, seed: str) -> tuple[Fields, Fields]:
        bins, cards, whys, right = options(item, "bins"), [], {}, {}
        for block in item.blocks("cards"):
            cards.append(part(block, "text"))
            name = cards[-1]["id"]
            right[name] = block.choice("bin", [entry["id"] for entry in bins])
            whys[name] = block.text("why")
            block.close()
        distinct(item, "cards", cards, least=2)
        return {"bins": bins, "cards": cards}, {"bins": right, "whys": whys}

    def read(self, body: Fields, given: Json) -> Json:
        cards, bins = body["cards"], body["bins"]
        # The other way round as well: the cards of each bin, {"fact": ["s1", "s3"], "forecast": ["s2"]}.
        if isinstance(given, dict) and any(isinstance(entry, list) for entry in given.values()):
            placed: dict[str, str] = {}
            for name, entries in given.items():
                for card in reading.several(entries, cards):
                    if placed.setdefault(card, name) != name:
                        wrong = _("I can't read two answers for {name}: give it one {kind}.")
                        raise Unreadable(wrong, name=card, kind=_("bin"))
            given = placed
        return reading.pairs(given, cards, bins, _("bin"))

    def right(self, key: Fields) -> Json:
        return key["bins"]

    def unfilled(self, body: Fields, given: Json) -> int:
        return len(body["cards"]) - len(given)

    def text(self, body: Fields, given: Json) -> str:
        return _said(given, body["cards"], body["bins"])


class _Order(Kind):
    needs_why = True
    wrong = N_("Not yet.")

    def build(self, item: Block, seed: str) -> tuple[Fields, Fields]:
        steps, whys = [], {}
        for block in item.blocks("steps"):
            steps.append(part(block, "text"))
            whys[steps[-1]["id"]] = block.text("why")
            block.close()
        distinct(item, "steps", steps, least=3)
        right = [step["id"] for step in steps]
        shown = shuffled(steps, seed)
        # Shuffling again until it differs would make the body depend on the key; another name shuffles anew.
        if len(steps) > 2 and [step["id"] for step in shown] == right:
            item.refuse("steps", _("happen to be shown in the right order already"), _("change the id of one step"))
        ends = {name: item.text(name, required=False) for name in ("first", "last")}
        return {"steps": shown, **ends}, {"steps": right, "whys": whys}

    def read(self, body: Fields, given: Json) -> Json:
        steps = body["steps"]
        order = reading.several(given, steps)
        if len(order) != len(steps):
            wrong = _("I can't read an order with steps left out: name each once, out of {letters}.")
            raise Unreadable(wrong, letters=reading.letters(steps))
        return order

    def _pairs(self, key: Fields, given: Json) -> tuple[int, int]:
        """How many pairs of steps stand in the right order, and of how many."""
        place = {step: at for at, step in enumerate(key["steps"])}
        pairs = [place.get(a, -1) < place.get(b, -1) for a, b in combinations(given, 2)]
        return sum(pairs), len(pairs)

    def mark(self, key: Fields, given: Json) -> tuple[dict[str, bool], float]:
        right, of = self._pairs(key, given)
        parts = {step: step == at for step, at in zip(given, key["steps"], strict=True)}
        # Half the pairs come right by chance: only what is above half earns anything.
        return parts, right / of if 2 * right > of else 0.0

    def tally(self, key: Fields, given: Json) -> str:
        placed = sum(step == at for step, at in zip(given, key["steps"], strict=True))
        if not placed:
            return _("some follow each other as they should, and none stands in its place.")
        return _("{placed} of {of} stand in the right place.").format(placed=placed, of=len(given))

    def right(self, key: Fields) -> Json:
        return key["steps"]

    def text(self, body: Fields, given: Json) -> str:
        texts = {step["id"]: step["text"] for step in body["steps"]}
        return " → ".join(texts[step] for step in given)


class _Table(_Parts):
    needs_why = True

    def build(self, item: Block, seed: str) -> tuple[Fields, Fields]:
        columns, values = options(item, "columns"), options(item, "values")
        rows, ask, right, whys = [], {}, {}, {}
        for block in item.blocks("rows"):
            rows.append(part(block, "text"))
            name = rows[-1]["id"]
            whys[name] = block.text("why")
            cells = block.table("cells", required=True)
            right[name] = self._cells(cells, columns, values) if cells else {}
            ask[name] = list(right[name])
            block.close()
        distinct(item, "rows", rows, least=1)
        body = {"rows": rows, "columns": columns, "values": values, "ask": ask}
        return body, {"cells": right, "whys": whys}

    def _cells(self, cells: Block, columns: list[dict[str, str]], values: list[dict[str, str]]) -> dict[str, list[str]]:
        found = {}
        for column in (entry["id"] for entry in columns if entry["id"] in cells.values):
            listed = isinstance(cells.values[column], list)
            given = list(cells.texts(column)) if listed else [cells.text(column)]
            for value in given:
                if value not in [entry["id"] for entry in values]:
                    fix = _("the values are {names}").format(names=reading.ids(values))
                    cells.refuse(column, _("is not one of the values"), fix, value)
            found[column] = given
        if not found:
            fix = _("give at least one of {names}").format(names=reading.ids(columns))
            cells.refuse("", _("asks for nothing"), fix)
        cells.ask(*(column["id"] for column in columns))
        cells.close()
        return found

    def read(self, body: Fields, given: Json) -> Json:
        rows, columns, values, ask = body["rows"], body["columns"], body["values"], body["ask"]
        found: dict[str, dict[str, str]] = {}
        for row, cells in reading.rows_of(given, rows, columns):
            for name, entry in reading.cells_of(cells, columns):
                column = reading.find(name, columns)
                if column is None:
                    wrong = _("I can't read the column {name}: name one of {choices}.")
                    raise Unreadable(wrong, name=reading.quote(name), choices=reading.ids(columns))
                if column in ask[row] and not reading.is_blank(entry):
                    found.setdefault(row, {})[column] = reading.one(entry, values, reading.ids(values))
        return found

    def mark(self, key: Fields, given: Json) -> tuple[dict[str, bool], float]:
        right = _cells_by_name(key["cells"])
        answered = _cells_by_name(given)
        parts = {cell: answered[cell] in right[cell] for cell in right if cell in answered}
        return parts, sum(parts.values()) / len(right)

    def count(self, key: Fields) -> int:
        return sum(map(len, key["cells"].values()))

    def right(self, key: Fields) -> Json:
        return key["cells"]

    def unfilled(self, body: Fields, given: Json) -> int:
        return sum(map(len, body["ask"].values())) - sum(map(len, given.values()))

    def text(self, body: Fields, given: Json) -> str:
        rows, columns, values = (texts_of(body[name]) for name in ("rows", "columns", "values"))
        return "; ".join(
            f"{rows[row]}: " + ", ".join(f"{columns[name]} {_either(value, values)}" for name, value in cells.items())
            for row, cells in given.items()
        )


KINDS: dict[str, Kind] = {
    "single": _Single(),
    "multiple": _Multiple(),
    "numeric": _Numeric(),
    "match": _Match(),
    "order": _Order(),
    "classify": _Classify(),
    "short": _Short(),
    "text": _Text(),
    "table": _Table(),
}


def _close(given: float, key: Fields) -> bool:
    # A hair more than the tolerance: 0.1 + 0.2 is not 0.3 to a computer, and no student's fault.
    return bool(abs(given - key["value"]) <= key["tolerance"] + 1e-9 * max(1.0, abs(key["value"])))


def _bare(text: str) -> str:
    """A short answer as it is compared: see `reading.words`, without a leading article.

    >>> _bare("The  Élysée!") == _bare("elysee")
    True
    """
    return re.sub(r"^(a|an|the) (?=.)", "", reading.words(text))


def _cells_by_name(cells: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {f"{row}/{column}": value for row, given in cells.items() for column, value in given.items()}


def _either(value: Json, texts: dict[str, str]) -> str:
    return _(" or ").join(texts[entry] for entry in (value if isinstance(value, list) else [value]))


def _said(given: dict[str, str], lefts: reading.Options, rights: reading.Options) -> str:
    left, right = texts_of(lefts), texts_of(rights)
    return "; ".join(f"{left[name]}: {right[value]}" for name, value in given.items())
