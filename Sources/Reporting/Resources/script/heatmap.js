// A figure by two dimensions, over the obligors that pass the filters.
function heatMap(data, choose) {
  const { dimensions, numbers } = data;
  const place = element("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": say("heatMap") });
  const printing = { pd: percent, exposure: compact, daysBeyondTerms: decimal, overdueShare: percent, obligors: count };
  const defaulted = data.grades.indexOf("D");
  // A map of more rows or columns than these is no picture.
  const mapped = dimensions.map((_, at) => at).filter((at) => dimensions[at].levels.length <= 200);
  const start = (id, rank) =>
    mapped.find((at) => dimensions[at].id === id) ?? mapped[Math.min(rank, mapped.length - 1)];
  let rowPlace = start("tag:industry", 0), columnPlace = start("tag:region", 1), measure = "pd";
  let passing = [], passingCount = 0;
  const named = mapped.map((at) => [String(at), dimensions[at].title]);
  const measures = Object.keys(printing).map((name) => [name, say("measure." + name)]);
  const controls = element("div", { class: "controls" },
    selection(say("measure"), measures, measure, (value) => { measure = value; draw(); }),
    selection(say("rows"), named, String(rowPlace), (value) => { rowPlace = Number(value); draw(); }),
    selection(say("columns"), named, String(columnPlace), (value) => { columnPlace = Number(value); draw(); }));

  // Sums, weights and obligors of each cell.
  function summed(down, across) {
    const width = across.levels.length, cells = down.levels.length * width;
    const total = new Float64Array(cells), weight = new Float64Array(cells), size = new Uint32Array(cells);
    for (let position = 0; position < passingCount; position += 1) {
      const row = passing[position], cell = down.codes[row] * width + across.codes[row];
      size[cell] += 1;
      const exposure = numbers.exposure[row];
      if (measure === "pd" || measure === "daysBeyondTerms") {
        const value = numbers[measure][row];
        // The PD of whoever is in default already is 1, and would hide everybody else's.
        const counts = measure !== "pd" || numbers.grade[row] !== defaulted;
        if (counts && value === value) { total[cell] += value; weight[cell] += 1; }
      } else if (measure === "overdueShare") {
        total[cell] += numbers.overdue[row];
        weight[cell] += exposure;
      } else {
        total[cell] += measure === "exposure" ? exposure : 1;
        weight[cell] = 1;
      }
    }
    return { value: (cell) => (weight[cell] > 0 ? total[cell] / weight[cell] : NaN), size, width };
  }
  function draw() {
    const down = dimensions[rowPlace], across = dimensions[columnPlace];
    const { value, size, width } = summed(down, across);
    const places = (dimension) => dimension.levels.map((_, level) => level);
    const usedRows = places(down).filter((row) => size.subarray(row * width, (row + 1) * width).some((one) => one));
    const usedColumns = places(across).filter((column) => usedRows.some((row) => size[row * width + column]));
    let low = Infinity, high = -Infinity;
    for (let cell = 0; cell < size.length; cell += 1) {
      const one = value(cell);
      if (one === one) { low = Math.min(low, one); high = Math.max(high, one); }
    }
    lay(usedRows, usedColumns, down, across);
    laid.caption.textContent = say("heatCaption", say("measure." + measure), down.title, across.title);
    for (const { row, column, box, button, text } of laid.cells) {
      const cell = row * width + column, one = value(cell), isKnown = one === one, isEmpty = !size[cell];
      const depth = high > low ? (one - low) / (high - low) : 0, ink = depth > 0.45 ? "high" : "low";
      const mixed = "color-mix(in srgb, var(--ramp-high) " + Math.round(depth * 100) + "%, var(--ramp-low))";
      box.style.background = isKnown ? mixed : "";
      box.style.color = isKnown ? "var(--ramp-ink-" + ink + ")" : "";
      button.disabled = isEmpty;
      button.title = isEmpty ? "" : say("cell", count(size[cell]));
      tell(text, isEmpty ? "·" : printing[measure](one));
    }
  }
  // The cells, laid out anew only when other rows or columns are in use.
  let laid = { key: null };
  function lay(usedRows, usedColumns, down, across) {
    const key = [rowPlace, columnPlace, ...usedRows, "by", ...usedColumns].join();
    if (laid.key === key) return;
    const cells = [], caption = element("caption");
    function box(row, column) {
      const text = document.createTextNode("");
      const pick = () => choose([[rowPlace, row], [columnPlace, column]]);
      const button = element("button", { type: "button", onclick: pick }, text), box = element("td", {}, button);
      cells.push({ row, column, box, button, text });
      return box;
    }
    const head = (dimension, level, scope) => element("th", { scope }, dimension.levels[level] || say("unknown"));
    const lines = usedRows.map((row) => element("tr", {},
      head(down, row, "row"), ...usedColumns.map((column) => box(row, column))));
    place.replaceChildren(element("table", { class: "heat" }, caption,
      element("thead", {}, element("tr", {},
        element("td"), ...usedColumns.map((column) => head(across, column, "col")))),
      element("tbody", {}, ...lines)));
    laid = { key, caption, cells };
  }
  return {
    controls, place,
    show(rows, number) { passing = rows; passingCount = number; draw(); },
  };
}
