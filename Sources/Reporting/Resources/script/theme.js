// Theme: as the system has it until the reader chooses.
const root = document.documentElement;
function remembered(value) {
  try {
    if (value) localStorage.setItem("obligor-theme", value);
    return localStorage.getItem("obligor-theme");
  } catch { return value; }
}
function setTheme(name, again) { root.dataset.theme = name; if (again) renderShown(); }
const wantsDark = matchMedia("(prefers-color-scheme: dark)");
setTheme(remembered() ?? (wantsDark.matches ? "dark" : "light"), false);
wantsDark.addEventListener("change", (event) => {
  if (!remembered()) setTheme(event.matches ? "dark" : "light", true);
});
document.getElementById("theme").addEventListener("click", () => {
  setTheme(remembered(root.dataset.theme === "dark" ? "light" : "dark"), true);
});
