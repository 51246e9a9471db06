// 排名: what the map shows as a list, linked to it both ways. Bars are HTML, with the 95 % interval
// as a whisker where the number is a rate.

import { byId, el } from "../dom.js";
import { Panel } from "./panel.js";

const AT_FIRST = 100; // rows; a city has 2,000 grids and nobody reads them all

export class Ranking {
  constructor({ onHover, onChoose, onDrill, onRetry, onWider }) {
    this.panel = new Panel(byId("ranking"));
    Object.assign(this, { onHover, onChoose, onDrill, onRetry, onWider });
    this.rows = [];
    this.most = AT_FIRST;
    const node = byId("ranking");
    node.addEventListener("mouseover", (event) => this.onHover(keyAt(event)));
    node.addEventListener("mouseleave", () => this.onHover(null));
    node.addEventListener("focusin", (event) => keyAt(event) && this.onHover(keyAt(event)));
    node.addEventListener("focusout", () => this.onHover(null));
    node.addEventListener("click", (event) => keyAt(event) && this.onChoose(keyAt(event)));
    node.addEventListener("dblclick", (event) => keyAt(event) && this.onDrill(keyAt(event)));
    node.addEventListener("keydown", (event) => this.#step(event));
  }

  waiting() {
    this.panel.waiting(8);
  }

  fail(problem) {
    this.panel.fail(problem, this.onRetry);
  }

  // The map says why, and has the button to try again.
  missing() {
    this.rows = [];
    this.panel.empty("排名暂缺", el("span", {}, "图层没有取到；重试成功后会列在这里。"));
  }

  // `picture.rows` in the order of their value, unless they come in an order of their own.
  show(picture, chosen) {
    const rows = picture.sorted ? picture.rows : [...picture.rows].sort((one, other) => (other.value ?? -1) - (one.value ?? -1));
    this.rows = rows;
    this.chosen = chosen;
    this.most = AT_FIRST;
    if (rows.length === 0) {
      this.panel.empty(picture.nothing ?? "该条件下没有可列出的内容", el("span", {}, "试试更长的时段，或减少筛选条件。"), ...this.onWider());
      return;
    }
    this.#draw();
  }

  mark(chosen) {
    this.chosen = chosen;
    for (const row of this.panel.body.querySelectorAll(".rank")) {
      row.setAttribute("aria-pressed", String(row.dataset.key === chosen));
    }
  }

  // The map's pointer is over it.
  light(key) {
    for (const row of this.panel.body.querySelectorAll(".rank.lit")) row.classList.remove("lit");
    this.#node(key)?.classList.add("lit");
  }

  reveal(key) {
    this.#node(key)?.scrollIntoView({ block: "nearest" });
  }

  #node(key) {
    return key ? this.panel.body.querySelector(`.rank[data-key="${CSS.escape(key)}"]`) : null;
  }

  #draw() {
    const most = Math.max(...this.rows.map((row) => row.high ?? row.value ?? 0), this.rows[0]?.reference ?? 0, 0);
    this.panel.show(
      el(
        "ol",
        { class: "ranks" },
        this.rows.slice(0, this.most).map((row, at) => el("li", {}, this.#row(row, at, most))),
      ),
      this.rows.length > this.most &&
        el(
          "button",
          {
            type: "button",
            class: "plain more",
            onclick: (event) => {
              event.stopPropagation();
              this.most = this.rows.length;
              this.#draw();
            },
          },
          `再显示 ${this.rows.length - this.most} 行`,
        ),
    );
  }

  #row(row, at, most) {
    const pressed = row.key === this.chosen;
    return el(
      "button",
      { type: "button", class: "rank", data: { key: row.key }, "aria-pressed": String(pressed), tabIndex: at === 0 ? 0 : -1 },
      el("span", { class: "rank-name" }, row.name, row.rising ? el("b", { class: row.rising > 0 ? "up" : "down" }, row.rising > 0 ? " ▲" : " ▼", el("span", { class: "visually-hidden" }, row.rising > 0 ? "显著上升" : "显著下降")) : null),
      el("span", { class: "rank-text" }, row.value === null && row.colour && swatch(row.colour), row.text),
      row.value !== null && bar(row, most),
      row.hatched && el("span", { class: "bar" }, el("i", { class: "hatched" })),
      row.note && el("span", { class: "rank-note" }, row.note),
    );
  }

  // Up and down move along the list, so that it is one stop of the tab key.
  #step(event) {
    const by = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
    const rows = [...this.panel.body.querySelectorAll(".rank")];
    const at = rows.indexOf(document.activeElement);
    if (!by || at < 0) return;
    event.preventDefault();
    const to = Math.max(0, Math.min(rows.length - 1, at + by));
    rows[at].tabIndex = -1;
    rows[to].tabIndex = 0;
    rows[to].focus();
  }
}

function keyAt(event) {
  return event.target.closest?.(".rank")?.dataset.key ?? null;
}

function swatch(colour) {
  const node = el("i", { class: "swatch", "aria-hidden": "true" });
  node.style.background = colour;
  return node;
}

function bar({ value, low, high, colour, reference }, most) {
  const share = (amount) => `${most > 0 ? Math.max(0, Math.min(1, amount / most)) * 100 : 0}%`;
  const filled = el("i", {});
  filled.style.width = share(value);
  if (colour) filled.style.background = colour;
  const node = el("span", { class: "bar", "aria-hidden": "true" }, filled);
  if (low !== null && low !== undefined && high !== null && high !== undefined) {
    const whisker = el("i", { class: "whisker" });
    whisker.style.left = share(low);
    whisker.style.width = `calc(${share(high)} - ${share(low)})`;
    node.append(whisker);
  }
  if (reference) {
    const line = el("i", { class: "reference" });
    line.style.left = share(reference);
    node.append(line);
  }
  return node;
}

