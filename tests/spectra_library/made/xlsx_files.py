"""Workbooks of our own making, and a slow check of what was read from one.

The XML is written here by hand, so that any trick can be in it, and read with the standard library.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from spectra_library.formats.file_spectrum import FilePart, FileSpectrum
from tests.spectra_library.made.csv_files import AXIS, BAND, HALF, PERCENT, missing_points, number_in

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
Value = float | str | None


def letters(column: int) -> str:
    return chr(ord("A") + column) if column < 26 else letters(column // 26 - 1) + letters(column % 26)


def cell(row: int, column: int, value: Value) -> str:
    place = f"{letters(column)}{row}"
    if value is None:
        return ""
    if isinstance(value, str):
        if value.startswith("<c"):
            return value.replace("PLACE", place)
        return f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f'<c r="{place}"><v>{value!r}</v></c>'


def sheet_xml(rows: Sequence[Sequence[Value]], *, dimension: str = "", before: str = "") -> str:
    body = "".join(
        f'<row r="{number}">'
        + "".join(cell(number, column, value) for column, value in enumerate(row))
        + "</row>"
        for number, row in enumerate(rows, 1)
    )
    size = f'<dimension ref="{dimension}"/>' if dimension else ""
    return f'{before}<worksheet xmlns="{MAIN}">{size}<sheetData>{body}</sheetData></worksheet>'


def workbook(
    sheets: Mapping[str, str],
    *,
    hidden: Sequence[str] = (),
    more: Mapping[str, bytes] | None = None,
    styles: str = f'<styleSheet xmlns="{MAIN}"/>',
) -> bytes:
    """Lay out one workbook; ``sheets`` are XML by name."""
    numbered = list(enumerate(sheets, 1))
    parts = {
        "[Content_Types].xml": "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'>"
        + f"<Override PartName='/xl/workbook.xml' ContentType='{_TYPES}.sheet.main+xml'/>"
        + f"<Override PartName='/xl/styles.xml' ContentType='{_TYPES}.styles+xml'/>"
        + "".join(
            f"<Override PartName='/xl/worksheets/sheet{n}.xml' ContentType='{_TYPES}.worksheet+xml'/>"
            for n, _ in numbered
        )
        + "</Types>",
        "xl/workbook.xml": f"<workbook xmlns='{MAIN}' xmlns:r='{_OFFICE}'><sheets>"
        + "".join(
            f"<sheet name='{escape(name)}' sheetId='{n}' r:id='rId{n}'"
            + (" state='hidden'/>" if name in hidden else "/>")
            for n, name in numbered
        )
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": "<Relationships "
        + "xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>"
        + "".join(
            f"<Relationship Id='rId{n}' Type='{_OFFICE}/worksheet' Target='worksheets/sheet{n}.xml'/>"
            for n, _ in numbered
        )
        + "</Relationships>",
        "xl/styles.xml": styles,
        **{f"xl/worksheets/sheet{n}.xml": sheets[name] for n, name in numbered},
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
        for name, content in (more or {}).items():
            archive.writestr(name, content)
    return stream.getvalue()


def columns(*names: str, values: Sequence[Sequence[float]] = (AXIS, BAND)) -> list[list[Value]]:
    return [list(names), *[list(row) for row in zip(*values, strict=True)]]


def simple(**options: str) -> bytes:
    return workbook({"Sheet1": sheet_xml(columns("Wavenumber", "Absorbance"), **options)})


def seeds() -> dict[str, bytes]:
    """Small valid workbooks of every layout, by name."""
    lines: list[list[Value]] = [["name", *AXIS], ["acetone", *BAND], ["toluene", *HALF]]
    long: list[list[Value]] = [["name", "wavenumber", "absorbance"]]
    long += [
        [name, x, y] for name, band in (("a", BAND), ("b", HALF)) for x, y in zip(AXIS, band, strict=True)
    ]
    two = columns("Wavenumber (cm-1)", "acetone", "toluene", values=(AXIS, BAND, HALF))
    return {
        "columns": simple(),
        "percent": workbook({"S": sheet_xml(columns("cm-1", "%T", values=(AXIS, PERCENT)))}),
        "two_columns": workbook({"S": sheet_xml(two)}),
        "rows": workbook({"S": sheet_xml(lines)}),
        "long": workbook({"S": sheet_xml(long)}),
        "sheets": workbook({"one": sheet_xml(two), "two": sheet_xml(lines), "notes": sheet_xml([["hello"]])}),
        "indented": workbook({"S": sheet_xml([[], *[[None, None, *row] for row in two]])}),
    }


def complaints(content: bytes, parts: Sequence[FilePart]) -> list[str]:
    """Say which points of the spectra are in no sheet; empty when all are."""
    spectra = [part for part in parts if isinstance(part, FileSpectrum) and part.format == "xlsx"]
    if not spectra:
        return []
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        readings = [_numbers(archive.read(name)) for name in sheets]
    return missing_points(readings, spectra)


def _numbers(sheet: bytes) -> list[list[float | None]]:
    found = []
    for row in ElementTree.fromstring(sheet).iter(f"{{{MAIN}}}row"):
        cells = [(one.get("t", "n"), one.findtext(f"{{{MAIN}}}v")) for one in row]
        found.append([number_in(text) if kind == "n" and text else None for kind, text in cells])
    return found
