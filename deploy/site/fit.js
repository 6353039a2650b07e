// What the room on the page or the paper asks for: frames that say they scroll, lists as wide as their choices, print.

/** A frame takes the focus, is a named region and bears its line while part of it is out of sight, and only then. */
function watchFrames() {
  const look = (frame) => {
    const wide = frame.scrollWidth > frame.clientWidth + 1;
    frame.nextElementSibling.hidden = !wide;
    frame.setAttribute("role", wide ? "region" : "group");
    if (wide) frame.tabIndex = 0;
    else frame.removeAttribute("tabindex");
  };
  const watch = new ResizeObserver((seen) => seen.forEach(({ target }) => look(target.closest(".scroll"))));
  const names = new Map();
  for (const frame of document.querySelectorAll(".wide > .scroll")) {
    // A lab that is shown again has the same pictures: their names are told apart.
    const name = frame.getAttribute("aria-label"), before = names.get(name) ?? 0;
    names.set(name, before + 1);
    if (before) frame.setAttribute("aria-label", `${name} (${before + 1})`);
    look(frame);
    watch.observe(frame);
    if (frame.firstElementChild) watch.observe(frame.firstElementChild);
  }
}

const ARROW = 18;
const pen = document.createElement("canvas").getContext("2d");

/** A closed list shows one line: where what is chosen is longer, the whole of it stands under the list. */
function wholeChoice(box) {
  const style = getComputedStyle(box);
  pen.font = style.font;
  const text = box.value ? box.selectedOptions[0].textContent : "";
  const room = box.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - ARROW;
  let line = box.nextElementSibling?.matches(".whole") ? box.nextElementSibling : null;
  if (!text || room <= 0 || pen.measureText(text).width <= room) {
    line?.remove();
    return;
  }
  if (!line) {
    // Not for those who hear the page: the list itself says it.
    line = Object.assign(document.createElement("span"), { className: "whole", ariaHidden: "true" });
    box.after(line);
  }
  line.textContent = text;
}

/** Lists side by side in a table are as wide as their choices; where that is too wide for the page, each row is a block. */
function fitLists() {
  for (const table of document.querySelectorAll("table.grid")) {
    table.classList.remove("apart");
    table.classList.toggle("apart", table.offsetWidth > table.parentElement.clientWidth + 1);
  }
  document.querySelectorAll(".gp-item select").forEach(wholeChoice);
}

/** On paper what is folded is open, lists of choices are written out, and a question that is long may be cut. */
function toPaper(printing) {
  // What a picture says in words stands beside it for those who do not see it.
  for (const each of document.querySelectorAll("main details:not(figure details)")) {
    if (printing) each.dataset.was = each.open;
    each.open = printing || each.dataset.was === "true";
  }
  document.querySelectorAll(".choices-on-paper").forEach((each) => each.remove());
  for (const form of printing ? document.querySelectorAll(".gp-item") : []) {
    const choices = new Set([...form.querySelectorAll("option:not([value=''])")].map((each) => each.textContent));
    if (choices.size) {
      const line = Object.assign(document.createElement("p"), { className: "choices-on-paper" });
      line.textContent = tell("To choose from: {choices}", { choices: [...choices].join(" · ") });
      form.querySelector("legend").after(line);
    }
    form.classList.toggle("long", form.offsetHeight > 640);
  }
}

function fit() {
  watchFrames();
  fitLists();
  let width = innerWidth;
  addEventListener("resize", () => { if (innerWidth !== width) { width = innerWidth; fitLists(); } });
  addEventListener("storage", () => setTimeout(fitLists));
  document.addEventListener("change", ({ target }) => { if (target.matches(".gp-item select")) wholeChoice(target); });
  // Lists that are emptied or filled by an answer: by then it has been told.
  document.addEventListener("click", ({ target }) => { if (target.closest(".gp-item button")) setTimeout(fitLists, 100); });
  // Questions that are drawn anew.
  const drawn = new MutationObserver(() => requestAnimationFrame(fitLists));
  document.querySelectorAll('[data-panel="quiz"]').forEach((place) => drawn.observe(place, { childList: true }));
  addEventListener("beforeprint", () => toPaper(true));
  addEventListener("afterprint", () => toPaper(false));
}
