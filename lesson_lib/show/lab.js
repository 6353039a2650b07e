
// ---- labs: controls, and an answer that the kernel draws again at every move -----------------------------------------

const drawnAs = (tag, attributes, ...children) => {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
};

// Text of the tables inside a text of the library stands between two marks where their languages differ (foreign.py).
const bare = (text) => String(text ?? "").replace(/[\ue000\ue001]/g, "");
/** The attribute of an element whose text is the tables' from end to end. */
const spoken = (text) => (/^\ue000[^\ue000\ue001]*\ue001$/.test(text ?? "") ? DATA : {});

/** Makes an element with its language of each marked text under this node, and takes the marks out of attributes. */
function toldApart(root) {
  if (!DATA.lang) return root;
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT), nodes = [];
  while (walker.nextNode()) nodes.push(walker.currentNode);
  let theirs = false;
  for (const node of nodes) {
    const pieces = node.data.split(/([\ue000\ue001])/);
    if (pieces.length === 1 && !theirs) continue;
    const wrap = (text) => (node.parentNode.namespaceURI.endsWith("svg") ? drawnAs("tspan", DATA, text) : make("span", DATA, text));
    const made = [];
    for (const piece of pieces) {
      if (piece === "\ue000" || piece === "\ue001") theirs = piece === "\ue000";
      else if (piece) made.push(theirs ? wrap(piece) : piece);
    }
    node.replaceWith(...made);
  }
  for (const name of ["aria-label", "aria-valuetext", "title"]) {
    for (const each of root.querySelectorAll(`[${name}]`)) if (each.getAttribute(name) !== bare(each.getAttribute(name))) each.setAttribute(name, bare(each.getAttribute(name)));
  }
  return root;
}

/** Says a text in a node that is heard when it changes, and only then. */
function tell(node, text) {
  if (node.textContent === bare(text)) return;
  node.textContent = text ?? "";
  toldApart(node);
}

const MARKS = {
  line: (kind, x1, y1, x2, y2) => drawnAs("line", { class: kind, x1, y1, x2, y2 }),
  rect: (kind, x, y, width, height, rx) => drawnAs("rect", { class: kind, x, y, width, height, rx }),
  circle: (kind, cx, cy, r) => drawnAs("circle", { class: kind, cx, cy, r }),
  path: (kind, d) => drawnAs("path", { class: kind, d }),
  text: (kind, x, y, words, anchor, size) => drawnAs("text", { class: kind, x, y, "text-anchor": anchor, "font-size": size }, words),
};

const BLOCKS = {
  heading: ({ words }) => make("p", { class: "quiz-title" }, words),
  says: ({ words, tone, numbers }) => make("p", { class: `tone ${tone}` }, rich(words), raised(numbers)),
  figures: ({ items }) => make("dl", { class: "figures" }, items.map((one) =>
    make("div", {}, make("dt", {}, one.label), make("dd", { class: "big" }, one.value),
      one.range ? make("dd", { class: "quiet" }, one.range) : null, one.means ? make("dd", { class: "small" }, one.means) : null))),
  grid: ({ title, said, head, rows, folded }) => {
    const table = framed(title, said, head, rows.map((row) => make("tr", {}, make("th", { scope: "row" }, row.name, raised(row.numbers)),
      row.cells.map((cell, index) => make("td", { "data-col": head[index + 1], class: `tone ${cell.tone}` },
        make("span", { class: cell.known ? null : "unknown" }, cell.words), raised(cell.numbers))))));
    return folded ? make("details", {}, make("summary", {}, title), table) : table;
  },
  drawing: ({ title, alt, width, height, marks }) => make("figure", {},
    make("figcaption", {}, title),
    make("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": title },
      drawnAs("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": alt, style: `max-width:${width}px` },
        ...marks.map(([mark, ...given]) => MARKS[mark](...given)))),
    make("details", {}, make("summary", {}, t("The picture in words")), make("p", {}, alt))),
};

