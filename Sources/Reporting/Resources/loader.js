"use strict";
// Whatever stops the scripts before the first page stands is said; all tables are then below one another.
addEventListener("error", () => {
  if (!document.documentElement.dataset.ready) document.getElementById("fault").hidden = false;
});
// The chart library comes as modules that ask for one another by name; they stand here in the order of need.
const modules = {};
let moduleName = "";
function define(needs, factory) {
  const exports = (modules[moduleName] = {});
  factory(...needs.map((need) => (need === "exports" ? exports : modules[need])));
}
define.amd = true;
