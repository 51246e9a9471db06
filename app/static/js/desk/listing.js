// What the queue lists: its pages, the counts on the tabs, and what is new meanwhile.

import { byId, el, fill, show } from "../dom.js";
import { call } from "../http.js";

const AHEAD = "400px 0px"; // five rows before the end is seen, the next page is on its way

export class Listing {
  #asking = new AbortController();
  #coming = null; // the next page on its way
  #next = null; // mark of the next page

  constructor({ url, queue, filters, notices, batch, opened }) {
    Object.assign(this, { url, queue, filters, notices, batch, opened });
    this.counts = {};
    this.button = byId("more");
    this.button.addEventListener("click", () => this.more());
    this.end = new IntersectionObserver(
      (seen) => seen.some((one) => one.isIntersecting) && this.more(),
      { root: byId("queue-list"), rootMargin: AHEAD },
    );
  }

  get context() {
    return { tab: this.filters.tab, filtered: this.filters.filtered };
  }

  // Reads the queue anew. `keep` leaves the selection and as many rows as there were; `open` is a
  // case to show afterwards, whether it is listed or not.
  async load({ keep = false, open = null } = {}) {
    this.#asking.abort();
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    const { queue } = this;
    const rows = keep ? queue.items.length : 0;
    const at = keep ? queue.at : 0;
    const selected = open ?? (keep ? queue.selected : null);
    if (!keep) {
      queue.loading();
      queue.selected = null;
    }
    try {
      const items = [];
      let page;
      do {
        page = await this.#page(page?.next, signal);
        items.push(...page.items);
      } while (page.next && items.length < rows);
      this.notices.calm();
      this.setCounts(page.counts);
      fill(byId("news"));
      queue.show(items, this.context);
      this.#tail(page.next);
      const found = items.find((item) => item.no === selected);
      const instead = open ? null : items[Math.max(0, Math.min(at, items.length - 1))];
      if (found) queue.select(found.no, { quiet: !open && this.opened.current?.no === found.no });
      else if (instead) queue.select(instead.no);
      else if (open) this.opened.open(open); // on a later page, or on no page of this tab any more
      else this.opened.close();
    } catch (problem) {
      if (signal.aborted) return;
      if (!keep) queue.show([], this.context);
      this.notices.trouble(problem, () => this.load({ keep, open }));
    }
  }

  // The next page; true where there was one.
  more() {
    if (!this.#next) return Promise.resolve(false);
    this.#coming ??= this.#more().finally(() => {
      this.#coming = null;
    });
    return this.#coming;
  }

  async #more() {
    const { signal } = this.#asking;
    try {
      const page = await this.#page(this.#next, signal);
      this.queue.add(page.items);
      this.#tail(page.next);
      return page.items.length > 0;
    } catch (problem) {
      if (!signal.aborted) this.notices.trouble(problem, () => this.more());
      return false;
    }
  }

  #page(after, signal) {
    return call(`${this.url}/queue?${this.filters.query(after ? { after } : {})}`, { signal });
  }

  #tail(next) {
    this.#next = next;
    show(this.button, Boolean(next));
    this.end.disconnect();
    // Observing anew reports at once, so that a page shorter than the pane is followed by the next.
    if (next) this.end.observe(this.button);
    this.showBatch();
  }

  showBatch() {
    this.batch.update(this.filters.tab, this.counts.confirm);
  }

  setCounts(counts) {
    this.counts = counts;
    for (const node of document.querySelectorAll("[data-count]")) {
      node.textContent = counts[node.dataset.count] ?? "–";
    }
  }

  // A case went from one tab to another: the counts follow without asking again.
  recount(from, to) {
    if (from === to) return;
    const counts = { ...this.counts };
    counts[from] = Math.max(0, (counts[from] ?? 1) - 1);
    counts[to] = (counts[to] ?? 0) + 1;
    this.setCounts(counts);
  }

  // Takes a case off the list and opens the one that moves into its place.
  async passOn(no) {
    let following = this.queue.remove(no, this.context);
    if (!following && (await this.more())) following = this.queue.items[0];
    this.showBatch();
    if (following) this.queue.select(following.no);
    else this.opened.close();
  }

  // Says what is new without moving anything under the eyes of the reader.
  async poll() {
    try {
      const page = await call(`${this.url}/queue?${this.filters.query()}`);
      if (byId("banner").dataset.kind !== "refused") this.notices.calm();
      this.setCounts(page.counts);
      const known = page.items.map((item) => this.queue.item(item.no));
      page.items.forEach((item, at) => {
        if (known[at] && known[at].version !== item.version) this.queue.markStale(item.no);
      });
      // Rows that moved up from a page not yet read are no news: only those above a known one are.
      const last = this.#next ? known.findLastIndex(Boolean) : known.length;
      this.#announce(known.slice(0, Math.max(0, last)).filter((item) => !item).length);
    } catch (problem) {
      this.notices.trouble(problem, () => this.load({ keep: true }));
    }
  }

  #announce(fresh) {
    fill(
      byId("news"),
      fresh > 0 &&
        el(
          "button",
          { type: "button", onclick: () => this.load({ keep: true }) },
          `有 ${fresh} 件新诉求，点此更新队列`,
        ),
    );
  }
}
