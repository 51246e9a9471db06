// The queue: a listbox whose focus stays on the list while the active row moves, so that keys and
// screen readers agree on which case is meant.

import { byId, el, fill, show, wide } from "../dom.js";
import { caseTail, percent, timeWords } from "../words.js";

const EMPTY = {
  review: ["没有待研判的工单", "机器拿不准的诉求会排在这里，最需要人看的在最上面。"],
  confirm: ["没有待确认的工单", "机器有把握的诉求会排在这里，可以逐件或批量确认。"],
  dispatched: ["还没有已派出的工单", "确认或改派后的工单会排在这里。"],
};

export class Queue {
  constructor({ onSelect, onEnd }) {
    this.list = byId("rows");
    this.empty = byId("queue-empty");
    this.onSelect = onSelect;
    this.onEnd = onEnd; // a step beyond the last row
    this.items = [];
    this.selected = null;
    this.list.addEventListener("click", (event) => {
      const row = event.target.closest("[role=option]");
      if (row) this.select(row.dataset.no);
    });
  }

  show(items, { tab, filtered }) {
    this.items = items;
    const now = new Date();
    fill(this.list, items.map((item) => this.#row(item, now)));
    this.#sayEmpty(tab, filtered);
    if (!items.some((item) => item.no === this.selected)) this.selected = null;
    this.#mark();
  }

  add(items) {
    const have = new Set(this.items.map((item) => item.no));
    const fresh = items.filter((item) => !have.has(item.no));
    this.items = [...this.items, ...fresh];
    const now = new Date();
    for (const item of fresh) this.list.append(this.#row(item, now));
  }

  loading() {
    this.items = [];
    this.list.removeAttribute("aria-activedescendant");
    fill(
      this.list,
      Array.from({ length: 6 }, () => el("li", { class: "row ghost", "aria-hidden": "true" })),
    );
    show(this.empty, false);
  }

  // Takes a case out and returns the one to look at next: the row that moves into its place.
  remove(no, { tab, filtered }) {
    const at = this.items.findIndex((item) => item.no === no);
    if (at < 0) return null;
    this.items.splice(at, 1);
    this.#node(no)?.remove();
    if (this.selected === no) this.selected = null;
    this.#sayEmpty(tab, filtered);
    return this.items[Math.min(at, this.items.length - 1)] ?? null;
  }

  select(no, { quiet = false } = {}) {
    this.selected = no;
    this.#mark();
    if (!quiet) this.onSelect(no);
  }

  step(by) {
    if (this.items.length === 0) return;
    const { at } = this;
    const to = at < 0 ? 0 : Math.max(0, Math.min(this.items.length - 1, at + by));
    if (this.items[to].no !== this.selected) this.select(this.items[to].no);
    else if (by > 0) this.onEnd();
  }

  // Where the selection is, -1 for none.
  get at() {
    return this.items.findIndex((item) => item.no === this.selected);
  }

  item(no) {
    return this.items.find((item) => item.no === no) ?? null;
  }

  // Another person changed it while we were looking at the list.
  markStale(no) {
    this.#node(no)?.classList.add("stale");
  }

  #node(no) {
    return byId(`row-${no}`);
  }

  #mark() {
    for (const row of this.list.querySelectorAll("[role=option]")) {
      row.setAttribute("aria-selected", String(row.dataset.no === this.selected));
    }
    const row = this.selected && this.#node(this.selected);
    if (row) {
      this.list.setAttribute("aria-activedescendant", row.id);
      row.scrollIntoView({ block: "nearest" });
    } else {
      this.list.removeAttribute("aria-activedescendant");
    }
  }

  #sayEmpty(tab, filtered) {
    show(this.empty, this.items.length === 0);
    if (this.items.length > 0) return;
    const [title, why] = filtered
      ? ["没有符合条件的工单", "换个词，或清除筛选条件后再看。"]
      : EMPTY[tab];
    fill(this.empty, el("strong", {}, title), el("span", {}, why));
  }

  #row(item, now) {
    return el(
      "li",
      {
        class: "row",
        role: "option",
        id: `row-${item.no}`,
        data: { no: item.no },
        "aria-selected": "false",
      },
      el(
        "div",
        { class: "row-top" },
        el("span", { class: "tail" }, caseTail(item.no)),
        el("span", { class: "category" }, item.category),
        el("time", { dateTime: item.received_at }, timeWords(item.received_at, now)),
      ),
      el("p", { class: "excerpt" }, item.excerpt || "（没有文字）"),
      el(
        "div",
        { class: "row-foot" },
        el("span", { class: "unit" }, item.unit_name || "未定单位"),
        item.reasons
          .slice(0, 3)
          .map((reason) => el("span", { class: "chip look", title: reason.explain }, reason.label)),
        item.status === "unlocated" && el("span", { class: "chip bad" }, "未定位"),
        item.status === "outside" && el("span", { class: "chip bad" }, "界外"),
        el("span", { class: "chip bad gone" }, "已有变动"),
        el(
          "span",
          { class: "sure", title: `把握 ${percent(item.confidence)}` },
          el("span", { class: "meter", "aria-hidden": "true" }, wide(el("i"), item.confidence)),
          el("span", { class: "visually-hidden" }, "把握"),
          percent(item.confidence),
        ),
      ),
    );
  }
}
