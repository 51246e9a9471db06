// Which question each picture asks, and which module draws the answer.

import { Feed } from "./feed.js";
import { areaPicture } from "./layers/areas.js";
import { cellsPicture } from "./layers/cells.js";
import { densityPicture } from "./layers/density.js";
import { testPicture } from "./layers/tests.js";
import { bordersPicture, misroutesPicture } from "./layers/work.js";
import { stepWords } from "./days.js";
import { layerQuery } from "./taking.js";
import { askedOf } from "./view.js";

export class Pictures {
  constructor({ onTiles }) {
    this.feed = new Feed();
    this.frames = new Feed();
    this.onTiles = onTiles;
  }

  // The picture of a view; null where a newer one was asked for meanwhile.
  async make(view, areas, env) {
    if (view.layer === "areas") {
      this.feed.stop();
      if (!view.at) return areaPicture({ view, areas }, env);
      const frame = await this.#frame(view);
      return frame && areaPicture({ view, areas, frame }, env);
    }
    const query = askedOf(view, layerQuery(view));
    const answer = await this.feed.get(`/analysis/${addressOf(view)}?${query}`);
    if (!answer) return null;
    if (view.layer === "density") return densityPicture({ query, answer, onTrouble: this.onTiles });
    if (view.layer === "cells") return cellsPicture({ view, areas, answer }, env);
    if (view.layer === "misroutes") return misroutesPicture({ areas, answer }, env);
    if (view.layer === "borders") return bordersPicture({ view, answer }, env);
    return testPicture({ view, areas, answer }, env);
  }

  async #frame(view) {
    const answer = await this.frames.get(`/analysis/frames?${askedOf(view, { step: view.step })}`);
    if (!answer) return null;
    const at = answer.steps.indexOf(view.at);
    const counts = new Map(answer.codes.map((code, place) => [code, at < 0 ? null : answer.counts[at][place]]));
    return { classes: answer.classes, words: stepWords(view.at, view.step), count: (code) => counts.get(code) ?? 0, known: at >= 0 };
  }
}

function addressOf(view) {
  return { density: "density.json", cells: "cells", misroutes: "misroutes", borders: "borders" }[view.layer] ?? "hotspots";
}
