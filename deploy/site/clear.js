// Under the hand-in form: takes away what this browser keeps of a student, who may not be the last to sit here.

/** Takes away what the lessons' pages keep aside until it is taken, in this tab. */
function forgetPages() {
  try {
    Object.keys(sessionStorage).filter((name) => name.startsWith("guarantees ")).forEach((name) => sessionStorage.removeItem(name));
  } catch {
    // Storage is blocked: nothing is kept.
  }
}

/** The button and its question. `again` draws the lesson anew once something is cleared. */
function clearing(lesson, log, again) {
  const said = make("p", { role: "status" });
  const open = make("button", { type: "button", onclick: ask }, tell("Clear my answers on this computer"));
  const one = make("button", { type: "button", onclick: () => clear(lesson.lesson) }, tell("Clear lesson {lesson}", { lesson: lesson.lesson }));
  const all = make("button", { type: "button", onclick: () => clear(null) });
  const keepThem = make("button", { type: "button", class: "primary", autofocus: true, onclick: () => box.close() }, tell("Keep them"));
  const head = make("h3", { id: "clear-answers" }, tell("Clear your answers on this computer?"));
  const box = make("dialog", { "aria-labelledby": head.id }, head,
    make("p", {}, tell("They cannot be brought back. To keep them, make your hand-in file and download it first. A file that you have downloaded stays, and so does what you answered in the full course.")),
    make("div", { class: "actions" }, one, all, keepThem));

  function ask() {
    const there = log.lessons();
    if (!there.length) {
      said.textContent = tell("There is nothing to clear: this browser keeps no answers to these pages.");
      return;
    }
    said.textContent = "";
    one.hidden = !there.includes(lesson.lesson);
    all.hidden = there.every((name) => name === lesson.lesson);
    all.textContent = tell("Clear all lessons: {lessons}", { lessons: there.join(", ") });
    box.showModal();
  }

  function clear(name) {
    const there = log.lessons();
    box.close();
    const trouble = log.clear(name);
    // What was not sent yet must not come back with the page.
    unsaved.clear();
    keep();
    if (name === null) forgetPages();
    again();
    said.textContent = trouble || (name === null
      ? tell("Cleared: all your answers ({lessons}). This browser no longer keeps them.", { lessons: there.join(", ") })
      : tell("Cleared: your answers to lesson {lesson}. This browser no longer keeps them.", { lesson: name }));
  }

  return make("div", { class: "gp clear" }, open, said, box);
}
