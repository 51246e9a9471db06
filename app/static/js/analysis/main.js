// The analysts' page: what is asked (the address), what the server answers, and the parts that show
// it. Each part waits, fails and recovers for itself.

import { byId, el, fill, show } from "../dom.js";
import { CaseList, Tabs } from "./caselist.js";
import { Comparison } from "./comparison.js";
import { fittingStep, today } from "./days.js";
import { Feed } from "./feed.js";
import { Filters } from "./filters.js";
import { LayerBar } from "./layerbar.js";
import { Legend, warnings } from "./legend.js";
import { MapView } from "./mapview.js";
import { Panel, troubleBox } from "./panel.js";
import { pileUps } from "./layers/pileups.js";
import { Pictures } from "./pictures.js";
import { Ranking } from "./ranking.js";
import { Selection } from "./selection.js";
import { sheet } from "./sheet.js";
import { summaryBar } from "./summarybar.js";
import { Taking } from "./taking.js";
import { Timeline } from "./timeline.js";
import { Trend } from "./trend.js";
import { ASKED, askedOf, ViewState } from "./view.js";

const PAUSE_MS = 180; // between the last click on a filter and the question, so that five clicks are one
const PICTURE = [...ASKED, "layer", "on", "shape", "size", "scan", "metres", "at"];

const page = byId("analysis");
const held = { summary: null, areas: null, picture: null, bounds: null };
const feeds = { summary: new Feed(), areas: new Feed(), trend: new Feed() };

const state = new ViewState({ onChange: changed });
const view = () => state.now;
const map = new MapView({
  onMoved: (place) => state.set({ map: place }, { replace: true, quiet: true }),
  onNothing: () => selection.nothing(),
});
const filters = new Filters({ state, now: page.dataset.today || today() });
const layers = new LayerBar({ state });
const legend = new Legend();
const pictures = new Pictures({ onTiles: () => mapSays("有热力图块没有取到", () => draw()) });
const timeline = new Timeline({ state });
const ranking = new Ranking({ onHover: (key) => selection.hover(key), onChoose: (key) => selection.choose(key, { zoom: true }), onDrill: (key) => selection.drill(key), onRetry: load, onWider: wider });
const comparison = new Comparison({ state, onChoose: (key) => selection.choose(key, { zoom: true }), onRetry: load });
const trend = new Trend({ state, onWindow: ({ from, to }) => state.set({ from, to, at: "", step: fittingStep(from, to) }), onRetry: loadTrend });
const cases = new CaseList({ opens: page.dataset.opens });
const tabs = new Tabs({ onTab: (tab) => state.set({ tab }) });
const taking = new Taking();
const summaryPanel = new Panel(byId("summary"), byId("summary-body"));
const selection = new Selection({ state, held, map, ranking, cases, filters, root: page.dataset.root });
const env = { view: map, on: selection };

let pause = 0;
let turns = 0; // how often a picture was asked for: only the last is drawn
let fitted = null; // the ground that the map was last fitted to

// The address changed: by a control, by the browser's back, or by a shared link.
function changed(now, what) {
  controls(now);
  const asks = ASKED.some((name) => what.has(name));
  if (asks || what.has("step")) {
    clearTimeout(pause);
    if (asks) legend.waiting();
    pause = setTimeout(() => (asks ? load() : loadTrend()), PAUSE_MS);
  }
  if (what.has("map") && (now.map || !what.has("within"))) map.look(now.map, held.bounds);
  if (!asks && PICTURE.some((name) => what.has(name))) draw();
  if (what.has("lines") && held.areas) map.frame(held.areas.outline.features, now.lines === "1");
  if (what.has("at")) trend.step(now.at);
  if (!asks && ["sel", "tab"].some((name) => what.has(name))) selection.show();
}

function controls(now) {
  filters.show(now);
  layers.show(now);
  timeline.show(now);
  tabs.show(now.tab);
  taking.show(now);
}

async function load() {
  legend.waiting();
  summaryPanel.waiting(2);
  ranking.waiting();
  comparison.waiting();
  mapWaits(true);
  loadSummary();
  loadAreas();
  loadTrend();
  if (view().tab === "cases") cases.load(view(), selection.nameOf(view().sel));
}

