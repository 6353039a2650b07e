// Strings, numbers and JSON as Python has them: what both halves say and store must be the same to the letter.

/** A sentence in the page's language, by the panel's own table where it has one; {names} are filled in. */
const tell = (words, values = {}) =>
  (typeof t === "function" ? t(words) : words).replace(/\{(\w+)\}/g, (all, name) => (name in values ? String(values[name]) : all));

/** The form of a sentence that belongs to a number. */
const tellCount = (one, many, count, values = {}) =>
  (typeof tn === "function" ? tn(one, many, count) : count === 1 ? one : many).replace(/\{(\w+)\}/g, (all, name) =>
    (name in { count, ...values } ? String({ count, ...values }[name]) : all));

/** A sentence as it stands: marks one that is told later. */
const later = (words) => words;

// What Python's str.strip, str.split and \s take for space: not quite what JavaScript does.
const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const EDGES = new RegExp(`^[${SPACE}]+|[${SPACE}]+$`, "g");
const GAPS = new RegExp(`[${SPACE}]+`);
const strip = (text) => text.replace(EDGES, "");
const pieces = (text) => strip(text).split(GAPS).filter(Boolean);
/** A text as its characters, not as the halves of which JavaScript counts some. */
const letters = (text) => Array.from(text);
const cut = (text, from, to) => letters(text).slice(from, to).join("");

const isText = (value) => typeof value === "string";
const isNumber = (value) => typeof value === "number";
const isList = Array.isArray;
const isDict = (value) => typeof value === "object" && value !== null && !isList(value);
const unique = (list) => [...new Set(list)];

/** Whether two JSON values are equal as Python finds them: true is 1 there. */
function same(a, b) {
  if (isList(a) && isList(b)) return a.length === b.length && a.every((each, place) => same(each, b[place]));
  if (isDict(a) && isDict(b)) {
    const names = Object.keys(a);
    return names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && same(a[name], b[name]));
  }
  const plainly = (value) => (typeof value === "boolean" ? Number(value) : value);
  return plainly(a) === plainly(b);
}

/** A number as Python writes it: its exponents begin sooner and have two digits. */
function numeral(value) {
  const size = Math.abs(value);
  if (Object.is(value, -0)) return "0";
  if (size === 0 || size >= 1e-4) return String(value);
  const [digits, exponent] = value.toExponential().split("e-");
  return `${digits}e-${exponent.padStart(2, "0")}`;
}

/** Python's str(): as it stands in a sentence that repeats an answer. */
function asText(value) {
  if (isText(value)) return value;
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (isNumber(value)) return numeral(value);
  if (isList(value)) return `[${value.map(quoted).join(", ")}]`;
  return `{${Object.entries(value).map(([name, each]) => `${quoted(name)}: ${quoted(each)}`).join(", ")}}`;
}

const PRINTED = (char) => char === " " || !/^[\p{C}\p{Z}]$/u.test(char);

function quoted(value) {
  if (!isText(value)) return asText(value);
  const mark = value.includes("'") && !value.includes('"') ? '"' : "'";
  const hex = (char) => {
    const code = char.codePointAt(0);
    return code < 256 ? `\\x${code.toString(16).padStart(2, "0")}` : code < 65536 ? `\\u${code.toString(16).padStart(4, "0")}` : `\\U${code.toString(16).padStart(8, "0")}`;
  };
  const short = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\", [mark]: `\\${mark}` };
  return mark + letters(value).map((char) => short[char] ?? (PRINTED(char) ? char : hex(char))).join("") + mark;
}

/** The value as a sentence may repeat it: short, on one line, in quotation marks. */
function quote(value) {
  const text = pieces(letters(asText(value)).slice(0, 200).map((char) => (PRINTED(char) ? char : " ")).join("")).join(" ");
  return letters(text).length > 40 ? `"${cut(text, 0, 39)}…"` : `"${text}"`;
}

// ---- comparing words --------------------------------------------------------------------------------------------------

/** Case folding, which JavaScript lacks: by way of the capital, letter by letter; a few letters are not their capital's. */
function casefold(text) {
  return letters(text).map((char) => {
    if (/^[\u13a0-\u13f5\u0131]$/u.test(char)) return char;
    if (/^[\u13f8-\u13fd\uab70-\uabbf]$/u.test(char)) return char.toUpperCase();
    if (char === "\u1e9e") return "ss";
    return letters(char.toUpperCase()).map((each) => each.toLowerCase()).join("");
  }).join("");
}

// A mark that is ordered among others moves before (or is) the last one there is; only those count as accents.
const accent = (char) => char === "\u0345" || (/^\p{M}$/u.test(char) && `\u0345${char}`.normalize("NFD") !== `\u0345${char}`);

/** A text as it is compared: case, accents, punctuation, emphasis and spacing do not matter. */
function words(text) {
  const kept = letters(casefold(text).normalize("NFKD")).map((char) =>
    (accent(char) ? "" : /^[\p{P}\p{S}\p{Z}\p{C}]$/u.test(char) ? " " : char)).join("");
  return pieces(kept).join(" ") || pieces(text).join(" ");
}

