// Choosing several names out of many: counts beside each, a search over them, one line that says
// what is chosen. None chosen means all.

import { byId, el, fill, show } from "../dom.js";
import { countWords } from "./figures.js";

const HOVERS = window.matchMedia("(hover: hover)");
const SEARCH_FROM = 8; // fewer can be seen at once

export class MultiSelect {
  constructor({ id, name, onChange }) {
    this.name = name;
    this.onChange = onChange;
    this.node = byId(id);
    this.options = [];
    this.chosen = [];
    this.toggle = el("button", { type: "button", class: "choose-toggle", "aria-expanded": "false", "aria-controls": `${id}-panel` });
    this.search = el("input", { type: "search", placeholder: `搜索${name}`, "aria-label": `搜索${name}`, maxlength: "40" });
    this.list = el("ul", { class: "choose-list" });
    this.clear = el("button", { type: "button", class: "plain" }, "全部");
    this.panel = el("div", { class: "choose-panel", id: `${id}-panel`, hidden: true }, el("div", { class: "choose-head" }, this.search, this.clear), this.list);
    this.node.append(this.toggle, this.panel);
    this.toggle.addEventListener("click", () => this.#open(this.panel.hidden));
    this.search.addEventListener("input", () => this.#filter());
    this.clear.addEventListener("click", () => this.#choose([]));
    this.list.addEventListener("change", () => this.#choose([...this.list.querySelectorAll("input:checked")].map((box) => box.value)));
    this.node.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || this.panel.hidden) return;
      event.stopPropagation();
      this.#open(false);
      this.toggle.focus();
    });
    this.#words();
  }

  // What is there, with counts: { name, label, n }; what is chosen stays listed though it has none.
  offer(options) {
    this.options = options;
    this.#draw();
  }

  choose(names) {
    this.chosen = [...names];
    this.#draw();
  }

  #open(open) {
    show(this.panel, open);
    this.toggle.setAttribute("aria-expanded", String(open));
    // Not where the focus would bring up a keyboard over half the screen.
    if (open && !this.search.hidden && HOVERS.matches) this.search.focus();
  }

  #choose(names) {
    this.chosen = names;
    this.#draw();
    this.onChange(names);
  }

  #draw() {
    const focused = this.list.contains(document.activeElement) ? document.activeElement.value : null;
    const scrolled = this.list.scrollTop;
    const known = new Set(this.options.map((one) => one.name));
    const all = [...this.options, ...this.chosen.filter((name) => !known.has(name)).map((name) => ({ name, n: 0 }))];
    show(this.search, all.length >= SEARCH_FROM);
    fill(
      this.list,
      all.map(({ name, label, n }) => {
        const box = el("input", { type: "checkbox", value: name, checked: this.chosen.includes(name) });
        return el("li", {}, el("label", {}, box, el("span", { class: "choose-name" }, label ?? name), el("span", { class: "choose-n" }, countWords(n))));
      }),
    );
    this.list.scrollTop = scrolled;
    if (focused !== null) [...this.list.querySelectorAll("input")].find((box) => box.value === focused)?.focus({ preventScroll: true });
    this.#filter();
    this.#words();
  }

  #filter() {
    const wanted = this.search.value.trim().toLowerCase();
    for (const row of this.list.children) show(row, row.textContent.toLowerCase().includes(wanted));
  }

  #label(name) {
    return this.options.find((one) => one.name === name)?.label ?? name;
  }

  #words() {
    const many = this.chosen.length;
    const said = many === 0 ? "全部" : many === 1 ? this.#label(this.chosen[0]) : `已选 ${many} 项`;
    fill(this.toggle, el("span", { class: "choose-what" }, this.name), el("span", { class: "choose-said" }, said));
    this.clear.disabled = many === 0;
  }
}
