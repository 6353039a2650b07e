// The types of item: how an answer is read, marked and said. The same as lesson_lib/think/kinds.py.

const textsOf = (options) => Object.fromEntries(options.map(({ id, text }) => [id, text]));
const rightOf = (parts) => Object.values(parts).filter(Boolean).length;
const quotient = (parts, of) => rightOf(parts) / of;

const KIND = {
  whyTells: true, marked: true, wrong: later("Not this one."),
  tally: () => "",
  slip: () => "",
  unfilled: () => 0,
  doubt: () => null,
  recorded: () => tell("Recorded. There is no right answer here: compare the reasons."),
};

const choiceText = (body, id) => {
  const place = body.choices.findIndex((choice) => choice.id === id);
  return `${letter(place)}. ${body.choices[place].text}`;
};

const SINGLE = {
  ...KIND,
  whyTells: false,
  read: (body, given) => one(given, body.choices),
  mark: (key, given) => [{ [given]: given === key.right }, Number(given === key.right)],
  right: (key) => key.right,
  text: choiceText,
};

const MULTIPLE = {
  ...SINGLE,
  wrong: later("Not these."),
  read: (body, given) => {
    const picked = several(given, body.choices);
    return body.choices.map(({ id }) => id).filter((id) => picked.includes(id));
  },
  mark: (key, given) => {
    const parts = Object.fromEntries(given.map((id) => [id, key.right.includes(id)]));
    const hits = rightOf(parts);
    return [parts, Math.max(0, (hits - (given.length - hits)) / key.right.length)];
  },
  tally: (key, given) => {
    const hits = given.filter((id) => key.right.includes(id)).length;
    const rest = given.length - hits;
    const belong = tellCount("{count} belongs", "{count} belong", hits);
    return rest ? belong + tellCount(", {count} does not.", ", {count} do not.", rest) : tell("{belong}, and there is more.", { belong });
  },
  text: (body, given) => given.map((id) => choiceText(body, id)).join("; "),
};

const close = (given, { value, tolerance }) => Math.abs(given - value) <= tolerance + 1e-9 * Math.max(1, Math.abs(value));

/** A number with its thousands set apart, as the page's language does it. */
function grouped(value) {
  const [, sign, whole, rest] = /^(-?)(\d+)(.*)$/.exec(numeral(value));
  return separated(/e/.test(rest) ? sign + whole + rest : sign + whole.replace(/\B(?=(\d{3})+$)/g, ",") + rest);
}

/** A number written as the page's language does it: "50,000.5" in English, "50 000,5" in Ukrainian. */
function separated(english) {
  const shape = letters(tell("50,000.5"));
  return shape.length === 8 ? english.replace(/[,.]/g, (mark) => shape[mark === "," ? 2 : 6]) : english;
}

/** Six digits and an exponent, as Python's %g writes what is very large. */
function general(value) {
  const [digits, exponent] = value.toExponential(5).split("e+");
  return `${digits.replace(/\.?0+$/, "")}e+${exponent.padStart(2, "0")}`;
}

const NUMERIC = {
  ...KIND,
  read: (body, given) => number(given, body.unit),
  doubt: (body, given) => doubtOf(given, body.unit),
  mark: (key, given) => [{ answer: close(given, key) }, Number(close(given, key))],
  right: (key) => key.value,
  slip: (key, given) => key.near.find((near) => close(given, near))?.why ?? "",
  text: (body, given) => strip(`${Math.abs(given) < 1e15 ? grouped(given) : general(given)} ${body.unit}`),
};

const bare = (text) => words(text).replace(/^(a|an|the) (?=.)/, "");

const SHORT = {
  ...KIND,
  read: (body, answer) => {
    const given = isList(answer) && answer.length === 1 ? answer[0] : answer;
    if (!isText(given) && !isNumber(given)) throw new Unreadable(tell("I can't read this: type your answer as text in quotation marks."));
    return strip(asText(given));
  },
  mark: (key, given) => {
    const right = key.accepted.some((each) => bare(each) === bare(given));
    return [{ answer: right }, Number(right)];
  },
  right: (key) => key.accepted[0],
  slip: (key, given) => key.near.find((near) => bare(given) === bare(near.text))?.why
    || (key.accepted.some((each) => alikeness(bare(each), bare(given)) >= 0.82) ? tell("Very close: check the spelling.") : ""),
  text: (body, given) => given,
};

const TEXT = {
  ...SHORT,
  marked: false,
  mark: () => [{}, 0],
  right: (key) => key.model,
  slip: () => "",
  recorded: (body, given) => {
    const count = pieces(given).length;
    const said = tellCount("Recorded: {count} word.", "Recorded: {count} words.", count);
    return count < body.min_words ? `${said} ${tell("A full answer needs about {count}.", { count: body.min_words })}` : said;
  },
};

