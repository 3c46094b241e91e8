// Filters: each obligor carries how many dimensions it fails, and which last; what a dimension offers is counted over those
// that fail no other one. Elements are made once and then only say something else: making them anew costs several times the
// filter itself.
function explorer(host) {
  const data = portfolio();
  if (!data) return;
  const { dimensions, numbers, rows } = data;
  const chosen = dimensions.map(() => new Set());
  const failing = new Uint16Array(rows), failed = new Uint16Array(rows), passing = new Uint32Array(rows);
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
  // Who passes, and what is open from them.
  function tally() {
    passingCount = 0;
    let exposure = 0, overdue = 0, loss = 0;
    for (let row = 0; row < rows; row += 1) {
      if (failing[row] !== 0) continue;
      passing[passingCount] = row;
      passingCount += 1;
      exposure += numbers.exposure[row];
      overdue += numbers.overdue[row];
      if (numbers.expectedLoss[row] === numbers.expectedLoss[row]) loss += numbers.expectedLoss[row];
    }
    return { exposure, overdue, loss };
  }
  // What the levels of a dimension offer; asked only for dimensions that are open.
  function offered(place) {
    const tally = new Uint32Array(dimensions[place].levels.length), { codes } = dimensions[place];
    if (!chosen[place].size) {
      for (let position = 0; position < passingCount; position += 1) tally[codes[passing[position]]] += 1;
      return tally;
    }
    for (let row = 0; row < rows; row += 1) {
      if (failing[row] === 0 || (failing[row] === 1 && failed[row] === place)) tally[codes[row]] += 1;
    }
    return tally;
  }

  // The panel of filters.
  const ignore = (event) => event.preventDefault();
  const filters = element("form", { class: "filters", "aria-label": say("filters"), onsubmit: ignore });
  const parts = dimensions.map((dimension, place) => {
    const badge = element("b"), body = element("div"), summary = element("summary", {}, dimension.title + " ", badge);
    const part = element("details", { ontoggle: () => { if (part.open) fill(place); } }, summary, body);
    filters.append(part);
    return { badge, body, part, boxes: null };
  });
  function boxOf(place, level, code) {
    const change = () => {
      if (box.checked) chosen[place].add(code); else chosen[place].delete(code);
      apply();
    };
    const box = element("input", { type: "checkbox", onchange: change }), number = document.createTextNode("");
    parts[place].body.append(element("label", {}, box, level || say("unknown"), element("output", {}, number)));
    return { box, number };
  }
  function fill(place) {
    const part = parts[place], tally = offered(place);
    part.boxes ??= dimensions[place].levels.map((level, code) => boxOf(place, level, code));
    part.boxes.forEach(({ box, number }, code) => {
      box.checked = chosen[place].has(code);
      tell(number, count(tally[code]));
    });
  }

  // What is shown of those who pass.
  const summary = element("dl", { class: "facts", "aria-live": "polite" });
  const told = ["obligors", "exposure", "overdueShare", "expectedLoss"].map((name) => {
    const value = document.createTextNode("");
    const note = name === "obligors" ? element("small", {}, say("of", count(rows))) : null;
    summary.append(element("div", {}, element("dt", {}, say(name)), element("dd", {}, value, note)));
    return value;
  });
  const choose = (levels) => {
    for (const [place, level] of levels) chosen[place] = new Set([level]);
    apply();
    list.place.focus();
  };
  const map = heatMap(data, choose), list = obligorList(data, (row) => failing[row] === 0);
  const clearAll = () => { chosen.forEach((levels) => levels.clear()); apply(); };
  const clear = element("button", { type: "button", onclick: clearAll }, say("clear"));
  const speed = element("output", { class: "quiet", id: "filter-time" });

  function apply() {
    const begin = performance.now();
    test();
    const { exposure, overdue, loss } = tally();
    const figures = [
      count(passingCount), compact(exposure) + " " + data.currency, percent(exposure ? overdue / exposure : NaN),
      compact(loss) + " " + data.currency,
    ];
    told.forEach((value, place) => tell(value, figures[place]));
    map.show(passing, passingCount);
    list.show(passingCount);
    parts.forEach(({ badge, part }, place) => {
      badge.textContent = chosen[place].size ? String(chosen[place].size) : "";
      if (part.open) fill(place);
    });
    const took = performance.now() - begin;
    speed.textContent = say("filterTime", took.toFixed(0));
    speed.dataset.milliseconds = took.toFixed(1);
    host.dataset.passing = passingCount;
    // Not disabled, which would take the focus away.
    clear.setAttribute("aria-disabled", chosen.every((levels) => !levels.size));
    keep();
  }

  // The address says what is chosen, in the run's own words, so that it can be kept, sent and gone back to.
  const keysOf = (dimension) => dimension.keys ?? dimension.levels;
  function keep() {
    const state = dimensions.flatMap((dimension, place) => [...chosen[place]].map(
      (level) => encodeURIComponent(dimension.id) + "=" + encodeURIComponent(keysOf(dimension)[level])));
    const address = "#portfolio" + (state.length ? "?" + state.join("&") : "");
    const isHere = location.hash.startsWith("#portfolio") || location.hash === "";
    if (isHere) history.replaceState(history.state, "", address);
    document.querySelector('nav.pages a[data-page="portfolio"]').setAttribute("href", address);
  }
  host.filterBy = (query) => {
    chosen.forEach((levels) => levels.clear());
    for (const [id, key] of new URLSearchParams(query)) {
      const place = dimensions.findIndex((dimension) => dimension.id === id);
      const code = place < 0 ? -1 : keysOf(dimensions[place]).indexOf(key);
      if (code >= 0) chosen[place].add(code);
    }
    apply();
  };

  host.className = "explorer";
  // Folded away where there is no room for it beside what it filters.
  const isRoomy = !matchMedia("(max-width: 50rem)").matches;
  const panel = element("details", { class: "panel", open: isRoomy }, element("summary", {}, say("filters")), filters);
  const top = element("div", { class: "controls" }, clear, speed);
  host.append(panel, element("div", {}, top, summary, map.controls, map.place, list.place));
  host.filterBy(location.hash.startsWith("#portfolio?") ? location.hash.split("?")[1] : "");
}
