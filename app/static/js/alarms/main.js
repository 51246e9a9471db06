// The alarms' page: a list by state, one alarm beside it, and what a person does with it.

import { byId, el, fill, show } from "../dom.js";
import { Problem, call } from "../http.js";
import { Detail } from "./detail.js";
import { askReason } from "./dismissal.js";
import { days, number } from "./numbers.js";

const root = byId("alarms");
const api = root.dataset.api;
const detail = new Detail(root.dataset.opens);
const TABS = ["open", "acknowledged", "dismissed", "all"];
const UNDO_MS = 12_000; // long enough to read the line and reach for it
const EMPTY = {
  open: ["没有待处理的预警", "每天清晨对前一天做一次判断；没有预警，说明各辖区各类别都在往常范围之内。"],
  acknowledged: ["没有已认领的预警", "认领之后，这里会列出由谁在跟进。"],
  dismissed: ["没有已排除的预警", "排除时写下的理由会留在这里。"],
  all: ["还没有预警", "请系统管理员每天运行一次 shudi alarms run；需要至少十周的历史诉求。"],
};

const now = { state: "open", items: [], next: null, chosen: null, coming: null, place: 0, undo: null, busy: false };
let loading; // the request for the alarm that was last chosen

// What the buttons and keys act on: never the one before, while the one just chosen is on its way.
const current = () => (now.coming === null ? now.chosen : null);

async function load({ more = false, keep = null } = {}) {
  const after = more && now.next ? `&after=${encodeURIComponent(now.next)}` : "";
  try {
    const answer = await call(`${api}/items?state=${now.state}${after}`);
    now.items = more ? [...now.items, ...answer.items] : answer.items;
    now.next = answer.next;
    for (const node of document.querySelectorAll("[data-count]")) {
      node.textContent = String(answer.counts[node.dataset.count] ?? 0);
    }
    calm();
    drawList();
    if (keep !== null) await open(keep, { focus: false });
  } catch (error) {
    complain(error);
  }
}

function drawList() {
  fill(byId("rows"), ...now.items.map(row));
  show(byId("rows"), now.items.length > 0);
  show(byId("more"), now.next !== null);
  show(byId("empty"), now.items.length === 0);
  const [title, advice] = EMPTY[now.state];
  fill(byId("empty"), el("strong", {}, title), el("p", {}, advice));
  mark();
}

function row(alarm) {
  return el(
    "li",
    { role: "option", id: `alarm-${alarm.id}`, data: { id: alarm.id }, onclick: () => open(alarm.id) },
    el("div", { class: "row-head" }, el("strong", {}, alarm.place), el("span", { class: "soft" }, days(alarm.first, alarm.day))),
    el(
      "div",
      { class: "row-what" },
      el("span", {}, alarm.kind),
      el("span", { class: "times" }, el("b", {}, number(alarm.observed)), ` 件，预期 ${number(alarm.expected)}`),
    ),
    alarm.state === "open" ? null : el("p", { class: "soft" }, `${alarm.state_label} · ${alarm.last.actor_name}${alarm.last.reason ? `：${alarm.last.reason}` : ""}`),
  );
}

function mark() {
  const list = byId("rows");
  const id = now.coming ?? now.chosen?.id ?? null;
  for (const one of list.children) one.setAttribute("aria-selected", String(Number(one.dataset.id) === id));
  const at = byId(`alarm-${id}`);
  if (at) list.setAttribute("aria-activedescendant", at.id);
  else list.removeAttribute("aria-activedescendant");
  at?.scrollIntoView({ block: "nearest" });
}

async function open(id, { focus = true } = {}) {
  loading?.abort();
  loading = new AbortController();
  const { signal } = loading;
  now.coming = id;
  mark();
  try {
    const alarm = await call(`${api}/${id}`, { signal });
    calm();
    show(byId("conflict"), false);
    chosen(alarm);
    if (focus) {
      history.replaceState(null, "", `#alarm=${id}`);
      byId("detail-scroll").scrollTop = 0;
    }
  } catch (error) {
    if (signal.aborted) return;
    now.coming = null;
    mark();
    complain(error);
  }
}

function chosen(alarm) {
  now.chosen = alarm;
  now.coming = null;
  const at = now.items.findIndex((one) => one.id === alarm.id);
  if (at >= 0) now.place = at;
  root.classList.add("has-detail");
  mark();
  detail.draw(alarm);
}

function close() {
  root.classList.remove("has-detail");
  history.replaceState(null, "", location.pathname);
  byId(now.chosen ? `alarm-${now.chosen.id}` : "rows")?.scrollIntoView({ block: "nearest" });
  byId("rows").focus();
}

