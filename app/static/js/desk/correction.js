// 更正地点: a person knows where the case is. What they say is kept as data and asked once more of
// the machine; the case itself changes only when it is then given to the unit of the place.

import { byId, el, fill, show } from "../dom.js";
import { call } from "../http.js";
import { PlaceBox } from "../place/placebox.js";
import { siteWords } from "./reading.js";

export class Correction {
  constructor({ url, map, opened, notices, dialog }) {
    Object.assign(this, { url, map, opened, notices, dialog });
    this.panel = byId("correct-panel");
    this.one = null;
    this.place = null;
    this.busy = false;
    this.box = new PlaceBox("correct-place", {
      url,
      choose: (place) => {
        this.#choose({ place_id: place.place_id }, place.full_name, [place.lon, place.lat]);
        byId("correct-submit").focus(); // so that a second Enter records it
      },
      typed: () => this.#forget(),
      near: () => this.one?.place?.path.find((part) => part.level === "subdistrict")?.code ?? "",
    });
    byId("correct-pick").addEventListener("click", () => this.#pick());
    byId("correct-cancel").addEventListener("click", () => this.close());
    byId("correct-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.panel.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.defaultPrevented || event.isComposing) return;
      event.preventDefault();
      this.close();
    });
  }

  open(one) {
    if (this.one?.no !== one.no) {
      this.one = one;
      this.place = null;
      this.box.clear();
      const words = siteWords(one.segments);
      byId("correct-mention").value = words.includes("*") ? "" : words.slice(0, 60);
      fill(byId("correct-chosen"));
    }
    this.#problem("");
    show(this.panel, true);
    byId("correct-place-input").focus();
  }

  close() {
    show(this.panel, false);
    this.map.pick(null);
    this.map.look(null);
    byId("rows").focus();
  }

  // Another case was opened under the panel: what was typed belonged to the other.
  caseChanged(one) {
    if (this.one && one?.no !== this.one.no) {
      this.one = null;
      if (!this.panel.hidden) {
        show(this.panel, false);
        this.map.pick(null);
      }
    } else if (one && this.one) {
      this.one = one;
    }
  }

  #pick() {
    this.map.pick((at) => {
      this.box.clear();
      this.#choose(at, `地图点选 ${at.lon.toFixed(6)}, ${at.lat.toFixed(6)}`, [at.lon, at.lat]);
      byId("correct-submit").focus();
    });
    fill(byId("correct-chosen"), "请在地图上点一下事发地");
  }

  #choose(place, words, at) {
    this.place = place;
    this.map.pick(null);
    this.map.look({ at, words: "更正到这里" });
    fill(byId("correct-chosen"), el("strong", {}, words));
    this.#problem("");
  }

  #forget() {
    this.place = null;
    this.map.look(null);
    fill(byId("correct-chosen"));
  }

  #problem(text) {
    fill(byId("correct-problem"), text);
    show(byId("correct-problem"), Boolean(text));
  }

  async #submit() {
    if (this.busy) return;
    if (!this.place) {
      this.#problem("请从列表里选一处地点，或在地图上点选。");
      byId("correct-place-input").focus();
      return;
    }
    this.busy = true;
    byId("correct-submit").setAttribute("aria-busy", "true");
    const { one } = this;
    try {
      const run = await call(`${this.url}/cases/${encodeURIComponent(one.no)}/place`, {
        method: "POST",
        body: { place: this.place, mention: byId("correct-mention").value.trim() },
      });
      this.#done(one, run);
    } catch (problem) {
      this.#problem(`${problem.title}。${problem.advice}`);
    } finally {
      this.busy = false;
      byId("correct-submit").removeAttribute("aria-busy");
    }
  }

  #done(one, run) {
    show(this.panel, false);
    this.one = null;
    this.map.draw({ ...one, ...run }, run.around);
    if (run.same_unit && !run.nobody) {
      this.notices.toast(`地点更正已记录；按新地点仍由 ${run.lead.name} 主办`);
      byId("rows").focus();
      return;
    }
    this.dialog.open("override", one, {
      unit: run.nobody ? null : run.lead,
      co: run.co_units,
      quick: "属地不符",
      text: `更正地点：${run.words}`,
      hint: run.nobody ? "更正已记录。新地点没有可建议的单位，请选择。" : `更正已记录。按新地点：${run.basis}`,
    });
  }
}
