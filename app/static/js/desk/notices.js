// The three ways the desk speaks up: a banner (something is wrong and stays until it is right), a
// toast (something was done, with undo), and the conflict panel (somebody else was first).

import { byId, el, fill, show } from "../dom.js";
import { fullTime } from "../words.js";

const UNDO_MS = 12_000; // long enough to read the unit's name and reach for the undo
const SAID_MS = 5_000; // long enough to read a line that asks for nothing

export class Notices {
  #timer = 0;

  constructor() {
    this.banner = byId("banner");
    this.toastNode = byId("toast");
    this.conflictNode = byId("conflict");
  }

  trouble(problem, retry) {
    const again = problem.kind === "signed-out"
      ? el("a", { class: "button", href: "/login", target: "_blank", rel: "noopener" }, "重新登录")
      : retry && el("button", { type: "button", onclick: () => retry() }, "再试一次");
    this.banner.dataset.kind = problem.kind;
    fill(
      this.banner,
      el("strong", {}, problem.title),
      el("span", {}, problem.body?.detail_zh ?? problem.advice),
      again,
      el("button", { type: "button", class: "plain", onclick: () => this.calm() }, "关闭"),
    );
    show(this.banner, true);
  }

  calm() {
    show(this.banner, false);
    fill(this.banner);
  }

  toast(text, undo) {
    clearTimeout(this.#timer);
    fill(
      this.toastNode,
      el("span", {}, text),
      undo && el("button", { type: "button", onclick: undo }, "撤回", el("kbd", {}, "U")),
    );
    show(this.toastNode, true);
    this.#timer = setTimeout(() => this.#hideToast(), undo ? UNDO_MS : SAID_MS);
  }

  #hideToast() {
    if (this.toastNode.contains(document.activeElement)) {
      this.#timer = setTimeout(() => this.#hideToast(), SAID_MS);
      return;
    }
    show(this.toastNode, false);
  }

  conflict(node, problem, look) {
    fill(
      node,
      el("strong", {}, "这件工单已被他人处理"),
      el("p", {}, conflictWords(problem.body.current ?? {})),
      el("p", { class: "soft" }, "您的操作没有执行，已填写的内容还在。"),
      el("button", { type: "button", class: "primary", onclick: look }, "查看最新"),
    );
    show(node, true);
  }

  endConflict() {
    show(this.conflictNode, false);
    fill(this.conflictNode);
  }
}

const MOVES = { confirm: "确认派单", override: "改派", withdraw: "撤回", receive: "受理" };

// Who did what, and when.
export function conflictWords(current) {
  const who = current.actor_name || current.actor || "另一位派单员";
  const when = current.at ? `于 ${fullTime(current.at)} ` : "";
  const unit = current.unit_name || current.unit_code;
  const did = MOVES[current.move] ?? (current.state === "dispatched" ? "派单" : "撤回");
  const to = unit && current.state === "dispatched" ? `给 ${unit}` : "";
  const state = current.state === "dispatched" ? "现为“已派单”" : "现为“待派单”";
  return `${who} ${when}已${did}${to}，${state}。`;
}
