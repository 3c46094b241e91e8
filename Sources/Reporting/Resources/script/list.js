// The obligors that pass the filters, the first by a figure; a line is made once and then says who comes.
function obligorList(data, passes) {
  const { numbers, grades } = data;
  // As many as are in sight; there are more at a click.
  const firstShown = 30, step = 200;
  let order = "exposure", shown = firstShown, passingCount = 0;
  const figures = [
    { name: "pd", title: "pd", print: percent }, { name: "exposure", title: "exposure", print: count },
    { name: "overdue", title: "overdue", print: count }, { name: "daysBeyondTerms", title: "dbt", print: decimal },
    { name: "expectedLoss", title: "expectedLoss", print: count },
  ];
  for (const figure of figures) {
    const sort = (event) => { order = figure.name; draw(); event.currentTarget.focus(); };
    const button = element("button", { type: "button", onclick: sort }, say(figure.title));
    figure.head = element("th", { scope: "col", class: "n" }, button);
  }
  const caption = element("caption"), body = element("tbody"), lines = [];
  const names = ["obligor", "grade", "before"].map((name) => element("th", { scope: "col" }, say(name)));
  const further = () => { const first = shown; shown += step; draw(); lines[first]?.link.focus(); };
  const more = element("button", { type: "button", onclick: further }, say("more"));
  const place = element("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": say("list") },
    element("table", { class: "list" }, caption,
      element("thead", {}, element("tr", {}, ...names, ...figures.map(({ head }) => head))), body), more);

  function line() {
    const texts = [...names, ...figures].map(() => document.createTextNode(""));
    const link = element("a", {}, texts[0]);
    const chips = [1, 2].map((column) => element("span", { class: "grade" }, texts[column]));
    const row = element("tr", {}, element("th", { scope: "row" }, link),
      ...chips.map((chip) => element("td", {}, chip)),
      ...texts.slice(names.length).map((text) => cell(text, true)));
    return { link, chips, texts, row };
  }
  function fill(one, row) {
    if (one.shown === row) return;
    one.shown = row;
    const both = [numbers.grade[row], numbers.previousGrade[row]].map((grade) => grades[grade]);
    one.link.href = "#obligor/" + encodeURIComponent(data.ids[row]);
    both.forEach((grade, side) => { one.chips[side].dataset.grade = grade; });
    const said = [
      data.names[row] || data.ids[row], ...both.map((grade) => grade || "–"),
      ...figures.map(({ name, print }) => print(numbers[name][row])),
    ];
    said.forEach((text, column) => tell(one.texts[column], text));
  }
  function draw() {
    // The first of those that pass, in an order that was sorted once.
    const used = [], inOrder = data.order(order);
    for (let at = 0; at < inOrder.length && used.length < shown; at += 1) {
      if (passes(inOrder[at])) used.push(inOrder[at]);
    }
    while (lines.length > used.length) lines.pop().row.remove();
    while (lines.length < used.length) {
      lines.push(line());
      body.append(lines.at(-1).row);
    }
    lines.forEach((one, at) => fill(one, used[at]));
    for (const { name, head } of figures) {
      if (name === order) head.setAttribute("aria-sort", "descending"); else head.removeAttribute("aria-sort");
    }
    caption.textContent = say("listCaption", count(used.length), count(passingCount));
    more.hidden = passingCount <= shown;
  }
  return {
    place,
    show(number) { passingCount = number; shown = firstShown; draw(); },
  };
}
