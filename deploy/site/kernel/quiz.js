// A quiz's state for the page, and what a message of the page does: the same as lesson_lib/show/quiz.py.

const SAID_OF_KEPT = {
  predict: later("Kept. You meet this question again at the end."),
  test: later("Kept. You can change it until you hand in."),
};

/** What stands behind one quiz of the page: `state()` for its panel, `reply(message)` for what the panel sends. */
function quizKernel(lesson, quiz, log) {
  // What may mean two things and was asked about, by question: to check it again is the answer.
  const asked = new Map();

  function state(trouble = "", told = null) {
    const events = log.events(lesson.lesson);
    const states = standing(quiz, events);
    const items = Object.fromEntries(quiz.items.map((item) => [item.id, shownItem(item, states.get(item.id))]));
    if (quiz.returns_to) {
      for (const [id, first] of firstSaid(quiz, events)) {
        if (first) items[id].first = answerText(quiz.items.find((item) => item.id === id).body, first.answer);
      }
    }
    if (told && items[told[0]]) items[told[0]].n = told[1];
    return { problem: trouble || log.trouble(lesson.lesson), items };
  }

  function shownItem(item, now) {
    const last = latest(now);
    const page = {
      answer: now.draft ?? last?.answer ?? null, sure: last?.sure ?? null, saved: cut(now.draftAt, 11, 16),
      hints: item.hints.slice(0, now.hints), feedback: null, done: false,
    };
    if (!last && !now.revealed) return page;
    const answer = last?.answer ?? null;
    const marked = mark(item.body, item.key, answer);
    if (SAID_OF_KEPT[quiz.behaviour]) {
      const kept = readable(marked);
      return { ...page, feedback: { outcome: "recorded", says: kept ? tell(SAID_OF_KEPT[quiz.behaviour]) : marked.says, parts: {} }, done: kept };
    }
    const told = feedback(item, answer, marked, misses(now), now.revealed, last?.sure ?? null);
    const done = "why" in told;
    if (done) told.sources = item.source_ids.map((id) => lesson.sources[id]);
    return { ...page, feedback: told, done };
  }

  function reply(message) {
    const item = quiz.items.find(({ id }) => id === message.item);
    if (!item || !DOINGS.includes(message.do)) return null;
    let answer = null;
    const refused = orElse(() => { answer = plain(message.answer); return ""; }, (words) => words);
    if (refused) return state(refused);
    const blank = message.do === "check" && mark(item.body, item.key, answer).outcome === "blank";
    const told = message.do === "check" ? notYet(item, answer) : "";
    // What is not finished is kept as it stands, and costs no try.
    const action = told ? "draft" : message.do;
    const given = ["draft", "check"].includes(action) ? answer : null;
    const trouble = log.append(quiz.id, item.id, action, given, sureOf(message.sure), message.at);
    const now = state(trouble, Number.isInteger(message.n) ? [item.id, message.n] : null);
    if (told) Object.assign(now.items[item.id], { feedback: { outcome: "blank", says: told, parts: {} }, done: false });
    if (blank) now.items[item.id].saved = "";
    return now;
  }

  /** Why an answer is not to be checked yet, in a sentence; "" when it is. */
  function notYet(item, answer) {
    const marked = mark(item.body, item.key, answer);
    if (!readable(marked)) return marked.says;
    const count = quiz.behaviour === "practice" ? unfilled(item.body, answer) : 0;
    if (count) return tellCount("One is still empty: fill it in, then check.", "{count} are still empty: fill them in, then check.", count);
    const found = doubt(item.body, answer);
    const last = latest(standing(quiz, log.events(lesson.lesson)).get(item.id));
    if (!found || [asked.get(item.id), last?.answer].some((each) => same(each ?? null, answer))) return "";
    asked.set(item.id, answer);
    return tell("I read {given} as {read}. If you mean {other}, write {write}; if you mean {read}, press the button again.", found);
  }

  const body = { id: quiz.id, title: quiz.title, behaviour: quiz.behaviour, items: quiz.items.map((item) => item.body) };
  return { body, state, reply };
}

/** A stored answer as the item's controls can show it: typed text as it stands, choices by their ids, else nothing. */
function shownAnswer(item, answer) {
  if (answer === null || ["numeric", "short", "text"].includes(item.type)) return isText(answer) || isNumber(answer) ? asText(answer) : null;
  return orElse(() => readAnswer(item.body, answer), () => null);
}

/** The progress line: how many questions of the lesson are answered. */
function progressState(lesson, log) {
  const far = howFar(lesson, log);
  const where = far.answered || far.begun ? ` · ${tell("kept in {folder}", { folder: tell("this browser") })}` : "";
  const says = `${tell("Lesson {lesson}: {progress}", { lesson: lesson.lesson, progress: far.says })}${where}`;
  const trouble = log.trouble(lesson.lesson);
  return { share: far.of ? far.answered / far.of : 0, says: trouble ? `${says}. ${trouble}` : says };
}

/** The hand-in form: what is still blank, and the file once it is made. */
function handInKernel(lesson, log) {
  function lines() {
    const far = howFar(lesson, log);
    const blank = far.quizzes.filter((quiz) => quiz.blank).map((quiz) => `${quiz.title} (${quiz.blank})`);
    const begun = far.quizzes.filter((quiz) => quiz.begun.length).map((quiz) =>
      tellCount("{quiz}, question {numbers}", "{quiz}, questions {numbers}", quiz.begun.length, { quiz: quiz.title, numbers: quiz.begun.join(", ") }));
    const some = begun.length
      ? tell("Begun, but “Check” or “Save my answer” not pressed yet: {questions}. What stands there goes into the file as it is.", { questions: begun.join("; ") }) : "";
    const rest = !far.answered && !far.begun ? tell("Nothing to hand in yet: answer some questions above first.")
      : blank.length ? tell("Still blank: {quizzes}. You may hand in all the same, and again later.", { quizzes: blank.join(", ") })
        : tell("Nothing is left blank.");
    return [`${far.says}.`, some, rest, log.trouble(lesson.lesson)].filter(Boolean);
  }
  const state = (problem = "") => ({ lines: lines(), problem, receipt: [], name: "" });
  function reply(message) {
    if (message.do !== "hand-in") return null;
    const name = cut(strip(message.name ?? ""), 0, 200);
    if (!name) return state(tell("Write your name first, as your teacher knows you."));
    const made = record(lesson, name, log);
    const file = `hand-in-${lesson.lesson}-${fileName(name)}.json`;
    return {
      ...state(), name, file, text: fileText(made),
      receipt: [
        [
          tell("Hand-in file made for {name}{when}:", { name, when: "" }),
          `${counted(lesson, made.items).says}.`,
          tell("Receipt {receipt}.", { receipt: made.receipt }),
        ].join(" "),
        tell("Nothing has been sent yet. Choose “Download the file”, and give your teacher {file}.", { file }),
      ],
    };
  }
  return { body: { title: tell("Hand in lesson {lesson}: {title}", { lesson: lesson.lesson, title: lesson.title }), lesson: lesson.lesson }, state, reply };
}
