// What stands beside the street's map: areas with their counts, rows of cases, one case in full.

import { el } from "../dom.js";
import { fullTime, percent, timeWords } from "../words.js";

export function area(community) {
  return el(
    "li",
    {},
    el(
      "a",
      { class: "area", href: `#${community.level}=${encodeURIComponent(community.code)}` },
      el("span", { class: "area-name" }, community.name),
      count(community.open),
    ),
    el(
      "ul",
      { class: "grids" },
      community.grids.map((one) =>
        el(
          "li",
          {},
          el(
            "a",
            { href: `#grid=${encodeURIComponent(one.code)}` },
            shortName(one.name, community.name),
            count(one.open),
          ),
        ),
      ),
    ),
  );
}

// 金牛山社区第3网格, under its community's own heading, is just 第3网格.
function shortName(name, community) {
  return name.startsWith(community) && name.length > community.length ? name.slice(community.length) : name;
}

export function count(open) {
  return el("span", { class: open ? "n" : "n none" }, open, el("span", { class: "visually-hidden" }, " 件"));
}

export function row(item) {
  return el(
    "li",
    {},
    el(
      "a",
      { class: "case-row", href: `#case=${encodeURIComponent(item.no)}` },
      el(
        "div",
        { class: "line" },
        el("strong", {}, item.category),
        el("span", { class: item.state === "dispatched" ? "chip good" : "chip info" }, item.state === "dispatched" ? "已派单" : "待派单"),
        item.near_edge && el("span", { class: "chip look" }, "邻界"),
        el("time", { dateTime: item.received_at }, timeWords(item.received_at)),
      ),
      el("p", {}, item.excerpt || "（没有文字）"),
      el("p", { class: "soft" }, `主办 ${item.unit_name || "未定"}`),
    ),
  );
}

export function story(one) {
  const lead = one.assigned ?? one.lead;
  return el(
    "article",
    { class: "one" },
    el(
      "p",
      { class: "line" },
      el("span", { class: one.state === "dispatched" ? "chip good" : "chip info" }, one.state_label),
      el("span", { class: "soft" }, `${fullTime(one.received_at)} · ${one.channel}`),
    ),
    el("p", { class: "text" }, one.text || "（没有文字）"),
    one.hint && el("p", { class: "hint" }, el("strong", {}, "邻界提示 "), one.hint),
    el(
      "section",
      { class: "lead" },
      el("h2", {}, one.assigned ? "主办单位" : "建议主办（尚未派单）"),
      el("p", { class: "lead-name" }, lead.name || "待人工研判"),
      one.lead_phone
        ? el("a", { class: "button call", href: `tel:${one.lead_phone.replace(/[^\d+]/g, "")}` }, `拨打值班电话 ${one.duty_name} ${one.lead_phone}`)
        : el("p", { class: "soft" }, "单位名录里没有值班电话。"),
    ),
    el("section", {}, el("h2", {}, "派单依据"), el("p", { class: "basis" }, one.basis || "没有依据。")),
    el(
      "dl",
      {},
      fact("协办", (one.assigned?.co ?? one.co).map((unit) => unit.name).join("、") || "无"),
      fact("兜底", one.fallback?.name ?? "无"),
      fact("位置", one.place ? one.place.path.map((part) => part.name).join(" › ") : "没有定位"),
      fact("把握", percent(one.confidence)),
    ),
    el(
      "section",
      {},
      el("h2", {}, "流转记录"),
      el(
        "ol",
        { class: "events" },
        one.events.map((step) =>
          el(
            "li",
            {},
            el("time", { dateTime: step.at }, timeWords(step.at)),
            ` ${step.actor_name} ${step.move_label}${step.unit_name && step.move !== "receive" ? ` → ${step.unit_name}` : ""}`,
            step.reason && el("span", { class: "soft" }, `（${step.reason}）`),
          ),
        ),
      ),
    ),
  );
}

function fact(name, value) {
  return el("div", {}, el("dt", {}, name), el("dd", {}, value));
}
