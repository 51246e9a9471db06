// The case that is open: fetched, shown with its map, and what may be done with it.

import { byId, show } from "../dom.js";
import { call } from "../http.js";
import { loadingCase, noCase, renderCase } from "./casepane.js";

const RUSH_MS = 150; // a held key repeats faster than this; only the row it stops on is fetched

export class Opened {
  #stop = new AbortController();
  #timer = 0;
  #last = -RUSH_MS;

  constructor({ url, map, notices }) {
    Object.assign(this, { url, map, notices });
    this.changed = () => {}; // told which case is shown, null for none
    this.current = null; // null as well while another is on its way: keys must not act on the old one
  }

  open(no) {
    this.#stop.abort();
    clearTimeout(this.#timer);
    this.notices.endConflict();
    if (this.current?.no !== no) {
      this.current = null;
      this.changed(null);
      loadingCase(byId("case"));
      this.#actions(null);
    }
    const now = performance.now();
    const rushed = now - this.#last < RUSH_MS;
    this.#last = now;
    if (rushed) this.#timer = setTimeout(() => this.#fetch(no), RUSH_MS);
    else this.#fetch(no);
  }

  show(one) {
    this.current = one;
    this.changed(one);
    renderCase(byId("case"), one, { look: (rival) => this.map.look(rival) });
    this.#actions(one);
  }

  close() {
    this.#stop.abort();
    clearTimeout(this.#timer);
    this.current = null;
    this.changed(null);
    this.#actions(null);
    this.map.clear();
    noCase(byId("case"), "没有打开的工单", "从左侧选择一件，或等待新诉求到来。");
  }

  may(move) {
    return Boolean(this.current?.moves.includes(move));
  }

  async #fetch(no) {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    try {
      const one = await call(`${this.url}/cases/${encodeURIComponent(no)}`, { signal });
      this.show(one);
      await this.#draw(one, signal);
    } catch (problem) {
      if (signal.aborted) return;
      this.current = null;
      this.#actions(null);
      noCase(byId("case"), problem.title, problem.advice);
      if (problem.kind !== "refused") this.notices.trouble(problem, () => this.open(no));
    }
  }

  async #draw(one, signal) {
    this.map.draw(one, null);
    try {
      const around = await call(`${this.url}/cases/${encodeURIComponent(one.no)}/surroundings`, { signal });
      this.map.draw(one, around);
    } catch (problem) {
      if (!signal.aborted) this.map.fail();
    }
  }

  #actions(one) {
    show(byId("actions"), Boolean(one));
    if (!one) return;
    const confirm = byId("confirm");
    show(confirm, this.may("confirm"));
    confirm.disabled = one.nobody;
    confirm.title = one.nobody ? "没有可确认的单位，请改派" : "";
    confirm.querySelector(".label").textContent = one.nobody ? "无可确认单位" : "确认派单";
    show(byId("override"), this.may("override"));
    show(byId("correct"), this.may("override"));
    byId("override").classList.toggle("primary", one.nobody);
    show(byId("withdraw"), this.may("withdraw"));
  }
}
