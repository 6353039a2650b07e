// What test_access.py measures in the page, beside axe-core. Each gives a list of faults in words.
globalThis.access = (() => {
  const OUTPUT = ".jp-OutputArea-output";
  const outputs = () => [...document.querySelectorAll(OUTPUT)];
  const short = (node) => (node.ariaLabel || node.labels?.[0]?.textContent || (node.matches("select") ? "" : node.textContent.trim()) || node.outerHTML).slice(0, 60);
  const frame = () => new Promise(requestAnimationFrame);

  /** axe-core over all outputs; for contrast, which takes it long, the first rows of tables and lists: `faint` does all. */
  async function axeRun({ only, except, tags }) {
    const rows = [["tbody tr:nth-child(n+4)"], ["li:nth-child(n+4)"]];
    const off = Object.fromEntries(except.map((rule) => [rule, { enabled: false }]));
    const run = (runOnly, rules, exclude) => axe.run({ include: [[OUTPUT]], exclude }, { reporter: "raw", preload: false, runOnly, rules });
    const raw = [];
    if (!only) raw.push(...(await run({ type: "tag", values: tags }, { ...off, "color-contrast": { enabled: false } }, [])));
    if (!except.includes("color-contrast")) raw.push(...(await run({ type: "rule", values: only ?? ["color-contrast"] }, {}, rows)));
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
    return layers.reverse().reduce((base, top) => over(top, base), [255, 255, 255]);
  }

  const over = (top, base) => base.map((part, place) => part + ((top[place] - part) * top[3]) / 255);
  const ratio = (one, other) => {
    const [high, low] = [light(one), light(other)].sort((a, b) => b - a);
    return (high + 0.05) / (low + 0.05);
  };

  // Where the system puts its own colours, it lays a strip of its Canvas under every word, on buttons too.
  function strip() {
    if (!matchMedia("(forced-colors: active)").matches) return null;
    const probe = document.body.appendChild(document.createElement("i"));
    probe.style.backgroundColor = "Canvas";
    const found = rgba(getComputedStyle(probe).backgroundColor);
    probe.remove();
    return found.slice(0, 3);
  }

  /** Words with less than 4.5 : 1 to what lies under them, 3 : 1 where they are large; what waits in an empty box too. */
  function faint(which) {
    let measured = 0;
    const faults = [], painted = strip();
    for (const node of outputs().flatMap((area) => [...area.querySelectorAll(which)])) {
      const says = [...node.childNodes].some((one) => one.nodeType === Node.TEXT_NODE && one.textContent.trim());
      if (!says || !node.getClientRects().length || node.closest(".heard, [aria-disabled=true], style, script")) continue;
      const style = getComputedStyle(node), drawn = node instanceof SVGElement;
      const base = painted && !drawn && style.forcedColorAdjust === "auto" ? painted : under(node);
      let ink = over(rgba(drawn ? style.fill : style.color), base);
      // Paled with all that stands in it.
      for (let up = node; up && up.matches?.(`${OUTPUT} *`); up = up.parentElement) {
        ink = over([...ink.slice(0, 3), 255 * getComputedStyle(up).opacity], base);
      }
      const large = parseFloat(style.fontSize) >= (style.fontWeight >= 700 ? 18.66 : 24);
      measured += 1;
      if (ratio(ink, base) < (large ? 3 : 4.5)) faults.push(`${ratio(ink, base).toFixed(2)} : 1 ${short(node)}`);
    }
    for (const node of outputs().flatMap((area) => [...area.querySelectorAll("[placeholder]")])) {
      if (!node.matches(which) || !node.getClientRects().length) continue;
      const base = under(node), found = ratio(over(rgba(getComputedStyle(node, "::placeholder").color), base), base);
      if (found < 4.5) faults.push(`${found.toFixed(2)} : 1 ${node.placeholder} (in an empty box)`);
    }
    return { measured, faults };
  }

  // ---- reflow: sideways scrolling, words outside their output, words cut by a box or running out of it over others

  function cut() {
    const faults = new Set();
    for (const area of outputs()) {
      if (area.querySelector(".dataframe") || area.matches(".jp-RenderedText")) continue; // pandas' own tables scroll in their output
      const right = area.getBoundingClientRect().right + 1;
      // A picture's words that a reader has spaced out may run over its edge (docs/accessibility.md, known limits).
      const drawn = [...area.querySelectorAll("svg text")], spaced = drawn.some((one) => getComputedStyle(one).letterSpacing !== "normal");
      if (area.scrollWidth > area.clientWidth + 1 && !spaced) faults.add(`scrolls sideways: ${short(area)}`);
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
          if (["inline", "contents"].includes(style.display)) continue; // what is in a line is as high as the line
          const says = node.textContent.trim().slice(0, 60), hides = (way) => ["hidden", "clip"].includes(way);
          const sideways = box.right > edge.right + 1 || box.left < edge.left - 1;
          if (hides(style.overflowX) && sideways) faults.add(`cut sideways: ${says}`);
          if (hides(style.overflowY) && box.bottom > edge.bottom + 2) faults.add(`cut below: ${says}`);
          if (["auto", "scroll"].includes(style.overflowY)) break; // it can be scrolled to
          // What is not hidden lies over what comes next.
          if (style.overflowY === "visible" && box.bottom > edge.bottom + 4) faults.add(`runs out below: ${says}`);
          if (style.overflowX === "visible" && box.right > edge.right + 4) faults.add(`runs out sideways: ${says}`);
        }
      }
      for (const one of area.querySelectorAll("select, input[type=text]")) {
        const style = getComputedStyle(one), line = parseFloat(style.lineHeight) || 1.2 * parseFloat(style.fontSize);
        if (one.clientHeight && one.clientHeight + 1 < line) faults.add(`cut below: ${short(one)}`);
      }
      for (const one of spaced ? [] : drawn) {
        const box = one.getBoundingClientRect(), edge = one.ownerSVGElement.getBoundingClientRect();
        if (box.width && (box.right > edge.right + 2 || box.left < edge.left - 2)) faults.add(`outside its picture: ${short(one)}`);
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
  const small = () => outputs().flatMap((area) => [...area.querySelectorAll("button, select, textarea, summary, input, label:has(input), [tabindex]")])
    .filter((one) => {
      if (one.matches("label input")) return false; // its label is what is pressed
      const { width, height } = one.getBoundingClientRect();
      return width > 2 && (width < 24 || height < 24);
    })
    .map((one) => {
      const { width, height } = one.getBoundingClientRect();
      return `${one.localName} ${short(one)}: ${width.toFixed(0)} by ${height.toFixed(0)} px`;
    });

  /** What fades, slides, blinks or plays, of what the course draws. */
  const moving = () => outputs().flatMap((area) => [...area.querySelectorAll(".gp, .gp *, .vega-embed *")]).filter((node) => {
    const still = (times) => times.split(", ").every((time) => parseFloat(time) === 0);
    return node.matches("marquee, blink, video, img[src*=gif], animate, animateTransform, animateMotion, set") || node.getAnimations().length
      || [null, "::before", "::after"].some((part) => {
        const style = getComputedStyle(node, part);
        return !still(style.transitionDuration) || style.animationName !== "none" || style.scrollBehavior !== "auto";
      });
  }).map((node) => `${node.localName}.${node.getAttribute("class")} ${short(node)}`);

  /** Each thing that takes the focus, focused: does it or the frame around it look different, and is it to be seen? */
  async function focus() {
    const faults = [];
    const frames = (node) => [node, node.closest("label"), node.closest(".choice")].filter(Boolean);
    const edge = (one) => {
      const style = getComputedStyle(one);
      return [style.outlineStyle === "none" ? "" : style.outlineStyle + style.outlineWidth, style.boxShadow, style.borderColor].join();
    };
    const look = (node) => frames(node).map(edge);
    // A line round it of less than 3 : 1 to what lies beside it is none (1.4.11); the browser's own ring has two colours.
    const pale = (one) => {
      const style = getComputedStyle(one), base = under(one.parentElement);
      return style.outlineStyle === "solid" && ratio(over(rgba(style.outlineColor), base), base) < 3;
    };
    const can = "a[href], button, input, select, textarea, summary, [tabindex='0']";
    const shown = outputs().flatMap((area) => [...area.querySelectorAll(can)])
      .filter((node) => !node.disabled && !node.closest("[aria-hidden=true]") && node.checkVisibility({ visibilityProperty: true }));
    faults.push(...shown.filter((node) => node.tabIndex < 0).map((node) => `Tab passes it by: ${node.localName} ${short(node)}`));
    const every = shown.filter((node) => node.tabIndex >= 0);
    for (const node of every) {
      document.activeElement?.blur();
      const before = look(node);
      node.focus();
      if (document.activeElement !== node) {
        faults.push(`takes no focus: ${short(node)}`);
        continue;
      }
      const changed = frames(node).filter((one, place) => edge(one) !== before[place]);
      if (!changed.length) faults.push(`looks the same: ${node.localName} ${short(node)}`);
      else if (changed.every(pale)) faults.push(`the line round it is pale: ${node.localName} ${short(node)}`);
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

  return { axeRun, faint, cut, small, focus, moving };
})();