// One change at a time; the answer is the alarm as it now is.
async function act(what, { reason = "", undoing = false, alarm = current() } = {}) {
  if (!alarm || now.busy) return null;
  now.busy = true;
  try {
    const after = await call(`${api}/${alarm.id}/events`, {
      method: "POST",
      body: { what, seen: alarm.events_seen, reason },
    });
    // Only an open alarm comes back by being opened again; undoing an undoing is the buttons' work.
    now.undo = undoing || what === "reopen" || alarm.state !== "open" ? null : after;
    said(undoing ? "已撤销" : { acknowledge: "已认领", dismiss: "已排除", reopen: "已重新打开" }[what], after);
    chosen(after);
    await load();
    return after;
  } catch (error) {
    if (error instanceof Problem && error.kind === "conflict") await stale(alarm.id);
    else if (what === "dismiss" && error instanceof Problem) throw error; // said beside the reason
    else complain(error);
    return null;
  } finally {
    now.busy = false;
  }
}

async function stale(id) {
  await load({ keep: id });
  const last = now.chosen?.last;
  byId("conflict").textContent = last
    ? `${last.actor_name}已先处理（${last.label}${last.reason ? `：${last.reason}` : ""}），本次操作没有执行。下面是最新状态。`
    : "这条预警刚被他人改动，本次操作没有执行。下面是最新状态。";
  show(byId("conflict"), true);
}

async function dismiss() {
  const alarm = current();
  if (!alarm || alarm.state === "dismissed") return;
  await askReason(alarm, (reason) => act("dismiss", { reason, alarm }));
}

async function undo() {
  if (!now.undo) return;
  const alarm = now.undo;
  now.undo = null;
  await act("reopen", { alarm, undoing: true });
}

let hiding;
function said(words, alarm) {
  byId("toast-words").textContent = `${words}：${alarm.place} · ${alarm.kind}`;
  show(byId("undo"), now.undo !== null);
  show(byId("toast"), true);
  clearTimeout(hiding);
  hiding = setTimeout(() => {
    show(byId("toast"), false);
    now.undo = null;
  }, UNDO_MS);
}

function complain(error) {
  if (!(error instanceof Problem)) throw error;
  fill(byId("banner"), el("strong", {}, error.title), el("span", {}, error.advice));
  show(byId("banner"), true);
}

const calm = () => show(byId("banner"), false);

function step(by) {
  if (!now.items.length) return;
  const at = now.items.findIndex((one) => one.id === (now.coming ?? now.chosen?.id));
  // One that has left the list leaves its place to the next.
  const wanted = at < 0 ? now.place + Math.min(by, 0) : at + by;
  now.place = Math.min(Math.max(wanted, 0), now.items.length - 1);
  open(now.items[now.place].id);
}

function tab(state, focus = false) {
  now.state = state;
  for (const one of document.querySelectorAll("[role=tab]")) {
    const on = one.dataset.state === state;
    one.setAttribute("aria-selected", String(on));
    one.tabIndex = on ? 0 : -1;
    if (on && focus) one.focus();
  }
  load();
}

const ACTS = {
  j: () => step(1),
  k: () => step(-1),
  ArrowDown: () => step(1),
  ArrowUp: () => step(-1),
  a: () => current()?.state === "open" && act("acknowledge"),
  x: dismiss,
  z: undo,
  r: () => current() && current().state !== "open" && act("reopen"),
  "?": () => byId("help-dialog").showModal(),
  Escape: () => root.classList.contains("has-detail") && close(),
  ...Object.fromEntries(TABS.map((state, at) => [String(at + 1), () => tab(state)])),
};

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat && !/^[jk]|Arrow/.test(event.key)) return;
  if (document.querySelector("dialog[open]") || event.isComposing) return;
  const on = event.target;
  if (on.matches("input, textarea, select") || (on.closest("#map, .detail-scroll") && event.key.startsWith("Arrow"))) return;
  if (on.closest("[role=tab]") && /^Arrow(Left|Right)$/.test(event.key)) {
    const at = TABS.indexOf(now.state) + (event.key === "ArrowRight" ? 1 : -1);
    event.preventDefault();
    tab(TABS[(at + TABS.length) % TABS.length], true);
    return;
  }
  const wanted = ACTS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!wanted) return;
  event.preventDefault();
  wanted();
});

for (const one of document.querySelectorAll("[role=tab]")) one.addEventListener("click", () => tab(one.dataset.state));
byId("acknowledge").addEventListener("click", () => act("acknowledge"));
byId("dismiss").addEventListener("click", dismiss);
byId("reopen").addEventListener("click", () => act("reopen"));
byId("undo").addEventListener("click", undo);
byId("more").addEventListener("click", () => load({ more: true }));
byId("back").addEventListener("click", close);
byId("help").addEventListener("click", () => byId("help-dialog").showModal());

const asked = Number(new URLSearchParams(location.hash.slice(1)).get("alarm")) || null;
const wide = window.matchMedia("(min-width: 900px)").matches;
await load();
if (asked !== null) await open(asked);
else if (wide && now.items.length) await open(now.items[0].id, { focus: false });
