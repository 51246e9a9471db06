// The street's first view: where are my cases, which grid, who leads, whom do I call.
// The address' fragment says what is shown (#grid=…, #community=…, #case=…), so that a phone's own
// back gesture works.

import { byId, el, fill, show } from "../dom.js";
import { call, Problem } from "../http.js";
import { fullTime, percent, timeWords } from "../words.js";
import { AreaMap } from "./areamap.js";

const page = byId("grid");
const HERE = page.dataset.api;
const CHOSEN = page.dataset.subdistrict;
const panel = byId("panel");
const areaMap = new AreaMap({
  onGrid: (code) => go("grid", code),
  onCase: (no) => go("case", no),
});

let overview = null;
let list = ""; // the fragment of the list a case was opened from: up from a case is there
let going = new AbortController();

function go(what, code) {
  window.location.hash = `${what}=${encodeURIComponent(code)}`;
}

function asked(more = {}) {
  const query = new URLSearchParams(more);
  if (CHOSEN) query.set("subdistrict", CHOSEN);
  return query;
}

async function start() {
  panel.replaceChildren(el("p", { class: "loading" }, "正在取数…"));
  try {
    overview = await call(`${HERE}/overview?${asked()}`);
    show(byId("banner"), false);
    areaMap.draw(overview);
    await turn();
  } catch (problem) {
    trouble(problem, start);
  }
}

async function turn() {
  if (!overview) return;
  going.abort();
  going = new AbortController();
  const [what, raw] = window.location.hash.slice(1).split("=");
  const code = decodeURIComponent(raw ?? "");
  try {
    if (what === "case") await showCase(code);
    else if (what === "grid" || what === "community" || what === "subdistrict" || what === "unplaced") await showCases(what, code);
    else showAreas();
    show(byId("banner"), false);
  } catch (problem) {
    if (problem instanceof Problem) trouble(problem, turn);
    else if (problem.name !== "AbortError") throw problem;
  }
}

function head(title, note, back) {
  byId("title").textContent = title;
  byId("total").textContent = note;
  show(byId("back"), back);
  document.title = `${title} · 网格 · 属地`;
}

function showAreas() {
  list = "";
  head(overview.place, `${overview.total} 件`, false);
  areaMap.choose(null);
  areaMap.showPoints(() => true);
  if (overview.total === 0 && overview.communities.every((one) => one.open === 0)) {
    fill(
      panel,
      el(
        "p",
        { class: "empty" },
        el("strong", {}, "现在没有工单"),
        el("span", {}, "派到这里的诉求会出现在地图和列表里。"),
      ),
    );
    if (overview.communities.length === 0) return;
    panel.append(el("ul", { class: "areas" }, overview.communities.map(area)));
    return;
  }
  fill(
    panel,
    overview.most && el("p", { class: "hint" }, `只显示前 ${overview.total} 件。`),
    el(
      "ul",
      { class: "areas" },
      overview.communities.map(area),
      overview.unplaced > 0 &&
        el(
          "li",
          {},
          el(
            "a",
            { class: "area", href: "#unplaced=1" },
            el("span", { class: "area-name" }, "未定到社区"),
            count(overview.unplaced),
          ),
        ),
    ),
  );
}

function area(community) {
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

function count(open) {
  return el("span", { class: open ? "n" : "n none" }, open, el("span", { class: "visually-hidden" }, " 件"));
}

function nameOf(what, code) {
  if (what === "unplaced") return "未定到社区";
  for (const community of overview.communities) {
    if (community.code === code) return community.name;
    for (const one of community.grids) if (one.code === code) return one.name;
  }
  return code;
}

async function showCases(what, code) {
  const { signal } = going;
  const { items } = await call(`${HERE}/cases?${asked({ [what]: code })}`, { signal });
  list = window.location.hash;
  head(nameOf(what, code), `${items.length} 件`, true);
  areaMap.choose(what === "unplaced" ? null : code);
  const near = new Set(items.filter((item) => item.near_edge).map((item) => item.no));
  const here = new Set(items.map((item) => item.no));
  areaMap.showPoints((one) => here.has(one.no), { near });
  fill(
    panel,
    items.length === 0 &&
      el("p", { class: "empty" }, el("strong", {}, "这里没有工单"), el("span", {}, "有新诉求时会出现在这里。")),
    el("ul", { class: "cases" }, items.map(row)),
  );
  panel.scrollTop = 0;
}

function row(item) {
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

async function showCase(no) {
  const { signal } = going;
  const one = await call(`${HERE}/cases/${encodeURIComponent(no)}?${asked()}`, { signal });
  head(one.category, one.no, true);
  const lead = one.assigned ?? one.lead;
  areaMap.choose(one.place?.path.at(-1)?.code ?? null);
  areaMap.showPoints((point) => point.grid === one.place?.path.at(-1)?.code || point.no === no, { chosen: no });
  if (one.place) areaMap.look(one.place.lat, one.place.lon);
  fill(
    panel,
    el(
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
    ),
  );
  panel.scrollTop = 0;
  byId("title").focus({ preventScroll: false });
}

function fact(name, value) {
  return el("div", {}, el("dt", {}, name), el("dd", {}, value));
}

function trouble(problem, retry) {
  const banner = byId("banner");
  fill(
    banner,
    el("strong", {}, problem.title),
    el("span", {}, problem.advice),
    problem.kind === "signed-out"
      ? el("a", { class: "button", href: "/login?next=/grid" }, "重新登录")
      : el("button", { type: "button", onclick: retry }, "再试一次"),
  );
  show(banner, true);
  panel.querySelector(".loading")?.replaceWith(el("p", { class: "empty" }, "暂时没有取到数据。"));
}

byId("back").addEventListener("click", () => {
  window.location.hash = window.location.hash.startsWith("#case=") ? list : "";
});
byId("subdistrict")?.addEventListener("change", () => byId("choose").submit());
window.addEventListener("hashchange", turn);
start();
