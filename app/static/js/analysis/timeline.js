// The slider of time under the map: steps of the window, one after the other, in classes that do not
// change while it plays. A step that is still running, or cut off by the window, is marked.

import { byId, el, fill, show } from "../dom.js";
import { stepWords } from "./days.js";

const CALM = window.matchMedia("(prefers-reduced-motion: reduce)");
const PACE_MS = 800; // long enough to find the place that changed
const CALM_PACE_MS = 1600;
const UNUSABLE = ["没有可播放的时间段", "只有一个时间段"];

export class Timeline {
  #timer = 0;

  constructor({ state, onTrouble }) {
    this.state = state;
    this.onTrouble = onTrouble;
    this.steps = null; // none known yet
    this.complete = [];
    this.range = byId("time-range");
    this.play = byId("play");
    this.play.addEventListener("click", () => this.toggle());
    byId("whole").addEventListener("click", () => this.#go(null));
    this.range.addEventListener("input", () => {
      this.stop();
      this.#go(Number(this.range.value));
    });
    byId("timeline").addEventListener("keydown", (event) => {
      if (event.key !== " " || event.target.closest("button, select")) return;
      event.preventDefault();
      this.toggle();
    });
    byId("step").addEventListener("change", ({ target }) => {
      this.stop();
      state.set({ step: target.value, at: "" });
    });
  }

  get playing() {
    return this.#timer !== 0;
  }

  offer({ steps, complete, step }) {
    const before = this.steps?.join();
    this.steps = steps;
    this.complete = complete;
    this.step = step;
    if (before !== steps.join()) this.stop();
    this.range.max = String(Math.max(0, steps.length - 1));
    fill(byId("ticks"), steps.length <= 60 ? steps.map((_, at) => el("i", { class: complete[at] ? "" : "partial" })) : null);
    this.show(this.state.now);
  }

  fail() {
    this.stop();
    if (!this.steps) byId("time-words").textContent = "时间轴没有取到";
  }

  show(view) {
    if (!this.steps) return;
    const usable = this.steps.length > 1;
    if (this.step) byId("step").value = this.step;
    byId("timeline").classList.toggle("off", !usable);
    for (const node of [this.range, this.play]) node.disabled = !usable;
    const at = this.steps.indexOf(view.at);
    if (at < 0) this.stop({ quiet: true });
    this.range.value = String(at < 0 ? 0 : at);
    this.range.classList.toggle("unset", at < 0);
    const words = at < 0 ? "全部时段" : this.wordsOf(view.at);
    byId("time-words").textContent = usable ? words : UNUSABLE[this.steps.length] ?? "";
    this.range.setAttribute("aria-valuetext", words);
    show(byId("whole"), at >= 0);
    this.#button();
  }

  // A step by its first day, with a mark where it is not whole.
  wordsOf(day) {
    const partial = this.complete[this.steps?.indexOf(day) ?? -1] === false;
    return `${stepWords(day, this.step ?? this.state.now.step)}${partial ? "（未满）" : ""}`;
  }

  toggle() {
    if (this.playing) this.stop();
    else if (this.steps?.length > 1) this.#start();
  }

  stop({ quiet = false } = {}) {
    clearInterval(this.#timer);
    const played = this.playing;
    this.#timer = 0;
    if (played && !quiet) this.#button();
  }

  #start() {
    const at = this.steps.indexOf(this.state.now.at);
    // From the beginning where the end was reached; one press is one entry of the history.
    this.#go(at < 0 || at === this.steps.length - 1 ? 0 : at + 1, { replace: false });
    this.#timer = setInterval(() => this.#next(), CALM.matches ? CALM_PACE_MS : PACE_MS);
    this.#button();
  }

  #next() {
    const at = this.steps.indexOf(this.state.now.at) + 1;
    if (at >= this.steps.length) this.stop();
    else this.#go(at);
  }

  #go(at, { replace = true } = {}) {
    if (at === null) {
      this.stop();
      this.state.set({ at: "" });
      return;
    }
    // Only areas have frames: on another picture playing leads to them.
    const layer = this.state.now.layer === "areas" ? {} : { layer: "areas" };
    this.state.set({ at: this.steps[at], ...layer }, { replace: replace && !layer.layer && Boolean(this.state.now.at) });
  }

  #button() {
    this.play.textContent = this.playing ? "❚❚" : "▶";
    this.play.setAttribute("aria-label", this.playing ? "暂停" : "播放");
    this.play.setAttribute("aria-pressed", String(this.playing));
  }
}
