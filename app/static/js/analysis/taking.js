// What can be taken along: the link, the data, the picture, a map in one file. All of them ask for
// exactly what is on the page.

import { byId, el, fill, show } from "../dom.js";
import { askedOf } from "./view.js";

const SAID_MS = 4000;
const FORMATS = [["csv", "CSV"], ["xlsx", "Excel"], ["geojson", "GeoJSON"]];
const TESTS = ["gi", "moran", "emerging", "scan", "repeats"];

// The server's name for the layer that is shown, and what that layer needs besides.
export function layerQuery(view) {
  if (TESTS.includes(view.layer)) {
    const cells = view.on === "cells" && ["gi", "emerging"].includes(view.layer);
    return { method: view.layer === "scan" ? view.scan : view.layer, on: cells ? "cells" : "areas", size: cells ? view.size : "" };
  }
  if (view.layer === "cells") return { shape: view.shape, size: view.size };
  if (view.layer === "borders") return { metres: view.metres };
  return {};
}

const isTest = (view) => TESTS.includes(view.layer);
const DATA_NAMES = { areas: "区域数据", cells: "格网数据", hotspots: "统计结果", borders: "界线数据" };
const PICTURE_NAMES = { areas: "区域图", cells: "格网图", hotspots: "统计结果图", density: "密度图" };
const MAP_NAMES = { areas: "区域", cells: "格网", hotspots: "统计结果" };

// What the server draws and lists; for a picture it has no drawing of, the areas beneath.
const known = (view, names) => (isTest(view) ? "hotspots" : view.layer in names ? view.layer : "areas");

export class Taking {
  #timer = 0;

  constructor() {
    this.menu = byId("downloads");
    byId("copy").addEventListener("click", () => this.#copy());
    document.addEventListener("click", (event) => {
      for (const open of document.querySelectorAll("details.menu[open]")) if (!open.contains(event.target)) open.open = false;
    });
    document.addEventListener("keydown", (event) => {
      const open = event.key === "Escape" && document.querySelector("details.menu[open]");
      if (!open) return;
      open.open = false;
      open.querySelector("summary").focus();
    });
  }

  show(view) {
    const what = known(view, DATA_NAMES);
    const drawn = known(view, PICTURE_NAMES);
    const mapped = known(view, MAP_NAMES);
    const link = (address, words) => el("li", {}, el("a", { href: address, download: "" }, words));
    const ask = (more) => askedOf(view, { ...layerQuery(view), ...more });
    const data = (kind) => FORMATS.map(([format, words]) => link(`/analysis/download?${ask({ what: kind, format })}`, words));
    fill(
      byId("downloads-list"),
      el("li", { class: "menu-head" }, DATA_NAMES[what]),
      el("li", {}, el("ul", { class: "menu-line" }, data(what))),
      el("li", { class: "menu-head" }, "工单明细"),
      el("li", {}, el("ul", { class: "menu-line" }, data("cases"))),
      el("li", { class: "menu-head" }, "地图"),
      link(`/analysis/picture.png?${ask({ layer: drawn })}`, `${PICTURE_NAMES[drawn]}（PNG 图片）`),
      link(`/analysis/map.html?${ask({ layer: mapped })}`, `${MAP_NAMES[mapped]}单文件地图（离线可打开）`),
      link(`/analysis/map.html?${ask({ layer: "jurisdictions" })}`, "辖区界线单文件地图"),
    );
  }

  async #copy() {
    const address = window.location.href;
    const done = await copied(address);
    const said = byId("copy-said");
    said.textContent = done ? "链接已复制；收到的人看到的是同样的条件，内容以其权限为限。" : `请手工复制：${address}`;
    show(said, true);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => show(said, false), done ? SAID_MS : SAID_MS * 5);
  }
}

// The clipboard is there only over https and on this machine; an office's own net is often plain.
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const box = el("textarea", { class: "visually-hidden", value: text, "aria-hidden": "true" });
    document.body.append(box);
    box.select();
    const done = document.execCommand("copy");
    box.remove();
    return done;
  }
}
