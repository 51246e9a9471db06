// Choosing a unit by typing part of its name, its code, or the initials of its pinyin.

import { byId, el, fill, show } from "../dom.js";

const SHOWN = 40; // more than fits in the open list; typing narrows it

// Initials from the browser's own pinyin collation: a character sorts at or after the first
// character of its letter's group. Rare characters and polyphones may differ, so the name itself
// always matches too.
const LETTERS = "ABCDEFGHJKLMNOPQRSTWXYZ";
const FIRSTS = "阿八嚓哒妸发旮哈讥咔垃痳拏噢妑七呥扨它穵夕丫帀";
const COLLATOR = new Intl.Collator("zh-Hans-CN-u-co-pinyin");

export function initials(name) {
  let made = "";
  for (const character of name) {
    if (/[a-z0-9]/i.test(character)) made += character.toLowerCase();
    if (!/\p{Script=Han}/u.test(character)) continue;
    let letter = "";
    for (let at = 0; at < FIRSTS.length; at += 1) {
      if (COLLATOR.compare(character, FIRSTS[at]) < 0) break;
      letter = LETTERS[at];
    }
    made += letter.toLowerCase();
  }
  return made;
}

// Units in the order a dispatcher wants them: the rival, the place's own line of offices, its
// subdistrict's units, then everybody else.
export function ranked(units, { rival, fallback, path, words }) {
  const wanted = words.trim().toLowerCase();
  const near = new Set(path);
  const rank = (unit) => {
    if (unit.code === rival) return 0;
    if (unit.code === fallback) return 1;
    if (near.has(unit.code)) return 2;
    if (near.has(unit.parent_code)) return 3;
    return unit.kind === "department" ? 4 : 5;
  };
  return units
    .filter(
      (unit) =>
        !wanted ||
        unit.name.toLowerCase().includes(wanted) ||
        unit.code.toLowerCase().includes(wanted) ||
        unit.initials.includes(wanted),
    )
    .map((unit) => [rank(unit), unit])
    .sort((one, other) => one[0] - other[0])
    .slice(0, SHOWN)
    .map(([, unit]) => unit);
}

export class UnitPicker {
  constructor(inputId, listId, { choose, units }) {
    this.input = byId(inputId);
    this.options = byId(listId);
    this.choose = choose;
    this.units = units; // words -> units to offer
    this.active = -1;
    this.input.addEventListener("input", () => this.#open());
    this.input.addEventListener("click", () => this.#open());
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.input.addEventListener("blur", () => this.close());
    // mousedown, so that the choice is made before the input loses focus
    this.options.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const row = event.target.closest("[role=option]");
      if (row) this.#take(Number(row.dataset.at));
    });
  }

  close() {
    show(this.options, false);
    this.active = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  #open() {
    this.offered = this.units(this.input.value);
    fill(
      this.options,
      this.offered.map((unit, at) =>
        el(
          "li",
          { role: "option", id: `${this.options.id}-${at}`, data: { at }, "aria-selected": "false" },
          el("span", {}, unit.name),
          unit.note && el("span", { class: "chip look" }, unit.note),
          el("span", { class: "soft" }, `${unit.kind_label} ${unit.code}`),
        ),
      ),
      this.offered.length === 0 &&
        el("li", { class: "none", role: "option", "aria-disabled": "true" }, "没有符合的单位"),
    );
    show(this.options, true);
    this.input.setAttribute("aria-expanded", "true");
    this.#move(this.offered.length && this.input.value.trim() ? 0 : -1);
  }

  #move(to) {
    this.active = to;
    [...this.options.children].forEach((row, at) => {
      row.setAttribute("aria-selected", String(at === to));
      if (at === to) {
        this.input.setAttribute("aria-activedescendant", row.id);
        row.scrollIntoView({ block: "nearest" });
      }
    });
  }

  #take(at) {
    const unit = this.offered?.[at];
    if (!unit) return;
    this.close();
    this.choose(unit);
  }

  #key(event) {
    const open = !this.options.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) this.#open();
      const by = event.key === "ArrowDown" ? 1 : -1;
      const last = this.offered.length - 1;
      this.#move(Math.max(0, Math.min(last, this.active + by)));
    } else if (event.key === "Enter" && open) {
      event.preventDefault();
      this.#take(this.active);
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    }
  }
}
