"""A unit as a QTI 2.1 package: one item a file, a test that draws one of the rows of an item, and a manifest.

Structure and names as in the 1EdTech (IMS) QTI 2.1 assessment test, section and item information model.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from lesson_lib.classroom.bank import Unit
from lesson_lib.classroom.exchange.entries import (
    Entry,
    cells,
    citations,
    entries,
    exact,
    number,
    pools,
    rubric_html,
    solution,
    stem,
    texts,
)
from lesson_lib.classroom.exchange.markup import clean, esc, flow, inline, listed
from lesson_lib.classroom.exchange.package import HEAD, XSI, ident, leaf, pack, tag

QTI = "http://www.imsglobal.org/xsd/imsqti_v2p1"
CP = "http://www.imsglobal.org/xsd/imscp_v1p1"
MD = "http://www.imsglobal.org/xsd/imsmd_v1p2"
_SCHEMA = {
    "xmlns": QTI,
    "xmlns:xsi": XSI,
    "xsi:schemaLocation": f"{QTI} http://www.imsglobal.org/xsd/qti/qtiv2p1/imsqti_v2p1.xsd",
}
_R, _FEEDBACK, _SOLUTION = "RESPONSE", "FEEDBACK", "SOLUTION"


def export(unit: Unit, variants: str = "all") -> bytes:
    """The whole unit as a zip file."""
    every = entries(unit, variants)
    files = {"imsmanifest.xml": _manifest(unit, every), "test.xml": _test(unit, every)}
    return pack(files | {_file(entry): HEAD + _item(entry) + "\n" for entry in every})


def _file(entry: Entry) -> str:
    return f"items/{entry.name}.xml"


@dataclass
class _Made:
    """The parts of an item that depend on its type."""

    declaration: str
    interaction: str
    score: list[str] = field(default_factory=list)
    feedback: list[str] = field(default_factory=list)
    """What sets FEEDBACK, one identifier or several."""
    modal: list[tuple[str, str]] = field(default_factory=list)
    several: bool = False


def _item(entry: Entry) -> str:
    item = entry.item
    made = _KINDS[item.type](entry)
    told = solution(item, rubric=False)
    outcomes = [
        _outcome("SCORE", "float", "0", {"normalMaximum": number(item.points), "normalMinimum": 0}),
        _outcome("MAXSCORE", "float", number(item.points)),
    ]
    rules = [*made.score, *made.feedback]
    modal = [_modal(_FEEDBACK, name, text) for name, text in made.modal]
    if made.modal:
        outcomes.append(_outcome(_FEEDBACK, "identifier", "", {}, several=made.several))
    if told:
        outcomes.append(_outcome(_SOLUTION, "identifier", ""))
        rules.append(_set(_SOLUTION, _base("identifier", "told")))
        modal.append(_modal(_SOLUTION, "told", told))
    rubric = [tag("rubricBlock", {"view": "scorer"}, rubric_html(item))] if item.type == "text" else []
    hints = [tag("rubricBlock", {"view": "tutor"}, listed("hints", item.hints))] if item.hints else []
    head = {"identifier": ident("i", entry.name), "title": entry.name, "adaptive": "false", "timeDependent": "false"}
    body = [stem(item, unit=True), made.interaction, *rubric, *hints]
    parts = [made.declaration, *outcomes, tag("itemBody", {}, "\n", "\n".join(body), "\n")]
    parts += [tag("responseProcessing", {}, *rules)] if rules else []
    return tag("assessmentItem", _SCHEMA | head, "\n", "\n".join([*parts, *modal]), "\n")


def _outcome(
    name: str, kind: str, value: str, more: Mapping[str, object] | None = None, *, several: bool = False
) -> str:
    attributes = {"identifier": name, "cardinality": "multiple" if several else "single", "baseType": kind}
    default = [tag("defaultValue", {}, leaf("value", value))] if value else []
    return tag("outcomeDeclaration", attributes | dict(more or {}), *default)


def _response(cardinality: str, kind: str, right: Iterable[str], mapping: str = "") -> str:
    values = [leaf("value", each) for each in right]
    correct = [tag("correctResponse", {}, *values)] if values else []
    attributes = {"identifier": _R, "cardinality": cardinality, "baseType": kind}
    return tag("responseDeclaration", attributes, *correct, *([mapping] if mapping else []))


def _mapping(rows: Mapping[str, float], most: float, **more: object) -> str:
    told = {"lowerBound": 0, "upperBound": number(most), "defaultValue": 0}
    entries_ = (tag("mapEntry", {"mapKey": key, "mappedValue": _share(value)} | more) for key, value in rows.items())
    return tag("mapping", told, *entries_)


def _share(value: float) -> str:
    """A share rounded up, so that all shares together reach the whole; the upper bound cuts what is over.

    >>> _share(0.5), _share(1 / 3)
    ('0.5', '0.333333334')
    """
    return exact(math.ceil(round(value * 1e9, 3)) / 1e9)


def _modal(outcome: str, name: str, html: str) -> str:
    return tag("modalFeedback", {"outcomeIdentifier": outcome, "identifier": name, "showHide": "show"}, html)


def _set(name: str, value: str) -> str:
    return tag("setOutcomeValue", {"identifier": name}, value)


def _base(kind: str, value: object) -> str:
    return f'<baseValue baseType="{kind}">{esc(str(value))}</baseValue>'


_GIVEN = tag("variable", {"identifier": _R})
_MAPPED = _set("SCORE", tag("mapResponse", {"identifier": _R}))


def _if(*branches: tuple[str, str]) -> str:
    """A condition: each branch is what is asked and what is set then."""
    names = ["responseIf", *(["responseElseIf"] * len(branches))]
    parts = (tag(name, {}, asked, then) for name, (asked, then) in zip(names, branches, strict=False))
    return tag("responseCondition", {}, *parts)


# ---- types --------------------------------------------------------------------------------------------------------


def _choices(entry: Entry) -> _Made:
    item, right, points = entry.item, entry.item.key["right"], entry.points
    several = item.type == "multiple"
    names = {choice["id"]: ident("c", choice["id"]) for choice in item.body["choices"]}
    good = [] if item.opinion else right if several else [right]
    if item.opinion:
        shares = dict.fromkeys(names.values(), points)
    elif several:
        shares = {names[each]: (points if each in right else -points) / len(right) for each in names}
    else:
        shares = {names[right]: points}
    shown = (
        tag("simpleChoice", {"identifier": names[choice["id"]]}, flow(choice["text"]))
        for choice in item.body["choices"]
    )
    cardinality = "multiple" if several else "single"
    asked = {"responseIdentifier": _R, "shuffle": "true", "maxChoices": 0 if several else 1}
    modal = [(names[each], flow(item.key["whys"][each])) for each in names]
    return _Made(
        _response(cardinality, "identifier", [names[each] for each in good], _mapping(shares, points)),
        tag("choiceInteraction", asked, *shown),
        [_MAPPED],
        [_set(_FEEDBACK, _GIVEN)],
        modal,
        several,
    )


def _equal(value: str, off: float) -> str:
    if not off:
        return tag("equal", {"toleranceMode": "exact"}, _GIVEN, value)
    return tag("equal", {"toleranceMode": "absolute", "tolerance": f"{exact(off)} {exact(off)}"}, _GIVEN, value)


def _numeric(entry: Entry) -> _Made:
    key = entry.item.key
    right = (
        _equal(tag("correct", {"identifier": _R}), key["tolerance"]),
        _set("SCORE", _base("float", number(entry.points))),
    )
    near = [
        (_equal(_base("float", exact(each["value"])), each["tolerance"]), place)
        for place, each in enumerate(key["near"], start=1)
    ]
    return _Made(
        _response("single", "float", [exact(key["value"])]),
        tag("p", {}, tag("textEntryInteraction", {"responseIdentifier": _R, "expectedLength": 15})),
        [_if(right, *((asked, _near(place)) for asked, place in near))],
        [],
        [(f"near-{place}", flow(each["why"])) for place, each in enumerate(key["near"], start=1)],
    )


def _near(place: int) -> str:
    return _set(_FEEDBACK, _base("identifier", f"near-{place}"))


def _short(entry: Entry) -> _Made:
    key = entry.item.key
    shares = dict.fromkeys((clean(text) for text in key["accepted"]), entry.points)

    def same(text: str) -> str:
        return tag("stringMatch", {"caseSensitive": "false"}, _GIVEN, _base("string", text))

    near = [(same(each["text"]), _near(place)) for place, each in enumerate(key["near"], start=1)]
    return _Made(
        _response(
            "single", "string", [clean(key["accepted"][0])], _mapping(shares, entry.points, caseSensitive="false")
        ),
        tag("p", {}, tag("textEntryInteraction", {"responseIdentifier": _R, "expectedLength": 30})),
        [_MAPPED],
        [_if(*near)] if near else [],
        [(f"near-{place}", flow(each["why"])) for place, each in enumerate(key["near"], start=1)],
    )


def _pairing(entry: Entry, left: Mapping[str, str], right: Mapping[str, str], key: Mapping[str, list[str]]) -> _Made:
    """Each left side with one right side; the texts are HTML already."""
    shares = {
        f"{ident('s', one)} {ident('t', other)}": entry.points / len(key) for one in key for other in key[one]
    }  # fmt: skip

    def side(prefix: str, shown: Mapping[str, str], most: int) -> str:
        options = (
            tag("simpleAssociableChoice", {"identifier": ident(prefix, name), "matchMax": most}, text)
            for name, text in shown.items()
        )
        return tag("simpleMatchSet", {}, *options)

    asked = {"responseIdentifier": _R, "shuffle": "true", "maxAssociations": len(key)}
    good = [f"{ident('s', one)} {ident('t', others[0])}" for one, others in key.items()]
    return _Made(
        _response("multiple", "directedPair", good, _mapping(shares, entry.points)),
        tag("matchInteraction", asked, side("s", left, 1), side("t", right, 0)),
        [_MAPPED],
    )


def _flows(shown: Mapping[str, str]) -> dict[str, str]:
    return {name: flow(text) for name, text in shown.items()}


def _match(entry: Entry) -> _Made:
    left, right = texts(entry.item, "left"), texts(entry.item, "right")
    key = {one: [other] for one, other in entry.item.key["pairs"].items()}
    return _pairing(entry, _flows(left), _flows(right), key)


def _classify(entry: Entry) -> _Made:
    left, right = texts(entry.item, "cards"), texts(entry.item, "bins")
    key = {one: [other] for one, other in entry.item.key["bins"].items()}
    return _pairing(entry, _flows(left), _flows(right), key)


def _table(entry: Entry) -> _Made:
    rows, columns = texts(entry.item, "rows"), texts(entry.item, "columns")
    left, key = {}, {}
    for row, column, right in cells(entry.item):
        left[f"{row}.{column}"] = f"{inline(rows[row])}: {inline(columns[column])}"
        key[f"{row}.{column}"] = right
    return _pairing(entry, left, _flows(texts(entry.item, "values")), key)


def _order(entry: Entry) -> _Made:
    shown, right = texts(entry.item, "steps"), entry.item.key["steps"]
    options = (tag("simpleChoice", {"identifier": ident("c", name)}, flow(text)) for name, text in shown.items())
    so_far = tag("variable", {"identifier": "SCORE"})
    # Counted first and divided last: shares like 1/6, added up, would end beside the full mark.
    more = _set("SCORE", tag("sum", {}, so_far, _base("float", 1)))
    score = [
        _if((tag("match", {}, tag("index", {"n": place}, _GIVEN), _base("identifier", ident("c", step))), more))
        for place, step in enumerate(right, start=1)
    ]
    points = tag("product", {}, so_far, _base("float", number(entry.points)))
    score.append(_set("SCORE", tag("divide", {}, points, _base("float", len(right)))))
    return _Made(
        _response("ordered", "identifier", [ident("c", step) for step in right]),
        tag("orderInteraction", {"responseIdentifier": _R, "shuffle": "true"}, *options),
        score,
    )


def _text(entry: Entry) -> _Made:
    asked = {"responseIdentifier": _R, "expectedLines": 12}
    return _Made(_response("single", "string", []), tag("extendedTextInteraction", asked))


_KINDS = {
    "single": _choices, "multiple": _choices, "numeric": _numeric, "short": _short, "match": _match,
    "classify": _classify, "order": _order, "text": _text, "table": _table,
}  # fmt: skip


# ---- the test and the manifest --------------------------------------------------------------------------------------


def _section(name: str, title: str, *content: str) -> str:
    return tag("assessmentSection", {"identifier": name, "title": title, "visible": "true"}, *content)


def _test(unit: Unit, every: list[Entry]) -> str:
    sections: dict[str, list[str]] = {}
    for part, rows in pools(every):
        refs = [tag("assessmentItemRef", {"identifier": ident("i", row.name), "href": _file(row)}) for row in rows]
        if len(rows) > 1:
            pool = tag("selection", {"select": 1})
            refs = [_section(ident("pool", rows[0].item.id), rows[0].item.id, pool, *refs)]
        sections.setdefault(part, []).extend(refs)
    titles = {name: quiz.title for name, quiz in unit.lesson.quizzes.items()}
    parts = (_section(ident("s", name), titles[name], *refs) for name, refs in sections.items())
    total = _set("SCORE", tag("sum", {}, tag("testVariables", {"variableIdentifier": "SCORE"})))
    modes = {"identifier": "part", "navigationMode": "nonlinear", "submissionMode": "simultaneous"}
    held = tag("testPart", modes, *parts)
    head = {"identifier": ident("unit", unit.name), "title": f"{unit.name}. {unit.title}"}
    content = [_outcome("SCORE", "float", "0"), held, tag("outcomeProcessing", {}, total)]
    return HEAD + tag("assessmentTest", _SCHEMA | head, "\n", "\n".join(content), "\n") + "\n"


def _manifest(unit: Unit, every: list[Entry]) -> str:
    depends = (tag("dependency", {"identifierref": ident("i", entry.name)}) for entry in every)
    resources = [_resource(ident("unit", unit.name), "imsqti_test_xmlv2p1", "test.xml", "", *depends)]
    resources += [
        _resource(ident("i", entry.name), "imsqti_item_xmlv2p1", _file(entry), _metadata(unit, entry))
        for entry in every
    ]
    schema = tag("metadata", {}, leaf("schema", "QTIv2.1 Package"), leaf("schemaversion", "1.0.0"))
    head = {"xmlns": CP, "xmlns:imsmd": MD, "identifier": ident("package", unit.name)}
    content = [schema, tag("organizations"), tag("resources", {}, "\n", "\n".join(resources), "\n")]
    return HEAD + tag("manifest", head, "\n", "\n".join(content), "\n") + "\n"


def _resource(name: str, kind: str, file: str, metadata: str, *depends: str) -> str:
    content = [metadata, tag("file", {"href": file}), *depends]
    return tag("resource", {"identifier": name, "type": kind, "href": file}, *(each for each in content if each))


def _metadata(unit: Unit, entry: Entry) -> str:
    item = entry.item

    def told(name: str, text: str) -> str:
        return tag(f"imsmd:{name}", {}, f'<imsmd:langstring xml:lang="en">{esc(text)}</imsmd:langstring>')

    words = [unit.lesson.objectives[item.objective], f"difficulty {item.difficulty} of 3", *citations(item)]
    general = tag("imsmd:general", {}, told("title", entry.name), *(told("keyword", word) for word in words))
    return tag("metadata", {}, tag("imsmd:lom", {}, general))
