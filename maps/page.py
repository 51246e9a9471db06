"""One map in one file: opens in any browser on a machine without a network.

folium writes the map; its own links to other people's servers are left out and Leaflet's text is
put into the file instead. Nothing a citizen wrote belongs in it, and every name that does (of an
area, of a kind) is made inert: folium puts popups and tooltips into JavaScript template literals
and into HTML as they are.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from typing import Any, cast

import folium
from branca.element import Element, Figure, MacroElement
from folium.template import Template

from routing.errors import UserInputError

CAUTION = "投诉量不等于问题量：各地拨打意愿不同，颜色浅不代表没有问题。"
MOST_BYTES = 5_000_000
"""A file that office mail still carries; 3,000 communities of 25 corners with a tooltip of four
lines take 3.4 MB, Leaflet's 150 kB included. Beyond it the caller is told to choose a coarser
level."""
LABELS_AT_MOST = 400
"""Names on one map; more would cover it and each costs 400 bytes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Assets:
    """Leaflet as it is installed with the program."""

    leaflet_js: str
    leaflet_css: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MapLayer:
    """Shapes that are switched on and off together."""

    name: str
    features: Sequence[Mapping[str, Any]]
    """GeoJSON features, WGS 84. Properties: ``colour`` (empty: outline only), ``rows`` (pairs of
    a word and its value, for the tooltip), ``label`` (drawn on the map at ``at``, longitude and
    latitude; may be empty), ``strong`` (a label of a coarser level)."""
    shown: bool = True
    weight_px: float = 0.8
    line: str = "#4d5a68"
    opacity: float = 0.8
    """Of the fill."""
    line_opacity: float = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Legend:
    """Colours from low to high with their words."""

    title: str
    rows: Sequence[tuple[str, str]]
    """(colour, words); an empty colour is drawn as hatched: no value."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Heading:
    """What must stand on every picture."""

    title: str
    period: str = ""
    located: int = 0
    total: int | None = None
    """Cases; ``None`` for a map of borders alone, which says nothing of cases."""
    unlocated: Sequence[str] = ()
    """One line per district, e.g. ``鼓楼区 4.2 %（120 件）``."""
    method: Sequence[str] = ()
    """Name, null hypothesis, correction, permutations, seed, choices: one line each."""
    warnings: Sequence[str] = ()
    version: str = ""
    notice: str = ""
    """E.g. 演示数据，非官方界线."""
    extra: Mapping[str, str] = field(default_factory=dict)


def inert(text: object) -> str:
    """The text as HTML that stays text, also inside a JavaScript template literal or a script.

    >>> inert("${alert(1)}`</script>")
    '&#36;&#123;alert(1)&#125;&#96;&lt;/script&gt;'
    """
    return html.escape(str(text)).translate(_INERT)


_INERT = {ord(char): f"&#{ord(char)};" for char in "`$\\{}"}


def map_page(
    layers: Sequence[MapLayer],
    heading: Heading,
    legend: Legend,
    bounds: tuple[float, float, float, float],
    assets: Assets,
) -> str:
    """Return the HTML of one map.

    ``bounds`` is west, south, east, north in degrees. Layers without features are left out; a map
    without any still has its frame and says that there is nothing to show. Raises UserInputError
    where the file would be larger than MOST_BYTES.
    """
    west, south, east, north = bounds
    made = _Map(
        location=[(south + north) / 2, (west + east) / 2],
        tiles=None,
        control_scale=True,
        prefer_canvas=True,
        zoom_snap=0.25,
        attribution_control=False,
    )
    figure = cast(Figure, made.get_root())
    figure.title = inert(heading.title)
    figure.header.add_child(_Raw(_leaflet(assets)), name="leaflet")
    style = (resources.files("maps") / "templates" / "page.css").read_text("utf-8")
    figure.header.add_child(_Raw(f"<style>{style}</style>"), name="style")
    figure.html.add_child(_Raw(_panel(heading, legend, empty=not any(_all(layers)))), name="panel")
    labels = 0
    for layer in layers:
        if layer.features:
            group = folium.FeatureGroup(name=inert(layer.name), show=layer.shown)
            _shapes(layer).add_to(group)
            for feature in layer.features:
                if labels < LABELS_AT_MOST and (label := _label(feature)) is not None:
                    label.add_to(group)
                    labels += 1
            group.add_to(made)
    folium.LayerControl(collapsed=True, position="topright").add_to(made)
    made.add_child(_Behaviour([[south, west], [north, east]]))
    text = str(figure.render())
    size = len(text.encode())
    if size > MOST_BYTES:
        raise UserInputError(
            f"地图文件有 {size / 1e6:.1f} MB，超过 {MOST_BYTES / 1e6:.0f} MB；"
            "请选较粗的层级或缩小范围后再导出"
        )
    return text


class _Map(folium.Map):
    """Without the links to other people's servers."""

    default_js: list[tuple[str, str]] = []  # noqa: RUF012 - as folium declares them
    default_css: list[tuple[str, str]] = []  # noqa: RUF012


class _Raw(Element):
    """Text that goes into the page as it is; branca would take it for a template."""

    _template = Template("{{ this.text }}")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


