// 工单: the cases behind what is chosen on the map, as far as this person may see them.

import { byId, el, show } from "../dom.js";
import { fullTime, timeWords } from "../words.js";
import { stepEnd } from "./days.js";
import { countWords } from "./figures.js";
import { Feed } from "./feed.js";
import { Panel } from "./panel.js";
import { askedOf } from "./view.js";

const STATES = { pending: "待派单", dispatched: "已派单" };

// Where a case opens for whom; an analyst reads maps and opens none.
const OPENS = {
  desk: (no) => `/desk?case=${encodeURIComponent(no)}`,
  grid: (no) => `/grid#case=${encodeURIComponent(no)}`,
};

export class CaseList {
  constructor({ opens }) {
    this.link = OPENS[opens] ?? null;
    this.panel = new Panel(byId("cases"));
    this.feed = new Feed();
    this.items = [];
  }

  async load(view, name, after = null) {
    const where = view.sel.startsWith("near:") ? { near: view.sel.slice(5) } : { area: view.sel || view.within };
    const asked = askedOf({ ...view, ...stepOf(view) }, { ...where, after });
    this.panel.waiting(6);
    try {
      const answer = await this.feed.get(`/analysis/cases?${asked}`);
      if (!answer) return;
      this.items = after ? [...this.items, ...answer.items] : answer.items;
      this.#draw(view, name, answer);
    } catch (problem) {
      this.panel.fail(problem, () => this.load(view, name, after));
    }
  }

  #draw(view, name, { total, next }) {
    if (this.items.length === 0) {
      this.panel.empty(`${name}没有工单`, el("span", {}, "该条件下没有诉求，试试更长的时段，或减少筛选条件。"));
      return;
    }
    const now = new Date();
    const before = this.panel.body.querySelectorAll(".case-row").length;
    this.panel.show(
      el("p", { class: "soft cases-note" }, `${name}，共 ${countWords(total)} 件`),
      el("ul", { class: "case-rows" }, this.items.map((one) => el("li", {}, this.#row(one, now)))),
      next && el("button", { type: "button", class: "plain more", onclick: () => this.load(view, name, next) }, "再显示一些"),
    );
    // Reading goes on where the new ones begin.
    if (before && before < this.items.length) this.panel.body.querySelectorAll(".case-row")[before]?.focus();
  }

  #row(one, now) {
    const content = [
      el("span", { class: "case-top" }, el("strong", {}, one.kind || "未分类"), el("span", { class: "chip" }, one.state_label ?? STATES[one.state] ?? one.state), el("time", { dateTime: one.received, title: fullTime(one.received) }, timeWords(one.received, now))),
      el("span", { class: "case-place" }, one.place || "没有定位"),
      el("span", { class: "soft" }, `${one.no} · ${one.unit || "未定单位"}`),
    ];
    return this.link
      ? el("a", { class: "case-row", href: this.link(one.no), target: "_blank", rel: "noopener" }, ...content)
      : el("div", { class: "case-row", tabIndex: -1 }, ...content);
  }
}

// Where the slider stands on a step, its cases and no others.
function stepOf({ layer, at, step, from, to }) {
  if (layer !== "areas" || !at || !step) return {};
  const end = stepEnd(at, step);
  return { from: at < from ? from : at, to: end > to ? to : end };
}

export class Tabs {
  constructor({ onTab }) {
    this.buttons = [...document.querySelectorAll("#tabs [role=tab]")];
    for (const button of this.buttons) {
      button.addEventListener("click", () => onTab(button.dataset.tab));
      button.addEventListener("keydown", (event) => {
        const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (!by) return;
        const to = this.buttons[(this.buttons.indexOf(button) + by + this.buttons.length) % this.buttons.length];
        onTab(to.dataset.tab);
        to.focus();
      });
    }
  }

  show(tab) {
    for (const button of this.buttons) {
      const on = button.dataset.tab === tab;
      button.setAttribute("aria-selected", String(on));
      button.tabIndex = on ? 0 : -1;
      show(byId(button.getAttribute("aria-controls")), on);
    }
  }
}
