// Moves as they are sent: confirm, override, withdraw, and taking back what was just done. Problems
// are shown where the person is looking.

import { byId } from "../dom.js";
import { call } from "../http.js";

const DONE = { confirm: "已派给", override: "已改派给", withdraw: "已撤回" };

export class Moves {
  #done = []; // what this person did in this sitting, latest last

  constructor({ url, notices, opened, listing, filters }) {
    Object.assign(this, { url, notices, opened, listing, filters });
    this.dialog = null; // set once the dialog exists, which itself needs `send`
    this.moving = false;
  }

  // True when it went through.
  async send(one, move, extra = {}) {
    if (this.moving) return false;
    this.moving = true;
    const button = byId(move);
    button?.setAttribute("aria-busy", "true");
    try {
      const fresh = await this.#post(one.no, { move, version: one.version, ...extra });
      this.notices.calm();
      this.notices.endConflict();
      this.#moved(one, fresh, move);
      return true;
    } catch (problem) {
      this.#trouble(problem, one, move, extra);
      return false;
    } finally {
      this.moving = false;
      button?.removeAttribute("aria-busy");
    }
  }

  async undoLast() {
    const last = this.#done.at(-1);
    if (!last) {
      if (this.opened.may("withdraw")) this.dialog.open("withdraw", this.opened.current);
      else this.notices.toast("没有可以撤回的操作");
      return;
    }
    if (this.moving) return;
    this.moving = true;
    try {
      const fresh = await this.#post(last.no, {
        move: "withdraw",
        version: last.version,
        reason: "撤回刚才的操作",
      });
      this.#done.pop();
      this.notices.calm();
      this.notices.toast(`${fresh.no} ${DONE.withdraw}，回到队列`);
      this.filters.setTab(fresh.tab, { quiet: true });
      await this.listing.load({ open: fresh.no });
      byId("rows").focus();
    } catch (problem) {
      if (problem.kind === "conflict") {
        this.#done.pop();
        this.notices.conflict(this.notices.conflictNode, problem, () => this.opened.open(last.no));
      } else {
        this.notices.trouble(problem, () => this.undoLast());
      }
    } finally {
      this.moving = false;
    }
  }

  #post(no, body) {
    return call(`${this.url}/cases/${encodeURIComponent(no)}/moves`, { method: "POST", body });
  }

  #moved(before, fresh, move) {
    if (move === "withdraw") {
      this.#done = this.#done.filter((one) => one.no !== fresh.no);
      this.notices.toast(`${fresh.no} ${DONE.withdraw}，回到队列`);
    } else {
      this.#done.push({ no: fresh.no, version: fresh.version });
      this.notices.toast(`${fresh.no} ${DONE[move]} ${fresh.assigned.name}`, () => this.undoLast());
    }
    this.listing.recount(before.tab, fresh.tab);
    if (fresh.tab === this.filters.tab) {
      // Still on this tab (re-assigned, or brought back here): show it as it now is.
      this.listing.load({ keep: true, open: fresh.no });
    } else {
      this.listing.passOn(fresh.no);
      byId("rows").focus();
    }
  }

  #trouble(problem, one, move, extra) {
    if (problem.kind === "conflict") {
      this.notices.calm();
      const node = this.dialog.isOpen ? this.dialog.problem(true) : this.notices.conflictNode;
      this.notices.conflict(node, problem, () => this.#lookAgain(one.no));
      node.querySelector("button").focus();
    } else if (this.dialog.isOpen) {
      this.dialog.problem(`${problem.title}。${problem.advice}`);
    } else {
      this.notices.trouble(problem, () => this.send(one, move, extra));
    }
  }

  async #lookAgain(no) {
    try {
      const one = await call(`${this.url}/cases/${encodeURIComponent(no)}`);
      this.notices.endConflict();
      if (this.dialog.isOpen) this.dialog.refresh(one);
      this.opened.show(one);
      await this.listing.load({ keep: true, open: no });
      if (!this.dialog.isOpen) byId("rows").focus();
    } catch (problem) {
      this.notices.trouble(problem, () => this.#lookAgain(no));
    }
  }
}
