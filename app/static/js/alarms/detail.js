// One alarm: the sentence, the numbers, the series, the ground, the cases, what was done with it.

import { byId, el, fill, show } from "../dom.js";
import { fullTime, timeWords } from "../words.js";
import { drawChart } from "./chart.js";
import { chance, days, number } from "./numbers.js";
import { Where } from "./where.js";

const STATE_CHIP = { open: "chip look", acknowledged: "chip info", dismissed: "chip" };

export class Detail {
  constructor(opens) {
    this.opens = opens; // where a case number leads; empty for roles without a desk
    this.where = new Where({ onCase: (no) => this.#choose(no, true) });
  }

  draw(alarm) {
    fill(byId("about"), ...about(alarm));
    drawChart(byId("chart"), byId("chart-title"), alarm.chart, alarm.first);
    this.#cases(alarm);
    show(byId("history-part"), alarm.events.length > 0);
    fill(byId("history"), ...alarm.events.map(eventLine));
    show(byId("acknowledge"), alarm.state === "open");
    show(byId("dismiss"), alarm.state !== "dismissed");
    show(byId("reopen"), alarm.state !== "open");
    show(byId("no-detail"), false);
    show(byId("detail"), true);
    this.where.draw(alarm);
  }

  #cases(alarm) {
    const shown = alarm.cases.length;
    const title = `案件 ${alarm.case_count} 件`;
    byId("cases-title").textContent =
      shown === alarm.case_count ? title : `${title}，列出可查看的 ${shown} 件`;
    fill(byId("cases"), ...alarm.cases.map((one) => this.#row(one)));
  }

  #row(one) {
    const no = this.opens
      ? el("a", { href: `${this.opens}?case=${encodeURIComponent(one.no)}`, class: "no" }, one.no)
      : el("span", { class: "no" }, one.no);
    const row = el(
      "li",
      { data: { no: one.no } },
      el("div", { class: "case-head" }, no, el("span", {}, one.category), el("span", { class: "soft", title: fullTime(one.received_at) }, timeWords(one.received_at)), el("span", { class: "chip" }, one.state_label)),
      el("p", {}, one.excerpt || "（没有文字）"),
    );
    row.addEventListener("mouseenter", () => this.#choose(one.no, false));
    row.addEventListener("focusin", () => this.#choose(one.no, false));
    return row;
  }

  #choose(no, scroll) {
    for (const row of byId("cases").children) {
      const on = row.dataset.no === no;
      row.classList.toggle("chosen", on);
      if (on && scroll) row.scrollIntoView({ block: "nearest" });
    }
    this.where.choose(no);
  }
}

function about(alarm) {
  const q = `错误发现率 q ${chance(alarm.q)}`;
  const facts = [
    ["实际", `${number(alarm.observed)} 件`],
    ["预期", `${number(alarm.expected)} 件`],
    alarm.bound === null
      ? ["重现间隔", `${number(alarm.recurrence_days)} 天`]
      : ["上限", `${number(alarm.bound)} 件`],
    ["p 值", chance(alarm.p)],
  ];
  return [
    el(
      "div",
      { class: "detail-head" },
      el("h2", {}, `${alarm.place} · ${alarm.kind}`),
      el("span", { class: STATE_CHIP[alarm.state] }, alarm.state_label),
    ),
    el("p", { class: "soft" }, `${days(alarm.first, alarm.day)} · ${alarm.level_label} · ${alarm.method} · ${q}`),
    el("p", { class: "why" }, alarm.why),
    el("dl", { class: "facts" }, facts.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value)))),
  ];
}

function eventLine(event) {
  return el(
    "li",
    {},
    el("span", { class: "soft" }, fullTime(event.at)),
    ` ${event.actor_name} ${event.label}`,
    event.reason ? `：${event.reason}` : "",
  );
}
