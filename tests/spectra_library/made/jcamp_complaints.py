"""A slow checker of what a reader took from a JCAMP-DX file.

It is written without the reader, and tries every way a table could be meant.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from spectra_library.formats.file_spectrum import FileBandList, FilePart, FileSpectrum, RefusedBlock
from tests.spectra_library.made.jcamp_decoder import meanings

ROWS = ("SYMBOL", "VARDIM", "UNITS", "FIRST", "LAST", "FACTOR")  # of the table of variables of NTUPLES


@dataclass(eq=False)
class Labels:
    """A block as the checker sees it: first value of each label, tables with the lines below them."""

    values: dict[str, str] = field(default_factory=dict)
    tables: list[tuple[str, str, list[str], dict[str, str]]] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)


def complaints(content: bytes, parts: Sequence[FilePart]) -> list[str]:
    """Say for each accepted part why no table of the file justifies it; empty when all are sound."""
    tables = [(labels, table) for labels in _blocks(_text(content)) for table in labels.tables]
    # A page that was refused leaves nothing to compare the statements on all pages with.
    is_whole = not any(isinstance(part, RefusedBlock) for part in parts)
    said: list[str] = []
    for part in parts:
        if not isinstance(part, FileSpectrum | FileBandList):
            continue
        reasons: list[str] = []
        for labels, table in tables:
            found = _doubts(labels, table, part, is_whole=is_whole)
            if not found:
                break
            reasons.append(f"{table[0]}: {'; '.join(found)}")
        else:
            said.append(f"part {part.block}: {' | '.join(reasons) or 'the file has no table'}")
    return said


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        text = content.decode("cp1252", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x1a", "").replace("\x00", "")


def _blocks(text: str) -> list[Labels]:
    found: list[Labels] = []
    stack: list[Labels] = []
    below: list[str] = []
    open_values: list[tuple[dict[str, str], str]] = []  # texts that go on in the next line
    for line in text.split("\n"):
        line = line.split("$$")[0]
        record = re.match(r"\s*##([^=]{0,80})=(.*)", line)
        if not record:
            below.append(line)
            for values, label in open_values:
                values[label] = f"{values[label]} {line.strip()}".strip()
            continue
        label = "".join(c for c in record[1].upper() if not c.isspace() and c not in "-/_")
        below = []
        open_values = []
        if label == "TITLE":
            if stack and stack[-1].tables:
                stack.pop()
            stack.append(Labels())
            found.append(stack[-1])
        if label == "END":
            stack = stack[:-1]
            continue
        if not stack:
            if found:
                continue
            stack.append(Labels())
            found.append(stack[-1])
        labels = stack[-1]
        if label == "PAGE":
            labels.variables = {"PAGE": record[2].strip()}
        if label in ("NTUPLES", "ENDNTUPLES"):
            labels.variables = {}
        if label == "NTUPLES":
            for row in (*ROWS, "NPOINTS"):
                labels.values.pop(row, None)
        is_table = label in ("XYDATA", "XYPOINTS", "DATATABLE", "PEAKTABLE", "PEAKASSIGNMENTS", "NTUPLES")
        is_on_page = "PAGE" in labels.variables
        for values in (labels.values, labels.variables if is_on_page else {}):
            if is_on_page and values is labels.values and label in ROWS:
                continue  # what a page says of its variables is said of that page alone
            if label not in values:
                values[label] = record[2].strip()
                open_values += [] if is_table or label.startswith("$") else [(values, label)]
        if is_table and label != "NTUPLES":
            labels.tables.append((label, record[2].strip().upper(), below, labels.variables))
    return found


def _doubts(
    labels: Labels, table: tuple[str, str, list[str], dict[str, str]], part: FilePart, *, is_whole: bool
) -> list[str]:
    label, form, lines, page = table
    is_peaks = label.startswith("PEAK")
    if is_peaks != isinstance(part, FileBandList):
        return ["another kind of table"]
    values = _of_page(labels.values, page, form) if label == "DATATABLE" else labels.values
    points = _number(values.get("NPOINTS", ""))
    if math.isnan(points):
        return ["no number of points"]
    best: list[str] | None = None
    for meaning in meanings(lines, form, is_assigned=label == "PEAKASSIGNMENTS"):
        x = [value * _factor(values, "XFACTOR") for value in meaning.x]
        y = [value * _factor(values, "YFACTOR") for value in meaning.y]
        doubts = []
        if len(y) != points:
            doubts.append(f"{len(y)} points instead of {points:g}")
        elif "++" in form:
            x = _even_axis(values, len(y))
            doubts += _x_doubts(meaning.marks, x, _factor(values, "XFACTOR"))
        elif not is_peaks:
            doubts += _end_doubts(values, x)
        if not doubts:
            doubts += _scale_doubts(values, y)
            doubts += _common_doubts(labels, values) if label == "DATATABLE" and is_whole else []
            doubts += _peak_doubts(values, x, y, part) if is_peaks else _curve_doubts(values, x, y, part)
        if not doubts:
            return []
        best = doubts if best is None or len(doubts) < len(best) else best
    return best or ["the table cannot be decoded"]


def _of_page(values: dict[str, str], page: dict[str, str], form: str) -> dict[str, str]:
    """Give the labels of a simple file for one page of NTUPLES."""
    cells = {
        label: [cell.strip() for cell in (page.get(label) or values.get(label, "")).split(",")]
        for label in ("SYMBOL", "VARDIM", "UNITS", "FIRST", "LAST", "FACTOR", "MIN", "MAX")
    }
    for label, row in cells.items():
        # An empty cell of a page leaves what the table says.
        old = [cell.strip() for cell in values.get(label, "").split(",")]
        row.extend([""] * (max(len(old), 2) - len(row)))
        cells[label] = [new or (old[at] if at < len(old) else "") for at, new in enumerate(row)]
    form = re.sub(r"\s", "", form)
    simple: dict[str, str] = {}
    symbols = [symbol.upper() for symbol in cells["SYMBOL"]]
    for ax, x in enumerate(symbols):
        for ay, y in enumerate(symbols):
            if form.startswith((f"({x}++({y}..{y}))", f"({x}{y}..{x}{y})")):
                for label, source, at in (
                    *(("XUNITS", "UNITS", ax), ("FIRSTX", "FIRST", ax), ("LASTX", "LAST", ax)),
                    *(("XFACTOR", "FACTOR", ax), ("YFACTOR", "FACTOR", ay), ("YUNITS", "UNITS", ay)),
                    *(("NPOINTS", "VARDIM", ax), ("NPOINTS", "VARDIM", ay)),
                ):
                    if at < len(cells[source]) and cells[source][at]:
                        simple.setdefault(label, cells[source][at])
                stated = {}
                for label, source in (("FIRSTY", "FIRST"), ("MINY", "MIN"), ("MAXY", "MAX")):
                    own = [cell.strip() for cell in page.get(source, "").split(",")]
                    if ay < len(own) and own[ay]:
                        simple[label] = own[ay]
                    if ay < len(cells[source]) and cells[source][ay]:
                        stated[f"COMMON{label}"] = cells[source][ay]
                if not any(label in simple for label in ("FIRSTY", "MINY", "MAXY")):
                    simple |= {"SYMBOL": y, **stated}
    if "NPOINTS" in page:
        simple["NPOINTS"] = page["NPOINTS"]
    return simple


def _number(text: str) -> float:
    found = re.match(r"[+-]?(\d+[.,]?\d*|[.,]\d+)([eE][+-]?\d{1,4})?", text, re.ASCII)
    return float(found[0].replace(",", ".")) if found else math.nan


def _letters(text: str) -> str:
    return "".join(c for c in text.upper() if "A" <= c <= "Z")


def _factor(values: dict[str, str], label: str) -> float:
    return _number(values.get(label, "")) if values.get(label) else 1.0


def _even_axis(values: dict[str, str], points: int) -> list[float]:
    first, last = _number(values.get("FIRSTX", "")), _number(values.get("LASTX", ""))
    return [first + i * (last - first) / (points - 1) for i in range(points)]


def _x_doubts(marks: list[tuple[str, int]], x: list[float], factor: float) -> list[str]:
    """Doubt an abscissa that is off by more than half a step and more than its printing."""
    half = abs(x[-1] - x[0]) / (len(x) - 1) / 2
    mantissas = [printed.lower().split("e")[0] for printed, _ in marks]
    digits = max(len(re.sub(r"\D", "", mantissa).lstrip("0")) for mantissa in mantissas)
    doubts = []
    for printed, point in marks:
        value = float(printed)
        whole = len(str(int(abs(value)))) if abs(value) >= 1 else 0
        decimals = max(
            len(p.lower().split("e")[0].partition(".")[2]) - int([*p.lower().split("e"), "0"][1])
            for p, _ in marks
        )
        unit = 10.0 ** -max(0, min(decimals, digits - whole)) * abs(factor)
        if not abs(value * factor - x[point]) <= max(half, 1.01 * unit) + 2e-6 * max(map(abs, x)):
            doubts.append(f"abscissa {printed} at {x[point]:g}")
    return doubts


def _end_doubts(values: dict[str, str], x: list[float]) -> list[str]:
    doubts = []
    for label, found, neighbour in (("FIRSTX", x[0], x[1]), ("LASTX", x[-1], x[-2])):
        said = _number(values.get(label, ""))
        if abs(said - found) > abs(found - neighbour) / 2:
            doubts.append(f"{label} {said:g} instead of {found:g}")
    return doubts


def _scale_doubts(values: dict[str, str], y: list[float]) -> list[str]:
    known = [value for value in y if not math.isnan(value)]
    if not known:
        return []
    scale = max(map(abs, known))
    failing, confirming = [], []
    for label, value in (("FIRSTY", y[0]), ("MAXY", max(known)), ("MINY", min(known))):
        said = _number(values.get(label, ""))
        if math.isnan(said) or math.isnan(value):
            continue
        rounding = min(_last_place(values[label]), 0.05 * scale)
        unit = min(_printed_place(values, known), 0.05 * scale)
        allowed = 1.01 * (rounding + unit + 1e-4 * scale)
        if abs(said - value) > allowed:
            failing.append(label)
        elif abs(said) > 0.98 * allowed:  # what is 0 at every scale says nothing of this one
            confirming.append(label)
    return failing if failing and not confirming else []


def _printed_place(values: dict[str, str], y: list[float]) -> float:
    """Give one unit in the last place of the ordinates, which a factor of 1 over decimals is not."""
    factor = _factor(values, "YFACTOR") or 1.0
    decimals = max(len(f"{value / factor:.8f}".rstrip("0").partition(".")[2]) for value in y)
    return 10.0**-decimals * abs(factor)


def _last_place(text: str) -> float:
    found = re.match(r"[+-]?\d*[.,]?(?P<decimals>\d*)(?:[eE](?P<exponent>[+-]?\d+))?", text, re.ASCII)
    assert found is not None
    has_point = "." in found[0] or "," in found[0]
    return 10.0 ** (int(found["exponent"] or 0) - (len(found["decimals"]) if has_point else 0))


def _common_doubts(labels: Labels, values: dict[str, str]) -> list[str]:
    """Doubt the ordinates of all pages together, where the table of variables speaks of all of them."""
    if "SYMBOL" not in values:
        return []
    together: list[float] = []
    first: dict[str, str] = {}
    for label, form, lines, page in labels.tables:
        other = _of_page(labels.values, page, form) if label == "DATATABLE" else {}
        if other.get("SYMBOL") != values["SYMBOL"]:
            continue
        points = _number(other.get("NPOINTS", ""))
        fitting = [m for m in meanings(lines, form, is_assigned=False) if len(m.y) == points]
        if not fitting:
            return []
        first = first or other
        together += [value * _factor(other, "YFACTOR") for value in fitting[0].y]
    said = {label: first.get(f"COMMON{label}", "") for label in ("FIRSTY", "MINY", "MAXY")}
    return _scale_doubts({**said, "YFACTOR": first.get("YFACTOR", "")}, together)


def _curve_doubts(values: dict[str, str], x: list[float], y: list[float], part: FilePart) -> list[str]:
    """Doubt a spectrum whose numbers are not those of the table, converted in one of the usual ways."""
    assert isinstance(part, FileSpectrum)
    wavelength = {"MICROMETERS": 1e4, "NANOMETERS": 1e7}.get(_letters(values.get("XUNITS", "")))
    rows = sorted((wavelength / a if wavelength else a, b) for a, b in zip(x, y, strict=True))
    ways = {
        "absorbance": lambda value: value,
        "fraction": lambda value: -math.log10(value) if value > 0 else math.nan,
        "percent": lambda value: -math.log10(value / 100) if value > 0 else math.nan,
    }
    found = part.absorbance if part.absorbance is not None else part.ordinate
    for way in ways.values() if part.absorbance is not None else (ways["absorbance"],):
        kept = [(a, way(b)) for a, b in rows if not math.isnan(way(b))]
        if len(kept) == len(found) and all(
            math.isclose(a, w, rel_tol=1e-9) and math.isclose(b, v, rel_tol=1e-9, abs_tol=1e-12)
            for (a, b), w, v in zip(kept, part.wavenumber, found, strict=True)
        ):
            dropped = [a for a, b in rows if math.isnan(way(b)) and kept[0][0] < a < kept[-1][0]]
            bare = [a for a in dropped if not any(low < a < high for low, high in part.gaps)]
            return [f"no gap at {bare[0]:g}"] if bare else []
    return ["other numbers"]


def _peak_doubts(values: dict[str, str], x: list[float], y: list[float], part: FilePart) -> list[str]:
    assert isinstance(part, FileBandList)
    wavelength = {"MICROMETERS": 1e4, "NANOMETERS": 1e7}.get(_letters(values.get("XUNITS", "")))
    position = {a: wavelength / a if wavelength else a for a in x}
    if sorted(set(position.values())) != part.wavenumber.tolist():
        return ["other positions"]
    strength = part.strength.tolist()
    if not all(0 <= value <= 1 for value in strength) or max(strength) != 1:
        return ["strengths that are none"]
    if values.get("YUNITS", "").upper() == "ABSORBANCE" and max(strength) != min(strength):
        top = max(value for value in y if not math.isnan(value))
        by_position = dict(zip(part.wavenumber.tolist(), strength, strict=True))
        for a, b in zip(x, y, strict=True):
            said = 1.0 if math.isnan(b) else min(1.0, max(0.0, b / top))
            if by_position[position[a]] < said - 1e-9:
                return [f"strength at {a:g}"]
    return []
