"""The page that explains a bundle to whoever receives it: English, plain ASCII."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from inspection.log_kind import LogKind
from inspection.records import LogHead

_TRAINING: Final = """\
THIS IS THE TRAINING LOG.  NOTHING IN IT IS EVIDENCE.

"""
_PAGE: Final = """\
{training}A BUNDLE OF EVIDENCE

This file holds {what}, from the log of a program that names substances by their infrared spectra.
The findings are presumptive: they are no laboratory report.

HOW TO CHECK IT

You need Python 3.8 or newer (python.org) and nothing else.  Read verify.py first: it has fewer than 150
lines.  Take it out of the zip file, and type

    python verify.py BUNDLE.zip

or unpack the zip file and type "python verify.py" in that folder.  It prints of which log this is, evidence
or training, what of it is shown, and then "Everything holds." and where each volume of the log ends (exit
code 0), or every problem on a line of its own (exit code 1).  Exit code 2: this is no bundle, or something
that was typed was not understood.  Each signature takes about 4 thousandths of a second.

WHAT TO COMPARE

The check shows that the bundle fits itself.  Whoever had the log and its key could have written all of it
anew.  So compare the end of the log

    {anchor}
    (volume : number of records : hash of the last)

with one that was kept elsewhere: on a printed receipt or report, on a supervisor's countersignature, in a
message.  An older one will do.  Give it to verify.py after the name of the bundle, as it was printed or as
the file that holds it (a receipt as text, a countersignature):

    python verify.py BUNDLE.zip 1:4711:ab12...
    python verify.py BUNDLE.zip head.json

It prints "anchor ...: found in volume ..." when this log passes through it.  Of a countersignature it takes
the anchor alone.  What was written after the newest such anchor has no such protection.  Compare the key that
verify.py prints with one that was noted earlier, too.

WHAT IS IN IT

chain.jsonl      one line for every record of the log, shown here or not: the SHA-256 of the record.  What the
                 other records say cannot be read from it; only whoever knows a record to the letter can
                 recognise it.
entries/         the records shown, byte for byte as they were hashed: JSON, UTF-8.  The first record of each
                 volume is always among them: it names the installation, the volume and the key.
parts/           the stored spectrum of a record as it was hashed: header (JSON), wavenumber, absorbance,
                 sample beam, background beam, bytes from the instrument; each after its length (8 bytes,
                 big-endian).  Numbers are 64-bit floats, little-endian.
payload/         the last of these parts: what the instrument sent, empty for a spectrum from a file.
spectra/         wavenumber and absorbance once more as JCAMP-DX 5.01, for spectroscopy programs.  verify.py
                 makes the text anew and compares every byte of it.
library/         the references that the results name, as far as they were at hand; index.json tells which
                 were not, and which come from another version of a library than the one that answered.
                 Their licences are told beside them.  They are bound by the manifest only.
photographs/     of one inspection: the photographs that its records name, each under its SHA-256, which is
                 what binds it to the record.  They are as the camera wrote them: they may hold the place and
                 the time, and show persons.  manifest.json names those that were not at hand.
manifest.json    the SHA-256 of every file, the end and the key of each volume
manifest.sha256  the SHA-256 of the manifest

This page, too, is bound by the manifest only: whoever writes another manifest can write another page.

A number in a file's name is the number of the record.

WHAT IS HASHED AND SIGNED

hash(n)      = SHA-256( "chemgate.log.entry.2" 00 | hash(n - 1) | SHA-256( record n ) )
               hash(0) = 32 zero bytes, before the first record of each volume
signature(n) = Ed25519( "chemgate.log.signature.1" 00 | hash(n) ), with the key in the volume's first record
spectrum     = SHA-256( "chemgate.log.spectrum.1" 00 | the six parts, each after its length )

WHAT IT DOES NOT PROVE

That the clock of the computer was right; that the officer named is the person who sat there; that what was
measured came from the container named; that all records of an inspection are shown; anything about
records after the newest anchor kept elsewhere.  verify.py prints which volume each one continues: an earlier
one that is not here was moved to an archive, or left out.
{missing}"""
_MISSING: Final = """
MISSING

The files of these volumes of the log could not be read when this bundle was written: {volumes}.
"""


def readme_text(
    *, kind: LogKind, head: LogHead, inspection: str | None, count: int, unreadable: Sequence[int]
) -> str:
    """Write the page.  ``count`` records were asked for; what begins each volume is shown besides."""
    whole = f"all {count} records" if inspection is None else f"inspection {inspection}, {count} records"
    volumes = ", ".join(str(number) for number in unreadable)
    return _PAGE.format(
        training=_TRAINING if kind is LogKind.TRAINING else "",
        what=whole,
        anchor=head,
        missing=_MISSING.format(volumes=volumes) if unreadable else "",
    )
