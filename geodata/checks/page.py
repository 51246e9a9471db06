"""The findings of a check as one page that needs nothing else: no network, no other file."""

from __future__ import annotations

import html
from collections.abc import Sequence

from geodata.checks.map import draw
from geodata.checks.report import area_text, contents, counts, level_name, place_text
from geodata.findings import FINDING_NAMES, SEVERITY_NAMES, Finding
from geodata.read import LoadedSource

_STYLE = """
:root { --u: 1.4; color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; font: 15px/1.55 "Noto Sans CJK SC", "Microsoft YaHei", sans-serif;
  color: #1c2530; background: #f4f6f8; }
header { padding: 14px 20px 10px; background: #fff; border-bottom: 1px solid #d8dee6; }
h1 { margin: 0 0 4px; font-size: 20px; }
header p { margin: 2px 0; overflow-wrap: anywhere; }
.sum { font-weight: 600; }
.sum.blocking { color: #a4161a; } .sum.warning { color: #8a5200; } .sum.info { color: #1f6f43; }
.meta { color: #55606e; font-size: 13px; }
main { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 16px;
  padding: 16px 20px; align-items: start; }
figure { margin: 0; position: sticky; top: 12px; background: #fff; border: 1px solid #d8dee6;
  border-radius: 6px; overflow: hidden; }
svg { display: block; width: 100%; height: calc(100vh - 200px); min-height: 320px; cursor: grab;
  touch-action: none; }
figcaption { padding: 6px 12px; font-size: 13px; color: #55606e; border-top: 1px solid #e6eaef; }
figcaption button { float: right; font: inherit; padding: 1px 10px; cursor: pointer; }
.area { fill: none; vector-effect: non-scaling-stroke; stroke-linejoin: round; }
.district { stroke: #22303f; stroke-width: 2.4; }
.subdistrict { stroke: #3f5063; stroke-width: 1.8; fill: #e8eef5; fill-opacity: .55; }
.community { stroke: #7d8c9d; stroke-width: 1; fill: #e8eef5; fill-opacity: .4; }
.grid { stroke: #a9b5c1; stroke-width: .7; fill: #eef2f6; }
.overlay { stroke: #6b4c9a; stroke-width: 1.2; stroke-dasharray: 5 3; fill: #6b4c9a;
  fill-opacity: .08; }
svg text { text-anchor: middle; dominant-baseline: central; pointer-events: none; }
.name { font-size: calc(12px * var(--u)); fill: #44505e; paint-order: stroke;
  stroke: #fff; stroke-width: calc(2px * var(--u)); stroke-opacity: .8; }
.place, g.number { cursor: pointer; --c: #a4161a; }
svg .warning { --c: #c77700; } svg .info { --c: #3c7dc4; }
.place { fill: var(--c); fill-opacity: .35; stroke: var(--c); stroke-width: 1.4;
  vector-effect: non-scaling-stroke; }
.place.quiet { fill-opacity: .08; }
g.number circle { r: calc(9px * var(--u)); fill: var(--c); stroke: #fff;
  stroke-width: calc(1.5px * var(--u)); }
g.number text { font-size: calc(11px * var(--u)); font-weight: 600; fill: #fff; }
.place.chosen { fill-opacity: .75; stroke-width: 3; }
g.number.chosen circle { stroke: #111; }
ol { margin: 0; padding: 0; list-style: none; }
li { background: #fff; border: 1px solid #d8dee6; border-left: 5px solid #3c7dc4;
  border-radius: 6px; padding: 8px 12px; margin-bottom: 8px; }
li.blocking { border-left-color: #a4161a; } li.warning { border-left-color: #c77700; }
li[data-place] { cursor: pointer; } li.chosen { outline: 2px solid #22303f; }
li h2 { margin: 0; font-size: 15px; }
li h2 .number { display: inline-block; min-width: 1.8em; color: #55606e; font-weight: 400; }
li h2 .badge { font-size: 12px; font-weight: 400; border-radius: 3px; padding: 1px 6px;
  margin-left: 6px; background: #e3ecf7; color: #245a94; }
li.blocking .badge { background: #f8dede; color: #a4161a; }
li.warning .badge { background: #fbeacb; color: #7a4800; }
li p { margin: 3px 0 0; overflow-wrap: anywhere; }
li .advice { color: #2f5d3a; }
.none { padding: 24px; background: #fff; border: 1px solid #d8dee6; border-radius: 6px; }
@media (max-width: 800px) {
  header { padding: 10px 12px; } h1 { font-size: 18px; }
  main { grid-template-columns: minmax(0, 1fr); padding: 10px 12px; }
  figure { position: static; }
  svg { height: min(60vh, 100vw); touch-action: pan-y; }
}
@media print { main { display: block; } figure { position: static; } svg { height: 12cm; } }
"""

