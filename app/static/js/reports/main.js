// The page of reports.

import { byId, show } from "../dom.js";
import { call } from "../http.js";
import { ReportForm } from "./form.js";
import { anyOpen, showReports, showSchedules } from "./list.js";

const BASE = "/analysis/reports";
const SOON_MS = 1_000; // somebody watches the bar
const LATER_MS = 30_000; // others may have asked for something, or a schedule did

let clock = 0;

function say(id, text) {
  byId(id).textContent = text;
  show(byId(id), text !== "");
}

function words(problem) {
  return problem.advice ? `${problem.title}：${problem.advice}` : String(problem.message);
}

async function refresh() {
  clearTimeout(clock);
  let wait = LATER_MS;
  try {
    const answer = await call(`${BASE}/list`);
    say("list-said", "");
    showReports(byId("list"), answer.reports, cancel);
    if (answer.schedules) drawSchedules(answer.schedules);
    if (anyOpen(answer.reports)) wait = SOON_MS;
  } catch (problem) {
    say("list-said", words(problem));
    if (problem.kind === "signed-out") return;
  }
  clock = setTimeout(refresh, document.hidden ? LATER_MS : wait);
}

// Unchanged schedules stay as they are: a switch drawn anew would lose the focus.
let drawn = "";
function drawSchedules(schedules) {
  const now = JSON.stringify(schedules);
  if (now === drawn) return;
  drawn = now;
  showSchedules(byId("schedules"), schedules, turn);
}

async function cancel(report, button) {
  button.disabled = true;
  try {
    await call(`${BASE}/${report.id}/cancel`, { method: "POST", body: {} });
    say("list-said", "");
  } catch (problem) {
    say("list-said", words(problem));
  }
  refresh();
}

async function turn(schedule, box) {
  box.disabled = true;
  try {
    const body = { enabled: box.checked };
    const answer = await call(`${BASE}/schedules/${schedule.id}`, { method: "POST", body });
    drawn = "";
    drawSchedules(answer.schedules);
  } catch (problem) {
    box.checked = schedule.enabled;
    box.disabled = false;
    say("list-said", words(problem));
  }
}

async function send(path, body) {
  const lacking = form.lacking(body);
  say("form-said", lacking);
  if (lacking) return null;
  const buttons = document.querySelectorAll("#new-report button");
  for (const one of buttons) one.disabled = true;
  try {
    return await call(path, { method: "POST", body });
  } catch (problem) {
    say("form-said", words(problem));
    return null;
  } finally {
    for (const one of buttons) one.disabled = false;
  }
}

const form = new ReportForm(
  byId("new-report"),
  async (body) => {
    if (await send(BASE, body)) await refresh();
  },
  async (body) => {
    const answer = await send(`${BASE}/schedules`, body);
    if (answer) drawSchedules(answer.schedules);
  },
);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) refresh();
});
refresh();
