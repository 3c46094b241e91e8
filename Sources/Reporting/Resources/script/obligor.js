// One obligor: each part of its page is a section, or a sentence on why there is nothing to show.
let chartNumber = 0;
function figure(caption, chart) {
  const place = element("div", { class: "drawing", role: "img", "aria-label": caption });
  place.drawing = { chart: { id: "obligor-" + (chartNumber += 1), settings: {}, ...chart }, width: -1 };
  return element("figure", {}, element("figcaption", {}, caption), place);
}
function tabled(caption, headings, rows) {
  // Columns of figures stand to the right.
  const isMissing = (value) => value == null || value === "–";
  const isFigure = (value) => isMissing(value) || (typeof value === "string" && /^[+−-]?[\d.,]+%?$/.test(value));
  const areFigures = headings.map(
    (_, place) => !rows.every((row) => isMissing(row[place])) && rows.every((row) => isFigure(row[place])));
  const head = headings.map((text, place) => element("th", { scope: "col", class: areFigures[place] ? "n" : null }, text));
  const field = (value, place) => {
    if (value instanceof Node) return element("td", {}, value);
    const text = value ?? "–";
    return areFigures[place] ? cell(text, true) : element("td", { class: text.length > 40 ? "t" : text.length <= 16 ? "s" : null }, text);
  };
  return element("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": caption },
    element("table", {},
      element("caption", {}, caption), element("thead", {}, element("tr", {}, ...head)),
      element("tbody", {}, ...rows.map((row) => element("tr", {}, ...row.map(field))))));
}
function part(title, ...content) { return element("section", {}, element("h3", {}, title), ...content); }
function absent(title, why) { return part(title, element("p", { class: "absence" }, why)); }

// The field to find an obligor by, with what it offers.
function finder(data, details) {
  const label = say("findObligor");
  const search = element("input", { type: "search", list: "known-obligors", "aria-label": label, placeholder: label });
  const known = element("datalist", { id: "known-obligors" }), unknown = element("span", { role: "status" });
  const everyone = () => [...(data?.ids ?? []), ...(details?.others ?? [])];
  const nameOf = (place) => data?.names[place] ?? "";
  search.addEventListener("input", () => {
    const wanted = search.value.toLowerCase(), found = [], ids = everyone();
    const fits = (text) => text.toLowerCase().includes(wanted);
    for (let place = 0; place < ids.length && found.length < 20 && wanted; place += 1) {
      if (fits(ids[place]) || fits(nameOf(place))) found.push(place);
    }
    known.replaceChildren(...found.map((place) => element("option", { value: ids[place] }, nameOf(place))));
  });
  // Not on every letter: an id may begin another. A name leads on where only one has it.
  search.addEventListener("change", () => {
    const wanted = search.value, ids = everyone();
    const found = ids.includes(wanted) ? [wanted] : ids.filter((_, place) => wanted && nameOf(place) === wanted);
    if (found.length === 1) location.hash = "#obligor/" + encodeURIComponent(found[0]);
    else unknown.textContent = wanted ? say(found.length ? "manyObligors" : "noObligor", wanted) : "";
  });
  return element("p", { class: "controls" }, search, known, unknown);
}

function obligorFacts(data, row, rating, onFile) {
  const fact = (name, value, note) => element("div", {},
    element("dt", {}, say(name)), element("dd", {}, value, note ? element("small", {}, note) : null));
  if (row === undefined) {
    return [element("dl", { class: "facts" },
      fact("grade", gradeChip(rating.grade)), fact("pd", percent(rating.pd)), fact("score", decimal(rating.score)))];
  }
  const { numbers, grades } = data;
  const amount = (value) => (Number.isFinite(value) ? count(value) + " " + data.currency : "–");
  const inDays = (print, value) => (Number.isFinite(value) ? say("days", print(value)) : "–");
  const limit = numbers.limit[row], conditions = data.term("conditions", row)?.split(" ") ?? [];
  const named = (kind, word) => word && (words["script." + kind + "." + word] ?? word);
  const tags = data.dimensions.filter((dimension) => dimension.id.startsWith("tag:"))
    .map(({ title, levels, codes }) => title + ": " + (levels[codes[row]] || say("unknown")));
  return [
    element("dl", { class: "facts" },
      fact("grade", gradeChip(grades[numbers.grade[row]]), say("beforeWas", grades[numbers.previousGrade[row]] || "–")),
      fact("pd", percent(numbers.pd[row]), say("beforeWas", percent(numbers.previousPD[row]))),
      fact("exposure", amount(numbers.exposure[row]), say("ofWhichOverdue", count(numbers.overdue[row]))),
      fact("limit", amount(limit), onFile != null && onFile !== limit ? say("onFile", count(onFile)) : null),
      fact("available", amount(numbers.available[row])),
      fact("terms", inDays(count, numbers.termsDays[row])),
      fact("security", named("security", data.term("security", row)) ?? "–",
        conditions.map((condition) => named("condition", condition)).join(" · ")),
      fact("dbt", inDays(decimal, numbers.daysBeyondTerms[row])),
      fact("expectedLoss", amount(numbers.expectedLoss[row]))),
    element("p", { class: "note" }, tags.join(" · ")),
  ];
}

