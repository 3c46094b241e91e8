// A name from the address; one that was not encoded stands for itself.
function decoded(text) { try { return decodeURIComponent(text); } catch { return text; } }

// One page at a time; the address says which.
const opened = new Set(), title = document.title;
let last = null;
// Lets the explorer fill its place, once; whether it did so now.
function openExplorer(host) {
  if (opened.has(host)) return false;
  opened.add(host);
  explorer(host);
  return true;
}
function show() {
  const [address] = location.hash.slice(1).split("?");
  const [wanted, rest] = address.split("/");
  const pages = [...document.querySelectorAll("article[data-page]")];
  const named = pages.find((one) => one.dataset.page === wanted);
  const page = named ?? document.getElementById(wanted)?.closest("article") ?? pages[0];
  for (const one of pages) one.hidden = one !== page;
  for (const link of document.querySelectorAll("nav.pages a")) {
    if (link.dataset.page === page.dataset.page) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  // What is known of single obligors comes last, so that the first view need not wait for it.
  if (page.dataset.page === "obligor" && document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", show, { once: true });
    return;
  }
  for (const host of page.querySelectorAll("[data-application]")) {
    if (host.dataset.application === "obligor") obligor(host, decoded(rest ?? ""));
    else if (!openExplorer(host) && last !== null && named) host.filterBy(location.hash.split("?")[1] ?? "");
  }
  renderShown();
  const heading = page.querySelector("#obligor-name") ?? page.querySelector("h2");
  document.title = heading.textContent + " · " + title;
  // Where a reader comes to another page it begins at its top, and where they come back they are where they were.
  const here = page.dataset.page + "/" + (rest ?? "");
  if (last !== null && last !== here) {
    scrollTo({ top: history.state?.scroll ?? 0, behavior: "instant" });
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  }
  last = here;
  if (wanted && !named) document.getElementById(wanted)?.scrollIntoView();
  document.documentElement.dataset.ready = page.dataset.page;
}
document.querySelector("a.skip").addEventListener("click", (event) => {
  event.preventDefault();
  document.getElementById("main").focus();
});
addEventListener("hashchange", show);
history.scrollRestoration = "manual";
let scrolling;
addEventListener("scroll", () => {
  clearTimeout(scrolling);
  scrolling = setTimeout(() => history.replaceState({ scroll: scrollY }, ""), 120);
}, { passive: true });
let resizing;
addEventListener("resize", () => { clearTimeout(resizing); resizing = setTimeout(() => renderShown(), 150); });
let themeOnScreen;
addEventListener("beforeprint", () => {
  themeOnScreen = root.dataset.theme;
  root.dataset.theme = "light";
  // One obligor's page goes on paper alone; any other brings all pages along.
  if (root.dataset.ready !== "obligor") {
    for (const one of document.querySelectorAll("article[data-page]:not([data-page=obligor])")) one.hidden = false;
    for (const host of document.querySelectorAll("[data-application=explorer]")) openExplorer(host);
  }
  renderShown();
});
addEventListener("afterprint", () => { root.dataset.theme = themeOnScreen ?? root.dataset.theme; show(); });
show();
