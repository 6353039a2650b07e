// The page's half of quizzes, progress and hand-in. The kernel's half is panel.py; marking is always the kernel's.
// Every text from a question, an answer or a table becomes a text node: nothing here parses HTML.

const STYLE = "__STYLE__";
// The page's words in the language of the notebook, by the English ones; empty where that is the language.
const { lang: LANG = "en", words: SAID = {} } = Object("__WORDS__");
// A sentence of the library inside text of the course, and the other way round, where their languages differ.
const OURS = LANG === "en" ? {} : { lang: LANG };
const DATA = LANG === "en" ? {} : { lang: "en" };
const plural = new Intl.PluralRules(LANG);
const PLURALS = ["zero", "one", "two", "few", "many", "other"].filter((form) => plural.resolvedOptions().pluralCategories.includes(form));
const filled = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

/** t("Hint {n} of {of}", {n: 1, of: 3}): a text of the page in its language. Every word that this script says goes through it. */
function t(text, values = {}) {
  return filled(SAID[text] ?? text, values);
}

/** tn("about {n} word", "about {n} words", 5): the same, in the form that belongs to the number, which is {n}. */
function tn(one, many, n, values = {}) {
  const forms = SAID[one] ?? [one, many];
  return filled(forms[Math.min(PLURALS.indexOf(plural.select(n)), forms.length - 1)], { n, ...values });
}

const LETTERS = "abcdefghijklmnopqrstuvwxyz";
const SURE = { 1: t("guess"), 2: t("fairly"), 3: t("certain") };
// What a student has entered but no kernel has confirmed yet, by item: it outlives a kernel restart, a re-run cell and,
// where the browser lets a page keep something, a reload. Of each user of a class's server apart: the path has the name.
const KEPT = `guarantees ${location.pathname.replace(/\/(lab|notebooks|tree)\b.*/, "")}`;
const unsaved = (globalThis.__guaranteesUnsaved ??= new Map(kept()));
// Every question on the page, by item: what was answered can be saved from here when no kernel answers.
const onPage = (globalThis.__guaranteesOnPage ??= new Map());
let count = 0;
// Since when a button of the pointer is down: while it is, nothing moves. A line that comes or goes would take Check from
// under it, and what goes down in one place and up in another is no click.
let held = 0;
addEventListener("pointerdown", ({ isPrimary, button }) => { held = isPrimary && !button ? Date.now() : 0; }, true);
for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => setTimeout(() => { held = 0; }), true);

function kept() {
  try {
    const pairs = JSON.parse(sessionStorage.getItem(KEPT));
    return Array.isArray(pairs) ? pairs.filter((pair) => Array.isArray(pair) && pair[1]) : [];
  } catch {
    return [];
  }
}

function keep() {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify([...unsaved]));
  } catch {
    // Storage is blocked or full: the page still has it until it is reloaded.
  }
}

/** A hand-in file made by the page alone, of what stands in it: for when no kernel can make one. */
function fromPage(lesson) {
  const of = ([key]) => key.split("-", 1)[0] === lesson;
  const items = Object.fromEntries([...onPage].filter(of).map(([key, read]) => [key, read()]));
  for (const [key, { answer, sure, n }] of [...unsaved].filter(of)) {
    items[key] = { attempts: [], hints: 0, revealed: false, ...items[key], answer, sure, at: new Date(n).toISOString() };
  }
  const name = document.querySelector(".gp input[autocomplete=name]")?.value.trim() ?? "";
  return { format: "guarantees-hand-in/1", lesson, title: "", name, items, unreadable_lines: 0, receipt: "", from: "page" };
}

/** What is said when the kernel does not answer: one that is busy answers late, one that has stopped never does. */
function late(lesson) {
  const save = () => download(`hand-in-${lesson}-from-the-page.json`, JSON.stringify(fromPage(lesson), null, 1));
  return [make("span", { class: "warn late" }, `${t("The notebook has not answered yet.")} `),
    t("It may be busy, or its kernel may have stopped. Your answer stays here: wait, or choose Kernel → Restart Kernel and Run All Cells."),
    " ", make("button", { type: "button", class: "bare", onclick: save }, t("Download what I answered"))];
}

function style() {
  if (document.getElementById("gp-style")) return;
  const sheet = document.createElement("style");
  sheet.id = "gp-style";
  sheet.textContent = STYLE;
  document.head.append(sheet);
}

/** make("p", {class: "x"}, "text", node): an element; null children are left out, text is never parsed. */
function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "value") node.value = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

