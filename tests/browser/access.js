// What test_access.py measures in the page, beside axe-core. Each gives a list of faults in words.
globalThis.access = (() => {
  const OUTPUT = ".jp-OutputArea-output";
  const outputs = () => [...document.querySelectorAll(OUTPUT)];
  const short = (node) => (node.ariaLabel || node.textContent.trim() || node.outerHTML).slice(0, 60);
  const frame = () => new Promise(requestAnimationFrame);

  /** axe-core over all outputs; for contrast, which takes it long, the first rows of tables and lists: `faint` does all. */
  async function axeRun({ only, except, tags }) {
    const rows = [["tbody tr:nth-child(n+4)"], ["li:nth-child(n+4)"]];
    const off = Object.fromEntries(except.map((rule) => [rule, { enabled: false }]));
    const run = (runOnly, rules, exclude) => axe.run({ include: [[OUTPUT]], exclude }, { reporter: "raw", preload: false, runOnly, rules });
    const raw = [];
    if (!only) raw.push(...(await run({ type: "tag", values: tags }, { ...off, "color-contrast": { enabled: false } }, [])));
    raw.push(...(await run({ type: "rule", values: only ?? ["color-contrast"] }, {}, rows)));
    const told = (kind) => raw.flatMap((rule) => rule[kind].map((one) => [rule.id, one.node.source.slice(0, 160),
      ...[...one.any, ...one.all, ...one.none].map((check) => check.message)].join(" ").slice(0, 400)));
    const measured = raw.filter((rule) => rule.id === "color-contrast").flatMap((rule) => rule.passes)
      .filter((one) => one.any.some((check) => check.data?.contrastRatio)).length;
    return { violations: told("violations"), undecided: told("incomplete"), measured };
  }

  // ---- contrast, of the colours that are really used: in a picture, and where the system puts its own in their place

  const seen = new Map();
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  function rgba(colour) {
    if (!seen.has(colour)) {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      seen.set(colour, [...canvas.getImageData(0, 0, 1, 1).data]);
    }
    return seen.get(colour);
  }
  const linear = (part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  function under(node) {
    const layers = [];
    for (let up = node; up && layers.at(-1)?.[3] !== 255; up = up.parentElement) {
      const colour = rgba(getComputedStyle(up).backgroundColor);
      if (colour[3]) layers.push(colour);
    }
    return layers.reverse().reduce((base, over) => base.map((part, place) => part + ((over[place] - part) * over[3]) / 255), [255, 255, 255]);
  }

  /** Words with less than 4.5 : 1 to what lies under them, 3 : 1 where they are large. */
  function faint(which) {
    let measured = 0;
    const faults = [];
    for (const node of outputs().flatMap((area) => [...area.querySelectorAll(which)])) {
      const says = [...node.childNodes].some((one) => one.nodeType === Node.TEXT_NODE && one.textContent.trim());
      if (!says || !node.getClientRects().length || node.closest(".heard, [aria-disabled=true], style, script")) continue;
      const style = getComputedStyle(node), ink = node instanceof SVGElement ? style.fill : style.color;
      const [high, low] = [light(rgba(ink)), light(under(node))].sort((a, b) => b - a);
      const ratio = (high + 0.05) / (low + 0.05), large = parseFloat(style.fontSize) >= (style.fontWeight >= 700 ? 18.66 : 24);
      measured += 1;
      if (ratio < (large ? 3 : 4.5)) faults.push(`${ratio.toFixed(2)} : 1 ${short(node)}`);
    }
    return { measured, faults };
  }

  // ---- reflow: sideways scrolling, words outside their output, words cut by a box that hides what runs over

  function cut() {
    const faults = new Set();
    for (const area of outputs()) {
      if (area.querySelector(".dataframe") || area.matches(".jp-RenderedText")) continue; // pandas' own tables scroll in their output
      if (area.scrollWidth > area.clientWidth + 1) faults.add(`scrolls sideways: ${short(area)}`);
      const right = area.getBoundingClientRect().right + 1;
      const words = document.createTreeWalker(area, NodeFilter.SHOW_TEXT);
      while (words.nextNode()) {
        const node = words.currentNode, parent = node.parentElement;
        if (!node.textContent.trim() || parent.closest("style, script, svg, select, textarea, .heard, thead")) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        const box = range.getBoundingClientRect();
        if (!box.width) continue;
        if (box.right > right) faults.add(`outside: ${node.textContent.slice(0, 60)}`);
        for (let up = parent; up !== area; up = up.parentElement) {
          const style = getComputedStyle(up), edge = up.getBoundingClientRect();
          if (style.overflowX === "hidden" && (box.right > edge.right + 1 || box.left < edge.left - 1)) faults.add(`cut sideways: ${node.textContent.slice(0, 60)}`);
          if (style.overflowY === "hidden" && box.bottom > edge.bottom + 2) faults.add(`cut below: ${node.textContent.slice(0, 60)}`);
        }
      }
      for (const one of area.querySelectorAll("input, button, select, textarea, summary, .pill, .chip")) {
        const box = one.getBoundingClientRect();
        if (box.width > 2 && box.right > right) faults.add(`outside: ${short(one)}`);
        if (!one.matches("input, select, textarea") && one.scrollWidth > one.clientWidth + 2 && getComputedStyle(one).display !== "inline") faults.add(`runs over: ${short(one)}`);
      }
    }
    return [...faults];
  }

  /** Controls smaller than 24 by 24; of links in a line axe looks at the distances. */
  const small = () => outputs().flatMap((area) => [...area.querySelectorAll("button, select, textarea, summary, input, label:has(input)")])
    .filter((one) => {
      if (one.matches("label input")) return false; // its label is what is pressed
      const { width, height } = one.getBoundingClientRect();
      return width > 2 && (width < 24 || height < 24);
    })
    .map((one) => `${one.localName} ${short(one)} ${JSON.stringify(one.getBoundingClientRect())}`);

  /** Each thing that takes the focus, focused: does it or the frame around it look different, and is it to be seen? */
  async function focus() {
    const faults = [];
    const look = (node) => [node, node.closest("label"), node.closest(".choice")].filter(Boolean).map((one) => {
      const style = getComputedStyle(one);
      return [style.outlineStyle, style.outlineWidth, style.boxShadow, style.borderColor].join();
    }).join("|");
    const can = "a[href], button, input, select, textarea, summary, [tabindex='0']";
    const every = outputs().flatMap((area) => [...area.querySelectorAll(can)])
      .filter((node) => node.tabIndex >= 0 && !node.disabled && node.checkVisibility({ visibilityProperty: true }));
    for (const node of every) {
      document.activeElement?.blur();
      const before = look(node);
      node.focus();
      if (document.activeElement !== node) {
        faults.push(`takes no focus: ${short(node)}`);
        continue;
      }
      if (look(node) === before) faults.push(`looks the same: ${short(node)}`);
      const box = (node.closest(".pill, .choice") ?? node).getClientRects()[0];
      const at = (share) => document.elementFromPoint(box.left + Math.min(box.width / 2, 40), box.top + box.height * share);
      const shows = (one) => one && (node.contains(one) || one.contains(node) || one.closest("label")?.contains(node));
      if (![0.5, 0.2, 0.8].map(at).some(shows)) {
        await frame();
        if (![0.5, 0.2, 0.8].map(at).some(shows)) faults.push(`covered by ${at(0.5)?.className}: ${short(node)}`);
      }
    }
    return { count: every.length, faults };
  }

  return { axeRun, faint, cut, small, focus };
})();
