// The case in the middle: what was said, where, who should act and why that can be checked.

import { el, fill, wide } from "../dom.js";
import { fullTime, metres, percent, timeWords } from "../words.js";
import { marked, notes, placeLine, rivals } from "./reading.js";

export function loadingCase(node) {
  fill(node, el("div", { class: "ghost-case", "aria-label": "正在打开工单" }, el("i"), el("i"), el("i")));
}

export function noCase(node, title, advice) {
  fill(node, el("div", { class: "nothing" }, el("strong", {}, title), el("p", {}, advice)));
}

// `look` shows another place that the words may mean.
export function renderCase(node, one, { look = () => {} } = {}) {
  fill(
    node,
    heading(one),
    said(one, look),
    basis(one),
    units(one),
    one.shares.length > 0 && sharesBar(one.shares),
    sureness(one),
    trace(one),
    history(one),
    el(
      "p",
      { class: "versions" },
      [
        one.versions.as_of && `按 ${one.versions.as_of} 的界线和规则`,
        one.versions.boundary && `界线 ${one.versions.boundary}`,
        one.versions.gazetteer && `地名库 ${one.versions.gazetteer}`,
        one.versions.rules && `规则 ${one.versions.rules}`,
      ]
        .filter(Boolean)
        .join("；"),
    ),
  );
  node.scrollTop = 0;
}

function heading(one) {
  return el(
    "header",
    { class: "case-head" },
    el("h2", {}, one.no),
    el("span", { class: one.state === "dispatched" ? "chip good" : "chip info" }, one.state_label),
    one.state === "pending" &&
      el("span", { class: one.status === "routed" ? "chip good" : "chip look" }, one.status_label),
    el("span", { class: "spacer" }),
    el("time", { dateTime: one.received_at, title: fullTime(one.received_at) }, timeWords(one.received_at)),
  );
}

function said(one, look) {
  const place = one.place;
  const why = one.said?.words || "诉求里没有坐标，也没有可用的地址";
  return el(
    "section",
    { class: "said", "aria-label": "诉求" },
    el(
      "p",
      { class: "text", lang: "zh", tabIndex: one.text.length > 240 ? 0 : -1 },
      one.text ? marked(one.segments) : "（没有文字）",
    ),
    el(
      "dl",
      { class: "facts" },
      fact("类别", one.category),
      fact("渠道", one.channel),
      place
        ? [
            fact("距界", metres(place.edge_distance_m)),
            fact("位置", [place.path.map((part) => part.name).join(" › ") || "界线之外"], "wide"),
            fact("定位", placeLine(one), "wide"),
          ]
        : fact("位置", `没有定位：${why}`, "wide"),
    ),
    one.said && notes(one.said),
    one.said && rivals(one.said, { look }),
  );
}

function fact(name, value, kind = "") {
  return el("div", { class: kind }, el("dt", {}, name), el("dd", {}, value));
}

export function basis(one) {
  return el(
    "section",
    { class: "basis", "aria-labelledby": "basis-title" },
    el("h3", { id: "basis-title" }, "派单依据"),
    el("p", {}, one.basis || "机器没有给出依据，请人工判断。"),
  );
}

function units(one) {
  const taken = one.assigned;
  const lead = taken ?? one.lead;
  const co = taken ? taken.co : one.co;
  const changed = taken && taken.code !== one.lead.code;
  return el(
    "dl",
    { class: "units" },
    el(
      "div",
      { class: "lead" },
      el("dt", {}, taken ? "已派 · 主办" : "建议 · 主办"),
      el("dd", {}, one.nobody && !taken ? "没有可建议的单位，请改派" : lead.name),
    ),
    changed && fact("原建议", one.lead.name),
    fact("协办", co.length ? co.map((unit) => unit.name).join("、") : "无"),
    fact("兜底", one.fallback?.name ?? "无"),
    fact("次选", one.runner_up?.name ?? "无"),
  );
}