/** One control: its node, and how to read it, write it, and say what is wrong with it. */
function control(one, options, moved) {
  const id = `gp${++count}`;
  const note = make("span", { class: "warn small", role: "status", id: `${id}n` });
  // Heard with the control: what it counts in, its help, and what is wrong with it.
  const described = { "aria-describedby": [one.unit && "u", one.help && "h", "n"].filter(Boolean).map((part) => id + part).join(" ") };
  const help = one.help ? make("span", { class: "quiet small", id: `${id}h` }, one.help) : null;
  const field = (...nodes) => make("div", { class: `control ${one.kind}` }, ...nodes, help, note);
  const said = (text) => {
    tell(note, text ?? "");
    for (const box of note.parentElement.querySelectorAll("input[type=text], select, textarea")) box.setAttribute("aria-invalid", Boolean(text));
  };
  if (one.kind === "range") {
    const limits = { min: one.least, max: one.most, step: one.step };
    const typed = make("input", { type: "text", id, inputmode: "decimal", autocomplete: "off", ...described });
    const slider = make("input", { type: "range", ...limits, "aria-label": one.label, "aria-describedby": one.help ? `${id}h` : null });
    const shown = (value) => Number(value).toLocaleString(LANG, { maximumFractionDigits: 6 });
    let value = one.least, writing = false;
    slider.addEventListener("input", () => { value = Number(slider.value); typed.value = shown(value); moved("set"); });
    slider.addEventListener("change", () => moved("keep"));
    typed.addEventListener("input", () => (writing = true));
    typed.addEventListener("change", () => { writing = false; value = typed.value; moved("keep"); });
    return {
      node: field(make("label", { for: id }, one.label), make("div", { class: "line" }, slider, typed, one.unit ? make("span", { class: "quiet", id: `${id}u` }, one.unit) : null)),
      read: () => value,
      write: (given, wrong) => {
        value = given;
        slider.value = given;
        slider.setAttribute("aria-valuetext", `${shown(given)} ${bare(one.unit)}`.trim());
        // What was typed wrongly stays, so that it can be mended.
        if (!writing && !wrong) typed.value = shown(given);
      },
      said,
    };
  }
  if (one.kind === "pick") {
    const box = make("select", { id, ...described, onchange: () => moved("keep") }, options.map(({ id: value, text }) => make("option", { value, ...spoken(text) }, bare(text))));
    return { node: field(make("label", { for: id }, one.label), box), read: () => box.value, write: (given) => (box.value = given), said };
  }
  if (one.kind === "tick") {
    const box = make("input", { type: "checkbox", ...described, onchange: () => moved("keep") });
    return { node: field(make("label", { class: "tick" }, box, make("span", {}, one.label))), read: () => box.checked, write: (given) => (box.checked = given), said };
  }
  if (one.kind === "many") {
    const boxes = options.map(({ id: value, text }) => {
      const box = make("input", { type: "checkbox", value, onchange: () => moved("keep") });
      return { box, label: make("label", { class: "tick" }, box, make("span", {}, text)) };
    });
    const wanted = make("input", { type: "text", placeholder: t("filter …"), "aria-label": t("Filter: {list}", { list: one.label }), oninput: () => boxes.forEach(({ box, label }) =>
      (label.hidden = !box.checked && !label.textContent.toLowerCase().includes(wanted.value.trim().toLowerCase()))) });
    const count = make("span", { class: "quiet small" });
    return {
      node: field(make("details", {}, make("summary", {}, one.label, " ", count),
        boxes.length > 8 ? make("div", { class: "line" }, wanted) : null,
        make("fieldset", { class: "list" }, make("legend", { class: "heard" }, one.label), boxes.map(({ label }) => label)))),
      read: () => boxes.filter(({ box }) => box.checked).map(({ box }) => box.value),
      write: (given) => {
        boxes.forEach(({ box }) => (box.checked = given.includes(box.value)));
        count.textContent = given.length ? `· ${tn("{n} chosen", "{n} chosen", given.length)}` : "";
      },
      said,
    };
  }
  const words = make(one.rows > 1 ? "textarea" : "input", { id, rows: one.rows, maxlength: one.most, ...described, ...(one.rows > 1 ? {} : { type: "text" }) });
  let timer = null;
  words.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => moved("keep"), 700); });
  words.addEventListener("change", () => { clearTimeout(timer); moved("keep"); });
  return {
    node: field(make("label", { for: id }, one.label), words),
    read: () => words.value,
    write: (given) => { if (document.activeElement !== words) words.value = given; },
    said,
  };
}

