"""A unit as the QTI 1.2 package that Canvas imports: the question types and metadata of its own exports.

A file of questions, `assessment_meta.xml` beside it for the settings of the quiz, and a manifest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from lesson_lib.classroom.bank import Unit
from lesson_lib.classroom.exchange.entries import (
    Entry,
    cells,
    entries,
    exact,
    number,
    pools,
    solution,
    stem,
    texts,
)
from lesson_lib.classroom.exchange.markup import bare, clean, esc, flow, inline
from lesson_lib.classroom.exchange.package import HEAD, XSI, ident, leaf, pack, tag

_QTI = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
_CANVAS = "http://canvas.instructure.com/xsd/cccv1p0"
_CP = "http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1"
_ONE = "response1"


def export(unit: Unit, variants: str = "all") -> bytes:
    """The whole unit as a zip file for Canvas: Settings, Import Course Content, QTI .zip file."""
    every = entries(unit, variants)
    name = f"guarantees-unit-{unit.name}"
    files = {
        "imsmanifest.xml": _manifest(name),
        f"{name}/{name}.xml": _assessment(unit, name, every),
        f"{name}/assessment_meta.xml": _meta(unit, name, every),
    }
    return pack(files)


def _assessment(unit: Unit, name: str, every: list[Entry]) -> str:
    content = []
    for _, rows in pools(every):
        items = [_item(entry) for entry in rows]
        content += [_group(rows[0], items)] if len(rows) > 1 else items
    root = tag("section", {"ident": "root_section"}, "\n", "\n".join(content), "\n")
    title = {"ident": name, "title": f"{unit.name}. {unit.title}"}
    head = {
        "xmlns": _QTI,
        "xmlns:xsi": XSI,
        "xsi:schemaLocation": f"{_QTI} http://www.imsglobal.org/xsd/ims_qtiasiv1p2p1.xsd",
    }
    assessment = tag("assessment", title, _fields({"cc_maxattempts": "1"}), root)
    return HEAD + tag("questestinterop", head, "\n", assessment, "\n") + "\n"


def _group(entry: Entry, items: list[str]) -> str:
    """One of the rows of an item, drawn by Canvas."""
    extension = tag("selection_extension", {}, leaf("points_per_item", number(entry.points)))
    drawn = tag("selection_ordering", {}, tag("selection", {}, leaf("selection_number", 1), extension))
    head = {"ident": ident("pool", entry.item.id), "title": entry.item.id}
    return tag("section", head, drawn, "\n", "\n".join(items))


def _fields(told: Mapping[str, str]) -> str:
    rows = (
        tag("qtimetadatafield", {}, leaf("fieldlabel", name), leaf("fieldentry", value)) for name, value in told.items()
    )
    return tag("qtimetadata", {}, *rows)


def _html(html: str) -> str:
    """HTML as the text of an element, which is how Canvas reads it."""
    return tag("material", {}, f'<mattext texttype="text/html">{esc(html)}</mattext>')


def _plain(text: str) -> str:
    return tag("material", {}, f'<mattext texttype="text/plain">{esc(bare(text))}</mattext>')


class _Made:
    """What a question type adds: how it is asked, what is right, and which feedback there is."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.asked: list[str] = []
        self.rules: list[str] = []
        self.feedback: dict[str, str] = {}
        self.answers: list[str] = []
        self.stem = ""


def _item(entry: Entry) -> str:
    item = entry.item
    made = _KINDS[item.type](entry)
    told = solution(item, parts=item.type not in ("match", "classify", "order"))
    rules = list(made.rules)
    feedback = dict(made.feedback)
    if told:
        feedback["general_fb"] = told
        rules.insert(0, _rule("<other/>", "", "general_fb", carry_on=True))
    fields = {
        "question_type": made.kind, "points_possible": number(item.points),
        "original_answer_ids": ",".join(made.answers), "assessment_question_identifierref": ident("aq", entry.name),
    }  # fmt: skip
    question = f"<div>{made.stem or stem(item, unit=True)}</div>"
    score = tag("decvar", {"maxvalue": 100, "minvalue": 0, "varname": "SCORE", "vartype": "Decimal"})
    parts = [
        tag("itemmetadata", {}, _fields(fields)),
        tag("presentation", {}, _html(question), *made.asked),
        tag("resprocessing", {}, tag("outcomes", {}, score), *rules),
        *(tag("itemfeedback", {"ident": name}, tag("flow_mat", {}, _html(html))) for name, html in feedback.items()),
    ]
    return tag("item", {"ident": ident("i", entry.name), "title": entry.name}, "\n", "\n".join(parts), "\n")