async function loadSummary() {
  try {
    const summary = await feeds.summary.get(`/analysis/summary?${askedOf(view())}`);
    if (!summary) return;
    held.summary = summary;
    // From here on the address says the days, so that a link means tomorrow what it means today.
    if (!view().from) {
      const { from, to } = summary.period;
      state.set({ from, to, step: view().step || fittingStep(from, to) }, { replace: true, quiet: true });
      controls(view());
    }
    summaryPanel.ready();
    filters.offer(summary);
    summaryBar(summary, view());
    warnings(summary);
    pileUps(summary.pile_ups ?? [], map);
    if (held.picture) showLegend();
    emptyMap();
  } catch (problem) {
    summaryPanel.fail(problem, loadSummary);
  }
}

async function loadAreas() {
  try {
    const areas = await feeds.areas.get(`/analysis/areas?${askedOf(view())}`);
    if (!areas) return;
    held.areas = areas;
    if (!view().level) {
      state.set({ level: areas.level }, { replace: true, quiet: true });
      controls(view());
    }
    held.bounds = map.frame(areas.outline.features, view().lines === "1");
    if (fitted !== view().within) map.look(view().map, held.bounds);
    fitted = view().within;
    comparison.show(view(), areas);
    await draw();
  } catch (problem) {
    ranking.fail(problem);
    comparison.fail(problem);
    legend.fail();
    mapFails(problem, load);
  }
}

async function loadTrend() {
  trend.waiting();
  const step = view().step || (view().from ? fittingStep(view().from, view().to) : "week");
  try {
    const answer = await feeds.trend.get(`/analysis/trend?${askedOf(view(), { step })}`);
    if (!answer) return;
    if (!view().step) state.set({ step }, { replace: true, quiet: true });
    timeline.offer(answer);
    trend.show(answer, view());
    trend.step(view().at);
    // A link may name a day on which no step begins.
    if (view().at && !answer.steps.includes(view().at)) state.set({ at: "" }, { replace: true });
  } catch (problem) {
    trend.fail(problem);
    timeline.fail();
  }
}

async function draw() {
  if (!held.areas) return;
  const asked = view();
  const turn = (turns += 1);
  legend.waiting();
  const slow = setTimeout(() => mapWaits(true), 150);
  try {
    const picture = await pictures.make(asked, held.areas, env);
    if (!picture || turn !== turns) return;
    held.picture = picture;
    map.paint(picture);
    showLegend();
    ranking.show(picture.rows ? picture : { ...picture, rows: areaRows() }, asked.sel);
    selection.show();
    mapSays("");
    emptyMap();
  } catch (problem) {
    if (turn !== turns) return;
    held.picture = null;
    map.paint({});
    legend.fail();
    mapFails(problem, draw);
    ranking.missing();
  } finally {
    clearTimeout(slow);
    if (turn === turns) mapWaits(false);
  }
}

// Beside a picture without rows of its own stands the number of cases of each area.
function areaRows() {
  const most = held.areas;
  return most.outline.features.map(({ properties: { code, name } }) => {
    const n = most.values[code]?.[view().count === "incidents" ? "incidents" : "n"] ?? 0;
    return { key: `${most.level}:${code}`, name, value: n, text: `${n}` };
  });
}

function showLegend() {
  legend.show(held.picture.legend, { summary: held.summary, step: view().layer === "areas" && view().at ? timeline.wordsOf(view().at) : null });
}

// What to try where nothing was found.
function wider() {
  const now = view();
  const turn = (words, changes) => el("button", { type: "button", onclick: () => state.set(changes) }, words);
  return [
    (now.kinds.length > 0 || now.channels.length > 0) && turn("清除类别和渠道", { kinds: [], channels: [] }),
    now.within && turn("看全部范围", { within: "", map: "" }),
  ].filter(Boolean);
}

function emptyMap() {
  const none = held.summary && held.summary.n === 0;
  show(byId("map-empty"), Boolean(none));
  if (none) fill(byId("map-empty"), el("strong", {}, "该条件下没有诉求"), el("span", {}, "试试更长的时段，或减少筛选条件。"), ...wider());
}

function mapWaits(on) {
  show(byId("map-busy"), on);
}

function mapSays(text, retry) {
  const node = byId("map-note");
  fill(node, text && el("span", {}, text), text && retry && el("button", { type: "button", onclick: retry }, "重试"));
  show(node, Boolean(text));
}

function mapFails(problem, retry) {
  mapWaits(false);
  fill(byId("map-note"), troubleBox(problem, retry));
  show(byId("map-note"), true);
}

byId("reset").addEventListener("click", () => state.set({ kinds: [], channels: [], within: "", measure: "count", count: "reports", compare: "none", sel: "", map: "" }));
sheet({ button: byId("open-filters"), node: byId("filter-side"), close: byId("close-filters"), behind: [byId("map-side"), byId("right-side")] });
controls(view());
load();