/** Several parts, each right or wrong by itself; the score is the share that is right, blanks not. */
const PARTS = {
  ...KIND,
  wrong: later("Not yet."),
  mark(key, given) {
    const right = this.right(key);
    const parts = Object.fromEntries(Object.keys(right).filter((part) => Object.hasOwn(given, part)).map((part) => [part, given[part] === right[part]]));
    return [parts, quotient(parts, Object.keys(right).length)];
  },
  tally(key, given) {
    const [parts] = this.mark(key, given);
    const of = this.count(key);
    const blank = of - Object.keys(parts).length;
    const right = rightOf(parts);
    return blank ? tell("{right} of {of}, {blank} still blank.", { right, of, blank }) : tell("{right} of {of}.", { right, of });
  },
  count(key) { return Object.keys(this.right(key)).length; },
};

const sayPairs = (given, lefts, rights) => {
  const right = textsOf(rights);
  return lefts.filter(({ id }) => Object.hasOwn(given, id)).map(({ id, text }) => `${text}: ${right[given[id]]}`).join("; ");
};

const MATCH = {
  ...PARTS,
  read: (body, given) => pairs(given, body.left, body.right, tell("right side")),
  right: (key) => key.pairs,
  unfilled: (body, given) => body.left.length - Object.keys(given).length,
  text: (body, given) => sayPairs(given, body.left, body.right),
};

const CLASSIFY = {
  ...PARTS,
  read: (body, answer) => {
    let given = answer;
    if (isDict(given) && Object.values(given).some(isList)) {
      const placed = Object.create(null);
      for (const [name, entries] of Object.entries(given)) {
        for (const card of several(entries, body.cards)) {
          if ((placed[card] ??= name) !== name) throw new Unreadable(tell("I can't read two answers for {name}: give it one {kind}.", { name: card, kind: tell("bin") }));
        }
      }
      given = placed;
    }
    return pairs(given, body.cards, body.bins, tell("bin"));
  },
  right: (key) => key.bins,
  unfilled: (body, given) => body.cards.length - Object.keys(given).length,
  text: (body, given) => sayPairs(given, body.cards, body.bins),
};

const ORDER = {
  ...KIND,
  wrong: later("Not yet."),
  read: (body, given) => {
    const order = several(given, body.steps);
    if (order.length !== body.steps.length) {
      throw new Unreadable(tell("I can't read an order with steps left out: name each once, out of {letters}.", { letters: lettersOf(body.steps) }));
    }
    return order;
  },
  mark: (key, given) => {
    let [right, of] = [0, 0];
    given.forEach((a, at) => given.slice(at + 1).forEach((b) => {
      of += 1;
      right += Number(key.steps.indexOf(a) < key.steps.indexOf(b));
    }));
    return [Object.fromEntries(given.map((step, at) => [step, step === key.steps[at]])), 2 * right > of ? right / of : 0];
  },
  tally: (key, given) => {
    const placed = given.filter((step, at) => step === key.steps[at]).length;
    return placed
      ? tell("{placed} of {of} stand in the right place.", { placed, of: given.length })
      : tell("some follow each other as they should, and none stands in its place.");
  },
  right: (key) => key.steps,
  text: (body, given) => given.map((step) => textsOf(body.steps)[step]).join(" → "),
};

const byName = (cells) => Object.fromEntries(Object.entries(cells).flatMap(([row, given]) => Object.entries(given).map(([column, value]) => [`${row}/${column}`, value])));
const cellCount = (rows) => Object.values(rows).reduce((sum, cells) => sum + Object.keys(cells).length, 0);

const TABLE = {
  ...PARTS,
  read: (body, given) => {
    const found = Object.create(null);
    for (const [row, cells] of rowsOf(given, body.rows, body.columns)) {
      for (const [name, each] of cellsOf(cells, body.columns)) {
        const column = find(name, body.columns);
        if (column === null) throw new Unreadable(tell("I can't read the column {name}: name one of {choices}.", { name: quote(name), choices: idsOf(body.columns) }));
        if (body.ask[row].includes(column) && !isBlank(each)) (found[row] ??= {})[column] = one(each, body.values, idsOf(body.values));
      }
    }
    return found;
  },
  mark: (key, given) => {
    const [right, answered] = [byName(key.cells), byName(given)];
    const parts = Object.fromEntries(Object.keys(right).filter((cell) => Object.hasOwn(answered, cell)).map((cell) => [cell, right[cell].includes(answered[cell])]));
    return [parts, quotient(parts, Object.keys(right).length)];
  },
  count: (key) => cellCount(key.cells),
  right: (key) => key.cells,
  unfilled: (body, given) => Object.values(body.ask).reduce((sum, columns) => sum + columns.length, 0) - cellCount(given),
  text: (body, given) => {
    const [rows, columns, values] = [body.rows, body.columns, body.values].map(textsOf);
    const either = (value) => [value].flat().map((each) => values[each]).join(tell(" or "));
    return Object.entries(given).map(([row, cells]) =>
      `${rows[row]}: ${Object.entries(cells).map(([name, value]) => `${columns[name]} ${either(value)}`).join(", ")}`).join("; ");
  },
};

const KINDS = {
  single: SINGLE, multiple: MULTIPLE, numeric: NUMERIC, match: MATCH, order: ORDER,
  classify: CLASSIFY, short: SHORT, text: TEXT, table: TABLE,
};