/** How alike two texts are, from 0 to 1: Ratcliff and Obershelp's measure as Python's difflib has it. */
function alikeness(first, second) {
  const [a, b] = [letters(first), letters(second)];
  if (!a.length && !b.length) return 1;
  const places = new Map();
  b.forEach((char, at) => places.set(char, [...(places.get(char) ?? []), at]));
  if (b.length >= 200) {
    const many = Math.floor(b.length / 100) + 1;
    for (const [char, found] of places) if (found.length > many) places.delete(char);
  }
  const longest = (alo, ahi, blo, bhi) => {
    let [besti, bestj, size] = [alo, blo, 0];
    let runs = new Map();
    for (let i = alo; i < ahi; i += 1) {
      const next = new Map();
      for (const j of places.get(a[i]) ?? []) {
        if (j < blo) continue;
        if (j >= bhi) break;
        const run = (runs.get(j - 1) ?? 0) + 1;
        next.set(j, run);
        if (run > size) [besti, bestj, size] = [i - run + 1, j - run + 1, run];
      }
      runs = next;
    }
    while (besti > alo && bestj > blo && a[besti - 1] === b[bestj - 1]) { besti -= 1; bestj -= 1; size += 1; }
    while (besti + size < ahi && bestj + size < bhi && a[besti + size] === b[bestj + size]) size += 1;
    return [besti, bestj, size];
  };
  let shared = 0;
  const open = [[0, a.length, 0, b.length]];
  while (open.length) {
    const [alo, ahi, blo, bhi] = open.pop();
    const [i, j, size] = longest(alo, ahi, blo, bhi);
    if (!size) continue;
    shared += size;
    open.push([alo, i, blo, j], [i + size, ahi, j + size, bhi]);
  }
  return (2 * shared) / (a.length + b.length);
}

// ---- JSON and its digest ------------------------------------------------------------------------------------------------

const escaped = (text) => text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, (half) => `\\u${half.charCodeAt(0).toString(16)}`);

function byCode(a, b) {
  const [one, two] = [letters(a), letters(b)];
  const at = one.findIndex((char, place) => char !== two[place]);
  if (at < 0) return one.length - two.length;
  return two[at] === undefined ? 1 : one[at].codePointAt(0) - two[at].codePointAt(0);
}

/** JSON with sorted names as Python's json.dumps writes it: tight and in ASCII, or in lines as a hand-in file has it. */
function dumps(value, { ascii = false, indent = 0, level = 1 } = {}) {
  const text = (words) => {
    const json = escaped(JSON.stringify(words)).replace(/\x7f/g, ascii ? "\\u007f" : "\x7f");
    return ascii ? json.replace(/[\u0080-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`) : json;
  };
  if (isText(value)) return text(value);
  if (isNumber(value)) return numeral(value);
  if (value === null || typeof value === "boolean") return String(value);
  const inner = { ascii, indent, level: level + 1 };
  const [open, close] = isList(value) ? "[]" : "{}";
  const parts = isList(value)
    ? value.map((each) => dumps(each, inner))
    : Object.keys(value).sort(byCode).map((name) => `${text(name)}:${indent ? " " : ""}${dumps(value[name], inner)}`);
  if (!parts.length || !indent) return open + parts.join(",") + close;
  const gap = `\n${" ".repeat(indent * level)}`;
  return `${open}${gap}${parts.join(`,${gap}`)}\n${" ".repeat(indent * (level - 1))}${close}`;
}

/** SHA-256 of an ASCII text, in hexadecimal: the browser's own is only there on secure pages, and never at once. */
function sha256(text) {
  const primes = [];
  for (let n = 2; primes.length < 64; n += 1) if (primes.every((prime) => n % prime)) primes.push(n);
  const fraction = (root) => Math.floor((root - Math.floor(root)) * 2 ** 32) >>> 0;
  const rounds = primes.map((prime) => fraction(Math.cbrt(prime)));
  let state = primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
  const size = text.length;
  const bytes = new Uint8Array(((size + 9 + 63) >> 6) << 6);
  for (let at = 0; at < size; at += 1) bytes[at] = text.charCodeAt(at);
  bytes[size] = 0x80;
  const view = new DataView(bytes.buffer);
  view.setUint32(bytes.length - 8, Math.floor(size / 2 ** 29));
  view.setUint32(bytes.length - 4, (size << 3) >>> 0);
  const turn = (word, by) => (word >>> by) | (word << (32 - by));
  for (let start = 0; start < bytes.length; start += 64) {
    const w = Array.from({ length: 16 }, (_, at) => view.getUint32(start + 4 * at));
    for (let at = 16; at < 64; at += 1) {
      const [x, y] = [w[at - 15], w[at - 2]];
      w[at] = (w[at - 16] + (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)) + w[at - 7] + (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10))) | 0;
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let at = 0; at < 64; at += 1) {
      const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + rounds[at] + w[at]) | 0;
      const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [a, b, c, d, e, f, g, h] = [(one + two) | 0, a, b, c, (d + one) | 0, e, f, g];
    }
    state = [a, b, c, d, e, f, g, h].map((word, at) => (word + state[at]) | 0);
  }
  return state.map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}
