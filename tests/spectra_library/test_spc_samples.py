"""Real SPC files of the format's own developers' kit: read right, or refused with the true reason.

Expected numbers are the files' own, a second encoding of the same measurement, or those of other
readers; where these disagree, SPC.H of the Universal Data Format Specification decides.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from spectra_library.errors import FormatError, NotInfraredError, UnsupportedFormatError
from spectra_library.formats.file_spectrum import FileSpectrum, RefusedBlock
from spectra_library.formats.reading import read_bytes, read_file


@pytest.fixture(scope="module")
def samples() -> Path:
    folder = os.environ.get("CHEMGATE_SAMPLES")
    if not folder:
        pytest.skip("CHEMGATE_SAMPLES names no folder of sample files")
    return Path(folder) / "vendor_formats" / "spc_mit"


def spectra_of(path: Path) -> list[FileSpectrum]:
    found = read_file(path)
    assert all(isinstance(part, FileSpectrum) for part in found), found
    return list(found)


# Points and ends as in the headers, count of subfiles by fnsub or the size of the file.
@pytest.mark.parametrize(
    ("name", "subfiles", "points", "low", "high"),
    [
        ("Ft-ir.spc", 1, 1776, 450.0, 4000.0),
        ("s_evenx.spc", 1, 1844, 447.48406982421875, 4002.28173828125),
        ("m_ordz.spc", 10, 857, 698.229736328125, 4000.354736328125),
    ],
)
def test_infrared_files_are_read_as_their_headers_say(
    samples: Path, name: str, subfiles: int, points: int, low: float, high: float
) -> None:
    found = spectra_of(samples / name)
    assert len(found) == subfiles
    for part in found:
        assert part.wavenumber.size == points
        assert (part.wavenumber[0], part.wavenumber[-1]) == pytest.approx((low, high), rel=1e-12)
        part.spectrum()


def test_one_polystyrene_is_the_same_as_spc_and_as_jcamp(samples: Path) -> None:
    (one,) = spectra_of(samples / "s_evenx.spc")
    (two,) = spectra_of(samples.parents[1] / "jcamp_format_variants" / "jtpolys.jdx")
    assert one.absorbance is not None
    assert two.absorbance is not None
    assert np.abs(one.absorbance - two.absorbance).max() < 1e-6
    # The headers name ends that differ by 0.002 cm-1, a thousandth of a step.
    assert np.abs(one.wavenumber - two.wavenumber).max() < 0.003


def test_polystyrene_in_percent_has_its_bands(samples: Path) -> None:
    (found,) = spectra_of(samples / "Ft-ir.spc")
    assert found.warnings == (
        "the file says transmittance, its values up to 100 are percent: read as percent",
    )
    assert found.absorbance is not None
    # spc-io 0.2.1: first ordinates 95.13749695, 95.31822205 and smallest 3.3072710037 percent
    assert 100 * 10 ** -found.absorbance[-2:] == pytest.approx([95.31822205, 95.13749695], abs=1e-7)
    assert 100 * 10 ** -found.absorbance.max() == pytest.approx(3.3072710037, abs=1e-9)
    # Bands of polystyrene films that instruments are checked with: 3060, 3026, 1601, 1583, 1028, 907.
    for band in (3060.0, 3026.0, 1601.2, 1583.0, 1028.3, 906.7):
        near = np.abs(found.wavenumber - band) <= 10
        peak = found.wavenumber[near][np.argmax(found.absorbance[near])]
        assert peak == pytest.approx(band, abs=2.0)
    assert (found.resolution_cm, found.notes.instrument) == (4.0, "PE Spectrum 2000")
    assert found.notes.date == "1995-04-18 09:20"


def test_the_old_multifile_has_an_exponent_for_each_spectrum(samples: Path) -> None:
    found = spectra_of(samples / "m_ordz.spc")
    # Smallest and largest of spectrochempy 1.1.3, which takes the file's exponent 5 for all subfiles.
    # Their own are 5, 5, 5, 6 for the first four: "if TMULTI is not set, then the subexp is ignored in
    # favor of fexp" (SPC.H), and it is set, so the fourth is twice what that program says.
    theirs = [(-1.294, 4.816), (-0.02068, 7.934), (-1.213, 2.453), (-5.725, 0.05787)]
    for part, (low, high), factor in zip(found, theirs, (1, 1, 1, 2), strict=False):
        assert part.absorbance is not None
        assert part.absorbance.min() == pytest.approx(factor * low, rel=1e-3)
        assert part.absorbance.max() == pytest.approx(factor * high, rel=1e-3)
    # Words in the wrong order would make noise of every spectrum.
    for part in found:
        assert part.absorbance is not None
        assert np.median(np.abs(np.diff(part.absorbance))) < 1e-3


@pytest.mark.parametrize(
    ("name", "kind", "reason"),
    [
        ("4d_map.spc", UnsupportedFormatError, "a map of 11 planes (4D data)"),
        ("m_evenz.spc", NotInfraredError, "an ultraviolet or visible spectrum (axis from 200 to 800 nm)"),
        ("m_xyxy.spc", NotInfraredError, "a mass spectrum (x code 9)"),
        ("ms.spc", NotInfraredError, "a mass spectrum (x code 9)"),
        ("NDR0002.SPC", NotInfraredError, "a Raman spectrum (x code 13)"),
        ("RAMAN.SPC", NotInfraredError, "a Raman spectrum (x code 13)"),
        ("s_xy.spc", NotInfraredError, "a curve over time (x code 5)"),
    ],
)
def test_other_files_are_refused_as_what_they_are(
    samples: Path, name: str, kind: type[FormatError], reason: str
) -> None:
    with pytest.raises(kind) as caught:
        read_file(samples / name)
    assert reason in str(caught.value)


def test_near_infrared_is_refused_for_each_spectrum(samples: Path) -> None:
    found = read_file(samples / "nir.spc")
    assert len(found) == 20
    for part in found:
        assert isinstance(part, RefusedBlock)
        assert "found near infrared: 4003.2 to 9090.9 cm-1" in str(part.error)


def test_an_absorbance_in_hundreds_is_refused(samples: Path) -> None:
    # Whole numbers from 3 to 205 as floats, called absorbance: what they are worth stands nowhere.
    (found,) = read_file(samples / "resolutionPro.spc")
    assert isinstance(found, RefusedBlock)
    assert found.title == "1,1-Dichloroethane 474 Micro-Atm Meters"
    assert "expected absorbances, found values up to 205" in str(found.error)


def called_mid_infrared(path: Path) -> list[FileSpectrum]:
    """Read a file after its header was made to say arbitrary intensities from 4000 to 400 cm-1."""
    content = bytearray(path.read_bytes())
    content[0] &= ~0x20
    content[8:24] = np.array([4000.0, 400.0], dtype="<f8").tobytes()
    content[28:30] = bytes([1, 0])
    found = read_bytes(bytes(content), path.name)
    assert all(isinstance(part, FileSpectrum) for part in found)
    return list(found)


def test_the_exponent_of_the_file_is_not_that_of_the_subheader(samples: Path) -> None:
    # 2 in the header, 0 in the subheader, no multifile: the header's counts, a factor of 4.
    (found,) = called_mid_infrared(samples / "NDR0002.SPC")
    whole = np.frombuffer((samples / "NDR0002.SPC").read_bytes(), "<i4", 4069, 544)
    assert found.ordinate is not None
    assert found.ordinate[::-1].tolist() == (whole / 2**30).tolist()


def test_integers_and_floats_stand_in_one_multifile(samples: Path) -> None:
    # 4 in the header and the first subheader, 0x80 in the other 19.  Read as integers these lie near 4
    # (spectrochempy 1.1.3: 3.58 to 4.03); read as floats all twenty are alike.
    found = called_mid_infrared(samples / "nir.spc")
    ordinates = np.array([part.ordinate for part in found])
    assert ordinates.shape == (20, 700)
    assert np.corrcoef(ordinates)[0].min() > 0.8
    assert ordinates.max() / ordinates.max(axis=1).min() < 5


def test_every_file_cut_off_or_continued_is_refused(samples: Path) -> None:
    for name in ("Ft-ir.spc", "s_evenx.spc", "m_ordz.spc"):
        content = (samples / name).read_bytes()
        for broken in (content[:700], content[:3000], content[:512]):
            with pytest.raises(FormatError):
                read_bytes(broken, name)
    with pytest.raises(FormatError, match="found 8 more bytes before the end of the file"):
        read_bytes((samples / "s_evenx.spc").read_bytes() + bytes(8), "a.spc")
