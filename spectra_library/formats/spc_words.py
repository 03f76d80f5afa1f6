"""Codes and labels of SPC files to meaning: the experiment, the axis, the ordinate.

The labels of the axes, where a file has its own, replace the codes ("fcatxt axis labels, not fxtype etc.",
SPC.H).  A label that names another unit than a code which is more than "arbitrary" refuses the file.
"""

from __future__ import annotations

import re
from typing import Final

from spectra_library.errors import DamagedFileError, NotInfraredError, UnsupportedFormatError
from spectra_library.formats.spc_header import OLD, Flags, SpcHeader
from spectra_library.units import AxisUnit, OrdinateUnit, axis_unit, ordinate_unit

# fexper: 0 is "could be anything", 4 FT-IR, which FT-NIR, FT-Raman and interferograms share.
_GENERAL, _FT_IR = 0, 4
_OTHER_EXPERIMENTS: Final = {
    1: "a gas chromatogram",
    2: "a chromatogram",
    3: "an HPLC chromatogram",
    5: "a near-infrared spectrum",
    7: "an ultraviolet or visible spectrum",
    8: "an X-ray pattern",
    9: "a mass spectrum",
    10: "an NMR spectrum",
    11: "a Raman spectrum",
    12: "a fluorescence spectrum",
    13: "an atomic spectrum",
    14: "a diode array chromatogram",
}

_AXES: Final[dict[int, tuple[AxisUnit, str]]] = {
    1: (AxisUnit.WAVENUMBER, "Wavenumber (cm-1)"),
    2: (AxisUnit.MICROMETRE, "Micrometers (um)"),
    3: (AxisUnit.NANOMETRE, "Nanometers (nm)"),
}
_OTHER_AXES: Final = {
    **dict.fromkeys((4, 5, 11, 12, 23, 24, 25, 30), "a curve over time"),
    **dict.fromkeys((6, 7, 8, 26), "a curve over frequency in hertz"),
    9: "a mass spectrum",
    10: "an NMR spectrum",
    13: "a Raman spectrum",
    14: "a curve over energy in eV",
    16: "a curve over diode numbers",
    17: "a curve over channels",
    18: "a curve over angles",
    **dict.fromkeys((19, 20, 21), "a curve over temperature"),
    22: "a curve over data points, as an interferogram",
    **dict.fromkeys((27, 28, 29), "a curve over length"),
    255: "an interferogram",
}

_ORDINATES: Final[dict[int, tuple[OrdinateUnit, str]]] = {
    0: (OrdinateUnit.ARBITRARY, "Arbitrary Intensity"),
    2: (OrdinateUnit.ABSORBANCE, "Absorbance"),
    3: (OrdinateUnit.KUBELKA_MUNK, "Kubelka-Munk"),
    4: (OrdinateUnit.ARBITRARY, "Counts"),
    10: (OrdinateUnit.REFLECTANCE, "Log(1/R)"),
    11: (OrdinateUnit.ARBITRARY, "Percent"),  # of transmittance or of reflectance: the code does not say
    12: (OrdinateUnit.ARBITRARY, "Intensity"),
    13: (OrdinateUnit.ARBITRARY, "Relative Intensity"),
    128: (OrdinateUnit.TRANSMITTANCE, "Transmission"),
    129: (OrdinateUnit.REFLECTANCE, "Reflectance"),
}
_OTHER_ORDINATES: Final = {
    1: "an interferogram",
    **dict.fromkeys((5, 7, 9), "a detector signal, as of a single beam"),
    **dict.fromkeys((6, 8), "angles or lengths"),
    14: "energies, as of a single beam",
    16: "decibels",
    **dict.fromkeys((19, 20, 21), "temperatures"),
    **dict.fromkeys((22, 23), "optical constants"),
    **dict.fromkeys((24, 25, 26), "complex numbers"),
    130: "a single-beam spectrum",
    131: "an emission spectrum",
}
_OTHER_LABELS: Final = (
    (r"\bRAMAN\b", "a Raman spectrum"),
    (r"INTERFEROGRAM", "an interferogram"),
    (r"SINGLE.?BEAM|BACKGROUND", "a single-beam spectrum"),
    (r"\bM/Z\b|ABUNDANCE", "a mass spectrum"),
    (r"EMISSI", "an emission spectrum"),
    (r"FLUORESCENCE|LUMINESCENCE", "a fluorescence spectrum"),
    (r"TIME\b|MINUTES|SECONDS", "a curve over time"),
)
# The visible begins at 800 nm; there is no code that would tell it from the near infrared.
_VISIBLE_FROM_CM: Final = 12_500.0


