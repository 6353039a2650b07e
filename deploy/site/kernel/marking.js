// Marks answers and says so in sentences: the same as lesson_lib/think/marking.py.

function readAnswer(body, answer) {
  const given = plain(answer);
  if (isBlank(given)) return null;
  const found = KINDS[body.type].read(body, given);
  return isBlank(found) ? null : found;
}

/** The value, or what `otherwise` makes of the sentence with which it was refused. */
function orElse(attempt, otherwise) {
  try {
    return attempt();
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return otherwise(error.message);
  }
}

function mark(body, key, answer) {
  const kind = KINDS[body.type];
  let given = null;
  const refused = orElse(() => { given = readAnswer(body, answer); return ""; }, (message) => message);
  if (refused) return { outcome: "unreadable", score: 0, parts: {}, says: refused };
  if (given === null) return { outcome: "blank", score: 0, parts: {}, says: tell("Nothing answered yet.") };
  if (body.opinion || !kind.marked) return { outcome: "recorded", score: 0, parts: {}, says: kind.recorded(body, given) };
  const [parts, score] = kind.mark(key, given);
  if (score >= 1) return { outcome: "right", score: 1, parts, says: tell("Right.") };
  const tally = kind.tally(key, given);
  if (score > 0) return { outcome: "partly", score, parts, says: tell("Partly right: {tally}", { tally }) };
  const wrong = tell(kind.wrong);
  return { outcome: "wrong", score: 0, parts, says: tally && rightOf(parts) ? `${wrong.replace(/\.+$/, "")}: ${tally}` : wrong };
}

/** How the answer and the student's certainty fit together; `told` says whether the answer is shown with it. */
function remark(outcome, sure, told) {
  const said = outcome === "right"
    ? { 1: later("Right, though you were guessing: see why."), 2: later("Right, and you were fairly sure."), 3: later("Right, and you were certain.") }
    : !["wrong", "partly"].includes(outcome) ? {}
      : told ? { 1: later("You knew that it was a guess."), 3: later("You were certain: remember this one.") }
        : { 1: later("You knew that it was a guess."), 2: later("You were fairly sure: look again."), 3: later("You were certain: worth a second look.") };
  return said[sure] ? tell(said[sure]) : "";
}

function unfilled(body, answer) {
  const given = orElse(() => readAnswer(body, answer), () => null);
  return given === null ? 0 : KINDS[body.type].unfilled(body, given);
}

/** What else an answer may mean than what is read and marked; null when that is clear, or nothing can be read. */
function doubt(body, answer) {
  return orElse(() => {
    const given = plain(answer);
    return isBlank(given) ? null : KINDS[body.type].doubt(body, given);
  }, () => null);
}

/** What the page may say of an answer: after a first miss only what is wrong with what was chosen. */
function feedback(item, answer, marked, miss, reveal, sure) {
  const kind = KINDS[item.type];
  const missed = ["wrong", "partly"].includes(marked.outcome);
  let everything = reveal || ["right", "recorded"].includes(marked.outcome) || (missed && miss >= 2);
  if (item.type === "text" && !reveal) {
    const empty = !answer || (typeof answer === "object" && !Object.keys(answer).length);
    everything = pieces(empty ? "" : asText(answer)).length * 2 >= item.body.min_words;
  }
  const slip = missed ? kind.slip(item.key, readAnswer(item.body, answer)) : "";
  const whys = whysOf(item);
  const parts = {};
  for (const [part, right] of Object.entries(marked.parts)) {
    const known = everything || !(right || kind.whyTells) ? whys[part] ?? "" : "";
    parts[part] = { state: right ? "right" : "wrong", why: known || (right ? "" : slip) };
  }
  const calibration = remark(marked.outcome, sure, everything);
  const says = marked.outcome === "right" && calibration ? calibration : strip(`${marked.says} ${calibration}`);
  const page = { outcome: marked.outcome, score: marked.score, says, parts };
  if (!everything) return page;
  const key = item.opinion ? null : kind.right(item.key);
  for (const [part, why] of Object.entries(whys)) {
    const state = key === null || (item.body.choices && ![key].flat().includes(part)) ? "noted" : "missed";
    parts[part] ??= { state, why };
  }
  page.why = item.key.why;
  if (key !== null) Object.assign(page, { key, key_text: item.key_text });
  return page;
}

function whysOf(item) {
  if (item.type !== "table") return item.key.whys;
  return Object.fromEntries(Object.entries(item.body.ask).flatMap(([row, columns]) => columns.map((column) => [`${row}/${column}`, item.key.whys[row]])));
}

function answerText(body, answer) {
  return orElse(() => {
    const given = readAnswer(body, answer);
    return given === null ? "" : KINDS[body.type].text(body, given);
  }, () => quote(isText(answer) || isNumber(answer) || typeof answer === "boolean" ? answer : tell("an answer that cannot be read")));
}
