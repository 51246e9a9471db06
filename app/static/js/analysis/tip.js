// The tooltip over the map. Lines of text, never markup: names come from files and people. Who
// cannot see it reads the same in the list beside the map.

import { el, fill, show } from "../dom.js";

const GAP_PX = 14; // from the pointer, so that it never lies under it

// A finger covers it, and a tap opens the card of what is chosen, which says the same.
const TOUCHED = window.matchMedia("(hover: none)");

export class Tip {
  constructor(frame) {
    this.frame = frame;
    this.node = el("div", { class: "tip", "aria-hidden": "true", hidden: true });
    frame.append(this.node);
  }

  // `at` is a point in the map's own pixels.
  show(at, [title, ...lines]) {
    if (TOUCHED.matches) return;
    fill(this.node, el("strong", {}, title), lines.filter(Boolean).map((line) => el("span", {}, line)));
    show(this.node, true);
    const { offsetWidth: width, offsetHeight: height } = this.node;
    const left = at.x + GAP_PX + width > this.frame.clientWidth ? at.x - GAP_PX - width : at.x + GAP_PX;
    const top = Math.min(Math.max(4, at.y + GAP_PX), Math.max(4, this.frame.clientHeight - height - 4));
    this.node.style.transform = `translate(${Math.max(4, Math.round(left))}px, ${Math.round(top)}px)`;
  }

  hide() {
    show(this.node, false);
  }
}