_SCRIPT = """
(() => {
  const svg = document.getElementById('map');
  if (!svg) return;
  const whole = svg.getAttribute('viewBox').split(' ').map(Number);
  let view = whole.slice();
  const show = () => {
    svg.setAttribute('viewBox', view.join(' '));
    const box = svg.getBoundingClientRect();
    const unit = Math.max(view[2] / box.width, view[3] / box.height);
    svg.style.setProperty('--u', unit);
  };
  const at = (event) => {
    const point = new DOMPoint(event.clientX, event.clientY);
    return point.matrixTransform(svg.getScreenCTM().inverse());
  };
  svg.addEventListener('wheel', (event) => {
    event.preventDefault();
    const centre = at(event);
    const factor = Math.exp(Math.sign(event.deltaY) * 0.2);
    const wide = Math.min(whole[2] * 1.5, Math.max(whole[2] / 20000, view[2] * factor));
    const scale = wide / view[2];
    view = [centre.x - (centre.x - view[0]) * scale, centre.y - (centre.y - view[1]) * scale,
      wide, view[3] * scale];
    show();
  }, { passive: false });
  let from = null;
  svg.addEventListener('pointerdown', (event) => { from = at(event); });
  window.addEventListener('pointerup', () => { from = null; });
  svg.addEventListener('pointermove', (event) => {
    if (!from || !event.buttons) return;
    const now = at(event);
    view = [view[0] + from.x - now.x, view[1] + from.y - now.y, view[2], view[3]];
    show();
  });
  const choose = (number, zoom) => {
    document.querySelectorAll('.chosen').forEach((item) => item.classList.remove('chosen'));
    const row = document.querySelector(`li[data-finding="${number}"]`);
    const shape = svg.querySelector(`.place[data-finding="${number}"]`);
    const mark = svg.querySelector(`g.number[data-finding="${number}"]`);
    for (const item of [row, shape, mark]) if (item) item.classList.add('chosen');
    const seen = shape || mark;
    if (zoom && seen) {
      const box = (shape || mark.querySelector('circle')).getBBox();
      const wide = Math.max(box.width * 3, box.height * 3, whole[2] / 400);
      const high = wide * whole[3] / whole[2];
      view = [box.x + box.width / 2 - wide / 2, box.y + box.height / 2 - high / 2, wide, high];
      show();
    } else if (row) {
      row.scrollIntoView({ block: 'nearest', behavior: 'smooth' });
    }
  };
  svg.querySelectorAll('[data-finding]').forEach((item) =>
    item.addEventListener('click', () => choose(item.dataset.finding, false)));
  document.querySelectorAll('li[data-place]').forEach((row) =>
    row.addEventListener('click', () => choose(row.dataset.finding, true)));
  const button = document.getElementById('whole');
  button.addEventListener('click', () => { view = whole.slice(); show(); });
  window.addEventListener('resize', show);
  show();
})();
"""


def as_page(loaded: Sequence[LoadedSource], findings: Sequence[Finding]) -> str:
    """A whole HTML document in Chinese: the sum, the map with the findings marked, the list.

    Every text from a file is escaped; nothing is loaded from anywhere.
    """
    titles = "、".join(dict.fromkeys(one.source.name for one in loaded))
    told = [
        f"{one.version}：{contents(one)}；{one.source.authority}，{one.source.licence}，"
        f"坐标系 {one.source.crs.name}"
        for one in loaded
    ]
    return page_of(f"界线检查：{titles}", told, draw(loaded, findings), findings)


def page_of(title: str, told: Sequence[str], picture: str, findings: Sequence[Finding]) -> str:
    """The same for anything checked: title and lines that say what it is, and a drawing of
    ``geodata.checks.map``, empty for none. Title and lines are escaped here."""
    number = counts(findings)
    worst = "blocking" if number.blocking else "warning" if number.warning else "info"
    sources = "".join(f'<p class="meta">{html.escape(line)}</p>' for line in told)
    figure = (
        f'<figure>{picture}<figcaption><button id="whole" type="button">全图</button>'
        "点击问题查看位置；滚轮缩放，拖动平移</figcaption></figure>"
        if picture
        else '<p class="none">没有可以画出的图形。</p>'
    )
    rows = "".join(_row(at, finding) for at, finding in enumerate(findings, start=1))
    listing = f"<ol>{rows}</ol>" if rows else '<p class="none">没有发现问题。</p>'
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(title)}</title><style>{_STYLE}</style></head><body>"
        f'<header><h1>{html.escape(title)}</h1><p class="sum {worst}">'
        f"{html.escape(number.sentence)}</p>{sources}</header>"
        f"<main>{figure}<section>{listing}</section></main>"
        f"<script>{_SCRIPT}</script></body></html>\n"
    )


def _row(number: int, finding: Finding) -> str:
    about = " · ".join(
        part
        for part in (
            level_name(finding.level),
            finding.layer or finding.source,
            area_text(finding),
            place_text(finding),
        )
        if part
    )
    placed = " data-place" if finding.geometry is not None or finding.lon is not None else ""
    return (
        f'<li class="{finding.severity.value}" data-finding="{number}"{placed}>'
        f'<h2><span class="number">{number}</span>{FINDING_NAMES[finding.code]}'
        f'<span class="badge">{SEVERITY_NAMES[finding.severity]}</span></h2>'
        f"<p>{html.escape(finding.message)}</p>"
        f'<p class="meta">{html.escape(about)}</p>'
        f'<p class="advice">办法：{html.escape(finding.advice)}</p></li>'
    )
