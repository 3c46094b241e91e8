const read = (id) => JSON.parse(document.getElementById(id).textContent);
const lazily = (make) => { let value; return () => (value ??= make()); };
const words = read("data-words");
const say = (key, ...values) => (words["script." + key] ?? key).replace(/\{(\d)\}/g, (_, place) => values[place]);
const locale = document.documentElement.lang;
function printed(options) {
  const format = new Intl.NumberFormat(locale, options);
  return (value) => (Number.isFinite(value) ? format.format(value) : "–");
}
const count = printed({ maximumFractionDigits: 0, signDisplay: "negative" });
const decimal = printed({ minimumFractionDigits: 1, maximumFractionDigits: 1, signDisplay: "negative" });
const monthNames = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
// A day in ISO 8601 as a reader of the language writes it.
function day(iso) {
  const [year, month, date] = String(iso).split("-").map(Number);
  if (!(month >= 1 && month <= 12 && date)) return iso;
  return say("day", year, locale === "en" ? monthNames[month - 1] : month, date);
}
const [percentOf2, percentOf3] = [2, 3].map(
  (digits) => printed({ style: "percent", minimumFractionDigits: digits, maximumFractionDigits: digits }));
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
// A text that only changes where it says something else.
function tell(node, text) { if (node.data !== text) node.data = text; }
function selection(label, options, selected, then) {
  const select = element("select", { "aria-label": label, onchange: () => then(select.value) });
  options.forEach(([value, text]) => select.append(element("option", { value, selected: value === selected }, text)));
  return element("label", {}, label + " ", select);
}
const cell = (text, isNumber) => element("td", isNumber ? { class: "n" } : {}, text);

// Colours, read from the style sheet so that charts follow the theme.
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
const gradeColour = (grade) => colour("grade-" + grade) || colour("grade-none");
