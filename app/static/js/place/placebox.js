// The place box: as-you-type suggestions from the gazetteer, chosen by keyboard or mouse. What is
// typed is only a question; a place counts once it was chosen from the list.

import { byId, el, fill, show } from "../dom.js";
import { call } from "../http.js";

const TYPING_MS = 60; // between two letters of a fast typist, so that a word is asked for once
const SHOWN = 10;

export class PlaceBox {
  #timer = 0;
  #asking = new AbortController();
  #offered = [];
  #active = -1;

  // Elements `${id}-input`, `${id}-options`, `${id}-hint`.
  // `near` gives the code of an area whose places come first among equals.
  constructor(id, { url, choose, typed = () => {}, near = () => "" }) {
    Object.assign(this, { url, choose, typed, near });
    this.input = byId(`${id}-input`);
    this.options = byId(`${id}-options`);
    this.hint = byId(`${id}-hint`);
    this.input.addEventListener("input", () => {
      this.typed();
      this.#soon();
    });
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.input.addEventListener("blur", () => this.close());
    // mousedown, so that the choice is made before the input loses focus
    this.options.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const row = event.target.closest("[role=option]");
      if (row) this.#take(Number(row.dataset.at));
    });
  }

  get isOpen() {
    return !this.options.hidden;
  }

  clear() {
    this.input.value = "";
    this.close();
    this.#say("");
  }

  close() {
    clearTimeout(this.#timer);
    this.#asking.abort();
    show(this.options, false);
    this.#active = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  #soon() {
    clearTimeout(this.#timer);
    if (!this.input.value.trim()) {
      this.close();
      this.#say("");
      return;
    }
    this.#timer = setTimeout(() => this.#ask(), TYPING_MS);
  }

  async #ask() {
    this.#asking.abort();
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    const words = this.input.value;
    try {
      const query = new URLSearchParams({ q: words, limit: String(SHOWN), near: this.near() });
      const answer = await call(`${this.url}/places?${query}`, { signal });
      if (signal.aborted) return;
      this.#say(answer.ready ? "" : answer.advice);
      if (answer.ready) this.#offer(answer.places, words);
    } catch (problem) {
      if (!signal.aborted) this.#say(`${problem.title}。${problem.advice}`);
    }
  }

  #offer(places, words) {
    this.#offered = places;
    fill(
      this.options,
      places.map((place, at) => this.#row(place, at)),
      places.length === 0 &&
        el(
          "li",
          { class: "none", role: "option", "aria-disabled": "true" },
          `地名库里没有“${words.trim()}”。少输几个字，或改用拼音首字母，也可以在地图上点选`,
        ),
    );
    show(this.options, true);
    this.input.setAttribute("aria-expanded", "true");
    this.#move(places.length ? 0 : -1);
  }

  #row(place, at) {
    const where = place.full_name === place.name ? "" : place.full_name.slice(0, -place.name.length - 3);
    return el(
      "li",
      {
        role: "option",
        id: `${this.options.id}-${at}`,
        data: { at },
        "aria-selected": "false",
        "aria-label": `${place.full_name}，${place.kind_label}`,
      },
      el("span", { class: "place-name" }, place.name),
      place.matched === "alias" && el("span", { class: "chip" }, "别名"),
      el("span", { class: "place-where" }, where || "界线之外"),
      el("span", { class: "soft" }, place.kind_label),
    );
  }

  #move(to) {
    this.#active = to;
    [...this.options.children].forEach((row, at) => {
      row.setAttribute("aria-selected", String(at === to));
      if (at === to) {
        this.input.setAttribute("aria-activedescendant", row.id);
        row.scrollIntoView({ block: "nearest" });
      }
    });
  }

  #take(at) {
    const place = this.#offered[at];
    if (!place) return;
    this.input.value = place.name;
    this.close();
    this.choose(place);
  }

  #key(event) {
    if (event.isComposing) return; // Enter and arrows belong to the input method
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!this.isOpen) {
        if (this.input.value.trim()) this.#ask();
        return;
      }
      const last = this.#offered.length - 1;
      const by = event.key === "ArrowDown" ? 1 : -1;
      this.#move(Math.max(0, Math.min(last, this.#active + by)));
    } else if (event.key === "Enter") {
      event.preventDefault(); // never sends the form around it
      if (this.isOpen) this.#take(this.#active);
    } else if (event.key === "Escape" && this.isOpen) {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    }
  }

  #say(text) {
    if (this.hint) this.hint.textContent = text;
  }
}