def _leaflet(assets: Assets) -> str:
    """Leaflet as text of this page, with no address of anybody in it.

    The addresses in it are a link in an attribution we do not show, comments, and the name of the
    SVG namespace, which is written in two parts so that whoever searches the file for addresses
    finds none.
    """
    script = re.sub(r"^/\* @preserve.*?\*/", "", assets.leaflet_js, flags=re.S)
    script = script.replace("http://www.w3.org", 'http:"+"//www.w3.org')
    script = re.sub(r"https?://[^\s\"'<>)]*", "#", script).replace("//# sourceMappingURL", "// ")
    style = re.sub(r"url\((?!data:)[^)]*\)", "none", assets.leaflet_css)  # pictures we do not use
    style = re.sub(r"https?://[^\s\"'<>)]*", "", style)
    script = script.replace("</script", "<\\/script")
    return f"<style>{style}</style>\n<script>{script}</script>"


def _all(layers: Sequence[MapLayer]) -> list[bool]:
    return [bool(layer.features) for layer in layers]


def _shapes(layer: MapLayer) -> folium.GeoJson:
    features = [
        {
            "type": "Feature",
            "id": str(at),
            "geometry": feature["geometry"],
            "properties": {
                "colour": str(feature["properties"].get("colour") or ""),
                "tip": _tip(feature["properties"].get("rows") or ()),
            },
        }
        for at, feature in enumerate(layer.features)
    ]

    def style(feature: Mapping[str, Any]) -> dict[str, object]:
        colour = feature["properties"]["colour"]
        return {
            "color": layer.line,
            "weight": layer.weight_px,
            "opacity": layer.line_opacity,
            "fillColor": colour or "#ffffff",
            "fillOpacity": layer.opacity if colour else 0.0,
        }

    tips = any(feature["properties"]["tip"] for feature in features)
    return folium.GeoJson(
        {"type": "FeatureCollection", "features": features},
        style_function=style,
        highlight_function=(lambda _: {"weight": 2.4}) if tips else None,
        tooltip=folium.GeoJsonTooltip(["tip"], labels=False, sticky=True) if tips else None,
        smooth_factor=0.5,
    )


def _tip(rows: Sequence[tuple[object, object]]) -> str:
    return "<br>".join(f"<b>{inert(word)}</b> {inert(value)}" for word, value in rows)


def _label(feature: Mapping[str, Any]) -> folium.Marker | None:
    words, at = feature["properties"].get("label"), feature["properties"].get("at")
    if not words or at is None:
        return None
    kind = "name strong" if feature["properties"].get("strong") else "name"
    icon = folium.DivIcon(html=f"<span>{inert(words)}</span>", class_name=kind, icon_size=(0, 0))
    return folium.Marker([at[1], at[0]], icon=icon, interactive=False, keyboard=False)


def _panel(heading: Heading, legend: Legend, *, empty: bool) -> str:
    facts = {"时段": heading.period}
    if heading.total is not None:
        share = f"{heading.located / heading.total:.1%}" if heading.total else "—"
        facts["已定位"] = f"{heading.located:,} 件，共 {heading.total:,} 件（{share}）"
    facts |= {
        **heading.extra,
        "界线版本": heading.version,
    }
    lines = "".join(
        f"<div><dt>{inert(word)}</dt><dd>{inert(value)}</dd></div>"
        for word, value in facts.items()
        if value
    )
    rows = "".join(
        f"<li><i{_swatch(colour)}></i>{inert(words)}</li>" for colour, words in legend.rows
    )
    return (
        '<aside class="panel"><details open><summary>'
        f"{inert(heading.title)}</summary>"
        + (f'<p class="notice">{inert(heading.notice)}</p>' if heading.notice else "")
        + ('<p class="notice">该条件下没有可画的内容。</p>' if empty else "")
        + f'<dl>{lines}</dl><p class="legend">{inert(legend.title)}</p><ul>{rows}</ul>'
        + _folded("各区未定位比例", heading.unlocated)
        + _folded("方法与检验", heading.method)
        + "".join(f'<p class="notice">{inert(line)}</p>' for line in heading.warnings)
        + (f'<p class="caution">{CAUTION}</p>' if heading.total is not None else "")
        + "</details></aside>"
    )


def _swatch(colour: str) -> str:
    if re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        return f' style="background:{colour}"'
    return ' class="none"'


def _folded(title: str, lines: Sequence[str]) -> str:
    if not lines:
        return ""
    body = "".join(f"<li>{inert(line)}</li>" for line in lines)
    return (
        f'<details class="more"><summary>{title}</summary><ul class="plain">{body}</ul></details>'
    )


class _Behaviour(MacroElement):
    """Shows the ground beside the panel, folds the panel where there is no room for it, and hides
    a name that would cover an earlier one, whenever the view changes."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        (function (map) {
          var wide = window.innerWidth >= 640;
          document.querySelector(".panel > details").open = wide;
          map.fitBounds({{ this.bounds | tojavascript }}, {
            animate: false, paddingTopLeft: [wide ? 324 : 12, 12], paddingBottomRight: [12, 12]
          });
          function untangle() {
            var taken = [];
            [".strong > span", ".name:not(.strong) > span"].forEach(function (kind) {
              document.querySelectorAll(kind).forEach(function (one) {
                var box = one.getBoundingClientRect();
                var hit = taken.some(function (other) {
                  return box.left < other.right && box.right > other.left &&
                         box.top < other.bottom && box.bottom > other.top;
                });
                one.style.visibility = hit ? "hidden" : "visible";
                if (!hit) taken.push(box);
              });
            });
          }
          map.on("zoomend moveend overlayadd", untangle);
          setTimeout(untangle, 0);
        })({{ this._parent.get_name() }});
        {% endmacro %}
        """
    )

    def __init__(self, bounds: list[list[float]]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.bounds = bounds
