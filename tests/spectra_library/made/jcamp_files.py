"""Small JCAMP-DX files of every variant, written with an encoder of every number form."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from tests.spectra_library.made import jcamp_complaints
from tests.spectra_library.made.jcamp_decoder import DIFFERENCE, REPEATED, SQUEEZED

complaints = jcamp_complaints.complaints  # the fuzzer asks for both here

FORMS = ("AFFN", "COMMAS", "FIX", "PAC", "SQZ", "SQZDUP", "DIF", "DIFDUP")
LINE = 7  # ordinates a line


def letter(number: int, table: dict[str, str]) -> str:
    """Write ``number`` with its sign and first digit as one letter of ``table``."""
    text = str(number)
    head = text[:2] if text.startswith("-") else text[:1]
    return table[head] + text[len(head) :]


def repeats(items: list[str]) -> str:
    """Join items, writing runs of equal ones as one item and a DUP count."""
    written, at = "", 0
    while at < len(items):
        run = 1
        while at + run < len(items) and items[at + run] == items[at]:
            run += 1
        written += items[at] + (letter(run, REPEATED) if run > 1 else "")
        at += run
    return written


def encoded(values: Sequence[int], form: str, *, first: float = 0, step: float = 1) -> list[str]:
    """Write ``values`` on the axis ``first``, ``first + step`` ... in one of FORMS, line by line."""
    lines: list[str] = []
    if form in ("DIF", "DIFDUP"):
        at = 0
        while True:
            chunk = values[at : at + LINE]
            items = [letter(b - a, DIFFERENCE) for a, b in itertools.pairwise(chunk)]
            tail = repeats(items) if form == "DIFDUP" else "".join(items)
            lines.append(f"{first + at * step:g}{letter(chunk[0], SQUEEZED)}{tail}")
            if at + LINE >= len(values):
                return lines
            at += LINE - 1  # the last ordinate stands again at the head of the next line
    for at in range(0, len(values), LINE):
        chunk, x = values[at : at + LINE], f"{first + at * step:g}"
        if form == "AFFN":
            lines.append(" ".join([x, *map(str, chunk)]))
        elif form == "COMMAS":
            lines.append(", ".join([x, *map(str, chunk)]))
        elif form == "FIX":
            lines.append(f"{x:>8}" + "".join(f"{value:12d}" for value in chunk))
        elif form == "PAC":
            lines.append(x + "".join(f"{value:+d}" for value in chunk))
        elif form == "SQZ":
            lines.append(x + "".join(letter(value, SQUEEZED) for value in chunk))
        else:
            # The first ordinate of a line is never a repeat, so each line stands for itself.
            lines.append(x + repeats([letter(value, SQUEEZED) for value in chunk]))
    return lines


ORDINATES = [10, 12, 12, 12, 15, 40, 90, 180, 340, 520, 410, 210, 90, 40, 20, 20, 20, 18, 10, 0, 0, 5, 7]
HEADER = {
    "TITLE": "made up",
    "JCAMP-DX": "4.24",
    "DATA TYPE": "INFRARED SPECTRUM",
    "ORIGIN": "Agency A",
    "OWNER": "public domain",
    "CAS REGISTRY NO": "64-17-5",
    "STATE": "liquid",
}


def block(table: Sequence[str], form: str, **labels: str | None) -> str:
    """Write one block; a keyword adds or changes a label (``_`` stands for a space), None removes it."""
    header: dict[str, str | None] = dict(HEADER)
    header |= {label.replace("_", " "): value for label, value in labels.items()}
    lines = [f"##{label}= {value}" for label, value in header.items() if value is not None]
    return "\n".join([*lines, f"##{form}", *table, "##END=", ""])


def curve(form: str = "AFFN", *, first: float = 1000, step: float = 4, **labels: str | None) -> str:
    """Write the ordinates of this file as one ``(X++(Y..Y))`` block."""
    last = first + step * (len(ORDINATES) - 1)
    numbers: dict[str, str | None] = {
        **{"XUNITS": "1/CM", "YUNITS": "ABSORBANCE", "XFACTOR": "1", "YFACTOR": "0.001"},
        **{"FIRSTX": f"{first:g}", "LASTX": f"{last:g}", "NPOINTS": str(len(ORDINATES))},
        **{"FIRSTY": "0.010", "MAXY": "0.520", "MINY": "0.000", "DELTAX": f"{step:g}"},
    }
    table = encoded(ORDINATES, form, first=first, step=step)
    return block(table, "XYDATA= (X++(Y..Y))", **{**numbers, **labels})


def pairs(rows: Sequence[str], *, first: str, last: str, **labels: str | None) -> str:
    """Write rows of pairs as one ``(XY..XY)`` block."""
    numbers: dict[str, str | None] = {
        **{"XUNITS": "1/CM", "YUNITS": "ABSORBANCE", "FIRSTX": first, "LASTX": last},
        **{"NPOINTS": str(len(rows))},
    }
    return block(rows, "XYPOINTS= (XY..XY)", **{**numbers, **labels})


def envelope(blocks: Sequence[str]) -> str:
    """Write blocks as one compound file."""
    return f"##TITLE= several\n##DATA TYPE= LINK\n##BLOCKS= {len(blocks)}\n" + "".join(blocks) + "##END=\n"


def pages(tables: Sequence[Sequence[str]], form: str, **rows: str | None) -> str:
    """Write an NTUPLES block of one page for each of ``tables``."""
    table: dict[str, str | None] = {
        "VAR_NAME": "WAVENUMBER, ABSORBANCE, TIME",
        "SYMBOL": "X, Y, T",
        "VAR_TYPE": "INDEPENDENT, DEPENDENT, PAGE",
        "VAR_FORM": "AFFN, ASDF, AFFN",
        "VAR_DIM": f"{len(ORDINATES)}, {len(ORDINATES)}, {len(tables)}",
        "UNITS": "1/CM, ABSORBANCE, SECONDS",
        "FIRST": "1000, 0.010, 0.5",
        "LAST": "1088, 0.007, ",
        "MIN": "1000, 0.000, ",
        "MAX": "1088, 0.520, ",
        "FACTOR": "1, 0.001, 1",
    }
    lines = [f"##{label}= {value}" for label, value in (table | rows).items() if value is not None]
    for at, numbers in enumerate(tables, 1):
        lines += [f"##PAGE= T={at / 2:g}", f"##DATA TABLE= {form}", *numbers]
    lines.append("##END NTUPLES= INFRARED SPECTRUM")
    return block(lines, "NTUPLES= INFRARED SPECTRUM", **{"DATA CLASS": "NTUPLES"})


def peaks(rows: Sequence[str], form: str, **labels: str | None) -> str:
    """Write a block with a peak table or with peak assignments."""
    numbers: dict[str, str | None] = {
        **{"DATA TYPE": "INFRARED PEAK TABLE", "XUNITS": "1/CM", "YUNITS": "ABSORBANCE"},
        **{"NPOINTS": str(len(rows))},
    }
    return block(rows, form, **{**numbers, **labels})


def seeds() -> dict[str, bytes]:
    """Return small valid files of every variant by name."""
    affn = curve()
    percent = [f"{1000 + 4 * i}, {100 - 4 * (i % 5)}" for i in range(12)]
    missing = [f"{1000 + 4 * i} {'?' if i in (4, 5) else i}" for i in range(12)]
    own = ["##$CHEMGATE GAPS= (low high)", "1012.0 1024.5", "##XYPOINTS= (XY..XY)"]
    shown = [f"{x}, {y}" for x, y in ((1000.0, 0.1), (1012.0, 0.2), (1018.25, "?"), (1024.5, 0.3))]
    even, other = (
        encoded(ORDINATES, "AFFN", first=1000, step=4),
        encoded(ORDINATES, "DIFDUP", first=1000, step=4),
    )
    texts = {
        **{form.lower(): curve(form) for form in FORMS},
        # One statement about the scale alone: it has to hold.
        "first_ordinate_only": curve("SQZ", MAXY=None, MINY=None),
        "highest_ordinate_only": curve("PAC", FIRSTY=None, MINY=None),
        "falling": curve("DIFDUP", first=1088, step=-4, MAXY=None),
        "exponents": affn.replace(" 520 ", " 5.2E2 ").replace(" 340 ", " 3.4e+02 "),
        "question_marks": affn.replace(" 340 ", " ? "),
        "comments": affn.replace("\n1028", " $$ 99\n$$ nothing\n\n1028").replace("##END", "\x1a\n##END"),
        "comment_in_a_label": affn.replace("##OWNER=", "##OWNER$$="),
        "decimal_commas": curve(YFACTOR="0,001", FIRSTY="0,010", MAXY=None, MINY=None),
        "percent": pairs(percent, first="1000", last="1044", YUNITS="%T"),
        "missing_pairs": pairs(missing, first="1000", last="1044", YFACTOR="0.01"),
        "micrometres": pairs(
            ["5, 0.1", "6 0.2; 7.5 0.4", "8,0.2"], first="5", last="8", XUNITS="MICROMETERS", NPOINTS="4"
        ),
        "own_gaps": block(
            [*own, *shown],
            "YUNITS= ABSORBANCE",
            **{"XUNITS": "1/CM", "FIRSTX": "1000.0", "LASTX": "1024.5", "NPOINTS": "4"},
        ),
        "compound": envelope([curve("SQZDUP"), envelope([curve("DIF"), affn.replace("INFRARED", "RAMAN")])]),
        "pages": pages([even, other], "(X++(Y..Y)), XYDATA"),
        "pages_of_pairs": pages(
            [["1000,10 1100,20", "1200,40"], ["1000,10; 1090,30; 1200,20"]],
            "(XY..XY), XYPOINTS",
            **{"VAR_DIM": "3, 3, 2", "LAST": "1200", "MIN": "", "MAX": "1200, 0.040"},
        ),
        "peaks": peaks(["1000, 0.5 1200, 0.25", "1450 1.0"], "PEAK TABLE= (XY..XY)", NPOINTS="3", MAXY="1.0"),
        "wide_peaks": peaks(["1000, 50, 12", "1450 5 20"], "PEAK TABLE= (XYW..XYW)", YUNITS="%T"),
        "assignments": peaks(
            ["(3067, 0.54, <C-H stretch>)", "(1700,, <C=O>)"],
            "PEAK ASSIGNMENTS= (XYA)",
            FIRSTX="1700",
            LASTX="3067",
        ),
        "wide_assignments": peaks(["(3067, 0.5, 12, <C-H>)", "(1700, 1,, <>)"], "PEAK ASSIGNMENTS= (XYWA)"),
        "curve_and_peaks": envelope([affn, peaks(["1036, 0.5"], "PEAK TABLE= (XY..XY)")]),
    }
    files = {name: text.encode() for name, text in texts.items()}
    return files | {
        "carriage_returns": affn.replace("\n", "\r").encode(),
        "nul_padding": affn.replace("\n", "\x00\x00\r\n").encode() + b"\x1a",
    }