def _equal(value: str, response: str = _ONE) -> str:
    return f'<varequal respident="{response}">{esc(value)}</varequal>'


def _rule(asked: str, score: str, feedback: str = "", *, add: bool = False, carry_on: bool = False) -> str:
    content = [tag("conditionvar", {}, asked)]
    if score:
        content.append(f'<setvar action="{"Add" if add else "Set"}" varname="SCORE">{score}</setvar>')
    if feedback:
        content.append(tag("displayfeedback", {"feedbacktype": "Response", "linkrefid": feedback}))
    return tag("respcondition", {"continue": "Yes" if carry_on else "No"} if not add else {}, *content)


def _lid(name: str, options: Mapping[str, str], *before: str, several: bool = False, single: bool = True) -> str:
    """A choice between options, whose texts are material already."""
    labels = (tag("response_label", {"ident": each}, material) for each, material in options.items())
    told = {"ident": name} | ({"rcardinality": "Multiple" if several else "Single"} if single else {})
    return tag("response_lid", told, *before, tag("render_choice", {}, *labels))


def _feedback(place: int) -> str:
    """The name of a feedback: a number only, since Canvas reads words such as `wrong` or `solution` in it."""
    return f"a{place}_fb"


def _choices(entry: Entry) -> _Made:
    item, right = entry.item, entry.item.key["right"]
    several = item.type == "multiple"
    made = _Made("multiple_answers_question" if several else "multiple_choice_question")
    names = {choice["id"]: ident("c", choice["id"]) for choice in item.body["choices"]}
    made.answers = list(names.values())
    shown = {names[choice["id"]]: _html(flow(choice["text"])) for choice in item.body["choices"]}
    made.asked = [_lid(_ONE, shown, several=several)]
    for place, (each, why) in enumerate(item.key["whys"].items(), start=1):
        made.feedback[_feedback(place)] = flow(why)
        made.rules.append(_rule(_equal(names[each]), "", _feedback(place), carry_on=True))
    good = list(names) if item.opinion else right if several else [right]
    if several:
        terms = (
            _equal(names[each]) if each in good else tag("not", {}, _equal(names[each])) for each in names
        )  # fmt: skip
        made.rules.append(_rule(tag("and", {}, *terms), "100"))
    else:
        made.rules += [_rule(_equal(names[each]), "100") for each in good]
    return made


def _fib(kind: str = "") -> str:
    told = {"fibtype": kind} if kind else {}
    label = tag("response_label", {"ident": "answer1", "rshuffle": "No"})
    return tag("response_str", {"ident": _ONE, "rcardinality": "Single"}, tag("render_fib", told, label))


def _numeric(entry: Entry) -> _Made:
    made, key = _Made("numerical_question"), entry.item.key
    value, off = (Decimal(repr(float(key[name]))) for name in ("value", "tolerance"))
    made.asked, made.answers = [_fib("Decimal")], ["a-1"]
    low, high = (
        f'<{name} respident="{_ONE}">{limit.normalize():f}</{name}>'
        for name, limit in (("vargte", value - off), ("varlte", value + off))
    )
    made.rules = [_rule(tag("or", {}, _equal(exact(key["value"])), tag("and", {}, low, high)), "100")]
    return made


def _short(entry: Entry) -> _Made:
    made, accepted = _Made("short_answer_question"), entry.item.key["accepted"]
    made.asked, made.answers = [_fib()], [f"a-{place}" for place in range(1, len(accepted) + 1)]
    made.rules = [_rule("".join(_equal(clean(text)) for text in accepted), "100")]
    return made


def _matching(
    left: Mapping[str, str], right: Mapping[str, str], key: Mapping[str, str], whys: Mapping[str, str]
) -> _Made:
    made = _Made("matching_question")
    made.answers = [ident("c", name) for name in left]
    # Canvas tells the right sides apart by the first number in their names.
    named = {name: f"t-{place}" for place, name in enumerate(right, start=1)}
    options = {named[name]: _plain(text) for name, text in right.items()}
    share = f"{100 / len(key):.2f}"
    for place, (name, text) in enumerate(left.items(), start=1):
        response, good = f"response_{ident('c', name)}", named[key[name]]
        made.asked.append(_lid(response, options, _html(flow(text)), single=False))
        made.rules.append(_rule(_equal(good, response), share, add=True))
        if whys.get(name):
            feedback = _feedback(place)
            made.feedback[feedback] = flow(whys[name])
            asked = tag("conditionvar", {}, tag("not", {}, _equal(good, response)))
            shown = tag("displayfeedback", {"feedbacktype": "Response", "linkrefid": feedback})
            made.rules.append(tag("respcondition", {}, asked, shown))
    return made


