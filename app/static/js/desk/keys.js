// One key, one act. Keys mean nothing while somebody types, while a dialog is open, or together
// with a modifier; Enter on a button or a link stays that button's own.

import { byId } from "../dom.js";

const OWN_ENTER = "button, a, summary, select, input, textarea";

export function listenKeys(acts) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]") || event.isComposing) return;
    const on = event.target;
    if (on.id === "search" && event.key === "Escape") {
      byId("rows").focus();
      return;
    }
    if (on.matches("input, textarea, select")) return;
    if (on.closest("#map") && event.key.startsWith("Arrow")) return;
    if (on.closest("[role=tab]") && event.key.startsWith("Arrow")) return;
    const act = actOf(event, on, acts);
    if (!act) return;
    event.preventDefault();
    act();
  });
}

function actOf(event, on, acts) {
  const scrolls = on.closest(".case-body, .batch-list");
  switch (event.key) {
    case "j":
    case "J":
      return acts.next;
    case "k":
    case "K":
      return acts.previous;
    case "ArrowDown":
      return scrolls ? null : acts.next;
    case "ArrowUp":
      return scrolls ? null : acts.previous;
    case "Enter":
      // A held key must not confirm one case after another.
      return event.repeat || on.matches(OWN_ENTER) ? null : acts.confirm;
    case "o":
    case "O":
      return acts.override;
    case "l":
    case "L":
      return acts.correct;
    case "u":
    case "U":
      return event.repeat ? null : acts.undo;
    case "r":
    case "R":
      return acts.refresh;
    case "1":
    case "2":
    case "3":
      return () => acts.tab(Number(event.key));
    case "/":
      return () => {
        byId("search").focus();
        byId("search").select();
      };
    case "?":
      return () => byId("keys-dialog").showModal();
    default:
      return null;
  }
}
