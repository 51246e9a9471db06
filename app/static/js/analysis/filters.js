// The left column: everything that changes which cases are counted and how. Each control says what
// is in the address, and writes there.

import { byId, el, fill, show } from "../dom.js";
import { between, fittingStep, isDay, plus, PRESETS, presetDays, presetOf, spanWords, today } from "./days.js";
import { LEVEL_NAMES, LEVELS, finer } from "./view.js";
import { MultiSelect } from "./multiselect.js";

const BY_NAMES = { population: "常住人口", household: "户数", road_km: "道路里程", poi: "兴趣点" };
const FINER_NAMES = { district: "街道（镇）", subdistrict: "社区（村）", community: "网格" };

export class Filters {
  #custom = false; // 自定义 was pressed, though the days are still those of a preset

  constructor({ state, now }) {
    this.state = state;
    this.now = now || today();
    this.levels = LEVELS; // those that have borders, once the server has said
    this.form = byId("filters");
    this.kinds = new MultiSelect({ id: "kinds", name: "诉求类别", onChange: (kinds) => state.set({ kinds }) });
    this.channels = new MultiSelect({ id: "channels", name: "受理渠道", onChange: (channels) => state.set({ channels }) });
    fill(
      byId("presets"),
      PRESETS.map(([key, name]) => el("button", { type: "button", class: "seg", data: { preset: key }, "aria-pressed": "false", onclick: () => this.#preset(key) }, name)),
    );
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("change", (event) => this.#changed(event.target));
    byId("within-next").addEventListener("change", ({ target }) => target.value && this.drill(target.value));
  }

  // Into one jurisdiction, coloured by the level below it.
  drill(within) {
    const level = within ? within.split(":")[0] : "";
    const below = level ? finer(level) : null;
    const now = this.state.now;
    if (level && !below) return false; // nothing below a grid
    const wanted = below && LEVELS.indexOf(now.level) <= LEVELS.indexOf(level) ? below : now.level;
    this.state.set({ within, level: wanted, sel: "", map: "" });
    return true;
  }

  show(view) {
    this.kinds.choose(view.kinds);
    this.channels.choose(view.channels);
    for (const name of ["from", "to", "from2", "to2"]) byId(name).value = view[name];
    for (const name of ["level", "count", "measure", "by", "compare"]) {
      const box = this.form.querySelector(`input[name="${name}"][value="${view[name]}"]`);
      if (box) box.checked = true;
      else if (byId(name)) byId(name).value = view[name];
    }
    const preset = this.#custom ? "custom" : view.from && presetOf(view, this.now);
    for (const button of byId("presets").children) button.setAttribute("aria-pressed", String(button.dataset.preset === preset));
    show(byId("custom-days"), preset === "custom" && Boolean(view.from));
    show(byId("compare-days"), view.compare === "custom");
    show(byId("by-field"), view.measure !== "count");
    byId("period-words").textContent = view.from ? `${spanWords(view.from, view.to)}，${between(view.from, view.to) + 1} 天` : "";
    const coarsest = view.within ? LEVELS.indexOf(view.within.split(":")[0]) : -1;
    for (const box of this.form.querySelectorAll('input[name="level"]')) {
      box.disabled = LEVELS.indexOf(box.value) <= coarsest || !this.levels.includes(box.value);
    }
    byId("filters-count").textContent = filtered(view) ? `（${filtered(view)}）` : "";
  }

  // What the server knows to choose from.
  offer(summary) {
    this.kinds.offer(summary.kinds ?? []);
    this.channels.offer(summary.channels ?? []);
    if (summary.levels) this.levels = summary.levels.map((one) => one.level ?? one);
    this.#path(summary);
    this.#denominators(summary.denominators ?? []);
    this.show(this.state.now);
  }

  #path({ path = [], children = [] }) {
    const crumb = (name, within, last) =>
      el("li", {}, last ? el("span", { "aria-current": "location" }, name) : el("button", { type: "button", class: "plain", onclick: () => this.drill(within) }, name));
    const root = this.form.dataset.root;
    fill(
      byId("path"),
      crumb(root, "", path.length === 0),
      path.map((step, at) => crumb(step.name, `${step.level}:${step.code}`, at === path.length - 1)),
    );
    const next = byId("within-next");
    const above = path.at(-1)?.level;
    fill(
      next,
      el("option", { value: "" }, children.length ? `下一级：选${above ? (FINER_NAMES[above] ?? "") : LEVEL_NAMES[children[0].level]}…` : "没有下一级"),
      children.filter((one) => finer(one.level)).map((one) => el("option", { value: `${one.level}:${one.code}` }, `${one.name}（${one.n}）`)),
    );
    next.value = "";
    next.disabled = next.options.length < 2;
  }

  #denominators(known) {
    const named = new Map(known.map((one) => [one.measure, one]));
    for (const option of byId("by").options) {
      const one = named.get(option.value);
      option.textContent = one ? `${one.name ?? BY_NAMES[option.value]}${one.as_of ? `（${one.as_of}）` : ""}` : `${BY_NAMES[option.value]}（未导入）`;
      option.disabled = !one;
    }
    for (const option of byId("measure").options) option.disabled = option.value !== "count" && named.size === 0;
    show(byId("no-denominators"), named.size === 0);
    // A rate by what nobody loaded would be a map without a value.
    if (named.size && !named.has(this.state.now.by)) this.state.set({ by: known[0].measure }, { replace: true, quiet: this.state.now.measure === "count" });
  }

  #preset(key) {
    this.#custom = key === "custom";
    if (this.#custom) {
      this.show(this.state.now);
      byId("from").focus();
      return;
    }
    const days = presetDays(key, this.now);
    this.state.set({ ...days, at: "", step: fittingStep(days.from, days.to) });
  }

  #changed(target) {
    const { name, value } = target;
    if (["from", "to", "from2", "to2"].includes(name)) this.#days(name);
    else if (name === "compare" && value === "custom") this.state.set({ compare: "custom", ...this.#before() });
    else if (["level", "count", "measure", "by", "compare"].includes(name)) this.state.set({ [name]: value, ...(name === "level" ? { sel: "" } : {}) });
  }

  // 自选 begins with the window just before, to be changed from there.
  #before() {
    const { from, to, from2, to2 } = this.state.now;
    if (isDay(from2) && isDay(to2)) return {};
    const length = between(from, to);
    return { from2: plus(from, -length - 1), to2: plus(from, -1) };
  }

  #days(name) {
    const [first, last] = name.endsWith("2") ? ["from2", "to2"] : ["from", "to"];
    const [from, to] = [byId(first).value, byId(last).value];
    if (!isDay(from) || !isDay(to)) return;
    const said = from > to ? "结束日期早于开始日期，请改正。" : "";
    byId(last).setCustomValidity(said);
    if (said) {
      byId(last).reportValidity();
      return;
    }
    this.state.set(first === "from" ? { from, to, at: "", step: fittingStep(from, to) } : { from2: from, to2: to });
  }
}

function filtered(view) {
  return (view.kinds.length > 0) + (view.channels.length > 0) + Boolean(view.within) + (view.compare !== "none");
}
