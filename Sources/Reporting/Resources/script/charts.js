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
    axis: {
      labelColor: soft, titleColor: soft, gridColor: line, domainColor: line, tickColor: line,
      labelFont: font, titleFont: font, titleFontWeight: "normal", labelFontSize: 11, titleFontSize: 12, labelPadding: 6,
    },
    legend: { labelColor: ink, labelFont: font, labelFontSize: 12, title: null, offset: 6 },
    text: { fill: ink, font },
    range: { category: [1, 2, 3, 4, 5].map((place) => colour("series-" + place)) },
  };
}
function coloured(row) {
  if (row.grade === undefined) return { ...row };
  const color = gradeColour(row.grade);
  return { ...row, color, ink: colour("grade-ink-" + row.grade) || "#000" };
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
  const { height, rowHeight, rowField, columnWidth, columnField, distinct } = spec.usermeta;
  const rows = chart.rows.map(coloured), marks = (chart.marks || []).map(coloured);
  const settings = { ...chart.settings };
  for (const axis of ["x", "y"]) {
    const kind = settings[axis + "Scale"];
    if (kind) spec.scales.find((scale) => scale.name === axis).type = kind;
    if (kind === "point") spec.axes.find((one) => one.scale === axis).format = undefined;
    if (settings[axis + "Zero"]) spec.scales.find((scale) => scale.name === axis).zero = true;
    delete settings[axis + "Scale"];
  }
  // Two rows may say the same; a space without width keeps their places apart.
  const said = new Map();
  if (distinct) for (const row of rows) {
    const times = said.get(row[rowField]) ?? 0;
    said.set(row[rowField], times + 1);
    row[rowField] += "\u200b".repeat(times);
  }
  // A line in the colour of a grade is named where it begins, for colours alone do not tell ten apart.
  const begun = new Set();
  for (const row of rows) {
    if (!row.color || row.series === undefined || begun.has(row.series)) continue;
    begun.add(row.series);
    row.first = true;
  }
  if (new Set(rows.map((row) => row.series)).size < 2) delete spec.legends;
  spec.data[0].values = rows;
  if (spec.data[1]) spec.data[1].values = marks;
  const tones = {
    ...Object.fromEntries(["accent", "alarm", "calm", "muted", "outline", "ink"].map((name) => [name, colour(name)])),
    lightPass: colour("pass"), lightWarn: colour("warn-light"), lightFail: colour("fail"),
    ramp: [colour("ramp-low"), colour("ramp-high")],
  };
  spec.signals = (spec.signals || []).map((signal) => ({ ...signal, value: settings[signal.name] ?? signal.value }));
  for (const [name, value] of Object.entries(tones)) spec.signals.push({ name, value });
  spec.autosize = { type: "fit", contains: "padding" };
  spec.padding = 4;
  // Drawn at the size of ordinary text, then scaled to that of the page, which is larger on a wall.
  const scale = parseFloat(getComputedStyle(root).fontSize) / 16 || 1;
  spec.width = Math.max(220, Math.floor(place.clientWidth / scale) - 8);
  const kinds = (field) => new Set(rows.map((row) => row[field])).size;
  if (columnWidth) spec.width = Math.min(spec.width, 60 + columnWidth * kinds(columnField));
  // Series that are grades have the colours of grades, in the legend too.
  const series = spec.scales?.find((scale) => scale.name === "series");
  if (series && rows.some((row) => row.color)) {
    const colours = new Map(rows.map((row) => [row.series, row.color]));
    Object.assign(series, { domain: [...colours.keys()], range: [...colours.values()] });
  }
  spec.height = height ? height * (begun.size > 4 ? 1.4 : 1) : 56 + rowHeight * kinds(rowField);
  const view = new vega.View(vega.parse(spec, theme(), { ast: true }), {
    expr: vega.expressionInterpreter, renderer: "svg", logLevel: vega.Warn, tooltip: showTip,
  });
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
    if (!chart) continue;
    const isFaded = place.drawing?.theme !== root.dataset.theme;
    if (isFaded || Math.abs(place.drawing.width - place.clientWidth) > 4) render(place, chart);
  }
}
