// What is pointed at and what is chosen, on the map and in the lists at once. A key is LEVEL:CODE of
// a jurisdiction, or near:lon,lat,metres of a cell, a circle or a border.

import { geoJSON } from "../../vendor/leaflet/leaflet-src.esm.js";
import { Chosen } from "./chosen.js";

export class Selection {
  constructor({ state, held, map, ranking, cases, filters, root }) {
    Object.assign(this, { state, held, map, ranking, cases, filters, root });
    this.card = new Chosen({
      onDrill: (key) => this.drill(key),
      onCases: () => state.set({ tab: "cases" }),
      onZoom: (key) => map.zoomTo(this.#boundsOf(key)),
      onClose: () => this.choose(""),
    });
  }

  hover(key) {
    this.ranking.light(key);
    this.map.light(key ? this.#shapeOf(key) : null);
  }

  // Chosen in a list it is brought into sight on the map, and the other way round.
  choose(key, { zoom = false } = {}) {
    const now = this.state.now;
    this.state.set({ sel: key === now.sel && !zoom ? "" : key }, { replace: true });
    if (!key) return;
    if (!zoom) {
      this.ranking.reveal(key);
      return;
    }
    const bounds = this.#boundsOf(key);
    if (bounds && !this.map.map.getBounds().contains(bounds)) this.map.zoomTo(bounds);
  }

  // A click beside everything. On cells there is no beside: the canvas says what was hit.
  nothing() {
    const { sel, layer, on } = this.state.now;
    const cells = layer === "cells" || (["gi", "emerging"].includes(layer) && on === "cells");
    if (sel && !cells) this.choose("");
  }

  drill(key) {
    if (key && !key.startsWith("near:")) this.filters.drill(key);
  }

  show() {
    const view = this.state.now;
    const { sel } = view;
    const said = this.held.picture?.saidOf?.(sel) ?? this.ranking.rows.find((one) => one.key === sel)?.note;
    this.ranking.mark(sel);
    this.map.choose(sel ? this.#shapeOf(sel) : null);
    this.card.show(view, { name: sel ? this.nameOf(sel) : null, areas: this.held.areas, said });
    if (view.tab === "cases") this.cases.load(view, this.nameOf(sel));
  }

  nameOf(key) {
    if (!key) return this.held.summary?.path?.at(-1)?.name ?? this.root;
    const known = this.held.picture?.nameOf?.(key) ?? this.#areaOf(key)?.properties.name;
    return known ?? (key.startsWith("near:") ? "这个位置附近" : "所选辖区");
  }

  #shapeOf(key) {
    return this.held.picture?.shapeOf(key) ?? this.#areaOf(key);
  }

  #boundsOf(key) {
    const bounds = this.held.picture?.boundsOf(key);
    if (bounds?.isValid()) return bounds;
    const area = this.#areaOf(key);
    return area ? geoJSON(area).getBounds() : null;
  }

  // Also where the picture is not of areas: the ranking may list them beside it.
  #areaOf(key) {
    const [level, code] = key.split(":");
    const { areas } = this.held;
    if (level !== areas?.level) return null;
    return areas.outline.features.find(({ properties }) => properties.code === code) ?? null;
  }
}
