// 热力: density tiles from the server. What a colour means is fixed, whatever the zoom.

import { tileLayer } from "../../../vendor/leaflet/leaflet-src.esm.js";

export function densityPicture({ query, answer, onTrouble }) {
  const layer = tileLayer(`/analysis/density/{z}/{x}/{y}.png?${query.toString().replaceAll("{", "%7B")}`, {
    pane: "values",
    opacity: 0.78,
    maxZoom: 20,
    updateWhenZooming: false,
    keepBuffer: 3,
  });
  let told = false;
  layer.on("tileerror", () => {
    if (!told) onTrouble();
    told = true;
  });
  const { classes, unit } = answer;
  return {
    layer,
    legend: {
      title: "诉求密度",
      unit: unit ?? classes.unit,
      classes: classes.colours.map((colour, at) => ({ colour, label: classes.labels[at] })),
      lines: [
        `核密度，带宽 ${Math.round(answer.bandwidth_m)} 米`,
        "用于观察分布，不作显著性结论；缩放地图时各级含义不变",
      ],
      method: answer.method,
      note: answer.note,
    },
    rows: null, // the areas' own are listed
    shapeOf: () => null,
    boundsOf: () => null,
  };
}
