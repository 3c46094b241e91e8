"use strict";
(() => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const lazily = (make) => { let value; return () => (value ??= make()); };
  const words = read("data-words");
  const say = (key, ...values) => (words["script." + key] ?? key).replace(/\{(\d)\}/g, (_, place) => values[place]);
  const locale = document.documentElement.lang;
  const printed = (options) => { const format = new Intl.NumberFormat(locale, options); return (value) => (Number.isFinite(value) ? format.format(value) : "–"); };
  const count = printed({ maximumFractionDigits: 0, signDisplay: "negative" });
  const decimal = printed({ minimumFractionDigits: 1, maximumFractionDigits: 1, signDisplay: "negative" });
  // A day in ISO 8601 as a reader of the language writes it.
  function day(iso) {
    const [year, month, date] = String(iso).split("-").map(Number);
    if (!(month >= 1 && month <= 12 && date)) return iso;
    return say("day", year, locale === "en" ? "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ")[month - 1] : month, date);
  }
  const [percentOf2, percentOf3] = [2, 3].map((digits) => printed({ style: "percent", minimumFractionDigits: digits, maximumFractionDigits: digits }));
  const percent = (value) => (value > 0 && value < 0.0005 ? percentOf3 : percentOf2)(value);
  const signed = printed({ signDisplay: "exceptZero", minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const signedWhole = printed({ signDisplay: "exceptZero", maximumFractionDigits: 0 });
  const compact = printed({ notation: "compact", maximumFractionDigits: 1 });

  // Building elements: text always as text, never as markup.
  function element(name, attributes = {}, ...children) {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
      else if (value === true) node.setAttribute(key, "");
      else if (value !== false && value != null) node.setAttribute(key, value);
    }
    node.append(...children.filter((child) => child != null));
    return node;
  }
  const gradeChip = (grade) => element("span", { class: "grade", "data-grade": grade || "" }, grade || "–");
  const cell = (text, isNumber) => element("td", isNumber ? { class: "n" } : {}, text);

  // Colours, read from the style sheet so that charts follow the theme.
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
  const gradeColour = (grade) => colour("grade-" + grade) || colour("grade-none");
  const lightInk = new Set(["CC", "C", "D"]);

  // Charts.
  const vega = {};
  for (const module of Object.values(modules)) Object.assign(vega, module);
  for (const name of ["vega-transforms", "vega-view-transforms", "vega-encode"]) {
    Object.assign(modules["vega-dataflow"].transforms, modules[name]);
  }
  const drawings = lazily(() => read("data-drawings"));
  const charts = lazily(() => read("data-charts"));
  const tip = document.getElementById("tip");

  function theme() {
    const soft = colour("soft"), line = colour("line"), ink = colour("ink");
    const font = getComputedStyle(document.body).fontFamily;
    return {
      background: null,
      axis: { labelColor: soft, titleColor: soft, gridColor: line, domainColor: line, tickColor: line, labelFont: font, titleFont: font, titleFontWeight: "normal", labelFontSize: 11, titleFontSize: 12, labelPadding: 6 },
      legend: { labelColor: ink, labelFont: font, labelFontSize: 12, title: null, offset: 6 },
      text: { fill: ink, font },
      range: { category: [1, 2, 3, 4, 5].map((place) => colour("series-" + place)) },
    };
  }
  function coloured(row) {
    if (row.grade === undefined) return row;
    const color = gradeColour(row.grade);
    return { ...row, color, ink: lightInk.has(row.grade) ? "#fff" : "#000" };
  }
  function showTip(handler, event, item, value) {
    if (!value) { tip.hidden = true; return; }
    tip.textContent = String(value);
    tip.hidden = false;
    const left = Math.min(event.pageX + 14, document.documentElement.clientWidth - tip.offsetWidth - 8);
    tip.style.left = Math.max(4, left) + "px";
    tip.style.top = event.pageY + 16 + "px";
  }
  async function draw(place, chart) {
    const spec = structuredClone(drawings()[chart.drawing]);
    const { height, rowHeight, rowField, columnWidth, columnField } = spec.usermeta;
    const rows = chart.rows.map(coloured), marks = (chart.marks || []).map(coloured);
    const settings = { ...chart.settings };
    for (const axis of ["x", "y"]) {
      const kind = settings[axis + "Scale"];
      if (kind) spec.scales.find((scale) => scale.name === axis).type = kind;
      if (kind === "point") spec.axes.find((one) => one.scale === axis).format = undefined;
      if (settings[axis + "Zero"]) spec.scales.find((scale) => scale.name === axis).zero = true;
      delete settings[axis + "Scale"];
    }
    if (new Set(rows.map((row) => row.series)).size < 2) delete spec.legends;
    spec.data[0].values = rows;
    if (spec.data[1]) spec.data[1].values = marks;
    const tones = { accent: colour("accent"), alarm: colour("alarm"), calm: colour("calm"), muted: colour("muted"), outline: colour("outline"), ink: colour("ink"), lightPass: colour("pass"), lightWarn: colour("warn-light"), lightFail: colour("fail"), ramp: [colour("ramp-low"), colour("ramp-high")] };
    spec.signals = (spec.signals || []).map((signal) => ({ ...signal, value: settings[signal.name] ?? signal.value }));
    for (const [name, value] of Object.entries(tones)) spec.signals.push({ name, value });
    spec.autosize = { type: "fit", contains: "padding" };
    spec.padding = 4;
    // Drawn at the size of ordinary text, then scaled to that of the page, which is larger on a wall.
    const scale = parseFloat(getComputedStyle(root).fontSize) / 16 || 1;
    spec.width = Math.max(220, Math.floor(place.clientWidth / scale) - 8);
    if (columnWidth) spec.width = Math.min(spec.width, 60 + columnWidth * new Set(rows.map((row) => row[columnField])).size);
    // Series that are grades have the colours of grades, in the legend too.
    const series = spec.scales?.find((scale) => scale.name === "series");
    if (series && rows.some((row) => row.color)) {
      const colours = new Map(rows.map((row) => [row.series, row.color]));
      Object.assign(series, { domain: [...colours.keys()], range: [...colours.values()] });
    }
    spec.height = height ?? 56 + rowHeight * new Set(rows.map((row) => row[rowField])).size;
    const view = new vega.View(vega.parse(spec, theme(), { ast: true }), { expr: vega.expressionInterpreter, renderer: "svg", logLevel: vega.Warn, tooltip: showTip });
    return view.initialize(place).hover().runAsync().then(() => {
      const picture = place.querySelector("svg");
      picture.setAttribute("aria-hidden", "true");
      for (const side of ["width", "height"]) picture.setAttribute(side, Math.round(picture.getAttribute(side) * scale));
      place.dataset.drawn = "yes";
    });
  }
  function render(place, chart) {
    place.replaceChildren();
    place.drawing = { chart, width: place.clientWidth, theme: root.dataset.theme };
    draw(place, chart).catch((fault) => {
      console.error("chart " + chart.id + ": " + fault.message);
      place.replaceChildren(element("p", { class: "failure" }, say("chartFailed")));
    });
  }
  function renderShown() {
    for (const place of document.querySelectorAll("article:not([hidden]) .drawing")) {
      const chart = place.drawing?.chart ?? charts()[place.id];
      if (chart && (place.drawing?.theme !== root.dataset.theme || Math.abs(place.drawing.width - place.clientWidth) > 4)) render(place, chart);
    }
  }

  // Theme: as the system has it until the reader chooses.
  const root = document.documentElement;
  function remembered(value) {
    try { if (value) localStorage.setItem("obligor-theme", value); return localStorage.getItem("obligor-theme"); } catch { return value; }
  }
  function setTheme(name, again) { root.dataset.theme = name; if (again) renderShown(); }
  const wantsDark = matchMedia("(prefers-color-scheme: dark)");
  setTheme(remembered() ?? (wantsDark.matches ? "dark" : "light"), false);
  wantsDark.addEventListener("change", (event) => { if (!remembered()) setTheme(event.matches ? "dark" : "light", true); });
  document.getElementById("theme").addEventListener("click", () => {
    setTheme(remembered(root.dataset.theme === "dark" ? "light" : "dark"), true);
  });

  // The portfolio, column by column.
  const arrays = { u1: Uint8Array, u2: Uint16Array, u4: Uint32Array, f4: Float32Array, f8: Float64Array };
  function unpacked({ kind, bytes }) {
    const letters = atob(bytes), array = new Uint8Array(letters.length);
    for (let place = 0; place < array.length; place += 1) array[place] = letters.charCodeAt(place);
    return new arrays[kind](array.buffer);
  }
  const portfolio = lazily(() => {
    const data = read("data-portfolio");
    if (!data) return null;
    for (const dimension of data.dimensions) dimension.codes = unpacked(dimension.codes);
    for (const name of Object.keys(data.numbers)) data.numbers[name] = unpacked(data.numbers[name]);
    // Who comes first by a figure, the largest first and the missing last; sorted once.
    const orders = {};
    data.order = (name) => (orders[name] ??= (() => {
      const key = Float64Array.from(data.numbers[name], (value) => (value === value ? -value : Infinity));
      return Uint32Array.from(key, (_, row) => row).sort((a, b) => key[a] - key[b] || a - b);
    })());
    data.place = lazily(() => new Map(data.ids.map((id, row) => [id, row])));
    return data;
  });
  // What else is known of obligors: rows of packed columns, unpacked when an obligor is first looked at.
  const obligors = lazily(() => {
    const details = read("data-obligors");
    const others = lazily(() => new Map(details.others.map((id, place) => [id, place + (portfolio()?.rows ?? 0)])));
    details.placeOf = (id) => portfolio()?.place().get(id) ?? others().get(id);
    details.rows = (name, place) => {
      const packed = details[name];
      packed.starts = packed.starts.bytes === undefined ? packed.starts : unpacked(packed.starts);
      const rows = [];
      for (let row = packed.starts[place]; row < packed.starts[place + 1]; row += 1) rows.push({});
      for (const [column, content] of Object.entries(packed.columns)) {
        content.values ??= unpacked(content);
        rows.forEach((one, step) => {
          const value = content.values[packed.starts[place] + step];
          one[column] = content.levels ? content.levels[value] : value === value ? value : null;
        });
      }
      return rows;
    };
    return details;
  });

  // Filters: each obligor carries how many dimensions it fails, and which last; what a dimension offers is counted over those
  // that fail no other one.
  function explorer(host) {
    const data = portfolio();
    if (!data) return;
    const { dimensions, numbers, rows } = data;
    const chosen = dimensions.map(() => new Set());
    const failing = new Uint16Array(rows), failed = new Uint16Array(rows);
    const passing = new Uint32Array(rows), sums = {};
    // As many as are in sight; there are more at a click.
    const firstShown = 30;
    let passingCount = rows;

    function test() {
      failing.fill(0);
      chosen.forEach((levels, place) => {
        if (!levels.size) return;
        const { codes } = dimensions[place];
        const isChosen = Uint8Array.from(dimensions[place].levels, (_, level) => levels.has(level));
        for (let row = 0; row < rows; row += 1) if (!isChosen[codes[row]]) { failing[row] += 1; failed[row] = place; }
      });
    }
    function tally() {
      passingCount = 0;
      let exposure = 0, overdue = 0, loss = 0;
      for (let row = 0; row < rows; row += 1) {
        if (failing[row] === 0) {
          passing[passingCount++] = row;
          exposure += numbers.exposure[row];
          overdue += numbers.overdue[row];
          if (numbers.expectedLoss[row] === numbers.expectedLoss[row]) loss += numbers.expectedLoss[row];
        }
      }
      Object.assign(sums, { exposure, overdue, loss });
    }
    // What the levels of a dimension offer; asked only for dimensions that are open.
    function offered(place) {
      const tally = new Uint32Array(dimensions[place].levels.length), { codes } = dimensions[place];
      if (!chosen[place].size) for (let position = 0; position < passingCount; position += 1) tally[codes[passing[position]]] += 1;
      else for (let row = 0; row < rows; row += 1) if (failing[row] === 0 || (failing[row] === 1 && failed[row] === place)) tally[codes[row]] += 1;
      return tally;
    }

    // What is shown.
    const summary = element("dl", { class: "facts", "aria-live": "polite" });
    const heat = element("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": say("heatMap") });
    const list = element("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": say("list") });
    const clear = element("button", { type: "button", onclick: () => { chosen.forEach((levels) => levels.clear()); apply(); } }, say("clear"));
    const speed = element("output", { class: "quiet", id: "filter-time" });
    const choice = (label, options, selected, then) => {
      const select = element("select", { "aria-label": label, onchange: () => then(select.value) });
      options.forEach(([value, text]) => select.append(element("option", { value, selected: value === selected }, text)));
      return element("label", {}, label + " ", select);
    };
    // A map of more rows or columns than these is no picture.
    const mapped = dimensions.map((_, place) => place).filter((place) => dimensions[place].levels.length <= 200);
    const placeOf = (id, rank) => mapped.find((place) => dimensions[place].id === id) ?? mapped[Math.min(rank, mapped.length - 1)];
    let rowPlace = placeOf("tag:industry", 0), columnPlace = placeOf("tag:region", 1);
    let measure = "pd", order = "exposure", shown = firstShown;
    const named = mapped.map((place) => [String(place), dimensions[place].title]);
    const controls = element("div", { class: "controls" },
      choice(say("measure"), ["pd", "exposure", "daysBeyondTerms", "overdueShare", "obligors"].map((name) => [name, say("measure." + name)]), measure, (value) => { measure = value; drawHeat(); }),
      choice(say("rows"), named, String(rowPlace), (value) => { rowPlace = Number(value); drawHeat(); }),
      choice(say("columns"), named, String(columnPlace), (value) => { columnPlace = Number(value); drawHeat(); }));

    const filters = element("form", { class: "filters", "aria-label": say("filters"), onsubmit: (event) => event.preventDefault() });
    const parts = dimensions.map((dimension, place) => {
      const badge = element("b");
      const body = element("div");
      const part = element("details", { ontoggle: () => { if (part.open) fill(place); } }, element("summary", {}, dimension.title + " ", badge), body);
      filters.append(part);
      return { badge, body, part, boxes: null };
    });
    function fill(place) {
      const part = parts[place], dimension = dimensions[place];
      if (!part.boxes) {
        part.boxes = dimension.levels.map((level, code) => {
          const box = element("input", { type: "checkbox", onchange: () => { if (box.checked) chosen[place].add(code); else chosen[place].delete(code); apply(); } });
          const number = element("output");
          part.body.append(element("label", {}, box, level || say("unknown"), number));
          return { box, number };
        });
      }
      const tally = offered(place);
      part.boxes.forEach(({ box, number }, code) => {
        box.checked = chosen[place].has(code);
        number.textContent = count(tally[code]);
      });
    }

    // Elements are made once and then only say something else: making them anew costs several times the filter itself.
    const told = ["obligors", "exposure", "overdueShare", "expectedLoss"].map((name) => {
      const value = document.createTextNode("");
      summary.append(element("div", {}, element("dt", {}, say(name)), element("dd", {}, value, name === "obligors" ? element("small", {}, say("of", count(rows))) : null)));
      return value;
    });
    function tell(node, text) { if (node.data !== text) node.data = text; }
    function drawSummary() {
      const figures = [count(passingCount), compact(sums.exposure) + " " + data.currency, percent(sums.exposure ? sums.overdue / sums.exposure : NaN), compact(sums.loss) + " " + data.currency];
      told.forEach((value, place) => tell(value, figures[place]));
    }
    function drawHeat() {
      const down = dimensions[rowPlace], across = dimensions[columnPlace];
      const width = across.levels.length, cells = down.levels.length * width;
      const total = new Float64Array(cells), weight = new Float64Array(cells), size = new Uint32Array(cells);
      for (let position = 0; position < passingCount; position += 1) {
        const row = passing[position], place = down.codes[row] * width + across.codes[row];
        size[place] += 1;
        const exposure = numbers.exposure[row];
        if (measure === "pd" || measure === "daysBeyondTerms") {
          const value = numbers[measure][row];
          if (value === value) { total[place] += value; weight[place] += 1; }
        } else if (measure === "overdueShare") { total[place] += numbers.overdue[row]; weight[place] += exposure; }
        else { total[place] += measure === "exposure" ? exposure : 1; weight[place] = 1; }
      }
      const value = (place) => (weight[place] > 0 ? total[place] / weight[place] : NaN);
      const format = { pd: percent, exposure: compact, daysBeyondTerms: decimal, overdueShare: percent, obligors: count }[measure];
      let low = Infinity, high = -Infinity;
      for (let place = 0; place < cells; place += 1) { const one = value(place); if (one === one) { low = Math.min(low, one); high = Math.max(high, one); } }
      const usedRows = down.levels.map((_, level) => level).filter((level) => { for (let column = 0; column < width; column += 1) if (size[level * width + column]) return true; return false; });
      const usedColumns = across.levels.map((_, level) => level).filter((level) => usedRows.some((row) => size[row * width + level]));
      layHeat(usedRows, usedColumns, down, across);
      drawnHeat.caption.textContent = say("heatCaption", say("measure." + measure), down.title, across.title);
      for (const { row, column, box, button, text } of drawnHeat.cells) {
        const place = row * width + column, one = value(place), isKnown = one === one;
        const depth = high > low ? (one - low) / (high - low) : 0;
        box.style.background = isKnown ? "color-mix(in srgb, var(--ramp-high) " + Math.round(depth * 100) + "%, var(--ramp-low))" : "";
        box.style.color = isKnown ? (depth > 0.45 ? "var(--ramp-ink-high)" : "var(--ramp-ink-low)") : "";
        button.disabled = !isKnown;
        tell(text, isKnown ? format(one) : "·");
        button.title = isKnown ? say("cell", count(size[place])) : "";
      }
    }
    // The cells of the map, laid out anew only when other rows or columns are in use.
    let drawnHeat = { key: null };
    function layHeat(usedRows, usedColumns, down, across) {
      const key = [rowPlace, columnPlace, ...usedRows, "by", ...usedColumns].join();
      if (drawnHeat.key === key) return;
      const cells = [], caption = element("caption");
      const lines = usedRows.map((row) => element("tr", {}, element("th", { scope: "row" }, down.levels[row] || say("unknown")), ...usedColumns.map((column) => {
        const text = document.createTextNode("");
        const button = element("button", { type: "button", onclick: () => { chosen[rowPlace] = new Set([row]); chosen[columnPlace] = new Set([column]); apply(); list.focus(); } }, text);
        const box = element("td", {}, button);
        cells.push({ row, column, box, button, text });
        return box;
      })));
      heat.replaceChildren(element("table", { class: "heat" }, caption,
        element("thead", {}, element("tr", {}, element("td"), ...usedColumns.map((column) => element("th", { scope: "col" }, across.levels[column] || say("unknown"))))), element("tbody", {}, ...lines)));
      drawnHeat = { key, caption, cells };
    }
    const heading = (name, text) => element("th", { scope: "col", class: "n" }, element("button", { type: "button", onclick: (event) => { order = name; drawList(); event.currentTarget.focus(); } }, text));
    const sorts = [["pd", "pd"], ["exposure", "exposure"], ["overdue", "overdue"], ["daysBeyondTerms", "dbt"], ["expectedLoss", "expectedLoss"]].map(([name, text]) => ({ name, head: heading(name, say(text)) }));
    const listCaption = element("caption"), listBody = element("tbody"), lines = [];
    const more = element("button", { type: "button", onclick: () => { const first = shown; shown += 200; drawList(); lines[first]?.link.focus(); } }, say("more"));
    list.append(element("table", { class: "list" }, listCaption,
      element("thead", {}, element("tr", {}, ...["obligor", "grade", "before"].map((name) => element("th", { scope: "col" }, say(name))), ...sorts.map(({ head }) => head))), listBody), more);
    function line() {
      const texts = ["name", "grade", "before", ...sorts].map(() => document.createTextNode(""));
      const link = element("a", {}, texts[0]), chips = [1, 2].map((place) => element("span", { class: "grade" }, texts[place]));
      return { link, chips, texts, row: element("tr", {}, element("th", { scope: "row" }, link), ...chips.map((chip) => element("td", {}, chip)), ...texts.slice(3).map((text) => cell(text, true))) };
    }
    const prints = { pd: percent, exposure: count, overdue: count, daysBeyondTerms: decimal, expectedLoss: count };
    function drawList() {
      // The first of those that pass, in an order that was sorted once.
      const used = [], inOrder = data.order(order);
      for (let place = 0; place < rows && used.length < shown; place += 1) if (failing[inOrder[place]] === 0) used.push(inOrder[place]);
      while (lines.length > used.length) lines.pop().row.remove();
      while (lines.length < used.length) { lines.push(line()); listBody.append(lines.at(-1).row); }
      lines.forEach((one, place) => {
        const row = used[place];
        if (one.shown === row) return;
        one.shown = row;
        const grades = [numbers.grade[row], numbers.previousGrade[row]].map((grade) => data.grades[grade]);
        one.link.href = "#obligor/" + encodeURIComponent(data.ids[row]);
        grades.forEach((grade, side) => { one.chips[side].dataset.grade = grade; });
        const said = [data.names[row] || data.ids[row], ...grades.map((grade) => grade || "–"), ...sorts.map(({ name }) => prints[name](numbers[name][row]))];
        said.forEach((text, column) => tell(one.texts[column], text));
      });
      for (const { name, head } of sorts) if (name === order) head.setAttribute("aria-sort", "descending"); else head.removeAttribute("aria-sort");
      listCaption.textContent = say("listCaption", count(used.length), count(passingCount));
      more.hidden = passingCount <= shown;
    }
    function apply() {
      const begin = performance.now();
      test();
      tally();
      drawSummary();
      drawHeat();
      shown = firstShown;
      drawList();
      parts.forEach((part, place) => { part.badge.textContent = chosen[place].size ? String(chosen[place].size) : ""; if (part.part.open) fill(place); });
      const took = performance.now() - begin;
      speed.textContent = say("filterTime", took.toFixed(0));
      speed.dataset.milliseconds = took.toFixed(1);
      host.dataset.passing = passingCount;
      clear.disabled = chosen.every((levels) => !levels.size);
      const state = dimensions.flatMap((dimension, place) => [...chosen[place]].map((level) => encodeURIComponent(dimension.id) + "=" + encodeURIComponent(dimension.levels[level])));
      if (location.hash.startsWith("#portfolio") || location.hash === "") history.replaceState(null, "", "#portfolio" + (state.length ? "?" + state.join("&") : ""));
    }
    function restore(query) {
      chosen.forEach((levels) => levels.clear());
      for (const [id, level] of new URLSearchParams(query)) {
        const place = dimensions.findIndex((dimension) => dimension.id === id);
        const code = place < 0 ? -1 : dimensions[place].levels.indexOf(level);
        if (code >= 0) chosen[place].add(code);
      }
    }
    host.className = "explorer";
    // Folded away where there is no room for it beside what it filters.
    const panel = element("details", { class: "panel", open: !matchMedia("(max-width: 50rem)").matches }, element("summary", {}, say("filters")), filters);
    host.append(panel, element("div", {}, element("div", { class: "controls" }, clear, speed), summary, controls, heat, list));
    restore(location.hash.split("?")[1] ?? "");
    apply();
  }

  // One obligor.
  let chartNumber = 0;
  function figure(caption, chart) {
    const place = element("div", { class: "drawing", role: "img", "aria-label": caption });
    place.drawing = { chart: { id: "obligor-" + (chartNumber += 1), settings: {}, ...chart }, width: -1 };
    return element("figure", {}, element("figcaption", {}, caption), place);
  }
  function tabled(caption, headings, rows) {
    // Columns of figures stand to the right.
    const isFigure = (value) => value == null || value === "–" || (typeof value === "string" && /^[+−-]?[\d.,]+%?$/.test(value));
    const areFigures = headings.map((_, place) => rows.some((row) => row[place] != null && row[place] !== "–") && rows.every((row) => isFigure(row[place])));
    return element("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": caption }, element("table", {}, element("caption", {}, caption),
      element("thead", {}, element("tr", {}, ...headings.map((heading, place) => element("th", { scope: "col", class: areFigures[place] ? "n" : null }, heading)))),
      element("tbody", {}, ...rows.map((row) => element("tr", {}, ...row.map((value, place) => (value instanceof Node ? element("td", {}, value) : cell(value ?? "–", areFigures[place]))))))));
  }
  function part(title, ...content) { return element("section", {}, element("h3", {}, title), ...content); }
  // "2 of 5 changed: O1 2022-09-30 B→CC; …" as a sentence and the cases, each with the way to its page.
  function similar(text) {
    const [, sentence, cases] = /^(.*?)[:：]\s*(\S+ \d{4}-\d\d-\d\d .*)$/.exec(text) ?? [null, text, ""];
    return [element("p", {}, sentence), ...(cases ? [element("ul", {}, ...cases.split("; ").map((one) => {
      const [name, date, ...rest] = one.split(" ");
      const place = portfolio()?.place().get(name);
      const link = place === undefined ? name : element("a", { href: "#obligor/" + encodeURIComponent(name) }, portfolio().names[place] || name);
      return element("li", {}, link, " " + [date && day(date), ...rest].join(" "));
    }))] : [])];
  }
  function obligor(host, id) {
    const data = portfolio(), details = obligors();
    const row = data?.place().get(id);
    const search = element("input", { type: "search", list: "known-obligors", "aria-label": say("findObligor"), placeholder: say("findObligor") });
    const known = element("datalist", { id: "known-obligors" });
    search.addEventListener("input", () => {
      const wanted = search.value.toLowerCase(), found = [];
      for (let place = 0; place < (data?.rows ?? 0) && found.length < 20 && wanted; place += 1) {
        if (data.ids[place].toLowerCase().includes(wanted) || (data.names[place] ?? "").toLowerCase().includes(wanted)) found.push(place);
      }
      known.replaceChildren(...found.map((place) => element("option", { value: data.ids[place] }, data.names[place] || "")));
    });
    // Not on every letter: an id may begin another.
    search.addEventListener("change", () => { if (data?.place().has(search.value)) location.hash = "#obligor/" + encodeURIComponent(search.value); });
    host.replaceChildren(element("p", { class: "controls" }, search, known));
    const place = details?.placeOf(id);
    const recorded = (name) => (place === undefined ? [] : details.rows(name, place));
    const [rating] = recorded("ratings");
    if (row === undefined && !rating) {
      host.append(element("p", { class: "absence" }, id ? say("noObligor", id) : say("chooseObligor")));
      return;
    }
    const fact = (name, value, note) => element("div", {}, element("dt", {}, name), element("dd", {}, value, note && element("small", {}, note)));
    const name = row === undefined ? id : data.names[row] || id;
    host.append(element("h3", { id: "obligor-name" }, name));
    const facts = element("dl", { class: "facts" });
    const amount = (value) => (Number.isFinite(value) ? count(value) + " " + data.currency : "–");
    const inDays = (print, value) => (Number.isFinite(value) ? say("days", print(value)) : "–");
    if (row !== undefined) {
      const { numbers } = data;
      facts.append(fact(say("grade"), gradeChip(data.grades[numbers.grade[row]]), say("beforeWas", data.grades[numbers.previousGrade[row]] ?? "–")),
        fact(say("pd"), percent(numbers.pd[row]), say("beforeWas", percent(numbers.previousPD[row]))),
        fact(say("exposure"), amount(numbers.exposure[row]), say("ofWhichOverdue", count(numbers.overdue[row]))),
        fact(say("limit"), amount(numbers.limit[row]), null), fact(say("terms"), inDays(count, numbers.termsDays[row]), null),
        fact(say("dbt"), inDays(decimal, numbers.daysBeyondTerms[row]), null), fact(say("expectedLoss"), amount(numbers.expectedLoss[row]), null));
    } else {
      facts.append(fact(say("grade"), gradeChip(rating.grade), null), fact(say("pd"), percent(rating.pd), null), fact(say("score"), decimal(rating.score), null));
    }
    host.append(facts);
    if (row !== undefined) host.append(element("p", { class: "note" }, data.dimensions.filter((dimension) => dimension.id.startsWith("tag:")).map((dimension) => dimension.title + ": " + (dimension.levels[dimension.codes[row]] || say("unknown"))).join(" · ")));
    const reasons = recorded("reasons");
    if (reasons.length) {
      host.append(part(say("reasons"), element("ol", { class: "reasons" }, ...reasons.map((reason) => element("li", {}, reason.text, element("small", {}, (words["reasonGroup." + reason.group] ?? reason.group) + (Number.isFinite(reason.points) ? " · " + say("points", signedWhole(reason.points)) : "")))))));
    } else if (rating?.reasons) {
      host.append(part(say("reasons"), element("ol", { class: "reasons" }, ...rating.reasons.split("\n").map((reason) => element("li", {}, reason)))));
    } else {
      host.append(part(say("reasons"), element("p", { class: "absence" }, say("noReasons"))));
    }
    const alerts = recorded("alerts");
    if (alerts.length) host.append(part(say("alerts"), tabled(say("alerts"), [say("date"), say("closed"), say("severity"), say("monitor"), say("explanation")], alerts.map((entry) => [day(entry.opened), entry.closed && day(entry.closed), entry.severity, entry.monitor, entry.explanation]))));
    const path = recorded("history");
    if (path.length) {
      const point = (value, entry, series, text) => ({ x: day(entry.asOf), y: value, series, tip: day(entry.asOf) + ": " + text });
      host.append(part(say("history"), element("div", { class: "charts" },
        figure(say("pdHistory"), { drawing: "lines", settings: { xScale: "point", yScale: "log", yFormat: ".2~%" }, rows: path.filter((entry) => entry.pd > 0).map((entry) => point(entry.pd, entry, say("pd"), (entry.grade ?? "") + " " + percent(entry.pd))) }),
        figure(say("dbtHistory"), { drawing: "lines", settings: { xScale: "point" }, rows: path.filter((entry) => entry.daysBeyondTerms != null).map((entry) => point(entry.daysBeyondTerms, entry, say("dbt"), decimal(entry.daysBeyondTerms))) }),
        figure(say("exposureHistory"), { drawing: "lines", settings: { xScale: "point", yFormat: "~s" }, rows: path.flatMap((entry) => [["exposure", entry.exposure], ["overdue", entry.overdue], ["limit", entry.limit]].filter(([, value]) => value != null).map(([series, value]) => point(value, entry, say(series), say(series) + " " + count(value)))) })),
        tabled(say("history"), [say("date"), say("grade"), say("pd"), say("dbt"), say("exposure"), say("overdue"), say("limit")], path.map((entry) => [day(entry.asOf), gradeChip(entry.grade), percent(entry.pd ?? NaN), decimal(entry.daysBeyondTerms ?? NaN), count(entry.exposure ?? NaN), count(entry.overdue ?? NaN), count(entry.limit ?? NaN)]))));
    }
    const [ageing] = recorded("ageing");
    if (ageing) {
      const bands = details.ageingBands.map((band) => [say("ageing." + band), ageing[band] ?? 0]);
      const open = bands.reduce((sum, [, amount]) => sum + amount, 0);
      host.append(part(say("ageing"), open > 0 ? figure(say("ageingCaption"), { drawing: "ranking", settings: { xFormat: ",~s" }, rows: bands.map(([category, value]) => ({ category, value, tip: category + ": " + count(value) + " (" + percent(value / open) + ")" })) }) : null,
        tabled(say("ageingCaption"), bands.map(([band]) => band), [bands.map(([, amount]) => count(amount))])));
    }
    const change = recorded("attribution");
    if (change.length) {
      let level = 0;
      const steps = change.map((entry) => { const start = level; level += entry.logOdds; return { category: entry.text || say("component." + entry.component), start, end: level, label: signed(entry.logOdds), tip: say("component." + entry.component) + ": " + signed(entry.logOdds) }; });
      steps.push({ category: say("totalChange"), start: 0, end: level, total: true, label: signed(level), tip: signed(level) });
      host.append(part(say("attribution", day(change[0].from), day(change[0].to)), figure(say("attributionCaption"), { drawing: "waterfall", settings: { xTitle: say("logOdds") }, rows: steps }),
        tabled(say("attributionCaption"), [say("component"), say("feature"), say("logOdds")], change.map((entry) => [say("component." + entry.component), entry.text || "", signed(entry.logOdds)]))));
    } else {
      host.append(part(say("whyChanged"), element("p", { class: "absence" }, say("noAttribution"))));
    }
    const ahead = recorded("migrations");
    if (ahead.length) {
      const states = [...details.migrationGrades, ...(ahead.some((entry) => entry.withdrawn > 0) ? ["withdrawn"] : [])];
      const named = (state) => (state === "withdrawn" ? say("withdrawn") : state);
      host.append(part(say("prediction"), figure(say("predictionCaption"), { drawing: "shares", rows: ahead.flatMap((entry) => states.map((state) => ({ category: say("months", entry.horizonMonths), part: named(state), grade: state, value: entry[state] ?? 0, tip: named(state) + ": " + percent(entry[state] ?? 0) }))) }),
        tabled(say("predictionCaption"), [say("horizon"), ...states.map(named)], ahead.map((entry) => [say("months", entry.horizonMonths), ...states.map((state) => percent(entry[state] ?? 0))]))));
    }
    const [second] = recorded("corrections");
    if (second) {
      host.append(part(say("similarCases"), ...similar(second.similarCases || "–"),
        element("p", { class: "note" }, say("supports", second.givenGrade, second.supportedGrade, percent(second.probability ?? NaN))),
        element("ul", {}, ...(second.reasons || "").split("\n").filter(Boolean).map((reason) => element("li", {}, reason)))));
    } else {
      host.append(part(say("similarCases"), element("p", { class: "absence" }, say("noSimilarCases"))));
    }
    const steps = recorded("path");
    host.append(part(say("auditTrail"), steps.length ? tabled(say("auditTrail"), [say("step"), say("stage"), say("rule"), say("before"), say("after"), say("effect"), say("reason"), say("author"), say("expires")], steps.map((entry) => [String(entry.step), say("stage." + entry.stage), entry.rule, gradeChip(entry.fromGrade), gradeChip(entry.toGrade), say("effect." + entry.effect), entry.reason, entry.author, entry.expires && day(entry.expires)])) : element("p", { class: "absence" }, say("noAuditTrail"))));
  }

  // A name from the address; one that was not encoded stands for itself.
  function decoded(text) { try { return decodeURIComponent(text); } catch { return text; } }

  // One page at a time; the address says which.
  const opened = new Set();
  function show() {
    const [address] = location.hash.slice(1).split("?");
    const [wanted, rest] = address.split("/");
    const pages = [...document.querySelectorAll("article[data-page]")];
    const page = pages.find((one) => one.dataset.page === wanted) ?? document.getElementById(wanted)?.closest("article") ?? pages[0];
    for (const one of pages) one.hidden = one !== page;
    for (const link of document.querySelectorAll("nav.pages a")) {
      if (link.dataset.page === page.dataset.page) link.setAttribute("aria-current", "page"); else link.removeAttribute("aria-current");
    }
    // What is known of single obligors comes last, so that the first view need not wait for it.
    if (page.dataset.page === "obligor" && document.readyState === "loading") {
      document.addEventListener("DOMContentLoaded", show, { once: true });
      return;
    }
    for (const host of page.querySelectorAll("[data-application]")) {
      if (host.dataset.application === "obligor") obligor(host, decoded(rest ?? ""));
      else if (!opened.has(host)) { opened.add(host); explorer(host); }
    }
    renderShown();
    if (wanted && wanted !== page.dataset.page) document.getElementById(wanted)?.scrollIntoView();
    document.documentElement.dataset.ready = page.dataset.page;
  }
  document.querySelector("a.skip").addEventListener("click", (event) => { event.preventDefault(); document.getElementById("main").focus(); });
  addEventListener("hashchange", show);
  let resizing;
  addEventListener("resize", () => { clearTimeout(resizing); resizing = setTimeout(() => renderShown(), 150); });
  let themeOnScreen;
  addEventListener("beforeprint", () => {
    themeOnScreen = root.dataset.theme;
    root.dataset.theme = "light";
    for (const one of document.querySelectorAll("article[data-page]:not([data-page=obligor])")) one.hidden = false;
    renderShown();
  });
  addEventListener("afterprint", () => { root.dataset.theme = themeOnScreen ?? root.dataset.theme; show(); });
  show();
})();