def refuse_other_experiments(header: SpcHeader, log: dict[str, str]) -> tuple[str, ...]:
    """Return warnings for a file that says, or lets conclude, that it is infrared.

    Raises NotInfraredError naming what it says it is, UnsupportedFormatError for maps.
    """
    if header.planes:
        raise UnsupportedFormatError(
            f"expected spectra, found a map of {header.planes} planes (4D data), which is not read"
        )
    code = header.experiment
    # "Enables fexper in older software (CGM if fexper=0)": so SPC.H on this flag.
    if code in _OTHER_EXPERIMENTS or (code == _GENERAL and header.flags & Flags.CHROMATOGRAM):
        _refuse(_OTHER_EXPERIMENTS.get(code, "a chromatogram"), f"experiment code {code}")
    for other, kind in ((_OTHER_AXES.get(header.x_code), "x"), (_OTHER_ORDINATES.get(header.y_code), "y")):
        if other is not None:
            _refuse(other, f"{kind} code {header.x_code if kind == 'x' else header.y_code}")
    for words, where in (
        *((header.x_label, "x label"), (header.y_label, "y label")),
        *((header.title, "comment"), ("RAMAN" if _has_raman_laser(log) else "", "log")),
    ):
        for pattern, name in _OTHER_LABELS[: 1 if where in ("comment", "log") else None]:
            if re.search(pattern, words.upper()):
                _refuse(name, where)
    if code not in (_GENERAL, _FT_IR):
        return (f"experiment code {code} is not known: taken for infrared by its units",)
    return ()


def _refuse(found: str, where: str) -> None:
    raise NotInfraredError(f"expected a mid-infrared spectrum, found {found} ({where})")


def _has_raman_laser(log: dict[str, str]) -> bool:
    return re.match(r"0*[1-9]", log.get("RAMANFREQ", "")) is not None


def axis_of(header: SpcHeader) -> tuple[AxisUnit, str, tuple[str, ...]]:
    """Return the unit of the axis, the file's words for it, and warnings.

    Raises UnsupportedFormatError when neither label nor code names a unit, DamagedFileError when they
    name different ones, NotInfraredError when the whole axis is visible or ultraviolet.
    """
    coded, words = _AXES.get(header.x_code, (None, ""))
    labelled = axis_unit(header.x_label) if header.x_label else None
    unit = labelled or coded
    if unit is None:
        found = f"'{header.x_label}'" if header.x_label else f"x code {header.x_code}"
        raise UnsupportedFormatError(
            f"byte {_code_at(header)}: expected an axis in 1/cm, micrometres or nanometres, found {found}"
        )
    if labelled and coded and labelled is not coded:
        raise DamagedFileError(
            f"byte {_code_at(header)}: expected one unit of the axis, "
            f"found {coded} as its code and {labelled} as its label"
        )
    _refuse_visible(header, unit)
    warnings: tuple[str, ...] = ()
    if header.x_label and labelled is None:
        warnings = (f"the label '{header.x_label}' of the axis is not known: read as {unit} by its code",)
    return unit, header.x_label or words, warnings


def ordinate_of(header: SpcHeader) -> tuple[OrdinateUnit, str, tuple[str, ...]]:
    """Return the unit of the ordinate, the file's words for it, and warnings.

    Raises UnsupportedFormatError for an unknown code, DamagedFileError when code and label differ.
    """
    coded, words = _ORDINATES.get(header.y_code, (None, ""))
    labelled = ordinate_unit(header.y_label) if header.y_label else None
    if labelled is OrdinateUnit.UNSTATED:
        labelled = None  # "Intensity" says no more than the code does
    if coded is None:
        if labelled is None:
            raise UnsupportedFormatError(
                f"byte {_code_at(header) + 1}: expected a known ordinate, found y code {header.y_code}"
            )
        unit: OrdinateUnit = labelled
    elif labelled is None:
        unit = coded
    elif _is_more_exact(labelled, coded):
        unit = labelled
    else:
        raise DamagedFileError(
            f"byte {_code_at(header) + 1}: expected one unit of the ordinate, found {coded} as its code and "
            f"{labelled} as its label"
        )
    warnings: tuple[str, ...] = ()
    if header.y_label and labelled is None and coded is not OrdinateUnit.ARBITRARY:
        warnings = (f"the label '{header.y_label}' of the ordinate is not known: read as {unit} by its code",)
    return unit, header.y_label or words, warnings


def _is_more_exact(labelled: OrdinateUnit, coded: OrdinateUnit) -> bool:
    """Whether a label says what the code says, or says it where the code leaves it open."""
    transmittances = (OrdinateUnit.TRANSMITTANCE, OrdinateUnit.PERCENT_TRANSMITTANCE)
    return coded in (labelled, OrdinateUnit.ARBITRARY) or (
        labelled in transmittances and coded in transmittances
    )


def _refuse_visible(header: SpcHeader, unit: AxisUnit) -> None:
    ends = sorted((header.first, header.last))
    if ends[0] <= 0:
        return
    factor = 1e4 if unit is AxisUnit.MICROMETRE else 1e7
    lowest = ends[0] if unit is AxisUnit.WAVENUMBER else factor / ends[1]
    if lowest >= _VISIBLE_FROM_CM:
        _refuse("an ultraviolet or visible spectrum", f"axis from {ends[0]:g} to {ends[1]:g} {unit}")


def _code_at(header: SpcHeader) -> int:
    return 16 if header.version == OLD else 28