def _match(entry: Entry) -> _Made:
    item = entry.item
    return _matching(texts(item, "left"), texts(item, "right"), item.key["pairs"], item.key["whys"])


def _classify(entry: Entry) -> _Made:
    item = entry.item
    return _matching(texts(item, "cards"), texts(item, "bins"), item.key["bins"], item.key["whys"])


def _order(entry: Entry) -> _Made:
    item, right = entry.item, entry.item.key["steps"]
    places = {str(place): str(place) for place in range(1, len(right) + 1)}
    key = {step: str(place) for place, step in enumerate(right, start=1)}
    return _matching(texts(item, "steps"), places, key, item.key["whys"])


def _table(entry: Entry) -> _Made:
    item, made = entry.item, _Made("multiple_dropdowns_question")
    rows, columns, values = (texts(item, name) for name in ("rows", "columns", "values"))
    asked = cells(item)
    blanks = {(row, column): f"cell_{place}" for place, (row, column, _) in enumerate(asked, start=1)}
    share = f"{100 / len(asked):.2f}"
    for row, column, right in asked:
        blank = blanks[row, column]
        names = {name: f"{blank}-{ident('v', name)}" for name in values}
        made.answers += names.values()
        options = {names[name]: _plain(text) for name, text in values.items()}
        variable = tag("material", {}, leaf("mattext", blank))
        made.asked.append(_lid(f"response_{blank}", options, variable, single=False))
        made.rules += [_rule(_equal(names[each], f"response_{blank}"), share, add=True) for each in right]
    head = "".join(f"<th>{inline(text)}</th>" for text in columns.values())
    body = "".join(_row(text, [blanks.get((row, column)) for column in columns]) for row, text in rows.items())
    made.stem = f"{stem(item)}<table><tr><th></th>{head}</tr>{body}</table>"
    return made


def _row(text: str, blanks: Iterable[str | None]) -> str:
    menus = "".join(f"<td>[{blank}]</td>" if blank else "<td></td>" for blank in blanks)
    return f"<tr><th>{flow(text)}</th>{menus}</tr>"


def _text(entry: Entry) -> _Made:
    made = _Made("essay_question")
    made.asked, made.rules = [_fib()], [_rule("<other/>", "")]
    return made


_KINDS = {
    "single": _choices, "multiple": _choices, "numeric": _numeric, "short": _short, "match": _match,
    "classify": _classify, "order": _order, "text": _text, "table": _table,
}  # fmt: skip


def _meta(unit: Unit, name: str, every: list[Entry]) -> str:
    points = sum(rows[0].points for _, rows in pools(every))
    told = {
        "title": f"{unit.name}. {unit.title}", "description": "", "shuffle_answers": "true",
        "scoring_policy": "keep_highest", "hide_results": "", "quiz_type": "assignment",
        "points_possible": number(points), "show_correct_answers": "false", "allowed_attempts": 1,
        "one_question_at_a_time": "false", "cant_go_back": "false", "available": "false",
    }  # fmt: skip
    head = {"identifier": name, "xmlns": _CANVAS, "xmlns:xsi": XSI}
    head["xsi:schemaLocation"] = f"{_CANVAS} https://canvas.instructure.com/xsd/cccv1p0.xsd"
    return HEAD + tag("quiz", head, "\n", "\n".join(leaf(key, value) for key, value in told.items()), "\n") + "\n"


def _manifest(name: str) -> str:
    schema = tag("metadata", {}, leaf("schema", "IMS Content"), leaf("schemaversion", "1.1.3"))
    questions = tag(
        "resource", {"identifier": name, "type": "imsqti_xmlv1p2"},
        tag("file", {"href": f"{name}/{name}.xml"}), tag("dependency", {"identifierref": f"{name}-meta"}),
    )  # fmt: skip
    kind = "associatedcontent/imscc_xmlv1p1/learning-application-resource"
    settings = f"{name}/assessment_meta.xml"
    meta = tag(
        "resource", {"identifier": f"{name}-meta", "type": kind, "href": settings}, tag("file", {"href": settings})
    )  # fmt: skip
    head = {"identifier": f"{name}-package", "xmlns": _CP}
    resources = tag("resources", {}, "\n", questions, "\n", meta, "\n")
    return HEAD + tag("manifest", head, "\n", "\n".join([schema, tag("organizations"), resources]), "\n") + "\n"
