// The dispatcher's desk: queue, case, map and keys brought together.

import { byId } from "../dom.js";
import { call } from "../http.js";
import { Batch } from "./batch.js";
import { CaseMap } from "./casemap.js";
import { Correction } from "./correction.js";
import { Filters } from "./filters.js";
import { listenKeys } from "./keys.js";
import { Listing } from "./listing.js";
import { MoveDialog } from "./movedialog.js";
import { Moves } from "./moves.js";
import { Notices } from "./notices.js";
import { Opened } from "./opened.js";
import { Queue } from "./queue.js";

const POLL_MS = 15_000; // new complaints may wait this long to be announced; asked for in the design
const url = byId("desk").dataset.api;

const notices = new Notices();
const map = new CaseMap();
const opened = new Opened({ url, map, notices });
const queue = new Queue({
  onSelect: (no) => opened.open(no),
  onEnd: async () => (await listing.more()) && queue.step(1),
});
const filters = new Filters({ onChange: () => listing.load() });
const batch = new Batch({ url, queue, done: () => listing.load({ keep: true }) });
const listing = new Listing({ url, queue, filters, notices, batch, opened });
const moves = new Moves({ url, notices, opened, listing, filters });
const dialog = new MoveDialog({ send: (...move) => moves.send(...move) });
moves.dialog = dialog;
const correction = new Correction({ url, map, opened, notices, dialog });
opened.changed = (one) => correction.caseChanged(one);

async function loadUnits() {
  try {
    dialog.setUnits((await call(`${url}/units`)).units);
  } catch (problem) {
    notices.trouble(problem, loadUnits);
  }
}

function confirm() {
  if (opened.may("confirm") && !opened.current.nobody) moves.send(opened.current, "confirm");
}

function override() {
  if (opened.may("override")) dialog.open("override", opened.current);
}

function correct() {
  if (opened.may("override")) correction.open(opened.current);
}

// A link to one case (from the intake form) opens it in its tab, whatever page of the queue it is on.
async function start() {
  const wanted = new URLSearchParams(window.location.search).get("case");
  if (wanted) {
    window.history.replaceState(null, "", window.location.pathname);
    try {
      const one = await call(`${url}/cases/${encodeURIComponent(wanted)}`);
      filters.setTab(one.tab, { quiet: true });
      await listing.load({ open: wanted });
      return;
    } catch (problem) {
      await listing.load();
      notices.trouble(problem, problem.kind === "refused" ? null : () => window.location.reload());
      return;
    }
  }
  await listing.load();
}

byId("confirm").addEventListener("click", confirm);
byId("correct").addEventListener("click", correct);
byId("override").addEventListener("click", override);
byId("withdraw").addEventListener("click", () => dialog.open("withdraw", opened.current));
byId("help").addEventListener("click", () => byId("keys-dialog").showModal());
window.addEventListener("offline", () =>
  notices.trouble({ kind: "offline", title: "网络已断开", advice: "已显示的内容可以继续看；恢复后再操作。" }),
);
window.addEventListener("online", () => listing.load({ keep: true }));
listenKeys({
  next: () => queue.step(1),
  previous: () => queue.step(-1),
  confirm,
  override,
  correct,
  undo: () => moves.undoLast(),
  refresh: () => listing.load({ keep: true }),
  tab: (number) => filters.setTab(["review", "confirm", "dispatched"][number - 1]),
});
setInterval(() => {
  if (!document.hidden && !moves.moving && !dialog.isOpen) listing.poll();
}, POLL_MS);
start().then(() => byId("rows").focus());
loadUnits();
