// Brings a lesson's page to life: each panel gets the kernel's half that a notebook would have in Python.

const { AnswerLog, quizKernel, progressState, handInKernel, shownAnswer, tell } = kernel;

/** What a widget is to the panel: values to get, a state that changes, and somebody who answers. */
class Model {
  constructor(kind, { body, state, reply }) {
    Object.assign(this, { kind, body, reply, derive: state, state: state(), listeners: new Set() });
  }

  get(name) { return this[name]; }
  on(_event, listener) { this.listeners.add(listener); }
  off(_event, listener) { this.listeners.delete(listener); }

  send(message) {
    const state = this.reply(message);
    if (!state) return;
    // Here the kernel's half answers at once: what it has taken need not be kept aside for it.
    if (!state.problem && message.item) {
      unsaved.delete(`${this.body.id}/${message.item}`);
      keep();
    }
    this.become(state);
  }

  refresh() { this.become(this.derive()); }

  become(state) {
    this.state = state;
    this.listeners.forEach((listener) => listener());
  }
}

/** A quiz whose stored answers fit the controls they go into: what was stored may come from anywhere. */
function fitting(quiz, { body, state, reply }) {
  const fitted = (now) => {
    if (now) quiz.items.forEach((item) => (now.items[item.id].answer = shownAnswer(item, now.items[item.id].answer)));
    return now;
  };
  return { body, state: () => fitted(state()), reply: (message) => fitted(reply(message)) };
}

/** The browser's store, or null where it may not be used; and the line that says what is wrong with it. */
function store() {
  const lost = tell("This browser stores nothing for this page. Your answers last only while it is open: hand in and download your file before you leave it.");
  let found = null;
  try {
    found = window.localStorage;
    found.getItem("guarantees-on-paper");
  } catch {
    return [null, lost];
  }
  try {
    found.setItem("guarantees-on-paper", "1");
    return [found, ""];
  } catch {
    return [found, tell("This browser's store is full: new answers last only while this page is open. Hand in and download your file before you leave it.")];
  }
}

function start() {
  const data = document.getElementById("lesson");
  if (!data) return;
  // The contents open where they stand beside the text: above it, the page would jump.
  document.querySelector(".contents details").open = matchMedia("(min-width: 68rem)").matches;
  const lesson = JSON.parse(data.textContent);
  const [storage, trouble] = store();
  const log = new AnswerLog(storage, tell("the answers in this browser"));
  if (trouble) {
    const notice = document.getElementById("notice");
    notice.textContent = trouble;
    notice.hidden = false;
  }
  const handIn = handInKernel(lesson, log);
  const still = (body) => ({ body, state: () => ({}), reply: () => null });
  const quizzes = new Map(lesson.quizzes.map((quiz) => [quiz.id, quiz]));
  const MADE = {
    quiz: (id) => fitting(quizzes.get(id), quizKernel(lesson, quizzes.get(id), log)),
    progress: () => ({ body: {}, state: () => progressState(lesson, log), reply: () => null }),
    "hand-in": () => handIn,
    stances: (id) => still(lesson.panels[id]),
  };
  const models = [];
  for (const place of document.querySelectorAll("[data-panel]")) {
    const { panel: kind, of: id } = place.dataset;
    const model = new Model(kind, MADE[kind](id));
    models.push({ model, quiz: quizzes.get(id), place });
    if (kind === "hand-in") place.after(clearing(lesson, log, again));
  }
  // One panel that fails leaves its text there, and the others alone.
  const draw = (each) => { try { each.leave = render({ model: each.model, el: each.place }); } catch (error) { console.error(error); } };
  models.forEach(draw);
  /** Draws everything anew, of what is kept now. */
  function again() {
    models.forEach((each) => { each.leave?.(); each.model.refresh(); draw(each); });
  }
  // Progress and hand-in count on; a question that comes back shows what is said of it before.
  const follows = ({ model, quiz }, event) => ["progress", "hand-in"].includes(model.kind) || quiz?.returns_to === event.quiz;
  log.watch((event) => models.filter((each) => follows(each, event)).forEach(({ model }) => model.refresh()));
  addEventListener("storage", ({ key, newValue }) => {
    if (key !== null && key !== AnswerLog.name(lesson.lesson)) return;
    if (newValue === null) { // Cleared in another tab.
      unsaved.clear();
      keep();
      again();
    } else models.forEach(({ model }) => model.refresh());
  });
  // What is being typed while the page is left is kept as well.
  addEventListener("pagehide", () => document.activeElement?.blur?.());
  fit();
}

start();
