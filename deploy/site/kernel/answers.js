// What a student has answered, derived from the log, and the hand-in: the same as lesson_lib/think/answers.py.

const FORMAT = "guarantees-hand-in/1";

const untouched = () => ({ attempts: [], tries: [], hints: 0, revealed: false, draft: null, draftAt: "", mostHints: 0, everRevealed: false });
const latest = ({ tries }) => tries.at(-1) ?? null;
const readable = ({ outcome }) => !["blank", "unreadable"].includes(outcome);

/** How many tries were wrong or only partly right; the same answer twice running is one. */
function misses({ tries }) {
  const missed = tries.filter(({ outcome }) => ["wrong", "partly"].includes(outcome)).map(({ answer }) => answer);
  return missed.filter((answer, place) => !place || !same(answer, missed[place - 1])).length;
}

/** Where the student stands with each item of a quiz. Items the lesson no longer has are passed over. */
function standing(quiz, events) {
  const items = new Map(quiz.items.map((item) => [item.id, item]));
  const found = new Map(quiz.items.map((item) => [item.id, untouched()]));
  for (const event of events) {
    if (event.quiz !== quiz.id || !items.has(event.item)) continue;
    const [item, at] = [items.get(event.item), event.at];
    const state = found.get(event.item);
    const answer = event.answer ?? null;
    if (event.do === "draft") Object.assign(state, { draft: answer, draftAt: at });
    else if (event.do === "check") {
      const { outcome } = mark(item.body, item.key, answer);
      const attempt = { answer, sure: sureOf(event.sure), at, outcome };
      state.attempts.push(attempt);
      state.tries.push(attempt);
      Object.assign(state, { draft: answer, draftAt: at });
    } else if (event.do === "hint") {
      state.hints = Math.min(state.hints + 1, item.hints.length);
      state.mostHints = Math.max(state.mostHints, state.hints);
    } else if (event.do === "reveal") state.revealed = state.everRevealed = true;
    else Object.assign(state, { tries: [], hints: 0, revealed: false, draft: null, draftAt: "" });
  }
  return found;
}

/** How many items of a lesson are answered, in all and by quiz. */
const howFar = (lesson, log) => counted(lesson, entriesOf(lesson, log.events(lesson.lesson)));

/** How far the entries of a hand-in record go: what is told of the lesson and of the file is one count. */
function counted(lesson, entries) {
  const quizzes = lesson.quizzes.map((quiz) => {
    const stands = quiz.items.map((item) => stand(item, entries[`${quiz.id}/${item.id}`]));
    const numbers = (how) => stands.flatMap((each, place) => (each === how ? [place + 1] : []));
    return { title: quiz.title, answered: numbers("answered").length, begun: numbers("begun"), blank: numbers("blank").length, of: stands.length };
  });
  const total = (count) => quizzes.reduce((sum, quiz) => sum + count(quiz), 0);
  const [answered, begun, of] = [(quiz) => quiz.answered, (quiz) => quiz.begun.length, (quiz) => quiz.of].map(total);
  const says = begun ? tell("{answered} of {of} answered, {begun} begun", { answered, of, begun }) : tell("{answered} of {of} answered", { answered, of });
  return { answered, begun, of, quizzes, says };
}

/** Answered, when an answer that could be read was ever checked; begun, when something else stands there; or blank. */
function stand(item, { answer, attempts }) {
  const marked = (given) => mark(item.body, item.key, given);
  if (attempts.some((one) => readable(marked(one.answer)))) return "answered";
  return marked(answer).outcome === "blank" ? "blank" : "begun";
}

/** What was said first of each item of a return quiz: before it was begun. */
function firstSaid(back, events) {
  const begun = events.findIndex((event) => event.quiz === back.id && event.do === "check");
  const before = standing({ id: back.returns_to ?? "", items: back.items }, begun < 0 ? events : events.slice(0, begun));
  return new Map([...before].map(([id, { attempts }]) => [id, attempts.filter(readable).at(-1) ?? null]));
}

/** Everything a student hands in for a lesson: the same answers give the same record, to the byte. */
function record(lesson, name, log) {
  const events = log.events(lesson.lesson);
  const items = entriesOf(lesson, events);
  const labs = Object.create(null); // No name of a lab can then mean anything but itself.
  for (const event of events) {
    if (event.quiz === `${lesson.lesson}-lab` && event.do === "draft" && isDict(event.answer)) labs[event.item] = event.answer;
  }
  const set = Object.keys(labs).length ? { labs } : {};
  const due = dumps({ lesson: lesson.lesson, name, items, ...set }, { ascii: true });
  return {
    format: FORMAT, lesson: lesson.lesson, title: lesson.original, name, items, ...set,
    unreadable_lines: log.unreadable(lesson.lesson).length, receipt: sha256(due).slice(0, 8),
  };
}

/** What is handed in of each item, by "quiz/item". */
function entriesOf(lesson, events) {
  const items = {};
  for (const quiz of lesson.quizzes) {
    const states = standing(quiz, events);
    for (const item of quiz.items) items[`${quiz.id}/${item.id}`] = handedIn(item, states.get(item.id));
  }
  return items;
}

/** The last answer checked; what was only written counts if nothing was checked, in free text always. */
function handedIn(item, state) {
  const last = state.attempts.at(-1) ?? null;
  let [answer, at] = last ? [last.answer, last.at] : [null, null];
  if (state.draft !== null && (last === null || item.type === "text")) [answer, at] = [state.draft, state.draftAt];
  return {
    answer, sure: last?.sure ?? null, at,
    attempts: state.attempts.map(({ answer: given, sure, at: when }) => ({ answer: given, sure, at: when })),
    hints: state.mostHints, revealed: state.everRevealed,
  };
}

/** The record as the text of its file. */
const fileText = (given) => `${dumps(given, { indent: 1 })}\n`;

/** A name as part of a file name: letters and digits of any script, the rest as hyphens. */
const fileName = (name) => name.replace(/[^\p{L}\p{N}_-]+/gu, "-").replace(/^-+|-+$/g, "") || "student";