/** The little Markdown of questions: **bold**, *italic*, `code`, and paragraphs. */
function rich(text) {
  const nodes = [];
  String(text).trim().split(/\n\s*\n/).forEach((paragraph, index) => {
    if (index) nodes.push(make("br"), make("br"));
    for (const part of paragraph.replace(/[^\S\u00a0]+/g, " ").split(/(\*\*.+?\*\*|`[^`]+`|\*[^*\s](?:[^*]*[^*\s])?\*)/)) {
      if (/^\*\*.+\*\*$/.test(part)) nodes.push(make("b", {}, part.slice(2, -2)));
      else if (/^`.+`$/.test(part)) nodes.push(make("code", {}, part.slice(1, -1)));
      else if (/^\*[^*]+\*$/.test(part)) nodes.push(make("i", {}, part.slice(1, -1)));
      else if (part) nodes.push(part);
    }
  });
  return nodes;
}

const WORDS = {
  right: t("✓ Right:"),
  wrong: t("✗ Not this one."),
  missed: t("✓ This one too:"),
  noted: t("For this reading:"),
};

/** Puts a verdict and its explanation on one part of an item; `belongs` names where it belongs once that may be told. */
function judge(node, mark, { verdict = true, belongs = "" } = {}) {
  node.classList.remove("is-right", "is-wrong", "is-noted");
  node.querySelectorAll(":scope > .why, :scope > .verdict").forEach((old) => old.remove());
  const label = node.querySelector(":scope > .label");
  label?.querySelectorAll(".verdict").forEach((old) => old.remove());
  // Heard with the line that it judges.
  node.querySelectorAll("[aria-describedby]").forEach((old) => old.removeAttribute("aria-describedby"));
  const line = verdict ? null : node.querySelector("select,:checked");
  if (!mark) return;
  if (mark.state !== "aside") node.classList.add({ right: "is-right", missed: "is-right", wrong: "is-wrong", noted: "is-noted" }[mark.state]);
  if (verdict && label && WORDS[mark.state]) label.prepend(make("span", { class: "verdict", ...OURS }, `${WORDS[mark.state]} `));
  const lead = verdict && label ? "" : { right: `${t("✓ Right.")} `, missed: `${t("Left blank.")} `, wrong: belongs ? "✗ " : `${t("✗ Not yet.")} `, noted: "" }[mark.state];
  if (!lead && !mark.why) return;
  const why = make("span", { class: "why" }, lead ? make("span", { class: "verdict", ...OURS }, lead) : null,
    belongs && mark.state !== "right" ? make("b", {}, t("It is: {answer}.", { answer: belongs.replace(/\.$/, "") }), " ") : null, rich(mark.why));
  if (node.classList.contains("choice")) why.style.gridColumn = "2";
  node.append(why);
  line?.setAttribute("aria-describedby", (why.id = `gp${++count}`));
}

/** Sets the text of a status line, and leaves it alone when it says so already: a screen reader would read it out again. */
function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

const textOf = (options, id) => options.find((option) => option.id === id)?.text ?? "";

const radios = (node) => [...node.querySelectorAll("input[type=radio],input[type=checkbox]")];

/** A row of radio buttons drawn as pills. */
function pills(name, options, attributes = {}) {
  return options.map(({ id, text }) =>
    make("label", { class: "pill" }, make("input", { type: "radio", name, value: id, ...attributes }), text),
  );
}

// ---- item types: each draws its controls and can read, write and judge them -------------------------------------

function choices(item, name, many) {
  const rows = item.choices.map((choice, index) =>
    make("label", { class: "choice" },
      make("input", { type: many ? "checkbox" : "radio", name, value: choice.id }),
      make("span", { class: "label" }, make("span", { class: "quiet" }, `${LETTERS[index]}. `), rich(choice.text))),
  );
  const inputs = rows.map((row) => row.querySelector("input"));
  return {
    nodes: rows,
    read: () => {
      const on = inputs.filter((input) => input.checked).map((input) => input.value);
      return on.length ? (many ? on : on[0]) : null;
    },
    write: (answer) => {
      const on = [answer ?? []].flat();
      inputs.forEach((input) => (input.checked = on.includes(input.value)));
    },
    judge: (feedback) => rows.forEach((row, index) => {
      const mark = feedback?.parts?.[item.choices[index].id];
      // A choice not taken and not right is only explained; where one answer was asked for, the key is no "one too".
      const state = mark && ({ missed: many ? "missed" : "right", noted: item.opinion ? "noted" : "aside" }[mark.state] ?? mark.state);
      judge(row, mark && { ...mark, state });
    }),
    focus: () => (inputs.find((input) => input.checked) ?? inputs[0]).focus(),
  };
}

function field(item, wide) {
  const input = make("input", {
    type: "text", inputmode: wide ? "text" : "decimal", autocomplete: "off", spellcheck: "false", "aria-label": item.unit ? `${t("Your answer")}, ${item.unit}` : t("Your answer"),
  });
  return {
    nodes: [make("div", { class: `line${wide ? " wide" : ""}` }, input, item.unit ?? "")],
    read: () => input.value.trim() || null,
    write: (answer) => (input.value = answer ?? ""),
    judge: () => {},
    focus: () => input.focus(),
  };
}

function essay(item) {
  const rubric = (item.rubric ?? []).map((point) => make("li", {}, rich(point)));
  const wanted = rubric.length ? `gp${++count}` : null;
  const area = make("textarea", { "aria-label": t("Your answer"), "aria-describedby": wanted, rows: "6" });
  return {
    nodes: [
      rubric.length ? make("div", { class: "small quiet", id: wanted }, make("span", OURS, t("A good answer:")), make("ul", { class: "rubric" }, rubric)) : null,
      make("div", { class: "line" }, area),
    ],
    read: () => area.value.trim() || null,
    write: (answer) => (area.value = answer ?? ""),
    judge: () => {},
    focus: () => area.focus(),
  };
}

function classify(item, name) {
  const groups = item.cards.map((card, index) =>
    make("fieldset", { class: "part" },
      make("legend", {}, rich(card.text)),
      make("div", { class: "pills" }, pills(`${name}-${index}`, item.bins))),
  );
  const ids = item.cards.map((card) => card.id);
  return {
    nodes: groups,
    read: () => {
      const answer = {};
      groups.forEach((group, index) => {
        const on = radios(group).find((input) => input.checked);
        if (on) answer[ids[index]] = on.value;
      });
      return Object.keys(answer).length ? answer : null;
    },
    write: (answer) => groups.forEach((group, index) => radios(group).forEach((input) => (input.checked = answer?.[ids[index]] === input.value))),
    judge: (feedback) => groups.forEach((group, index) => judge(group, feedback?.parts?.[ids[index]], { verdict: false, belongs: textOf(item.bins, feedback?.key?.[ids[index]]) })),
    focus: () => radios(groups[0])[0].focus(),
  };
}

function select(options, label) {
  return make("select", { "aria-label": label },
    make("option", { value: "", ...OURS }, t("choose …")), options.map(({ id, text }) => make("option", { value: id }, text)));
}

function match(item) {
  const boxes = item.left.map((left) => select(item.right, left.text));
  const parts = item.left.map((left, index) =>
    make("div", { class: "part" }, make("div", { class: "pair" }, make("div", {}, rich(left.text)), boxes[index])));
  return {
    nodes: parts,
    read: () => {
      const on = item.left.map((left, index) => [left.id, boxes[index].value]).filter(([, value]) => value);
      return on.length ? Object.fromEntries(on) : null;
    },
    write: (answer) => boxes.forEach((box, index) => (box.value = answer?.[item.left[index].id] ?? "")),
    judge: (feedback) => parts.forEach((part, index) => judge(part, feedback?.parts?.[item.left[index].id], { verdict: false, belongs: textOf(item.right, feedback?.key?.[item.left[index].id]) })),
    focus: () => boxes[0].focus(),
  };
}

function order(item, name, changed, say) {
  let steps = item.steps.map((step) => step.id);
  let touched = false;
  const texts = Object.fromEntries(item.steps.map((step) => [step.id, step.text]));
  // Its role is said, because a list without its own numbers is none to Safari.
  const list = make("ol", { class: "steps", role: "list" });
  const rows = {};
  for (const id of steps) {
    const move = (by) => make("button", {
      type: "button", class: "step", "aria-label": by < 0 ? t("Move up: {step}", { step: texts[id] }) : t("Move down: {step}", { step: texts[id] }), onclick: () => shift(id, by),
    }, by < 0 ? "↑" : "↓");
    rows[id] = make("li", {}, make("span", { class: "label" }, rich(texts[id])), make("span", {}, move(-1), " ", move(1)));
  }
  function place() {
    list.append(...steps.map((id) => rows[id]));
    steps.forEach((id, index) => {
      const [up, down] = rows[id].querySelectorAll("button");
      up.setAttribute("aria-disabled", index === 0);
      down.setAttribute("aria-disabled", index === steps.length - 1);
    });
  }
  function shift(id, by) {
    const from = steps.indexOf(id), to = from + by;
    if (to < 0 || to >= steps.length) return;
    const active = document.activeElement;
    steps.splice(from, 1);
    steps.splice(to, 0, id);
    touched = true;
    place();
    active?.focus();
    say(t("Now number {n} of {of}: {step}", { n: to + 1, of: steps.length, step: texts[id] }));
    changed();
  }
  place();
  return {
    nodes: [
      item.first ? make("p", { class: "ends" }, t("first: {end}", { end: item.first })) : null,
      list,
      item.last ? make("p", { class: "ends last" }, t("last: {end}", { end: item.last })) : null,
    ],
    // The shown order is an answer once the student has moved a step or pressed Check.
    read: (final) => (touched || final ? steps : null),
    write: (answer) => {
      if (!answer) return;
      steps = answer.filter((id) => id in rows).concat(steps.filter((id) => !answer.includes(id)));
      touched = true;
      place();
    },
    judge: (feedback) => Object.entries(rows).forEach(([id, row]) => judge(row, feedback?.parts?.[id], { verdict: false })),
    focus: () => list.querySelector("button").focus(),
  };
}

function table(item) {
  const boxes = {}, cells = {};
  const body = item.rows.map((row) =>
    make("tr", {}, make("th", { scope: "row" }, rich(row.text)),
      item.columns.map((column) => {
        if (!item.ask?.[row.id]?.includes(column.id)) return make("td", { "data-col": column.text }, make("span", { class: "unknown", ...OURS }, t("not asked")));
        const box = (boxes[`${row.id}/${column.id}`] = select(item.values, `${row.text}: ${column.text}`));
        return (cells[`${row.id}/${column.id}`] = make("td", { class: "asked", "data-col": column.text }, box));
      })));
  const notes = make("div");
  return {
    nodes: [
      make("table", { class: "gp-table grid" },
        make("thead", {}, make("tr", {}, make("td", {}), item.columns.map((column) => make("th", { scope: "col" }, column.text)))),
        make("tbody", {}, body)),
      notes,
    ],
    read: () => {
      const answer = {};
      for (const [key, box] of Object.entries(boxes)) {
        const [row, column] = key.split("/");
        if (box.value) (answer[row] ??= {})[column] = box.value;
      }
      return Object.keys(answer).length ? answer : null;
    },
    write: (answer) => {
      for (const [key, box] of Object.entries(boxes)) {
        const [row, column] = key.split("/");
        box.value = answer?.[row]?.[column] ?? "";
      }
    },
    judge: (feedback) => {
      notes.replaceChildren();
      for (const [key, cell] of Object.entries(cells)) {
        const mark = feedback?.parts?.[key];
        cell.classList.remove("is-right", "is-wrong");
        cell.querySelector(".verdict")?.remove();
        if (!mark) continue;
        const [row, column] = key.split("/");
        const right = (feedback.key?.[row]?.[column] ?? []).map((id) => textOf(item.values, id)).join(t(" or "));
        cell.classList.add(mark.state === "right" ? "is-right" : "is-wrong");
        cell.append(make("span", { class: "verdict small", ...OURS }, mark.state === "right" ? t("✓ right") : right ? t("✗ it is: {answer}", { answer: right }) : t("✗ not yet")));
      }
      for (const row of item.rows) {
        const why = item.columns.map((column) => feedback?.parts?.[`${row.id}/${column.id}`]?.why).find(Boolean);
        if (why) notes.append(make("p", { class: "why" }, make("b", {}, rich(row.text), ". "), rich(why)));
      }
    },
    focus: () => Object.values(boxes)[0].focus(),
  };
}

const TYPES = {
  single: { draw: (item, name) => choices(item, name, false), asks: t("one answer") },
  multiple: { draw: (item, name) => choices(item, name, true), asks: t("one or more answers") },
  numeric: { draw: (item) => field(item, false), asks: t("a number") },
  short: { draw: (item) => field(item, true), asks: t("a few words") },
  text: { draw: (item) => essay(item), asks: t("in your own words") },
  match: { draw: (item) => match(item), asks: t("match each line") },
  order: { draw: order, asks: t("put in order") },
  classify: { draw: (item, name) => classify(item, name), asks: t("sort each line") },
  table: { draw: (item) => table(item), asks: t("fill the table") },
};

// ---- one question -------------------------------------------------------------------------------------------------

function question(model, quiz, item, number) {
  const name = `gp${++count}`;
  const key = `${quiz.id}/${item.id}`;
  const said = make("div", { class: "said", role: "status" });
  const moved = make("div", { class: "heard", role: "status" });
  const hints = make("div", { role: "status", "aria-atomic": "false" });
  const before = make("div");
  const saved = make("span", { class: "saved", role: "status" });
  let waiting = null, timer = null, shown = {}, wanted = false;

  const control = TYPES[item.type].draw(item, name, () => changed(), (text) => (moved.textContent = text));
  const sure = make("fieldset", { class: "sure" }, make("legend", {}, t("How sure?")),
    pills(`${name}-sure`, Object.entries(SURE).map(([id, text]) => ({ id, text }))));
  const sureness = () => Number(radios(sure).find((input) => input.checked)?.value) || null;
  onPage.set(key, () => ({ answer: control.read(false), sure: sureness(), at: null, attempts: [], hints: shown.hints?.length ?? 0, revealed: false }));

  const check = make("button", { type: "submit", class: "primary" }, t("Check"));
  const again = make("button", { type: "button", onclick: () => { send("again"); control.focus(); } }, t("Try again"));
  const hint = make("button", { type: "button", class: "bare", onclick: () => send("hint") });
  const reveal = make("button", { type: "button", class: "bare", onclick: () => send("reveal") }, t("Show the answer"));
  // A stem of several paragraphs: the question first, then how it is meant.
  const [asked, ...rest] = item.stem.trim().split(/\n\s*\n/);
  const legend = make("legend", {},
    make("span", { class: "n", ...OURS }, [t("Question {n} of {of}", { n: number, of: quiz.items.length }), TYPES[item.type].asks,
      item.min_words ? tn("about {n} word", "about {n} words", item.min_words) : "", item.opinion ? t("no right or wrong") : ""].filter(Boolean).join(" · ")),
    rich(asked), rest.length ? make("span", { class: "rest" }, rich(rest.join("\n\n"))) : null);
  const form = make("form", { class: "gp-item", "data-item": key, onsubmit: (event) => { event.preventDefault(); send("check"); }, oninput: changed, onchange: changed },
    make("fieldset", { lang: item.lang }, legend, control.nodes),
    hints, said, moved, before,
    make("div", { class: "actions" }, sure, saved, reveal, hint, again, check));

  // The clock makes the number unique across page loads and kernels: an acknowledgement can't be mistaken.
  const entered = (action) => ({ do: action, item: item.id, answer: control.read(action === "check"), sure: sureness(), n: Date.now() + ++count });
  function send(action) {
    // What a hint is asked for beside is kept first.
    if (timer !== null && !["draft", "check"].includes(action)) send("draft");
    clearTimeout(timer);
    timer = null;
    if (action === "again" && item.type !== "text" && !item.opinion && quiz.behaviour === "practice") {
      control.write(null);
      radios(sure).forEach((input) => (input.checked = false));
    }
    const message = entered(action);
    if (action === "draft" || action === "check") {
      unsaved.set(key, message);
      keep();
    }
    wanted ||= action === "check" || action === "reveal";
    clearTimeout(waiting);
    waiting = setTimeout(tellLate, action === "draft" ? 15000 : 4000);
    try {
      model.send(message);
    } catch {
      // A form restored from a saved notebook: there is no kernel behind it yet.
      tellLate();
    }
  }
  function tellLate() {
    if (!said.querySelector(".late")) said.replaceChildren(...late(quiz.id.split("-", 1)[0]));
    // What was saved is not what stands there now.
    saved.textContent = "";
  }
  function changed() {
    clearTimeout(timer);
    // Where the cell is run again before it is sent: not every browser says that the focus has gone.
    unsaved.set(key, entered("draft"));
    timer = setTimeout(() => send("draft"), 350);
  }
  form.addEventListener("focusout", () => { if (timer !== null) send("draft"); });

  function update(state, first) {
    const mine = (shown = state.items[item.id] ?? {});
    if (first) {
      control.write(mine.answer ?? null);
      radios(sure).forEach((input) => (input.checked = mine.sure === Number(input.value)));
    }
    const pending = unsaved.get(key);
    if (pending && pending.n === mine.n) {
      unsaved.delete(key);
      keep();
    } else if (pending && first) {
      control.write(pending.answer);
      radios(sure).forEach((input) => (input.checked = pending.sure === Number(input.value)));
      send("draft");
    }
    clearTimeout(waiting);
    const { feedback = null, done = false, hints: given = [] } = mine;
    const tried = Boolean(feedback) && !["blank", "unreadable"].includes(feedback.outcome);
    const at = [check, again, reveal, hint].find((button) => button === document.activeElement);
    const unmarked = quiz.behaviour !== "practice" || item.opinion || item.type === "text";
    control.judge(feedback);
    // Every draft comes back to every question of the quiz: a verdict that stands is not said again by a screen reader.
    const parts = verdict(feedback, item);
    if (wanted || parts.map((part) => part.textContent).join("") !== said.textContent) said.replaceChildren(...parts);
    wanted = false;
    before.replaceChildren(...(mine.first ? [make("p", { class: "before" }, make("b", {}, `${t("Before you read, you said:")} `), make("span", { lang: item.lang }, mine.first))] : []));
    // Hints are only ever added, and each is heard when it comes.
    const told = hints.children.length;
    hints.append(...given.slice(told).map((text, index) => make("p", { class: "hint", lang: item.lang },
      make("b", OURS, t("Hint {n}.", { n: told + index + 1 }), " "), rich(text))));
    hint.hidden = done || given.length >= item.hints;
    hint.textContent = item.hints > 1 ? t("Hint {n} of {of}", { n: given.length + 1, of: item.hints }) : t("Hint");
    check.hidden = done;
    check.textContent = unmarked ? t("Save my answer") : tried ? t("Check again") : t("Check");
    again.hidden = !done;
    again.textContent = unmarked ? t("Change my answer") : feedback?.outcome === "right" ? t("Answer again") : t("Try again");
    reveal.hidden = done || unmarked || !tried;
    sure.hidden = item.type === "text" || item.opinion;
    // A button that has gone takes the focus with it: it goes on to the one that came in its place.
    if (at?.hidden) (done ? again : check).focus();
    say(saved, state.problem || (mine.saved ? t("Saved {time}", { time: mine.saved }) : ""));
    saved.className = state.problem ? "saved warn" : "saved";
  }
  return { form, update };
}

// Types whose key cannot be shown on a part of the item, and what stands before it.
const TOLD = { numeric: t("The answer:"), short: t("The answer:"), order: t("In order:"), text: t("One good answer:") };

function verdict(feedback, { type, lang }) {
  if (!feedback) return [];
  const kind = { right: "right", partly: "partly", wrong: "wrong" }[feedback.outcome] ?? "";
  const parts = [make("span", { class: `verdict ${kind}` }, `${feedback.says} `)];
  // A slip the author foresaw, in a number or a word.
  if (feedback.parts.answer?.why) parts.push(make("span", { class: "why", lang }, rich(feedback.parts.answer.why)));
  if (feedback.key_text && TOLD[type] && feedback.outcome !== "right") parts.push(make("span", { class: "why", lang }, make("b", OURS, `${TOLD[type]} `), rich(feedback.key_text)));
  if (feedback.why) parts.push(make("span", { class: "why", lang }, rich(feedback.why)));
  if (feedback.sources?.length) parts.push(make("span", { class: "why small" }, `${t("Sources:")} `, links(feedback.sources)));
  return parts;
}

// ---- panels -------------------------------------------------------------------------------------------------------

function quiz(model, root) {
  const body = model.get("body");
  const questions = body.items.map((item, index) => question(model, body, item, index + 1));
  root.append(
    body.title ? make("p", { class: "quiz-title", lang: body.items[0]?.lang }, body.title) : "",
    ...questions.map(({ form }) => form),
  );
  const refresh = (first) => questions.forEach(({ update }) => update(model.get("state"), first === true));
  refresh(true);
  return refresh;
}

function download(name, content, type = "application/json") {
  const link = make("a", { href: URL.createObjectURL(new Blob([content], { type })), download: name });
  document.body.append(link);
  link.click();
  setTimeout(() => { URL.revokeObjectURL(link.href); link.remove(); }, 1000);
}

function handIn(model, root) {
  const id = `gp${++count}`;
  const name = make("input", { type: "text", id, autocomplete: "name", value: model.get("state").name ?? "" });
  const list = make("div"), receipt = make("div", { role: "status", class: "said" });
  const save = make("button", { type: "button", class: "bare" }, t("Download the file"));
  save.addEventListener("click", () => { const { file, text } = model.get("state"); download(file, text); });
  let waiting = null;
  const tellLate = () => receipt.replaceChildren(...late(model.get("body").lesson));
  const send = () => {
    clearTimeout(waiting);
    // The teacher's folder of a class's server is given ten seconds.
    waiting = setTimeout(tellLate, 15000);
    try {
      model.send({ do: "hand-in", name: name.value.trim() });
    } catch {
      tellLate();
    }
  };
  const form = make("form", { class: "gp-item", onsubmit: (event) => { event.preventDefault(); send(); } },
    make("p", { class: "quiz-title" }, model.get("body").title), list,
    make("div", { class: "line wide" }, make("label", { for: id }, t("Your name, as your teacher knows you")), name),
    receipt, make("div", { class: "actions" }, make("button", { type: "submit", class: "primary" }, model.get("body").button ?? t("Make my hand-in file")), save));
  root.append(form);
  const refresh = () => {
    const state = model.get("state");
    clearTimeout(waiting);
    list.replaceChildren(...state.lines.map((line) => make("p", {}, line)));
    receipt.replaceChildren(...(state.receipt ?? []).map((line, index) => make("p", { class: index ? "" : "verdict right" }, line)),
      ...(state.problem ? [make("p", { class: "warn" }, state.problem)] : []));
    save.hidden = !state.text;
  };
  refresh();
  return refresh;
}

function progress(model, root) {
  const bar = make("b"), text = make("span");
  root.append(make("div", { class: "meter" }, make("i", { "aria-hidden": "true" }, bar), text));
  const refresh = () => {
    const { share, says } = model.get("state");
    bar.style.width = `${Math.round(share * 100)}%`;
    text.textContent = says;
  };
  refresh();
  return refresh;
}

/** Links to documents, separated by a dot; only web addresses become links. */
function links(sources) {
  const each = sources.map(({ text, url }) =>
    /^https?:\/\//.test(url ?? "") ? make("a", { href: url, target: "_blank", rel: "noopener", ...DATA }, text) : make("span", DATA, text));
  return each.flatMap((link, index) => (index ? [" · ", link] : [link]));
}

/** The raised numbers after a fact. */
const raised = (numbers) => (numbers ? make("sup", {}, `[${numbers}]`) : null);

/** A table's frame: its caption with what is said of it, its headings, and the rows given. */
const framed = (title, said, head, rows) => make("table", { class: "gp-table" },
  make("caption", {}, make("b", {}, title), make("span", { class: "quiet" }, said)),
  make("thead", {}, make("tr", {}, head.map((name) => make("th", { scope: "col" }, name)))),
  make("tbody", {}, rows));

/** The numbered documents under a table, folded. */
const listed = (summary, sources, open = false) => (sources.length ? make("details", { open }, make("summary", {}, summary),
  make("ol", { class: "gp-foot" }, sources.map(({ n, text, url }) => make("li", {}, make("b", {}, String(n)), links([{ text, url }]))))) : "");

function stances(model, root) {
  const { title, caption, issues, questions, actors, cells } = model.get("body");
  const behind = make("div", { class: "behind", role: "status" }, make("span", { class: "quiet" }, t("Select a cell above.")));
  let chosen = null;
  const cell = (actor, row, column) => {
    const { word, kind, text, basis, sources } = cells[row * issues.length + column];
    if (!text) return make("span", { class: "s u" }, word);
    const button = make("button", { type: "button", class: `s ${kind}`, "aria-pressed": "false", "aria-label": `${actor}, ${issues[column]}: ${word}` }, word);
    button.addEventListener("click", () => {
      chosen?.setAttribute("aria-pressed", "false");
      (chosen = button).setAttribute("aria-pressed", "true");
      // Where the map is a list, the words behind a cell stand in it: below the last one nobody would see them.
      const td = button.closest("td"), place = getComputedStyle(td).display === "table-cell" ? root : td;
      if (behind.parentNode !== place) place.append(behind);
      behind.replaceChildren(
        make("p", DATA, make("b", {}, `${actor}, ${issues[column]}: ${word}`), " ", make("span", { class: "quiet small" }, questions[column])),
        make("p", DATA, text), make("p", { class: "quiet small" }, make("span", DATA, basis), ` ${t("Sources:")} `, links(sources)));
    });
    return button;
  };
  root.append(
    make("table", { class: "gp-table map" },
      make("caption", {}, make("b", {}, title), make("span", { class: "quiet" }, caption)),
      make("thead", {}, make("tr", {}, make("th", { scope: "col" }, t("Actor")), issues.map((issue) => make("th", { scope: "col", ...DATA }, issue)))),
      make("tbody", {}, actors.map((actor, row) =>
        make("tr", {}, make("th", { scope: "row", ...DATA }, actor), issues.map((issue, column) => make("td", { "data-col": issue, ...DATA }, cell(actor, row, column))))))),
    behind);
  return () => {};
}

const SIGNS = { supported: "✓", imprecise: "≈", contested: "⇄", contradicted: "✗", unverified: "?" };

/** Sends to the kernel, and knows an answer that was overtaken: it must not set back what was moved since. */
function talk(model) {
  let last = null;
  const before = new Set();
  return {
    send: (message) => {
      before.add(last);
      model.send({ ...message, n: (last = Date.now() + ++count) });
    },
    overtaken: ({ n }) => n != null && before.has(n),
  };
}

function explore(model, root) {
  const body = model.get("body");
  const kernel = talk(model);
  const said = make("p", { role: "status" });
  const grid = make("div"), foot = make("div");
  const boxes = (name, options, language) => {
    const made = options.map(({ id, text }) => {
      const box = make("input", { type: "checkbox", value: id, onchange: () => send("show") });
      return { box, label: make("label", { class: "tick", ...language }, box, text) };
    });
    return { boxes: made.map(({ box }) => box), node: make("fieldset", { class: "ticks" }, make("legend", {}, name), make("div", { class: "cols" }, made.map(({ label }) => label))) };
  };
  const entries = boxes(t("What to compare"), body.entries, DATA), features = boxes(t("On which features"), body.features, {});
  const differences = make("input", { type: "checkbox", onchange: () => send("show") });
  const ticked = ({ boxes }) => boxes.filter((box) => box.checked).map((box) => box.value);
  const send = (action) => kernel.send({ do: action, entries: ticked(entries), features: ticked(features), differences: differences.checked });
  const copy = (kind, name) => make("button", { type: "button", class: "bare", onclick: async () => {
    try {
      await navigator.clipboard.writeText(model.get("state")[kind]);
      said.textContent = t("Copied as {format}.", { format: name });
    } catch {
      // No clipboard without a secure page: the text to copy by hand.
      foot.prepend(make("textarea", { rows: "6", "aria-label": t("The table as {format}", { format: name }), ...DATA }, model.get("state")[kind]));
      said.textContent = t("Your browser does not let the page copy: the table as {format} stands below.", { format: name });
    }
  } }, t("Copy as {format}", { format: name }));
  root.append(
    make("details", { open: true }, make("summary", {}, t("Build your comparison")), make("div", { class: "build" }, entries.node, features.node)),
    grid,
    make("div", { class: "actions" }, make("label", { class: "tick" }, differences, t("Mark differences")),
      make("button", { type: "button", onclick: () => send("outlier") }, t("Find the outlier")), copy("markdown", "Markdown"), copy("csv", "CSV")),
    said, foot);
  const refresh = () => {
    const state = model.get("state");
    if (!kernel.overtaken(state)) {
      for (const [group, on] of [[entries, state.entries], [features, state.features]]) group.boxes.forEach((box) => (box.checked = on.includes(box.value)));
      differences.checked = state.differences;
    }
    said.textContent = state.says;
    const cell = (one, column) => make("td", { "data-col": column, class: one.apart ? "out" : null, ...(one.status ? {} : DATA) },
      one.status ? make("span", { class: `chip ${one.status}` }, `${SIGNS[one.status] ?? ""} ${one.text}`) : make("span", { class: one.known ? null : "unknown" }, one.text),
      one.apart ? make("span", { class: "heard", ...OURS }, t(" (differs from most)")) : null, raised(one.numbers));
    grid.replaceChildren(state.rows.length ? framed(body.title, state.caption, state.head, state.rows.map((row) =>
      make("tr", {}, make("th", { scope: "row" }, row.name, raised(row.numbers)), row.cells.map((one, index) => cell(one, state.head[index + 1]))))) : "");
    foot.replaceChildren(listed(tn("The source of this table", "The {n} sources of this table", state.sources.length), state.sources));
  };
  refresh();
  return refresh;
}

// anywidget gives a model two seconds to load. In a page that was busy for longer it drops whatever the kernel says to it,
// ever after (0.11: `_handle_comm_msg` waits for a promise that was rejected), and the student would wait for nothing.
// The handler of ipywidgets, which does not ask, takes its place.
async function hear(model) {
  const whole = await model.widget_manager?.get_model?.(model.get("me"));
  const handle = whole && Object.getPrototypeOf(Object.getPrototypeOf(whole))._handle_comm_msg;
  if (handle) whole.comm?.on_msg?.(handle.bind(whole));
}

const PANELS = { quiz, "hand-in": handIn, progress, stances, explore, lab };

export function render({ model, el }) {
  style();
  const root = make("div", { class: "gp", lang: model.get("body").lang ?? LANG, "data-lm-suppress-shortcuts": "true" });
  // JupyterLab moves its cell cursor on arrow keys and runs commands on letters, even inside an output; keys with
  // Ctrl, Alt or Cmd stay the program's.
  root.addEventListener("keydown", (event) => { if (!event.ctrlKey && !event.metaKey && !event.altKey) event.stopPropagation(); });
  const refresh = PANELS[model.get("kind")](model, root);
  el.replaceChildren(root);
  let later = null;
  const settle = () => {
    clearTimeout(later);
    if (model.get("kind") !== "lab" && Date.now() - held < 2000) later = setTimeout(settle, 40);
    else refresh();
  };
  model.on("change:state", settle);
  hear(model).catch(() => {}); // A program that keeps its models to itself: then as anywidget does it.
  return () => {
    clearTimeout(later);
    model.off("change:state", settle);
  };
}