function lab(model, root) {
  const body = model.get("body");
  root.classList.add("lab");
  let waiting = false, next = null, number = 0, timer = null;
  const values = () => Object.fromEntries(body.controls.map((one, index) => [one.id, controls[index].read()]));
  // One question at a time: while the kernel computes, only the newest setting is kept to be asked next.
  const ask = (message) => {
    if (waiting) { next = next?.do === "keep" && message.do === "set" ? { ...message, do: "keep" } : message; return; }
    waiting = true;
    clearTimeout(timer);
    timer = setTimeout(() => { waiting = false; said.textContent = t("The kernel does not answer: choose Run → Run All Cells. What you set here is still here."); said.classList.add("warn"); }, 8000);
    model.send({ ...message, n: ++number });
  };
  const moved = (action) => ask({ do: action, values: values() });
  const controls = body.controls.map((one) => control(one, body.lists[one.list] ?? [], moved));
  const groups = new Map();
  body.controls.forEach((one, index) => groups.set(one.group, [...(groups.get(one.group) ?? []), controls[index].node]));
  const said = make("p", { role: "status", class: "said" });
  const view = make("div", { class: "view" }), foot = make("div");
  // Always in sight at the foot, where the answer itself may not be.
  const now = make("div", { class: "now", "aria-hidden": "true" });
  // The same for a screen reader, once a move has come to rest: at each step of a slider it would talk without end.
  const heard = make("div", { class: "heard", role: "status" });
  let resting = null;
  const presets = body.presets.map((one) => make("button", { type: "button", title: one.why || null, onclick: () => ask({ do: "preset", preset: one.id, values: values() }) }, one.label));
  const actions = body.actions.map((one) => {
    if (!one.opens) return make("button", { type: "button", onclick: () => ask({ do: "act", action: one.id, values: values() }) }, one.label);
    const file = make("input", { type: "file", class: "heard", tabindex: "-1", "aria-hidden": "true", onchange: async () => {
      const chosen = file.files[0];
      if (!chosen) return;
      if (chosen.size > 1e6) said.textContent = t("{file} is too large: a file of this lab is smaller than 1 MB.", { file: chosen.name });
      else ask({ do: "open", action: one.id, name: chosen.name, content: await chosen.text(), values: values() });
      file.value = "";
    } });
    return make("span", {}, make("button", { type: "button", onclick: () => file.click() }, one.label), file);
  });
  // What somebody wrote is not thrown away by one click.
  let sure = false;
  const restart = make("button", { type: "button", class: "bare", onclick: () => {
    const wrote = body.controls.some((one) => one.kind === "words" && values()[one.id]);
    if (wrote && !sure) restart.textContent = t("Start again: press once more, and what you wrote here goes");
    else { ask({ do: "reset" }); restart.textContent = t("Start again"); }
    sure = wrote && !sure;
  }, onblur: () => { sure = false; restart.textContent = t("Start again"); } }, t("Start again"));
  root.append(
    make("p", { class: "quiz-title" }, body.title), make("p", { class: "quiet" }, body.lead),
    presets.length ? make("div", { class: "actions presets", role: "group", "aria-label": t("Start from") }, make("span", { class: "quiet" }, t("Start from:")), presets) : "",
    make("div", { class: body.writing ? "bench writing" : "bench" },
      make("form", { class: "controls", onsubmit: (event) => event.preventDefault() },
        [...groups].map(([name, nodes]) => make("fieldset", {}, name ? make("legend", {}, name) : null, nodes)),
        restart),
      make("div", {}, view, make("div", { class: "actions" }, actions), said, foot)),
    now, heard);
  toldApart(root);
  const refresh = () => {
    const state = model.get("state");
    waiting = false;
    clearTimeout(timer);
    if (next) { const message = next; next = null; ask(message); }
    // What the student is still moving is not set back to an older answer.
    else body.controls.forEach((one, index) => { controls[index].write(state.values[one.id], state.notes[one.id]); controls[index].said(state.notes[one.id]); });
    const open = [...view.querySelectorAll("details")].map((each) => each.open);
    // Who stands in the answer by keyboard stays there when it is drawn again.
    const stops = () => [...view.querySelectorAll("summary, [tabindex='0']")];
    const stood = stops().indexOf(document.activeElement);
    view.replaceChildren(...state.blocks.map((block) => BLOCKS[block.block](block)));
    toldApart(view);
    view.querySelectorAll("details").forEach((each, index) => (each.open = open[index] ?? false));
    if (stood >= 0) stops()[stood]?.focus({ preventScroll: true });
    const unfolded = foot.querySelector("details")?.open ?? false;
    foot.replaceChildren(listed(state.sources.length > 1 ? tn("The {n} source", "The {n} sources", state.sources.length) : t("The source"), state.sources, unfolded));
    said.classList.remove("warn");
    tell(said, state.says);
    const figures = state.blocks.find(({ block }) => block === "figures")?.items ?? [];
    const short = figures.slice(0, 2).map(({ label, value }) => `${label}: ${value}`).join(" · ");
    tell(now, short);
    clearTimeout(resting);
    resting = setTimeout(() => tell(heard, short), heard.textContent ? 600 : 0);
    if (state.file && state.n === number) {
      const bytes = Uint8Array.from(atob(state.file.content), (each) => each.charCodeAt(0));
      download(state.file.name, bytes, state.file.mime);
    }
  };
  refresh();
  return refresh;
}
