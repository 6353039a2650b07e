// The way back from the full course to the site's pages: a line under the notebook, which JupyterLite itself has not.
(() => {
  const WORDS = "__WORDS__";
  const asked = new URLSearchParams(location.search);
  const lesson = /^notebooks\/((?:(\w\w)\/)?\d\d-[\w-]+)\.ipynb$/.exec(asked.get("path") ?? "");
  const say = WORDS[lesson?.[2] ?? "en"] ?? WORDS.en;
  const cell = /^[\w-]+$/.exec(asked.get("cell") ?? "")?.[0];
  let wanted = "";
  try { wanted = decodeURIComponent(location.hash.slice(1)); } catch { /* No address of ours: there is no place to go to. */ }
  const bar = document.createElement("nav");
  bar.id = "way";
  bar.lang = (lesson?.[2] in WORDS ? lesson[2] : "en");
  bar.setAttribute("aria-label", say.name);
  const style = document.createElement("style");
  style.textContent = "#main{bottom:2.4rem!important}#way{position:fixed;inset:auto 0 0 0;height:2.4rem;display:flex;gap:1.5rem;align-items:center;padding:0 1rem;border-top:1px solid #8886;background:var(--jp-layout-color1,Canvas);font:14px system-ui,sans-serif;white-space:nowrap;overflow-x:auto}#way a{color:var(--jp-content-link-color,LinkText);padding:.3rem 0}";
  const link = (href, words, pressed) => {
    const made = Object.assign(document.createElement("a"), { href, textContent: words });
    if (pressed) made.addEventListener("click", (event) => { event.preventDefault(); pressed(); });
    bar.append(made);
  };
  link(lesson ? `../../${lesson[1]}.html${cell ? `#${cell}` : ""}` : "../../index.html", `\u2190 ${lesson ? say.page : say.index}`);
  /** The heading over the lab: JupyterLab names it so. It is not there before the notebook is. */
  const heading = () => [...document.querySelectorAll("[data-jupyter-id]")].find((each) => each.dataset.jupyterId === wanted);
  const go = () => heading()?.scrollIntoView({ block: "start" });
  if (lesson && wanted) {
    link(location.href, say.lab, go);
    // Where the notebook opens: at the lab, unless the student has gone on by then.
    let moved = false;
    for (const event of ["wheel", "keydown", "pointerdown"]) addEventListener(event, () => (moved = true), { once: true, capture: true });
    // What stands above it is drawn later and moves it: it is gone to until it has stayed in place for a while.
    let tries = 0, still = 0;
    const watch = setInterval(() => {
      const top = heading()?.getBoundingClientRect().top;
      still = top >= 0 && top < 160 ? still + 1 : 0;
      if (top !== undefined && !still) go();
      if (moved || still > 12 || ++tries > 240) clearInterval(watch);
    }, 250);
  }
  document.head.append(style);
  document.body.append(bar);
  // JupyterLab measures its page when the window changes.
  dispatchEvent(new Event("resize"));
})();
