// Confirming the sure ones together: counted first, then one by one, each with its own result.

import { byId, el, fill, show } from "../dom.js";
import { call } from "../http.js";
import { caseTail, percent } from "../words.js";
import { conflictWords } from "./notices.js";

const MOST = 50; // one screenful of the dialog's list a person can still look through

export class Batch {
  constructor({ url, queue, done }) {
    Object.assign(this, { url, queue, done });
    this.dialog = byId("batch-dialog");
    this.running = false;
    byId("batch").addEventListener("click", () => this.#open());
    byId("batch-cancel").addEventListener("click", () => this.dialog.close());
    byId("batch-go").addEventListener("click", () => this.#run());
    this.dialog.addEventListener("cancel", (event) => {
      if (this.running) event.preventDefault();
    });
    this.dialog.addEventListener("close", () => {
      if (this.changed) this.done();
      this.changed = false;
      byId("rows").focus();
    });
  }

  // Sure ones are those the machine marked as such at its measured threshold; nobody sets one here.
  update(tab, total) {
    this.sure = tab === "confirm" ? this.queue.items.filter((one) => one.status === "routed") : [];
    this.sure = this.sure.slice(0, MOST);
    const all = total > this.sure.length ? "的前" : "的";
    fill(byId("batch-words"), `把握高${all} `, el("strong", {}, this.sure.length), " 件");
    show(byId("batch-bar"), this.sure.length > 1);
  }

  #open() {
    this.picked = this.sure.map((one) => ({ one, line: this.#line(one) }));
    fill(byId("batch-list"), this.picked.map(({ line }) => line));
    byId("batch-about").textContent = "逐件派给建议的单位；去掉勾选的不派。";
    show(byId("batch-go"), true);
    byId("batch-go").disabled = false;
    byId("batch-cancel").firstChild.textContent = "取消";
    this.#count();
    this.dialog.showModal();
    byId("batch-go").focus();
  }

  #line(one) {
    const box = el("input", { type: "checkbox", checked: true, onchange: () => this.#count() });
    return el(
      "li",
      {},
      el(
        "label",
        {},
        box,
        el("span", { class: "tail" }, caseTail(one.no)),
        el("span", { class: "what" }, `${one.category} · ${one.excerpt}`),
        el("span", { class: "unit" }, `→ ${one.recommended_name}`),
        el("span", { class: "sure" }, percent(one.confidence)),
      ),
      el("span", { class: "result", role: "status" }),
    );
  }

  #chosen() {
    return this.picked.filter(({ line }) => line.querySelector("input").checked);
  }

  #count() {
    const n = this.#chosen().length;
    byId("batch-go").textContent = `确认 ${n} 件`;
    byId("batch-go").disabled = n === 0;
  }

  async #run() {
    if (this.running) return;
    this.running = true;
    this.changed = true;
    byId("batch-go").disabled = true;
    byId("batch-cancel").disabled = true;
    let right = 0;
    let wrong = 0;
    for (const { one, line } of this.#chosen()) {
      const result = line.querySelector(".result");
      result.textContent = "…";
      try {
        await call(`${this.url}/cases/${encodeURIComponent(one.no)}/moves`, {
          method: "POST",
          body: { move: "confirm", version: one.version },
        });
        right += 1;
        line.className = "right";
        result.textContent = "✓ 已派";
        line.querySelector("input").checked = false;
        line.querySelector("input").disabled = true;
      } catch (problem) {
        wrong += 1;
        line.className = "wrong";
        result.textContent =
          problem.kind === "conflict"
            ? `未派：${conflictWords(problem.body.current ?? {})}`
            : `未派：${problem.title}`;
        if (["unavailable", "offline", "signed-out"].includes(problem.kind)) {
          byId("batch-about").textContent = `${problem.title}。${problem.advice}`;
          break;
        }
      }
    }
    this.running = false;
    byId("batch-cancel").disabled = false;
    byId("batch-cancel").firstChild.textContent = "关闭";
    const left = this.#chosen().length;
    byId("batch-go").textContent = left ? `再试 ${left} 件` : "完成";
    byId("batch-go").disabled = left === 0;
    show(byId("batch-go"), left > 0);
    if (wrong === 0 || right > 0) {
      byId("batch-about").textContent += ` 已派 ${right} 件${wrong ? `，未派 ${wrong} 件` : ""}。`;
    }
    byId("batch-cancel").focus();
  }
}
