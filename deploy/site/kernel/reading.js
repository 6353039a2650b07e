// What a student typed or clicked, read generously into plain JSON: the same as lesson_lib/think/reading.py.

/** The answer cannot be read; the message is the sentence for the student. */
class Unreadable extends Error {}

function plain(value, depth = 0) {
  if (depth > 8) throw new Unreadable(tell("I can't read an answer nested so deeply."));
  if (value === null || value === undefined) return null;
  if (isNumber(value)) {
    if (!Number.isFinite(value)) return null;
    if (Math.abs(value) > 1e300) throw new Unreadable(tell("I can't read a number as large as that."));
    return value;
  }
  if (isList(value)) return value.map((each) => plain(each, depth + 1));
  if (isDict(value)) return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plain(each, depth + 1)]));
  return value;
}

function isBlank(value) {
  if (isText(value)) return ["", "?"].includes(strip(value));
  if (isList(value)) return value.every(isBlank);
  if (isDict(value)) return Object.values(value).every(isBlank);
  return value === null || value === undefined;
}

const letter = (place) => String.fromCharCode(97 + place);
const lettersOf = (options) => options.map((_, place) => letter(place)).join(", ");
const idsOf = (options) => options.map(({ id }) => id).join(", ");

const LETTERED = new RegExp(`^\\(?[${SPACE}]*([A-Za-z])[${SPACE}]*(?:[).:][${SPACE}]*(.*))?$`, "s");

/** The id of the option that is meant, by id, letter or text; null when none is, or several. */
function find(given, options) {
  if (!isText(given) && !isNumber(given)) return null;
  const text = strip(asText(given));
  if (options.some(({ id }) => id === text)) return text;
  const lettered = LETTERED.exec(text);
  if (lettered) {
    const place = lettered[1].toLowerCase().charCodeAt(0) - 97;
    const rest = lettered[2];
    if (place < options.length && (!rest || find(rest, options) === options[place].id)) return options[place].id;
  }
  const meant = words(text);
  const found = unique(options.filter(({ id, text: shown }) => meant === words(id) || meant === words(shown)).map(({ id }) => id));
  return found.length === 1 ? found[0] : null;
}

function one(given, options, choices = "") {
  const meant = isList(given) && given.length === 1 ? given[0] : given;
  const found = find(meant, options);
  if (found !== null) return found;
  const valid = choices || lettersOf(options);
  throw new Unreadable(typeof meant === "object" && meant !== null
    ? tell("I can read only one choice here: type one of {choices}.", { choices: valid })
    : tell("I can't read {given}: type one of {choices}.", { given: quote(meant), choices: valid }));
}

/** The ids of several options, in the order given. */
function several(answer, options) {
  let given = listed(answer);
  if (isDict(given)) {
    if (!Object.values(given).every((each) => each === null || typeof each === "boolean")) {
      throw new Unreadable(tell("I can't read this dict: type letters out of {letters}, as in a list.", { letters: lettersOf(options) }));
    }
    given = Object.entries(given).filter(([, ticked]) => ticked).map(([name]) => name);
  }
  if (!isList(given)) given = parted(given, options);
  return unique(given.filter((each) => !isBlank(each)).map((each) => one(each, options)));
}

function listed(given) {
  return isDict(given) && Object.keys(given).every((name, place) => name === String(place)) ? Object.values(given) : given;
}

const MARKS = [/[;\n]/u, /[,;\n>→]|(?<![\p{L}\p{N}_])(?:and|і|й|та)(?![\p{L}\p{N}_])/u, new RegExp(`[${SPACE},;>→]+`, "u")];

function parted(given, options) {
  if (!isText(given) || find(given, options)) return [given];
  const tries = MARKS.map((mark) => given.split(mark).filter((part) => strip(part)));
  const run = strip(given).toLowerCase();
  if (/^[a-z]+$/.test(run) && new Set(run).size === run.length) tries.push([...run]);
  return tries.find((parts) => parts.every((part) => find(part, options))) ?? tries[1];
}

