"""A report from what was asked for to the files in a folder."""

from __future__ import annotations

import errno
import secrets
import shutil
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from app import wiring, words
from app.reporting.material import material_of, snapshot_of
from app.reporting.wanted import FORMATS, Wanted
from app.snapshots.cache import Snapshot
from geodata.whole_file import whole_file
from maps.fonts import PACKAGE, NoChineseFont
from maps.model import Filters
from maps.reports.content import Progress, compose, title_of
from maps.reports.material import AlarmLine, Asked, Material
from maps.reports.model import Report, file_name
from maps.reports.pdf import as_pdf
from maps.reports.word import as_docx
from maps.reports.xlsx import as_xlsx
from routing.errors import UnwritableOutput, UserInputError
from routing.model import JurisdictionLevel

WRITERS: Mapping[str, Callable[[Report], bytes]] = {
    "pdf": as_pdf,
    "docx": as_docx,
    "xlsx": as_xlsx,
}
_READ, _COMPOSED = 0.2, 0.8
"""Shares of the progress bar: of the database, and of counting and drawing; the rest are pages."""


def compose_wanted(
    engine: Engine,
    wanted: Wanted,
    *,
    progress: Progress,
    working_crs: str | None,
    alarms: Callable[[Snapshot], tuple[AlarmLine, ...] | None] = lambda snapshot: None,
) -> Report:
    """Read the data of the wish's scope and return the report.

    Raises UserInputError where its jurisdiction does not exist in the scope, NoChineseFont,
    StoreUnavailable, and whatever ``progress`` raises.
    """
    progress(0.0, "读取数据")
    snapshot = snapshot_of(engine, wanted.scope, working_crs)
    progress(_READ / 2, "合并同一事件")
    material = material_of(engine, snapshot, alarms(snapshot))
    asked = asked_of(wanted, material)

    def inner(share: float, note: str) -> None:
        progress(_READ + share * (_COMPOSED - _READ), note)

    return compose(material, asked, made_at=datetime.now(wiring.LOCAL_TIME), progress=inner)


def asked_of(wanted: Wanted, material: Material) -> Asked:
    """The wish with its names; UserInputError for a jurisdiction that the data do not hold."""
    within = wanted.within
    if wanted.subdistrict and within is None:
        within = (JurisdictionLevel.SUBDISTRICT, wanted.subdistrict)
    if within is not None:
        level, code = within
        areas = material.areas.get(level)
        if areas is None or code not in areas.place_of:
            raise UserInputError(
                f"没有代码为“{code[:40]}”的{words.LEVELS[level]}，请从列表中重新选择"
            )
        place = areas.names[areas.place_of[code]]
    else:
        place = whole_name(material)
    period = wanted.period
    kinds = frozenset(wanted.kinds)
    return Asked(
        kind=wanted.kind,
        period=period,
        filters=Filters(window=period.window, kinds=kinds, within=within),
        place=place,
        title=wanted.title or title_of(wanted.kind, period.name, place, kinds),
    )


def whole_name(material: Material) -> str:
    """全市, or the district's name where the deployment is one district's."""
    districts = material.areas.get(JurisdictionLevel.DISTRICT)
    return districts.names[0] if districts is not None and len(districts) == 1 else "全市"


def write_files(
    report: Report, formats: tuple[str, ...], folder: Path, *, progress: Progress
) -> list[str]:
    """Write the files into a folder that appears whole or not at all; return their names.

    Raises UnwritableOutput where the disk is full or refuses; nothing is left behind then.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        part = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.part")
        part.mkdir()
    except OSError as wrong:
        raise UnwritableOutput(f"cannot write {str(folder)!r}: {wrong.strerror}") from wrong
    try:
        names = []
        for at, form in enumerate(formats):
            progress(_COMPOSED + (1 - _COMPOSED) * at / len(formats), f"生成{FORMATS[form]}")
            name = file_name(report.title, form)
            content = WRITERS[form](report)
            with whole_file(part / name) as file:
                file.write(content)
            names.append(name)
        if folder.exists():  # of an attempt that died between writing and saying so
            shutil.rmtree(folder)
        part.rename(folder)
        return names
    except OSError as wrong:
        raise UnwritableOutput(f"cannot write {str(folder)!r}: {wrong.strerror}") from wrong
    finally:
        shutil.rmtree(part, ignore_errors=True)


def trouble(error: Exception, incident: str) -> str:
    """One Chinese sentence: what went wrong and what to do."""
    if isinstance(error, NoChineseFont):
        return (
            "服务器没有安装中文字体，报告没有生成；"
            f"请系统管理员执行 apt-get install {PACKAGE} 后重新生成"
        )
    if isinstance(error, UnwritableOutput):
        full = isinstance(error.__cause__, OSError) and error.__cause__.errno in (
            errno.ENOSPC,
            errno.EDQUOT,
        )
        if full:
            return "磁盘已满，报告没有生成，没有留下不完整的文件；请系统管理员清理磁盘后重新生成"
        return "报告文件写不进磁盘，报告没有生成；请系统管理员检查 SHUDI_VAR 所在的目录"
    if isinstance(error, UserInputError):
        return str(error)
    return f"生成失败，请把事件编号 {incident} 告诉系统管理员，以便在日志中查到原因"
