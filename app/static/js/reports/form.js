// The form for a new report: which period its words mean, and what is sent.

import { byId, show } from "../dom.js";

const WEEKDAYS = "日一二三四五六";

function parsed(value) {
  const [year, month, day] = value.split("-").map(Number);
  return year && month && day ? new Date(Date.UTC(year, month - 1, day)) : null;
}

function words(date) {
  return `${date.getUTCFullYear()}年${date.getUTCMonth() + 1}月${date.getUTCDate()}日`;
}

function shifted(date, days) {
  return new Date(date.getTime() + days * 86_400_000);
}

export class ReportForm {
  constructor(form, onReport, onSchedule) {
    this.form = form;
    form.addEventListener("change", () => this.refresh());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      onReport(this.report());
    });
    byId("make-schedule")?.addEventListener("click", () => onSchedule(this.schedule()));
    this.refresh();
  }

  get kind() {
    return this.form.elements.kind.value;
  }

  chosen(name) {
    return [...this.form.querySelectorAll(`input[name="${name}"]:checked`)].map((one) => one.value);
  }

  refresh() {
    const kind = this.kind;
    for (const part of this.form.querySelectorAll("[data-for]")) {
      show(part, part.dataset.for === kind);
    }
    byId("period-words").textContent = this.periodWords(kind);
    const categories = this.chosen("category");
    byId("categories-words").textContent = categories.length ? categories.join("、") : "全部";
    const schedule = byId("make-schedule");
    if (schedule) show(schedule, kind !== "special");
  }

  periodWords(kind) {
    if (kind === "daily") {
      const day = parsed(byId("day").value);
      return day ? `${words(day)}，星期${WEEKDAYS[day.getUTCDay()]}` : "请选择日期";
    }
    if (kind === "weekly") {
      const day = parsed(byId("week").value);
      if (!day) return "请选择该周中的任意一天";
      const monday = shifted(day, -((day.getUTCDay() + 6) % 7));
      return `${words(monday)}（周一）至${words(shifted(monday, 6))}（周日）`;
    }
    if (kind === "monthly") {
      const first = parsed(byId("month").value);
      const next = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 1));
      return `${words(first)}至${words(shifted(next, -1))}`;
    }
    if (kind === "special") {
      const [first, last] = [parsed(byId("first").value), parsed(byId("last").value)];
      if (!first || !last) return "请选择开始日期和结束日期";
      const days = (last - first) / 86_400_000 + 1;
      return days > 0 ? `共 ${days} 天` : "开始日期晚于结束日期，请对调";
    }
    return "";
  }

  common() {
    return {
      within: byId("within").value,
      kinds: this.chosen("category"),
      formats: this.chosen("format"),
    };
  }

  report() {
    const kind = this.kind;
    const input = { daily: "day", weekly: "week", monthly: "month", special: "first" }[kind];
    const body = { kind, first: byId(input).value, title: byId("title").value, ...this.common() };
    if (kind === "special") body.last = byId("last").value;
    return body;
  }

  schedule() {
    return { period: this.kind, ...this.common() };
  }

  // What is missing before anything is sent; empty where nothing is.
  lacking(body) {
    if (body.first === "" || body.last === "") return "请选择日期。";
    if (body.formats.length === 0) return "请至少选择一种格式。";
    return "";
  }
}
