// On a telephone the filters are a sheet over the map; on a desk the same node stands beside it.

import { show } from "../dom.js";

const NARROW = window.matchMedia("(max-width: 899px)");

export function sheet({ button, node, close, behind }) {
  function turn(open) {
    node.classList.toggle("open", open);
    button.setAttribute("aria-expanded", String(open));
    document.body.classList.toggle("sheet-open", open);
    for (const other of behind) other.inert = open;
    if (open) close.focus();
    else if (NARROW.matches) button.focus();
  }
  button.addEventListener("click", () => turn(!node.classList.contains("open")));
  close.addEventListener("click", () => turn(false));
  node.addEventListener("keydown", (event) => event.key === "Escape" && node.classList.contains("open") && turn(false));
  NARROW.addEventListener("change", () => node.classList.contains("open") && turn(false));
  show(close, true);
}
