
// ---- the marking sheet: one answer after another, its points as radio buttons, kept as soon as they are set ----------
// For teachers only: it stands in a script of its own, and in no student's edition.

PANELS["marking-sheet"] = (model, root) => {
  const body = model.get("body");
  const levels = [["", t("open")], ["0", "0"], ["0.5", "½"], ["1", "1"]];
  const kernel = talk(model);
  let shown = null, labels = [], fields = [], timer = null, late = null;
  const jump = make("select", { "aria-label": t("Answer"), onchange: () => send({ do: "show", at: Number(jump.value) }) });
  const order = pills(`gp${++count}`, body.orders, { onchange: (event) => send({ do: "order", by: event.target.value }) });
  const told = make("p", { class: "quiet small", role: "status" });
  const said = make("p", { class: "said", role: "status" });
  const sheet = make("div", { class: "gp-item", style: "overflow-wrap:anywhere" });
  const step = (words, by, kind) => make("button", { type: "button", class: kind, onclick: () => send({ do: "step", by }) }, words);
  const comment = make("textarea", { rows: "3", maxlength: "4000" });
  const keepComment = () => {
    if (timer === null) return;
    clearTimeout(timer);
    timer = null;
    push({ do: "comment", key: shown, comment: comment.value });
  };
  comment.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(keepComment, 700); });
  comment.addEventListener("change", keepComment);

  function push(message) {
    clearTimeout(late);
    late = setTimeout(() => {
      said.textContent = t("The kernel does not answer: choose Run → Run All Cells. What you set last is not kept.");
      said.classList.add("warn");
    }, 8000);
    kernel.send(message);
  }
  // A comment that is still being typed is kept before the page goes on.
  const send = (message) => { keepComment(); push(message); };

  function draw(now) {
    shown = now.key;
    const check = ([title, state, good]) => make("li", {}, make("b", {}, `${title}: `), `${good ? "✓ " : ""}${state}`);
    fields = now.points.map((point, place) => {
      const name = `gp${++count}`;
      const row = make("div", { class: "pills" }, pills(name, levels.map(([id, text]) => ({ id, text })),
        { onchange: (event) => send({ do: "mark", key: shown, point: place, mark: event.target.value }) }));
      const other = make("span", { class: "quiet" });
      row.append(other);
      const node = make("fieldset", { class: "part" }, make("legend", {}, `${place + 1}. `, rich(point)), row);
      return { node, inputs: radios(row), other };
    });
    const heading = make("h4", { tabindex: "-1" }, now.who);
    const [asked, ...rest] = now.question.trim().split(/\n\s*\n/);
    comment.value = now.comment;
    sheet.replaceChildren(...[
      make("p", { class: "quiet small" }, now.item), make("p", {}, make("b", {}, rich(asked))), rest.map((part) => make("p", {}, rich(part))), heading,
      now.text.map(([kind, words]) => make("p", { class: kind === "heading" ? null : kind }, kind === "heading" ? make("b", {}, words) : words)),
      now.checks.length ? make("details", { open: now.checks.length < 5 }, make("summary", {}, t("Checks made beforehand (no marks): {checked}", { checked: now.checked })), make("ul", {}, now.checks.map(check))) : [],
      fields.map(({ node }) => node),
      make("label", { class: "comment" }, t("Comment for the student"), comment),
    ].flat());
    return heading;
  }

  const refresh = () => {
    const state = model.get("state"), now = state.now, overtaken = kernel.overtaken(state);
    if (!overtaken) clearTimeout(late);
    if (state.labels) labels = state.labels;
    if (jump.options.length !== labels.length || state.labels) jump.replaceChildren(...labels.map((text, at) => make("option", { value: String(at) }, text)));
    jump.value = String(state.at);
    order.forEach((pill) => { const [input] = radios(pill); input.checked = input.value === state.by; });
    told.textContent = state.told;
    said.textContent = state.says;
    said.classList.toggle("warn", state.wrong);
    if (!now) return sheet.replaceChildren(make("p", {}, t("No answer waits for a reader.")));
    if (now.key !== shown) {
      const first = shown === null, heading = draw(now);
      if (!first && root.contains(document.activeElement)) heading.focus({ preventScroll: true });
      if (!first) root.scrollIntoView({ block: "nearest" });
    }
    fields.forEach(({ inputs, other }, place) => {
      const mark = now.marks[place] === null ? "" : String(now.marks[place]);
      if (!overtaken) inputs.forEach((input) => (input.checked = input.value === mark));
      other.textContent = levels.some(([level]) => level === mark) ? "" : t("now {mark}", { mark });
    });
  };
  root.append(
    make("p", { class: "quiz-title" }, body.title), make("p", { class: "quiet" }, body.lead),
    make("fieldset", { class: "sure" }, make("legend", {}, `${t("Order:")} `), order),
    make("div", { class: "line" }, jump), told, sheet,
    make("div", { class: "actions" }, step(t("← Back"), "back"), step(t("Next →"), "next"), step(t("Next that is open"), "open", "primary")), said);
  refresh();
  return refresh;
};
