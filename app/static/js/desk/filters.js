// Tabs, search and filters; together they are the question asked of the server.

import { byId, show } from "../dom.js";

const TYPING_MS = 250; // a pause in typing, so that a word is searched once and not by letters
const TABS = ["review", "confirm", "dispatched"];

export class Filters {
  #timer = 0;

  constructor({ onChange }) {
    this.onChange = onChange;
    this.form = byId("filters");
    this.tab = "review";
    const buttons = [...document.querySelectorAll("[role=tab]")];
    for (const button of buttons) {
      button.addEventListener("click", () => this.setTab(button.dataset.tab));
      button.addEventListener("keydown", (event) => {
        const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (!by) return;
        event.preventDefault();
        const to = TABS[(TABS.indexOf(button.dataset.tab) + by + TABS.length) % TABS.length];
        this.setTab(to);
        byId(`tab-${to}`).focus();
      });
    }
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("input", (event) => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.onChange(), event.target.name === "q" ? TYPING_MS : 0);
      this.#badge();
    });
    this.form.addEventListener("reset", () =>
      setTimeout(() => {
        this.#badge();
        this.onChange();
      }),
    );
    byId("more-filters").addEventListener("click", () => this.#toggle());
  }

  setTab(tab, { quiet = false } = {}) {
    this.tab = tab;
    for (const button of document.querySelectorAll("[role=tab]")) {
      const on = button.dataset.tab === tab;
      button.setAttribute("aria-selected", String(on));
      button.tabIndex = on ? 0 : -1;
    }
    byId("queue-list").setAttribute("aria-labelledby", `tab-${tab}`);
    if (!quiet) this.onChange();
  }

  get filtered() {
    return [...new FormData(this.form).values()].some((value) => value.trim());
  }

  query(more = {}) {
    const asked = new URLSearchParams({ tab: this.tab });
    for (const [name, value] of new FormData(this.form)) {
      if (value.trim()) asked.set(name, value.trim());
    }
    for (const [name, value] of Object.entries(more)) asked.set(name, value);
    return asked;
  }

  #toggle() {
    const button = byId("more-filters");
    const open = button.getAttribute("aria-expanded") !== "true";
    button.setAttribute("aria-expanded", String(open));
    show(byId("filter-fields"), open);
    if (open) byId("filter-fields").querySelector("select").focus();
  }

  #badge() {
    const set = [...byId("filter-fields").querySelectorAll("select")].filter((one) => one.value).length;
    byId("more-filters").textContent = set ? `筛选 ${set}` : "筛选";
  }
}
