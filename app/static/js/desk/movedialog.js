// The dialog for moves that need a reason: 改派 and 撤回. What was typed is kept per case until the
// move went through, so neither a conflict nor a lost connection costs anybody their words.

import { byId, el, fill, show } from "../dom.js";
import { UnitPicker, initials, ranked } from "./picker.js";

const QUICK = {
  override: ["属地不符", "权属不清", "职能交叉", "超职责", "其他"],
  withdraw: ["点错了", "信息有误", "需再研判", "其他"],
};
const TITLES = { override: "改派", withdraw: "撤回派单" };

export class MoveDialog {
  constructor({ send }) {
    this.dialog = byId("move-dialog");
    this.send = send;
    this.units = [];
    this.drafts = new Map();
    this.busy = false;
    this.lead = new UnitPicker("unit-input", "unit-options", {
      units: (words) => this.#offer(words),
      choose: (unit) => this.#chooseLead(unit),
    });
    this.co = new UnitPicker("co-input", "co-options", {
      units: (words) => this.#offer(words),
      choose: (unit) => this.#addCo(unit),
    });
    byId("unit-input").addEventListener("input", () => {
      this.draft.unit = null;
    });
    byId("reason-text").addEventListener("input", (event) => {
      this.draft.text = event.target.value;
    });
    byId("move-cancel").addEventListener("click", () => this.dialog.close());
    byId("move-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    // Esc closes an open list first, the dialog second.
    this.dialog.addEventListener("cancel", (event) => {
      const open = [this.lead, this.co].find((picker) => !picker.options.hidden);
      if (open || this.busy) event.preventDefault();
      open?.close();
    });
  }

  setUnits(units) {
    this.units = units.map((unit) => ({ ...unit, initials: initials(unit.name) }));
  }

  // `given` fills the form in: unit, co, quick, text, and a hint that says why.
  open(move, one, given = null) {
    this.move = move;
    this.one = one;
    const key = `${move} ${one.no}`;
    if (given) this.drafts.set(key, { unit: null, co: [], quick: "", text: "", ...given });
    if (!this.drafts.has(key)) {
      const co = move === "override" ? (one.assigned?.co ?? one.co) : [];
      this.drafts.set(key, { unit: null, co: [...co], quick: "", text: "" });
    }
    this.draft = this.drafts.get(key);
    this.#render();
    this.problem(null);
    if (!this.dialog.open) this.dialog.showModal();
    const first = move === "override" ? byId("unit-input") : byId("quick-reasons").querySelector("input");
    (given?.unit ? byId("move-submit") : first).focus();
  }

  get isOpen() {
    return this.dialog.open;
  }

  // A newer state of the same case arrived while the dialog is open: keep the words, swap the case.
  refresh(one) {
    const draft = this.draft;
    this.one = one;
    this.drafts.set(`${this.move} ${one.no}`, draft);
    this.#about();
    this.problem(null);
    const possible = one.moves.includes(this.move);
    byId("move-submit").disabled = !possible;
    if (!possible) this.problem("现在的状态不能做这一步，请先关闭本窗口。");
  }

  problem(text) {
    const node = byId("move-problem");
    show(node, Boolean(text));
    node.className = text === true ? "conflict" : "message error";
    if (typeof text === "string") fill(node, text);
    return node;
  }

  #render() {
    byId("move-title").textContent = TITLES[this.move];
    byId("move-submit").textContent = TITLES[this.move];
    byId("move-submit").disabled = false;
    show(byId("unit-fields"), this.move === "override");
    byId("unit-input").value = this.draft.unit?.name ?? "";
    byId("co-input").value = "";
    byId("reason-text").value = this.draft.text;
    show(byId("move-hint"), Boolean(this.draft.hint));
    fill(byId("move-hint"), this.draft.hint ?? "");
    fill(
      byId("quick-reasons"),
      QUICK[this.move].map((reason) =>
        el(
          "label",
          {},
          el("input", {
            type: "radio",
            name: "quick",
            value: reason,
            checked: this.draft.quick === reason,
            onchange: () => {
              this.draft.quick = reason;
            },
          }),
          el("span", {}, reason),
        ),
      ),
    );
    this.#about();
    this.#coChips();
  }

  #about() {
    const advised = this.one.nobody ? "没有建议的单位" : `建议 ${this.one.lead.name}`;
    const now = this.one.assigned ? `现派 ${this.one.assigned.name}` : advised;
    byId("move-about").textContent = `${this.one.no} · ${this.one.category} · ${now}`;
  }

  #coChips() {
    fill(
      byId("co-chosen"),
      this.draft.co.map((unit) =>
        el(
          "li",
          { class: "chip info" },
          unit.name,
          el(
            "button",
            {
              type: "button",
              "aria-label": `去掉协办单位 ${unit.name}`,
              onclick: () => {
                this.draft.co = this.draft.co.filter((other) => other.code !== unit.code);
                this.#coChips();
                byId("co-input").focus();
              },
            },
            "×",
          ),
        ),
      ),
    );
  }

  #offer(words) {
    const one = this.one;
    const current = (one.assigned ?? one.lead).code;
    const rival = one.runner_up?.code ?? one.shares.find((part) => part.role === "rival")?.unit_code;
    const path = one.place?.path.map((part) => part.code) ?? [];
    const able = this.units.filter((unit) => unit.kind !== "queue");
    return ranked(able, { rival, fallback: one.fallback?.code, path, words }).map((unit) => ({
      ...unit,
      note:
        unit.code === current
          ? one.assigned ? "现派" : "原建议"
          : unit.code === rival ? "次选" : unit.code === one.fallback?.code ? "兜底" : "",
    }));
  }

  #chooseLead(unit) {
    this.draft.unit = unit;
    byId("unit-input").value = unit.name;
    this.draft.co = this.draft.co.filter((other) => other.code !== unit.code);
    this.#coChips();
    this.problem(null);
  }

  #addCo(unit) {
    byId("co-input").value = "";
    if (unit.code !== this.draft.unit?.code && !this.draft.co.some((other) => other.code === unit.code)) {
      this.draft.co.push({ code: unit.code, name: unit.name });
      this.#coChips();
    }
  }

  #missing() {
    if (this.move === "override" && !this.draft.unit) return ["请从列表里选择承办单位。", "unit-input"];
    if (!this.draft.quick && !this.draft.text.trim()) return ["请选择或写明理由。", "reason-text"];
    if (this.draft.quick === "其他" && !this.draft.text.trim()) {
      return ["选了“其他”，请写明理由。", "reason-text"];
    }
    return null;
  }

  async #submit() {
    if (this.busy) return;
    const missing = this.#missing();
    if (missing) {
      this.problem(missing[0]);
      byId(missing[1]).focus();
      return;
    }
    this.problem(null);
    this.busy = true;
    const button = byId("move-submit");
    button.textContent = "正在提交…";
    const { unit, co, quick, text } = this.draft;
    const body = { reason: [quick, text.trim()].filter(Boolean).join("：") };
    if (this.move === "override") {
      body.unit_code = unit.code;
      body.co_units = co.map((other) => other.code);
    }
    const key = `${this.move} ${this.one.no}`;
    try {
      if (await this.send(this.one, this.move, body)) {
        this.drafts.delete(key);
        this.dialog.close();
      }
    } finally {
      this.busy = false;
      button.textContent = TITLES[this.move];
    }
  }
}
