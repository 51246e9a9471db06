// The dispatcher's desk: queue, case, map and keys brought together.

import { byId, fill, el, show } from "../dom.js";
import { call } from "../http.js";
import { Batch } from "./batch.js";
import { CaseMap } from "./casemap.js";
import { loadingCase, noCase, renderCase } from "./casepane.js";
import { Filters } from "./filters.js";
import { listenKeys } from "./keys.js";
import { MoveDialog } from "./movedialog.js";
import { Notices } from "./notices.js";
import { Queue } from "./queue.js";

const POLL_MS = 15_000; // new complaints may wait this long to be announced; asked for in the design
const HERE = byId("desk").dataset.api;
const DONE = { confirm: "已派给", override: "已改派给", withdraw: "已撤回" };

const notices = new Notices();
const caseMap = new CaseMap();
const queue = new Queue({ onSelect: (no) => openCase(no) });
const filters = new Filters({ onChange: () => loadQueue({ keep: false }) });
const dialog = new MoveDialog({ send, notices });
const batch = new Batch({ url: HERE, queue, notices, done: () => loadQueue({ keep: true }) });

let current = null; // the case shown
let moving = false; // a move is on its way
let undo = []; // what this person did in this sitting, latest last
let next = null; // mark of the next page
let counts = {};
let opening = new AbortController();
let listing = new AbortController();

async function loadQueue({ keep }) {
  listing.abort();
  listing = new AbortController();
  const { signal } = listing;
  const selected = keep ? queue.selected : null;
  if (!keep) {
    queue.loading();
    queue.selected = null;
  }
  try {
    const page = await call(`${HERE}/queue?${filters.query()}`, { signal });
    notices.calm();
    next = page.next;
    fill(byId("news"));
    setCounts(page.counts);
    queue.show(page.items, context());
    show(byId("more"), Boolean(next));
    batch.update(filters.tab);
    if (selected && queue.item(selected)) queue.select(selected, { quiet: current?.no === selected });
    else if (page.items.length) queue.select(page.items[0].no);
    else closeCase();
  } catch (problem) {
    if (signal.aborted) return;
    if (!keep) queue.show([], context());
    notices.trouble(problem, () => loadQueue({ keep }));
  }
}

async function loadMore() {
  try {
    const page = await call(`${HERE}/queue?${filters.query({ after: next })}`);
    next = page.next;
    queue.add(page.items);
    show(byId("more"), Boolean(next));
    batch.update(filters.tab);
  } catch (problem) {
    notices.trouble(problem, loadMore);
  }
}

function context() {
  return { tab: filters.tab, filtered: filters.filtered };
}

function setCounts(fresh) {
  counts = fresh;
  for (const node of document.querySelectorAll("[data-count]")) {
    node.textContent = counts[node.dataset.count] ?? "–";
  }
}

async function openCase(no) {
  opening.abort();
  opening = new AbortController();
  const { signal } = opening;
  notices.endConflict();
  if (current?.no !== no) {
    loadingCase(byId("case"));
    actions(null);
  }
  try {
    const one = await call(`${HERE}/cases/${encodeURIComponent(no)}`, { signal });
    showCase(one);
    await drawMap(one, signal);
  } catch (problem) {
    if (signal.aborted) return;
    current = null;
    actions(null);
    noCase(byId("case"), problem.title, problem.advice);
    if (problem.kind !== "refused") notices.trouble(problem, () => openCase(no));
  }
}

async function drawMap(one, signal) {
  caseMap.draw(one, null);
  try {
    caseMap.draw(one, await call(`${HERE}/cases/${encodeURIComponent(one.no)}/surroundings`, { signal }));
  } catch (problem) {
    if (!signal.aborted) caseMap.fail();
  }
}

function showCase(one) {
  current = one;
  renderCase(byId("case"), one);
  actions(one);
}

function closeCase() {
  current = null;
  actions(null);
  caseMap.clear();
  noCase(byId("case"), "没有打开的工单", "从左侧选择一件，或等待新诉求到来。");
}

function actions(one) {
  show(byId("actions"), Boolean(one));
  if (!one) return;
  const can = new Set(one.moves);
  const confirm = byId("confirm");
  show(confirm, can.has("confirm"));
  confirm.disabled = one.nobody;
  confirm.title = one.nobody ? "没有可确认的单位，请改派" : "";
  confirm.querySelector(".label").textContent = one.nobody ? "无可确认单位" : "确认派单";
  show(byId("override"), can.has("override"));
  byId("override").classList.toggle("primary", one.nobody);
  show(byId("withdraw"), can.has("withdraw"));
}

// Sends one move; true when it went through. Problems are shown where the person is looking.
async function send(one, move, extra = {}) {
  if (moving) return false;
  moving = true;
  const button = byId(move);
  button?.setAttribute("aria-busy", "true");
  try {
    const fresh = await call(`${HERE}/cases/${encodeURIComponent(one.no)}/moves`, {
      method: "POST",
      body: { move, version: one.version, ...extra },
    });
    notices.calm();
    notices.endConflict();
    moved(one, fresh, move);
    return true;
  } catch (problem) {
    trouble(problem, one, move, extra);
    return false;
  } finally {
    moving = false;
    button?.removeAttribute("aria-busy");
  }
}

