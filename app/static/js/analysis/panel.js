// One part of the page that waits for the server: it is never blank, says what went wrong and how
// to go on, and keeps what it showed until the new arrives, so that nothing jumps.

import { el, fill } from "../dom.js";

export class Panel {
  // `node` gets the busy mark, `body` the words.
  constructor(node, body = node) {
    this.node = node;
    this.body = body;
    this.filled = false;
  }

  waiting(rows = 5) {
    this.node.setAttribute("aria-busy", "true");
    if (this.filled) return;
    fill(
      this.body,
      el("p", { class: "visually-hidden" }, "正在取数…"),
      Array.from({ length: rows }, () => el("span", { class: "ghost-line", "aria-hidden": "true" })),
    );
  }

  show(...children) {
    this.ready();
    fill(this.body, ...children);
  }

  ready() {
    this.filled = true;
    this.node.removeAttribute("aria-busy");
  }

  empty(title, ...advice) {
    this.show(el("div", { class: "empty" }, el("strong", {}, title), ...advice));
  }

  fail(problem, retry) {
    this.node.removeAttribute("aria-busy");
    this.filled = false;
    fill(this.body, troubleBox(problem, retry));
  }
}

export function troubleBox(problem, retry) {
  const known = problem.title !== undefined;
  return el(
    "div",
    { class: "trouble", role: "alert" },
    el("strong", {}, known ? problem.title : "页面出错"),
    el("span", {}, wordsOf(problem, known)),
    problem.kind === "signed-out"
      ? el("a", { class: "button", href: "/login", target: "_blank", rel: "noopener" }, "重新登录")
      : el("button", { type: "button", onclick: retry }, "重试"),
  );
}

// The desks' advice speaks of operations that were not saved; here nothing is ever changed.
function wordsOf(problem, known) {
  if (!known) return "请刷新页面；仍不行请告诉系统管理员。";
  if (problem.kind === "offline") return "请检查网络后重试；条件都还在。";
  if (problem.kind === "unavailable") return "请稍候重试；条件都还在。";
  if (problem.kind === "broken") return "请重试；仍不行请把编号告诉系统管理员，或换一个较短的时段。";
  const said = problem.body?.detail ?? "";
  return /\p{Script=Han}/u.test(said) ? said : problem.advice;
}
