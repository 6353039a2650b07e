// The log of what a student answered, kept by the browser: one text a lesson, one JSON object a line, added to and never
// rewritten; the lines are those of lesson_lib/think/log.py. What cannot be saved is kept while the page is open.

const DOINGS = ["draft", "check", "hint", "reveal", "again"];

const sureOf = (value) => ([1, 2, 3].includes(value) ? value : null);

/** Whether a line has what a line must have; whatever else stands in it is no harm. */
const good = (event) => isDict(event) && (event.v === 1 || event.v === true)
  && ["at", "quiz", "item"].every((name) => isText(event[name]))
  && DOINGS.includes(event.do) && sureOf(event.sure) === (event.sure ?? null);

/** The moment as Python writes it: 2025-08-19T14:02:09+03:00. */
function now() {
  const date = new Date();
  const two = (value) => String(Math.trunc(value)).padStart(2, "0");
  const ahead = -date.getTimezoneOffset();
  const zone = `${ahead < 0 ? "-" : "+"}${two(Math.abs(ahead) / 60)}:${two(Math.abs(ahead) % 60)}`;
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}${zone}`;
}

class AnswerLog {
  /** `storage` is the browser's localStorage, or null where it keeps nothing; `shown` is what a sentence calls the log. */
  constructor(storage, shown) {
    Object.assign(this, { storage, shown, unsaved: [], watchers: [], read: { text: null } });
  }

  static name(lesson) { return `guarantees-on-paper/${lesson}`; }

  /** Adds one line: "" when saved, else one sentence on why it is not. */
  append(quiz, item, action, answer = null, sure = null, at = now()) {
    const lesson = quiz.split("-")[0];
    const event = { v: 1, at, quiz, item, do: action, answer, sure };
    if (!good(event) || !/^[\p{L}\p{N}_]+$/u.test(lesson)) {
      return tell("Not saved: {name} is not something that can be answered.", { name: `${quiz}/${item}` });
    }
    const trouble = this.save(lesson, event);
    for (const watcher of [...this.watchers]) {
      try { watcher(event); } catch (error) { console.error(error); } // Whoever looks on must not be able to lose an answer.
    }
    return trouble;
  }

  save(lesson, event) {
    this.unsaved.push(event);
    const mine = this.unsaved.filter((each) => each.quiz.split("-")[0] === lesson);
    const lines = mine.map((each) => `${escaped(JSON.stringify(each))}\n`).join("");
    const failed = this.storage ? this.put(lesson, lines) : tell("this browser stores nothing for this page");
    if (failed) return tell("Not saved: {reason}. Your answer is kept while this page is open: hand in before you close it.", { reason: failed });
    this.unsaved = this.unsaved.filter((each) => !mine.includes(each));
    return "";
  }

  put(lesson, lines) {
    try {
      const before = this.storage.getItem(AnswerLog.name(lesson)) ?? "";
      this.storage.setItem(AnswerLog.name(lesson), before + (before && !before.endsWith("\n") ? "\n" : "") + lines);
      return "";
    } catch (error) {
      return /quota/i.test(error?.name) ? tell("this browser's store for this page is full") : tell("this browser stores nothing for this page");
    }
  }

  /** Every line that can be read, in order, then what could not be saved. */
  events(lesson) { return [...this.load(lesson).events, ...this.unsaved.filter((each) => each.quiz.split("-")[0] === lesson)]; }

  unreadable(lesson) { return this.load(lesson).bad; }

  /** One sentence on the lines that cannot be read; "" when there are none. */
  trouble(lesson) {
    const { events, bad } = this.load(lesson);
    if (!bad.length) return "";
    const list = [...bad.slice(0, 5).map(String), ...(bad.length > 5 ? [tell("{count} more", { count: bad.length - 5 })] : [])];
    const which = list.length > 1 ? list.slice(0, -1).join(", ") + tell(" and ") + list.at(-1) : list[0];
    const rest = events.length
      ? tellCount("the other {count} answer is there.", "the other {count} answers are there.", events.length)
      : tell("there is nothing else in it.");
    return `${tellCount("Line {which} of {file} could not be read;", "Lines {which} of {file} could not be read;", bad.length, { which, file: this.shown })} ${rest}`;
  }

  load(lesson) {
    let text = "";
    try { text = this.storage?.getItem(AnswerLog.name(lesson)) ?? ""; } catch { /* Not to be read: as if there were nothing. */ }
    if (this.read.text !== text || this.read.lesson !== lesson) this.read = { text, lesson, ...parse(text) };
    return this.read;
  }

  /** The lessons of which something is kept, in order. */
  lessons() {
    let names = [];
    try { names = Object.keys(this.storage ?? {}); } catch { /* Not to be read: as if there were nothing. */ }
    const kept = names.filter((name) => name.startsWith(AnswerLog.name(""))).map((name) => name.slice(AnswerLog.name("").length));
    return unique([...kept, ...this.unsaved.map(({ quiz }) => quiz.split("-")[0])]).sort();
  }

  /** Takes away what is kept of a lesson, or of all where it is null: "" when it is gone, else one sentence on why not. */
  clear(lesson) {
    const gone = lesson === null ? this.lessons() : [lesson];
    try {
      gone.forEach((name) => this.storage?.removeItem(AnswerLog.name(name)));
    } catch {
      return tell("Not cleared: this browser does not let the page do it. Clear the browser's data for this site instead.");
    }
    this.unsaved = this.unsaved.filter(({ quiz }) => !gone.includes(quiz.split("-")[0]));
    return "";
  }

  watch(watcher) { this.watchers.push(watcher); }
}

function parse(text) {
  const [events, bad] = [[], []];
  text.split("\n").forEach((line, place) => {
    if (!strip(line)) return;
    let event = null;
    try { event = JSON.parse(line); } catch { /* Counted below. */ }
    if (good(event)) events.push(event);
    else bad.push(place + 1);
  });
  return { events, bad };
}