function trouble(problem, one, move, extra) {
  if (problem.kind === "conflict") {
    notices.calm();
    const node = dialog.isOpen ? dialog.problem(true) : notices.conflictNode;
    notices.conflict(node, problem, () => lookAgain(one.no));
    node.querySelector("button").focus();
  } else if (dialog.isOpen) {
    dialog.problem(`${problem.title}。${problem.advice}`);
  } else {
    notices.trouble(problem, () => send(one, move, extra));
  }
}

async function lookAgain(no) {
  try {
    const one = await call(`${HERE}/cases/${encodeURIComponent(no)}`);
    notices.endConflict();
    if (dialog.isOpen) dialog.refresh(one);
    showCase(one);
    await loadQueue({ keep: true });
    if (!dialog.isOpen) byId("rows").focus();
  } catch (problem) {
    notices.trouble(problem, () => lookAgain(no));
  }
}

function moved(before, fresh, move) {
  if (move === "withdraw") {
    undo = undo.filter((one) => one.no !== fresh.no);
    notices.toast(`${fresh.no} ${DONE.withdraw}，回到队列`);
  } else {
    undo.push({ no: fresh.no, version: fresh.version });
    notices.toast(`${fresh.no} ${DONE[move]} ${fresh.assigned.name}`, () => undoLast());
  }
  counts = { ...counts };
  if (before.tab !== fresh.tab) {
    counts[before.tab] = Math.max(0, (counts[before.tab] ?? 1) - 1);
    counts[fresh.tab] = (counts[fresh.tab] ?? 0) + 1;
    setCounts(counts);
  }
  if (fresh.tab === filters.tab) {
    // Still on this tab (re-assigned, or brought back here): show it as it now is.
    loadQueue({ keep: true }).then(() => openCase(fresh.no));
    return;
  }
  const following = queue.remove(fresh.no, context());
  batch.update(filters.tab);
  if (following) queue.select(following.no);
  else if (next) loadQueue({ keep: false });
  else closeCase();
  byId("rows").focus();
}

async function undoLast() {
  const last = undo.at(-1);
  if (!last) {
    if (current?.moves.includes("withdraw")) dialog.open("withdraw", current);
    else notices.toast("没有可以撤回的操作");
    return;
  }
  if (moving) return;
  moving = true;
  try {
    const fresh = await call(`${HERE}/cases/${encodeURIComponent(last.no)}/moves`, {
      method: "POST",
      body: { move: "withdraw", version: last.version, reason: "撤回刚才的操作" },
    });
    undo.pop();
    notices.calm();
    notices.toast(`${fresh.no} ${DONE.withdraw}，回到队列`);
    filters.setTab(fresh.tab, { quiet: true });
    await loadQueue({ keep: false });
    if (queue.item(fresh.no)) queue.select(fresh.no);
    else openCase(fresh.no);
    byId("rows").focus();
  } catch (problem) {
    if (problem.kind === "conflict") {
      undo.pop();
      notices.conflict(notices.conflictNode, problem, () => openCase(last.no));
    } else {
      notices.trouble(problem, undoLast);
    }
  } finally {
    moving = false;
  }
}

async function poll() {
  if (document.hidden || moving || dialog.isOpen) return;
  try {
    const page = await call(`${HERE}/queue?${filters.query()}`);
    if (byId("banner").dataset.kind !== "refused") notices.calm();
    setCounts(page.counts);
    const have = new Set(queue.items.map((item) => item.no));
    const fresh = page.items.filter((item) => !have.has(item.no)).length;
    for (const item of page.items) {
      const known = queue.item(item.no);
      if (known && known.version !== item.version) queue.markStale(item.no);
    }
    fill(
      byId("news"),
      fresh > 0 &&
        el(
          "button",
          { type: "button", onclick: () => loadQueue({ keep: true }) },
          `有 ${fresh} 件新诉求，点此更新队列`,
        ),
    );
  } catch (problem) {
    notices.trouble(problem, () => loadQueue({ keep: true }));
  }
}

async function loadUnits() {
  try {
    dialog.setUnits((await call(`${HERE}/units`)).units);
  } catch (problem) {
    notices.trouble(problem, loadUnits);
  }
}

function confirmCurrent() {
  if (current?.moves.includes("confirm") && !current.nobody) send(current, "confirm");
}

function overrideCurrent() {
  if (current?.moves.includes("override")) dialog.open("override", current);
}

byId("confirm").addEventListener("click", confirmCurrent);
byId("override").addEventListener("click", overrideCurrent);
byId("withdraw").addEventListener("click", () => dialog.open("withdraw", current));
byId("more").addEventListener("click", loadMore);
byId("help").addEventListener("click", () => byId("keys-dialog").showModal());
window.addEventListener("offline", () =>
  notices.trouble({ kind: "offline", title: "网络已断开", advice: "已显示的内容可以继续看；恢复后再操作。" }),
);
window.addEventListener("online", () => loadQueue({ keep: true }));
listenKeys({
  next: () => queue.step(1),
  previous: () => queue.step(-1),
  confirm: confirmCurrent,
  override: overrideCurrent,
  undo: undoLast,
  refresh: () => loadQueue({ keep: true }),
  tab: (number) => filters.setTab(["review", "confirm", "dispatched"][number - 1]),
});
setInterval(poll, POLL_MS);
loadQueue({ keep: false }).then(() => byId("rows").focus());
loadUnits();