/** A right side for each left side answered: a dict by id or text, or a list in the order shown. */
function pairs(answer, lefts, rights, kind) {
  let given = listed(answer);
  if (isList(given)) {
    if (given.length !== lefts.length || given.some((each) => typeof each === "object" && each !== null)) {
      throw new Unreadable(tellCount("I can't read this list: give {count} entry in the order shown, or a dict.", "I can't read this list: give {count} entries in the order shown, or a dict.", lefts.length));
    }
    given = Object.fromEntries(lefts.map(({ id }, place) => [id, given[place]]));
  }
  if (!isDict(given)) {
    throw new Unreadable(tell("I can't read {given}: give a dict, a {kind} for each of {names}.", { given: quote(given), kind, names: idsOf(lefts) }));
  }
  const found = Object.create(null); // No id can then mean anything but itself.
  for (const [name, each] of Object.entries(given)) {
    const left = find(name, lefts);
    if (left === null) throw new Unreadable(tell("I can't read {given}: name one of {choices}.", { given: quote(name), choices: idsOf(lefts) }));
    if (isBlank(each)) continue;
    const right = one(each, rights, idsOf(rights));
    if ((found[left] ??= right) !== right) {
      throw new Unreadable(tell("I can't read two answers for {name}: give it one {kind}.", { name: left, kind }));
    }
  }
  return Object.fromEntries(lefts.filter(({ id }) => id in found).map(({ id }) => [id, found[id]]));
}

/** The cells given for each row named: from a dict by row or by column, or a list of rows. */
function rowsOf(answer, rows, columns) {
  const given = listed(answer);
  if (isDict(given)) {
    const named = Object.entries(given).map(([name, cells]) => [find(name, rows), cells]);
    if (named.every(([row]) => row)) return named;
    const names = Object.keys(given);
    if (!names.every((name) => find(name, columns))) {
      const strange = names.find((name) => !find(name, rows));
      throw new Unreadable(tell("I can't read the row {name}: name one of {choices}.", { name: quote(strange), choices: idsOf(rows) }));
    }
    return names.flatMap((name) => rowsOf(given[name], rows, columns.slice(0, 1)).map(([row, value]) => [row, { [name]: value }]));
  }
  if (!isList(given)) {
    throw new Unreadable(tell("I can't read {given}: give a dict with a row for each of {names}.", { given: quote(given), names: idsOf(rows) }));
  }
  return given.map((cells, place) => {
    const [named, rest] = labelled(cells, rows, columns);
    const label = named === null && given.length === rows.length ? rows[place].id : named;
    if (label === null) throw new Unreadable(tell("I can't read row {number}: begin it with one of {choices}.", { number: place + 1, choices: idsOf(rows) }));
    return [label, rest];
  });
}

function labelled(cells, rows, columns) {
  if (isList(cells) && cells.length === columns.length + 1) return [find(cells[0], rows), cells.slice(1)];
  if (isDict(cells)) {
    for (const [name, value] of Object.entries(cells)) {
      const row = find(name, columns) ? null : find(value, rows);
      if (row) return [row, Object.fromEntries(Object.entries(cells).filter(([other]) => other !== name))];
    }
  }
  return [null, cells];
}

/** The cells of one row by column: from a dict, a list in the order shown, or the only one. */
function cellsOf(cells, columns) {
  if (isDict(cells)) return Object.entries(cells);
  if (isList(cells) && cells.length === columns.length) return columns.map(({ id }, place) => [id, cells[place]]);
  if (isBlank(cells)) return [];
  if (columns.length === 1) return [[columns[0].id, cells]];
  throw new Unreadable(tell("I can't read {given} as a row: give a value for each of {names}.", { given: quote(cells), names: idsOf(columns) }));
}

// ---- numbers as people write them: the same as lesson_lib/think/numerals.py -----------------------------------------------

