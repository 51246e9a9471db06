// Which picture lies on the map, and the few settings of its own.

import { byId, show } from "../dom.js";

const OPTIONS = {
  cells: ["shape", "size"],
  gi: ["on", "size"],
  moran: [],
  emerging: ["on", "size"],
  scan: ["scan"],
  borders: ["metres"],
};

export class LayerBar {
  constructor({ state }) {
    this.state = state;
    this.form = byId("layers");
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("change", ({ target }) => {
      if (target.name === "lines") state.set({ lines: target.checked ? "1" : "0" });
      else state.set({ [target.name]: target.value, ...(target.name === "layer" ? { sel: "", at: "" } : {}) });
    });
  }

  show(view) {
    this.form.querySelector(`input[name="layer"][value="${view.layer}"]`).checked = true;
    for (const name of ["shape", "size", "on", "scan", "metres"]) {
      this.form.elements[name].value = view[name];
      const wanted = (OPTIONS[view.layer] ?? []).includes(name) && !(name === "size" && view.layer !== "cells" && view.on === "areas");
      show(this.form.elements[name].closest("label"), wanted);
    }
    this.form.elements.lines.checked = view.lines === "1";
    const chosen = this.form.querySelector(".layer-choices input:checked");
    const row = this.form.querySelector(".layer-choices");
    // On a telephone the row is wider than the window: what is chosen is in sight.
    if (row.scrollWidth > row.clientWidth) row.scrollLeft = chosen.nextElementSibling.offsetLeft - 60;
  }
}
