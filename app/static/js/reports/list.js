// The reports made and being made; while something is open the list is asked for again.

import { el, fill, wide } from "../dom.js";
import { fullTime } from "../words.js";

function about(report) {
  const kinds = report.kinds.length ? report.kinds.join("、") : "全部类别";
  return [report.days, report.place, kinds, `${report.by ?? ""} ${fullTime(report.at)}`].join(" · ");
}

function progress(report) {
  const percent = Math.round(report.progress * 100);
  const step = report.note ? `，${report.note}` : "";
  const said =
    report.state === "queued" ? report.state_label : `${report.state_label} ${percent}%${step}`;
  return el(
    "div",
    { class: "bar" },
    el(
      "div",
      {
        class: "track",
        role: "progressbar",
        "aria-label": `${report.title}的进度`,
        "aria-valuemin": "0",
        "aria-valuemax": "100",
        "aria-valuenow": String(percent),
      },
      wide(el("i"), report.progress),
    ),
    el("span", {}, said),
  );
}

function item(report, onCancel) {
  const open = report.state === "queued" || report.state === "running";
  const actions = [];
  if (open) {
    const stop = el("button", { type: "button", onclick: () => onCancel(report, stop) }, "取消");
    stop.setAttribute("aria-label", `取消${report.title}`);
    actions.push(stop);
  }
  for (const file of report.files) {
    const link = { class: "button", href: `/analysis/reports/${report.id}/${file.form}`, download: "" };
    actions.push(el("a", { ...link, "aria-label": `下载${report.title} ${file.name}` }, file.name));
  }
  const chip = { failed: "bad", cancelled: "", done: "good" }[report.state];
  return el(
    "li",
    { data: { id: report.id, state: report.state } },
    el("p", { class: "name", title: report.title }, el("span", {}, report.title)),
    el(
      "p",
      { class: "about" },
      chip === undefined ? null : el("span", { class: `chip ${chip}` }, report.state_label),
      chip === undefined ? null : " ",
      about(report),
    ),
    el("div", { class: "actions" }, actions),
    report.state === "failed" ? el("p", { class: "note" }, report.note) : null,
    open ? progress(report) : null,
  );
}

export function showReports(list, reports, onCancel) {
  const focused = document.activeElement?.getAttribute("aria-label");
  if (!reports.length) {
    fill(list, el("li", { class: "none" }, "还没有报告。在“新建报告”里选好时段和范围后生成。"));
    return;
  }
  fill(list, ...reports.map((report) => item(report, onCancel)));
  if (focused && list.contains(document.activeElement) === false) {
    // A list drawn anew must not take the focus from whoever is on one of its buttons.
    for (const one of list.querySelectorAll("[aria-label]")) {
      if (one.getAttribute("aria-label") === focused) one.focus();
    }
  }
}

export function anyOpen(reports) {
  return reports.some((report) => report.state === "queued" || report.state === "running");
}

export function showSchedules(list, schedules, onSwitch) {
  if (!list) return;
  if (!schedules.length) {
    const said = "还没有定时报告。在“新建报告”里选好种类和范围后点“设为定时”。";
    fill(list, el("li", { class: "none" }, said));
    return;
  }
  fill(
    list,
    ...schedules.map((one) => {
      const box = el("input", { type: "checkbox", checked: one.enabled });
      box.addEventListener("change", () => onSwitch(one, box));
      const kinds = one.kinds.length ? one.kinds.join("、") : "全部类别";
      const next = one.enabled ? `下次 ${fullTime(one.next)}` : "已停用";
      return el(
        "li",
        { data: { schedule: one.id } },
        el("p", { class: "name" }, el("span", {}, `${one.kind} · ${one.place} · ${kinds}`)),
        el("p", { class: "about" }, `${one.when} · ${one.formats.join("、")} · ${next} · ${one.by}`),
        el("div", { class: "actions" }, el("label", { class: "switch" }, box, "启用")),
      );
    }),
  );
}