function reasonsPart(reasons, rating) {
  const items = reasons.length
    ? reasons.map(({ text, group, points }) => {
      const cost = Number.isFinite(points) ? " · " + say("points", signedWhole(points)) : "";
      return element("li", {}, text, element("small", {}, (words["reasonGroup." + group] ?? group) + cost));
    })
    : (rating?.reasons ?? "").split("\n").filter(Boolean).map((reason) => element("li", {}, reason));
  if (!items.length) return absent(say("reasons"), say("noReasons"));
  return part(say("reasons"), element("ol", { class: "reasons" }, ...items));
}

function alertsPart(alerts) {
  if (!alerts.length) return null;
  return part(say("alerts"), tabled(
    say("alerts"), ["date", "closed", "severity", "monitor", "explanation"].map((name) => say(name)),
    alerts.map((entry) => [
      day(entry.opened), entry.closed && day(entry.closed), entry.severity, entry.monitor, entry.explanation,
    ])));
}

function historyPart(path) {
  if (!path.length) return absent(say("history"), say("noHistory"));
  const point = (value, entry, series, text) => ({
    x: day(entry.asOf), y: value, series, tip: day(entry.asOf) + ": " + text,
  });
  const lines = (caption, settings, rows) =>
    figure(caption, { drawing: "lines", settings: { xScale: "point", ...settings }, rows });
  const graded = path.filter((entry) => entry.grade);
  const amounts = [["exposure", "exposure"], ["overdue", "overdue"], ["limitOnFile", "limit"]];
  const charts = [
    graded.length
      ? figure(say("gradeHistory"), {
        drawing: "grades",
        rows: graded.map(({ asOf, grade }) => ({ x: day(asOf), grade, tip: day(asOf) + ": " + grade })),
      })
      : null,
    lines(say("pdHistory"), { yScale: "log", yFormat: ".2~p" },
      path.filter((entry) => entry.pd > 0)
        .map((entry) => point(entry.pd, entry, say("pd"), (entry.grade ?? "") + " " + percent(entry.pd)))),
    // A date without payments is a gap in the line.
    path.some((entry) => entry.daysBeyondTerms != null)
      ? lines(say("dbtHistory"), {},
        path.map((entry) => point(
          entry.daysBeyondTerms ?? null, entry, say("dbt"), decimal(entry.daysBeyondTerms ?? NaN))))
      : element("p", { class: "absence" }, say("noPayments")),
    lines(say("exposureHistory"), { yFormat: "~s" },
      path.flatMap((entry) => amounts.filter(([, name]) => entry[name] != null)
        .map(([series, name]) => point(entry[name], entry, say(series), say(series) + " " + count(entry[name]))))),
  ];
  const figureOf = (print, value) => print(value ?? NaN);
  return part(say("history"), element("div", { class: "charts" }, ...charts.filter(Boolean)), tabled(
    say("history"), ["date", "grade", "pd", "dbt", "exposure", "overdue", "limitOnFile"].map((name) => say(name)),
    path.map((entry) => [
      day(entry.asOf), gradeChip(entry.grade), figureOf(percent, entry.pd), figureOf(decimal, entry.daysBeyondTerms),
      figureOf(count, entry.exposure), figureOf(count, entry.overdue), figureOf(count, entry.limit),
    ])));
}

function ageingPart(ageing, bandNames) {
  if (!ageing) return absent(say("ageing"), say("noAgeing"));
  const bands = bandNames.map((band) => [say("ageing." + band), ageing[band] ?? 0]);
  const open = bands.reduce((sum, [, amount]) => sum + amount, 0);
  const rows = bands.map(([category, value]) => ({
    category, value, tip: category + ": " + count(value) + " (" + percent(value / open) + ")",
  }));
  return part(say("ageing"),
    open > 0 ? figure(say("ageingCaption"), { drawing: "ranking", settings: { xFormat: ",~s" }, rows }) : null,
    tabled(say("ageingCaption"), bands.map(([band]) => band), [bands.map(([, amount]) => count(amount))]));
}