export function sharesBar(shares) {
  const named = shares.slice(0, 2);
  const rest = Math.max(0, 1 - named.reduce((sum, part) => sum + part.share, 0));
  const words = { winner: "首选", rival: "次选" };
  return el(
    "section",
    { class: "shares", "aria-labelledby": "shares-title" },
    el("h3", { id: "shares-title" }, `误差范围落在各${shares[0].level_label}的份额`),
    el(
      "div",
      { class: "bar", "aria-hidden": "true" },
      named.map((part) => wide(el("i", { class: part.role }), part.share)),
      rest > 0.001 && wide(el("i", { class: "other" }), rest),
    ),
    el(
      "ul",
      {},
      named.map((part) =>
        el(
          "li",
          { class: part.role },
          el("i", { class: `swatch ${part.role}`, "aria-hidden": "true" }),
          el("strong", {}, percent(part.share)),
          el("span", {}, `${words[part.role] ?? ""} ${part.name}`),
          part.unit_name !== part.name && el("span", { class: "soft" }, part.unit_name),
          part.edge_distance_m !== null &&
            el("span", { class: "soft" }, `距其界 ${metres(part.edge_distance_m)}`),
        ),
      ),
      rest > 0.001 &&
        el(
          "li",
          {},
          el("i", { class: "swatch other", "aria-hidden": "true" }),
          el("strong", {}, percent(rest)),
          el("span", {}, shares.length > 2 ? "其他相邻辖区或空白" : "没有界线的空白"),
        ),
    ),
  );
}

export function sureness(one) {
  return el(
    "section",
    { class: "sureness", "aria-label": "把握与提示" },
    el(
      "p",
      { class: "confidence" },
      el("span", {}, "把握"),
      el("span", { class: "meter", "aria-hidden": "true" }, wide(el("i"), one.confidence)),
      el("strong", {}, percent(one.confidence)),
    ),
    (one.reasons.length > 0 || unexplained(one)) &&
      el(
        "ul",
        { class: "reasons" },
        unexplained(one) &&
          el(
            "li",
            {},
            el("span", { class: "chip look" }, "把握低"),
            el("span", {}, "没有单项疑点，但还不到可直接确认的把握；请核对地点是否真符合所用的规则"),
          ),
        one.reasons.map((reason) =>
          el(
            "li",
            {},
            el("span", { class: reason.look ? "chip look" : "chip" }, reason.label),
            el("span", {}, reason.explain),
          ),
        ),
      ),
  );
}

// The machine asks for a person and names no single doubt: that itself has to be said.
function unexplained(one) {
  return one.status === "review" && !one.nobody && !one.reasons.some((reason) => reason.look);
}

function trace(one) {
  if (one.trace.length === 0) return null;
  const tried = one.trace.filter((step) => step.outcome !== "not_tried");
  const used = one.trace.find((step) => step.outcome === "matched");
  const line = used ? `采用规则 ${used.rule_id}` : "没有规则适用，按属地";
  return el(
    "details",
    { class: "trace" },
    el("summary", {}, "规则判定", el("span", { class: "soft" }, `${line}，共判断 ${tried.length} 条`)),
    el(
      "ol",
      {},
      tried.map((step) =>
        el(
          "li",
          { class: step.outcome },
          el(
            "span",
            { class: step.outcome === "matched" ? "chip good" : step.outcome === "unknown" ? "chip look" : "chip" },
            step.outcome_label,
          ),
          el("code", {}, step.rule_id),
          el("span", {}, step.why),
        ),
      ),
    ),
  );
}

export function history(one) {
  const last = one.events.at(-1);
  return el(
    "details",
    { class: "history", open: one.events.length > 1 },
    el(
      "summary",
      {},
      "流转记录",
      last && el("span", { class: "soft" }, `${one.events.length} 条，最近：${eventWords(last)}`),
    ),
    el(
      "ol",
      {},
      one.events
        .slice()
        .reverse()
        .map((step) =>
          el(
            "li",
            {},
            el("time", { dateTime: step.at, title: fullTime(step.at) }, timeWords(step.at)),
            el("span", {}, eventWords(step)),
            step.reason && el("q", {}, step.reason),
          ),
        ),
    ),
  );
}

export function eventWords(step) {
  const to = step.unit_name && step.move !== "receive" ? ` → ${step.unit_name}` : "";
  return `${step.actor_name} ${step.move_label}${to}`;
}