const MAGNITUDES = /^(thousand|million|billion|trillion|k|m|bn|mn|tn|тисяч[аіу]?|тис|мільйон[\p{L}\p{N}_]*|млн|мільярд[\p{L}\p{N}_]*|млрд|трильйон[\p{L}\p{N}_]*|трлн)(?![\p{L}\p{N}_])/iu;
const CYRILLIC = /[\u0400-\u04ff]/;
const ABOUT = new RegExp(`^(about|around|roughly|approximately|approx\\.?|circa|ca?\\.|близько|приблизно|орієнтовно|=|~|≈)[${SPACE}]*`, "iu");
const NUMBER = new RegExp(`^([+\\-]?)[${SPACE}]*(\\p{Nd}[\\p{Nd}.,'_ ]*\\p{Nd}|\\p{Nd}|[.,]\\p{Nd}+)(e[+\\-]?\\p{Nd}{1,3})?(?![\\p{Nd}.,])[${SPACE}]*(.*)$`, "isu");
const GROUPED = /^([1-9]\p{Nd}{0,2}(?:([ ,.'_])\p{Nd}{3})(?:\2\p{Nd}{3})*)(?:([.,])(\p{Nd}+))?$/u;

function number(answer, unit = "") {
  const given = isList(answer) && answer.length === 1 ? answer[0] : answer;
  if (isText(given)) return typedNumber(given, unit);
  if (!isNumber(given)) throw new Unreadable(tell("I can't read this as a number: type digits, as in 12 or 0.5{unit}.", { unit: inUnit(unit) }));
  return given;
}

const TWO_WAYS = /^([1-9]\p{Nd}{0,2})([.,])(\p{Nd}{3})$/u;

/** What else a number may mean; null when that is clear. "90.000" is read as 90, and is ninety thousand for many. */
function doubtOf(answer, unit = "") {
  const given = isList(answer) && answer.length === 1 ? answer[0] : answer;
  if (!isText(given)) return null;
  typedNumber(given, unit);
  const [, sign, digits, exponent] = numeralIn(given);
  const two = exponent ? null : TWO_WAYS.exec(digits);
  const apart = letters(tell("50,000.5")).length === 8 ? letters(tell("50,000.5"))[2] : ",";
  if (!two || two[2] === apart) return null;
  const minus = sign === "-" ? "-" : "";
  const [whole, part] = ["", "."].map((mark) => Number(minus + latin(two[1] + mark + two[3])));
  const short = /\.\d{3}$/.test(part) ? `${part}0` : String(part);
  const [thousands, decimal] = [[grouped(whole), String(whole)], [grouped(part), separated(short)]];
  const [[read, keep], [other, write]] = two[2] === "." ? [decimal, thousands] : [thousands, decimal];
  return { given: quote(given), read, other, write, keep };
}

/** Sign, digits, exponent and the words after them, in what was typed. */
function numeralIn(given) {
  let text = strip(given.normalize("NFKC").replace(new RegExp(`[${SPACE}]`, "g"), " ")).replaceAll("’", "'");
  text = text.replace(ABOUT, "").replace(/^[−–—‒]/, "-");
  text = text.replace(new RegExp(`^([+-]?)[${SPACE}]*[$€£][${SPACE}]*`), "$1");
  return NUMBER.exec(text);
}

function typedNumber(given, unit) {
  const match = numeralIn(given);
  const digits = match && digitsOf(match[2]);
  if (!match || digits === null) {
    throw new Unreadable(tell("I can't read {given} as a number: type digits, as in 12 or 0.5{unit}.", { given: quote(given), unit: inUnit(unit) }));
  }
  const rest = casefold(match[4].replace(/^[ .]+|[ .]+$/g, ""));
  if (rest && !sameUnit(rest, casefold(unit))) {
    throw new Unreadable(tell("I can't read {given} here: type the number alone{unit}.", { given: quote(rest), unit: inUnit(unit) }));
  }
  const value = Number(latin(match[1] + digits + (match[3] ?? "")));
  if (Math.abs(value) > 1e300) throw new Unreadable(tell("I can't read a number as large as that."));
  return value + 0;
}

const inUnit = (unit) => (unit ? tell(", in {unit}", { unit }) : "");

/** Digits of any script as 0 to 9: they stand in tens, each ten from its zero on. */
function latin(text) {
  return text.replace(/\p{Nd}/gu, (char) => {
    const code = char.codePointAt(0);
    let first = code;
    while (/^\p{Nd}$/u.test(String.fromCodePoint(first - 1))) first -= 1;
    return String((code - first) % 10);
  });
}

function sameUnit(given, wanted) {
  // A unit in another language than the question's has nothing to contradict either.
  if (!wanted || CYRILLIC.test(given) !== CYRILLIC.test(wanted)) return !/\p{Nd}/u.test(given) && !MAGNITUDES.test(given);
  const [rest, unit] = [given, wanted].map((text) => (["%", "per cent"].includes(text) ? "percent" : text));
  if (unit.startsWith(rest) || rest.replace(/s+$/, "") === unit.replace(/s+$/, "")) return true;
  if (CYRILLIC.test(rest) && cut(rest, 0, 4) === cut(unit, 0, 4) && letters(rest).length > 3) return true;
  if (!/^\p{L}+$/u.test(rest) || letters(rest)[0] !== letters(unit)[0]) return false;
  const left = letters(unit);
  return letters(rest).every((char) => {
    const at = left.indexOf(char);
    left.splice(0, at < 0 ? left.length : at + 1);
    return at >= 0;
  });
}

function digitsOf(text) {
  const grouped = GROUPED.exec(text);
  if (grouped && grouped[3] !== grouped[2] && !(grouped[2] === "." && !grouped[3] && text.split(".").length === 2)) {
    return `${grouped[1].replace(/\P{Nd}/gu, "")}.${grouped[4] ?? "0"}`;
  }
  return /^(\p{Nd}*[.,]\p{Nd}+|\p{Nd}+)$/u.test(text) ? text.replaceAll(",", ".") : null;
}