function changePart(change) {
  if (!change.length) return absent(say("whyChanged"), say("noAttribution"));
  let level = 0;
  const steps = change.map((entry) => {
    const start = level, component = say("component." + entry.component), label = signed(entry.logOdds);
    level += entry.logOdds;
    return { category: entry.text || component, start, end: level, label, tip: component + ": " + label };
  });
  const total = signed(level);
  steps.push({ category: say("totalChange"), start: 0, end: level, total: true, label: total, tip: total });
  return part(say("attribution", day(change[0].from), day(change[0].to)),
    figure(say("attributionCaption"), { drawing: "waterfall", settings: { xTitle: say("logOdds") }, rows: steps }),
    tabled(say("attributionCaption"), ["component", "feature", "logOdds"].map((name) => say(name)),
      change.map((entry) => [say("component." + entry.component), entry.text || "", signed(entry.logOdds)])));
}

function outlookPart(ahead, grades) {
  if (!ahead.length) return absent(say("prediction"), say("noPrediction"));
  const states = [...grades, ...(ahead.some((entry) => entry.withdrawn > 0) ? ["withdrawn"] : [])];
  const named = (state) => (state === "withdrawn" ? say("withdrawn") : state);
  const months = (entry) => say("months", entry.horizonMonths);
  const rows = ahead.flatMap((entry) => states.map((state) => ({
    category: months(entry), part: named(state), grade: state, value: entry[state] ?? 0,
    tip: named(state) + ": " + percent(entry[state] ?? 0),
  })));
  return part(say("prediction"), figure(say("predictionCaption"), { drawing: "shares", rows }),
    tabled(say("predictionCaption"), [say("horizon"), ...states.map(named)],
      ahead.map((entry) => [months(entry), ...states.map((state) => percent(entry[state] ?? 0))])));
}

// "2 of 5 changed: O1 2022-09-30 B→CC; …" as a sentence and the cases, each with the way to its page.
function similar(text) {
  const [, sentence, cases] = /^(.*?)[:：]\s*(\S+ \d{4}-\d\d-\d\d .*)$/.exec(text) ?? [null, text, ""];
  const items = cases.split("; ").filter(Boolean).map((one) => {
    const [id, date, ...rest] = one.split(" ");
    const place = portfolio()?.place().get(id);
    const name = place === undefined ? id : portfolio().names[place] || id;
    const link = place === undefined ? name : element("a", { href: "#obligor/" + encodeURIComponent(id) }, name);
    return element("li", {}, link, " " + [date && day(date), ...rest].join(" "));
  });
  return [element("p", {}, sentence), items.length ? element("ul", {}, ...items) : null];
}
function correctionPart(correction) {
  if (!correction) return absent(say("similarCases"), say("noSimilarCases"));
  const { givenGrade, supportedGrade, probability, reasons, similarCases } = correction;
  return part(say("similarCases"), ...similar(similarCases || "–"),
    element("p", { class: "note" }, say("supports", givenGrade, supportedGrade, percent(probability ?? NaN))),
    element("ul", {}, ...(reasons || "").split("\n").filter(Boolean).map((reason) => element("li", {}, reason))));
}

function trailPart(steps) {
  if (!steps.length) return absent(say("auditTrail"), say("noAuditTrail"));
  const headings = ["step", "stage", "rule", "before", "after", "effect", "reason", "author", "expires"];
  return part(say("auditTrail"), tabled(say("auditTrail"), headings.map((name) => say(name)), steps.map((entry) => [
    String(entry.step), say("stage." + entry.stage), entry.rule, gradeChip(entry.fromGrade), gradeChip(entry.toGrade),
    say("effect." + entry.effect), entry.reason, entry.author, entry.expires && day(entry.expires),
  ])));
}

function obligor(host, id) {
  const data = portfolio(), details = obligors();
  const row = data?.place().get(id), place = details?.placeOf(id);
  const recorded = (name) => (place === undefined ? [] : details.rows(name, place));
  const [rating] = recorded("ratings");
  host.replaceChildren(finder(data, details));
  if (row === undefined && !rating) {
    host.append(element("p", { class: "absence" }, id ? say("noObligor", id) : say("chooseObligor")));
    return;
  }
  const path = recorded("history");
  const sections = [
    element("h3", { id: "obligor-name" }, row === undefined ? id : data.names[row] || id),
    ...obligorFacts(data, row, rating, path.at(-1)?.limit),
    reasonsPart(recorded("reasons"), rating), alertsPart(recorded("alerts")), historyPart(path),
    ageingPart(recorded("ageing")[0], details.ageingBands), changePart(recorded("attribution")),
    outlookPart(recorded("migrations"), details.migrationGrades), correctionPart(recorded("corrections")[0]),
    trailPart(recorded("path")),
  ];
  host.append(...sections.filter(Boolean));
}
