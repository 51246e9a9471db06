// The street's first view: where are my cases, which grid, who leads, whom do I call.
// The address' fragment says what is shown (#grid=…, #community=…, #case=…), so that a phone's own
// back gesture works.

import { byId, el, fill, show } from "../dom.js";
import { call, Problem } from "../http.js";
import { AreaMap } from "./areamap.js";
import { area, count, row, story } from "./panels.js";

const page = byId("grid");
const HERE = page.dataset.api;
const CHOSEN = page.dataset.subdistrict;
const PERIOD = page.dataset.period;
const periods = [...document.querySelectorAll(".periods a")];
const panel = byId("panel");
const areaMap = new AreaMap({
  onArea: (level, code) => go(level, code),
  onCase: (no) => go("case", no),
});

let overview = null;
let list = ""; // the fragment of the list a case was opened from: up from a case is there
let going = new AbortController();

function go(what, code) {
  window.location.hash = `${what}=${encodeURIComponent(code)}`;
}

function asked(more = {}) {
  const query = new URLSearchParams({ period: PERIOD, ...more });
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
  // Another period of the same place, not of the whole ground again.
  for (const link of periods) link.hash = window.location.hash;
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
  areaMap.showPoints(() => true, { badges: true });
  if (overview.total === 0 && overview.communities.every((one) => one.open === 0)) {
    fill(
      panel,
      el(
        "p",
        { class: "empty" },
        el("strong", {}, "现在没有工单"),
        el("span", {}, PERIOD === "all" ? "派到这里的诉求会出现在地图和列表里。" : "可以选更长的受理时间再看。"),
      ),
    );
    if (overview.communities.length === 0) return;
    panel.append(el("ul", { class: "areas" }, overview.communities.map(area)));
    return;
  }
  fill(
    panel,
    overview.most && el("p", { class: "hint" }, `工单太多：地图和各处件数只含其中 ${overview.most} 件，请选较短的受理时间。`),
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

function nameOf(what, code) {
  return what === "unplaced" ? "未定到社区" : (areaMap.areas.get(code)?.name ?? code);
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

async function showCase(no) {
  const { signal } = going;
  const one = await call(`${HERE}/cases/${encodeURIComponent(no)}?${asked()}`, { signal });
  head(one.category, one.no, true);
  areaMap.choose(one.place?.path.at(-1)?.code ?? null);
  const known = overview.points.some((point) => point.no === no); // not so where it is older
  areaMap.showPoints((point) => point.grid === one.place?.path.at(-1)?.code || point.no === no, {
    chosen: no,
    older: one.place && !known ? [{ no, state: one.state, lon: one.place.lon, lat: one.place.lat }] : [],
  });
  if (one.place) areaMap.look(one.place.lat, one.place.lon);
  fill(
    panel,
    story(one),
  );
  panel.scrollTop = 0;
  byId("title").focus({ preventScroll: false });
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
