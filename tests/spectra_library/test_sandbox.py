"""Files are read in a limited process: what hangs, hoards or breaks is one error, and the next file reads."""

from __future__ import annotations

import gzip
import json
import lzma
import os
import select
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from spectra_library.errors import (
    DamagedFileError,
    FormatError,
    NotInfraredError,
    ReaderFailedError,
    ReadingCancelledError,
    ReadingLimitError,
    SpectraLibraryError,
    UnsupportedFormatError,
)
from spectra_library.formats import sandbox
from spectra_library.formats.file_spectrum import (
    FileBandList,
    FileNotes,
    FilePart,
    FileSpectrum,
    RefusedBlock,
)
from spectra_library.formats.reading import read_bytes, read_file
from spectra_library.formats.sandbox import LimitedReader, ReadingLimits
from spectra_library.formats.sandbox_answers import received
from spectra_library.formats.sandbox_wire import MAX_HEAD, MAX_LISTED, MAX_PARTS, MAX_TEXT, answer, refusal
from spectra_library.spectrum import Technique

MISBEHAVING = Path(__file__).with_name("misbehaving_worker.py")
GOOD = b"wavenumber (cm-1),absorbance\n" + b"".join(b"%d,0.%d\n" % (x, x % 89) for x in range(1000, 1100))
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="there alone the system itself sets the limits")
BRIEF = ReadingLimits(cpu_s=1, wall_s=3)


@pytest.fixture
def reader() -> Iterator[LimitedReader]:
    with LimitedReader() as one:
        yield one


@pytest.fixture(scope="module")
def misbehaving() -> Iterator[LimitedReader]:
    with LimitedReader(BRIEF, command=[sys.executable, "-P", str(MISBEHAVING)]) as one:
        yield one


def fate(reader: LimitedReader, content: bytes, name: str = "a.csv") -> SpectraLibraryError | None:
    """The error that a file ends as, once the next file has been seen to read."""
    try:
        reader.read(content, name)
    except SpectraLibraryError as error:
        found: SpectraLibraryError | None = error
    else:
        found = None
    [part] = reader.read(GOOD, "good.csv")
    assert isinstance(part, FileSpectrum)
    return found


def same(first: FilePart, second: FilePart) -> bool:
    """Whether two parts hold the same, to the last bit."""
    if type(first) is not type(second):
        return False
    for one in fields(first):
        mine, other = getattr(first, one.name), getattr(second, one.name)
        if isinstance(mine, np.ndarray):
            if not np.array_equal(mine, other):
                return False
        elif isinstance(mine, FormatError):
            if (type(mine), str(mine)) != (type(other), str(other)):
                return False
        elif mine != other:
            return False
    return True


def resident_mib() -> float:
    """The memory that this process holds now."""
    [line] = [one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith("VmRSS")]
    return int(line.split()[1]) / 1024


# --- What passes through ----------------------------------------------------------------------------

NOTES = FileNotes(
    ("spirit", "EtOH"), "C2H6O", "LFQSCWFLJHTTHZ-UHFFFAOYSA-N", "hydrate", "FT-1", "Agency A", "own", "2026"
)
EVERY_PART: tuple[FilePart, ...] = (
    FileSpectrum(
        block=0,
        format="jcamp-dx",
        title="Этанол, ə",
        cas="64-17-5",
        technique=Technique.ATR,
        phase="liquid",
        x_units="1/CM",
        y_units="ABSORBANCE",
        wavenumber=np.array([1000.0, 1000.1 + 2**-40, 3000.0]),
        absorbance=np.array([-0.0, 5e-324, 1.7e308]),
        ordinate=None,
        resolution_cm=4.0,
        gaps=((1000.1, 3000.0),),
        warnings=("one", "two"),
        notes=NOTES,
    ),
    FileSpectrum(
        block=1,
        format="csv",
        title="t",
        cas="c",
        technique=Technique.REFLECTANCE,
        phase="p",
        x_units="x",
        y_units="%R",
        wavenumber=np.array([1000.0, 2000.0]),
        absorbance=None,
        ordinate=np.array([1.0, 2.0]),
    ),
    FileBandList(
        block=2,
        format="jcamp-dx",
        title="bands",
        cas="c",
        phase="p",
        x_units="x",
        y_units="y",
        wavenumber=np.array([700.0, 1100.0]),
        strength=np.array([0.5, 1.0]),
        warnings=("w",),
        notes=NOTES,
    ),
    *(
        RefusedBlock(3 + number, kind("expected this, found that"), "title")
        for number, kind in enumerate(
            (FormatError, DamagedFileError, NotInfraredError, UnsupportedFormatError)
        )
    ),
)


class Pipe:
    """An answer as it comes out of a pipe."""

    def __init__(self, content: bytes) -> None:
        self._rest = memoryview(content)

    def read(self, count: int) -> bytes:
        taken, self._rest = self._rest[:count], self._rest[count:]
        return bytes(taken)

    def readinto(self, room: memoryview) -> int:
        taken = self.read(min(len(room), 7))  # in pieces
        room[: len(taken)] = taken
        return len(taken)


def test_every_field_of_every_part_comes_through_to_the_last_bit() -> None:
    found = received(Pipe(b"".join(answer(EVERY_PART))))

    assert len(found) == len(EVERY_PART)
    assert all(same(sent, got) for sent, got in zip(EVERY_PART, found, strict=True))


def test_no_field_was_left_out_of_the_test_before() -> None:
    whole, bands = EVERY_PART[0], EVERY_PART[2]
    for part, may_be_nothing in ((whole, {"block", "ordinate"}), (bands, set()), (NOTES, set())):
        values = {one.name: getattr(part, one.name) for one in fields(part)}
        empty = {name for name, value in values.items() if not isinstance(value, np.ndarray) and not value}
        assert empty <= may_be_nothing


def test_a_file_reads_as_it_does_without_the_process(reader, demonstration) -> None:
    for path in sorted(demonstration.glob("*.csv")):
        expected = read_file(path)
        found = reader.read(path.read_bytes(), path.name)
        assert all(same(one, other) for one, other in zip(expected, found, strict=True))


def test_real_files_read_as_they_do_without_the_process(reader, samples) -> None:
    for path in sorted(one for one in samples.rglob("*") if one.is_file() and one.stat().st_size < 2**20):
        content = path.read_bytes()
        try:
            expected: tuple[FilePart, ...] | str = read_bytes(content, path.name)
        except FormatError as error:
            with pytest.raises(type(error)) as caught:
                reader.read(content, path.name)
            assert str(caught.value) == str(error)
            continue
        found = reader.read(content, path.name)
        assert len(found) == len(expected)
        assert all(same(one, other) for one, other in zip(expected, found, strict=True)), path


def test_a_refusal_is_told_in_the_readers_words(reader) -> None:
    with pytest.raises(UnsupportedFormatError, match="found text without a table"):
        reader.read(b"Dear officer", "letter.txt")


def test_a_name_that_is_no_text_does_no_harm(reader) -> None:
    [part] = reader.read(GOOD, os.fsdecode(b"\xff\xfe.csv"))

    assert part.wavenumber.size == 100


def test_the_process_is_started_by_the_first_file_and_kept(reader) -> None:
    assert reader._worker is None
    reader.read(GOOD, "a.csv")
    first = reader._worker.process.pid
    assert fate(reader, b"no spectrum") is not None
    assert reader._worker.process.pid == first


def test_a_file_larger_than_agreed_is_not_even_sent() -> None:
    with LimitedReader(ReadingLimits(file_bytes=2**20)) as reader:
        with pytest.raises(FormatError, match="at most 1 MiB"):
            reader.read(bytes(2**20 + 1), "a.csv")
        assert reader._worker is None


def test_the_program_loads_no_parser() -> None:
    question = (
        "import sys, inspection.spectrum_files, spectra_library.formats.sandbox as s\n"
        "r = s.LimitedReader()\n"
        "print(len(r.read(b'1000,0.1\\n2000,0.2\\n3000,0.3\\n', 'a.csv')))\n"
        "r.close()\n"
        "print([name for name in sys.modules if 'jcamp' in name or 'csv_' in name or '.reading' in name])"
    )
    root = Path(sandbox.__file__).parents[2]
    finished = subprocess.run(
        [sys.executable, "-c", question],
        capture_output=True,
        text=True,
        cwd="/",
        check=False,
        env={**os.environ, "PYTHONPATH": str(root)},
    )

    assert (finished.stdout, finished.stderr) == ("1\n[]\n", "")


# --- Limits -----------------------------------------------------------------------------------------


@LINUX
def test_a_file_that_never_ends_is_cut_off_by_its_processor_time() -> None:
    # Much time by the clock: on a busy machine a second of the processor takes several.
    limits = ReadingLimits(cpu_s=1, wall_s=60)
    with LimitedReader(limits, command=[sys.executable, "-P", str(MISBEHAVING)]) as reader:
        error = fate(reader, b"work for ever")

    assert isinstance(error, ReadingLimitError)
    assert (
        str(error) == "expected a file that is read within 1 s of processor time, found one that takes more"
    )


@LINUX
def test_each_file_has_the_processor_time_to_itself() -> None:
    # Long enough together to be stopped if the time were counted over all of them.
    table = b"".join(b"%d.%03d,0.5\n" % (x // 1000 + 500, x % 1000) for x in range(40_000))
    with LimitedReader(ReadingLimits(cpu_s=1, wall_s=60)) as reader:
        for _ in range(12):
            assert len(reader.read(table, "long.csv")) == 1


def test_a_file_that_waits_for_ever_is_cut_off_by_the_clock(misbehaving) -> None:
    error = fate(misbehaving, b"wait for ever")

    assert isinstance(error, ReadingLimitError)
    assert str(error) == "expected a file that is read within 3 s, found one that takes more"


@LINUX
@pytest.mark.parametrize("content", [b"take memory", b"one huge array"])
def test_a_file_that_takes_all_memory_is_cut_off(content, misbehaving) -> None:
    before = resident_mib()
    error = fate(misbehaving, content)

    assert isinstance(error, ReadingLimitError)
    assert "within 512 MB of memory" in str(error)
    assert resident_mib() - before < 20


@LINUX
def test_where_the_system_sets_no_limit_the_memory_is_watched(monkeypatch) -> None:
    # What Windows does: the process itself has room here, and is killed for what is seen of it.
    def seen(pid: int) -> int:
        try:
            pages = Path(f"/proc/{pid}/statm").read_text().split()[1]
        except OSError:
            return 0  # gone in between
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    code = (
        "import sys, runpy; sys.argv[1] = str(2**40); "
        f"runpy.run_path({str(MISBEHAVING)!r}, run_name='__main__')"
    )
    command = [sys.executable, "-P", "-c", code]
    monkeypatch.setattr(sandbox, "memory_of", seen)
    with LimitedReader(ReadingLimits(memory_bytes=256 * 2**20), command=command) as reader:
        error = fate(reader, b"take memory")

    assert isinstance(error, ReadingLimitError)
    assert "within 256 MB of memory" in str(error)


@LINUX
def test_a_reader_writes_no_file(misbehaving) -> None:
    error = fate(misbehaving, b"write a file")

    assert isinstance(error, ReaderFailedError)
    written = Path("/tmp/chemgate-limited-reader")
    assert not written.exists() or written.stat().st_size == 0
    written.unlink(missing_ok=True)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"make a mistake", "IndexError in misbehaving_worker.py, line "),
        (b"recurse", "RecursionError in "),
        (b"die", "SIGABRT"),
        (b"leave", "exit code 7"),
    ],
)
def test_a_reader_that_breaks_is_one_error_that_says_where(content, words, misbehaving) -> None:
    error = fate(misbehaving, content)

    assert isinstance(error, ReaderFailedError)
    assert str(error).startswith(f"the reader gave up on this file ({words}")
    assert "\n" not in str(error)


def test_what_a_library_prints_is_no_answer(misbehaving) -> None:
    assert fate(misbehaving, b"print") is None


def test_a_process_that_cannot_be_started_is_an_error_of_every_file() -> None:
    for command in (["/no/such/program"], [sys.executable, "-c", "import sys; sys.exit('no words')"]):
        with LimitedReader(command=command) as reader:
            reader.start()
            for _ in range(2):
                with pytest.raises(ReaderFailedError, match=r"none starts: (No such file|no words)"):
                    reader.read(GOOD, "a.csv")


def test_limits_are_positive() -> None:
    with pytest.raises(ValueError, match="positive"):
        ReadingLimits(cpu_s=0)


# --- Files as they are sent by people who mean harm -------------------------------------------------


def linked(depth: int) -> bytes:
    return b"##TITLE= x\n##JCAMP-DX= 4.24\n##DATA TYPE= LINK\n##BLOCKS= 1\n" * depth


def jcamp(table: bytes, *, points: int) -> bytes:
    return (
        b"##TITLE= x\n##JCAMP-DX= 4.24\n##DATA TYPE= INFRARED SPECTRUM\n##XUNITS= 1/CM\n"
        b"##YUNITS= ABSORBANCE\n##FIRSTX= 1000\n##LASTX= 3000\n##NPOINTS= %d\n"
        b"##XYDATA= (X++(Y..Y))\n%s\n##END=\n" % (points, table)
    )


HOSTILE = {
    "gzip bomb": gzip.compress(bytes(200 * 2**20)),
    "gzip bomb of a table": gzip.compress(b"1000,0.1\n" * 10**7),
    "xz bomb": lzma.compress(bytes(200 * 2**20)),
    "bomb in a bomb": gzip.compress(gzip.compress(bytes(200 * 2**20))),
    "huge count": jcamp(b"1000 1 2 3", points=2**31 - 1),
    "repeats": jcamp(b"1000A" + b"Z" * 1000, points=1_000_000),
    "repeat count": jcamp(b"1000AS" + b"9" * 4000, points=900_000),
    "many repeat lines": jcamp(b"\n".join(b"1000A0J0S99999" for _ in range(50_000)), points=1_000_000),
    "endless header": b"##TITLE= x\n" + b"".join(b"##$L%d= y\n" % number for number in range(1_200_000)),
    "endless label": b"##TITLE= " + b"x" * 15_000_000,
    "endless comments": b"$$ x\n" * 3_000_000 + b"##TITLE= x\n",
    "deep blocks": linked(10_000),
    "closed blocks": linked(15) + b"##END=\n" * 15,
    "many blocks": jcamp(b"1000 1", points=1) * 60_000,
    "many columns": b"x" + b",y" * 7_000_000 + b"\n",
    "wide table": (b"1000" + b",1" * 4_900 + b"\n") * 1_500,
    "huge numbers": b"1" * 900_000 + b",0.1\n2000,0.2\n",
    "huge exponents": b"1e999999999,1e999999999\n" * 100_000,
    "empty lines": b"\n" * 2_900_000 + b"1000,0.1\n2000,0.2\n",
    "quotes": b'"' * 15_000_000,
    "zeros": bytes(16 * 2**20),
}  # fmt: skip


@LINUX
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_one_error_and_leaves_the_memory_where_it_was(name, reader) -> None:
    reader.read(GOOD, "good.csv")
    before = resident_mib()
    try:
        parts = reader.read(HOSTILE[name], "hostile")
    except FormatError as error:
        assert not isinstance(error, ReaderFailedError)
        assert "\n" not in str(error)
        assert len(str(error)) < 500
    else:
        assert all(isinstance(part, RefusedBlock) for part in parts)
        del parts
    assert resident_mib() - before < 20
    assert len(reader.read(GOOD, "good.csv")) == 1


# --- Ends -------------------------------------------------------------------------------------------


def test_a_read_is_called_off_from_another_thread(misbehaving) -> None:
    cancel = threading.Event()
    caller = threading.Timer(0.2, cancel.set)
    caller.start()
    with pytest.raises(ReadingCancelledError):
        misbehaving.read(b"wait for ever", "a.csv", cancel=cancel)
    caller.join()

    assert len(misbehaving.read(GOOD, "a.csv")) == 1
    with pytest.raises(ReadingCancelledError):
        misbehaving.read(GOOD, "a.csv", cancel=cancel)


def test_a_process_that_was_killed_from_outside_is_replaced(reader) -> None:
    reader.read(GOOD, "a.csv")
    process = reader._worker.process
    process.kill()
    process.wait()

    assert len(reader.read(GOOD, "a.csv")) == 1
    assert reader._worker.process.pid != process.pid


@LINUX
def test_a_process_that_is_killed_amid_a_file_says_so(misbehaving) -> None:
    misbehaving.read(GOOD, "a.csv")
    killer = threading.Timer(0.2, misbehaving._worker.process.kill)
    killer.start()
    error = fate(misbehaving, b"wait for ever")
    killer.join()

    assert str(error) == "the reader gave up on this file (SIGKILL)"


def test_closing_ends_the_process() -> None:
    with LimitedReader() as reader:
        reader.read(GOOD, "a.csv")
        process = reader._worker.process
    assert process.returncode == 0


@LINUX
@pytest.mark.parametrize("content", [GOOD, b"wait for ever", b"work for ever"])
def test_no_process_outlives_the_program(content) -> None:
    program = (
        "import sys\n"
        "from spectra_library.formats.sandbox import LimitedReader, ReadingLimits\n"
        f"command = [sys.executable, '-P', {str(MISBEHAVING)!r}]\n"
        "reader = LimitedReader(ReadingLimits(cpu_s=1, wall_s=1), command=command)\n"
        f"reader.read({GOOD!r}, 'a.csv')\n"
        "print(reader._worker.process.pid, flush=True)\n"
        "if sys.stdin.readline() == 'go\\n':\n"
        "    reader.read(CONTENT, 'a.csv')\n"
        "    sys.stdin.read()\n"
    ).replace("CONTENT", repr(content))
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(sandbox.__file__).parents[2])},
    ) as parent:
        child = os.pidfd_open(int(parent.stdout.readline()))
        try:
            parent.stdin.write("go\n")
            parent.stdin.flush()
            parent.send_signal(signal.SIGKILL)
            parent.wait()
            ended, _, _ = select.select([child], [], [], 15)
        finally:
            os.close(child)
        assert ended


# --- Answers that no honest reader gives ------------------------------------------------------------


def head(**changes: object) -> bytes:
    """The head of the first part of the test above, with changes."""
    raw = next(answer(EVERY_PART[:1]))
    encoded = json.dumps(json.loads(raw[4:]) | changes).encode()
    return struct.pack("<I", len(encoded)) + encoded


def columns(wavenumber: list[float] | None = None, y: list[float] | None = None) -> bytes:
    return (
        np.array([*(wavenumber or [1e3, 2e3, 3e3]), *(y or [1, 2, 3]), 1000.1, 3000]).astype("<f8").tobytes()
    )


def said(words: object) -> bytes:
    encoded = words if isinstance(words, bytes) else json.dumps(words).encode()
    return struct.pack("<I", len(encoded)) + encoded


NO_NOTES = {one.name: "" for one in fields(FileNotes)} | {"names": []}
END = said({"part": "end", "parts": 1})
LIES = {
    "garbage": b"\x93\x00\x10\xee" * 100,
    "no answer but text": b"Traceback (most recent call last):\n",
    "a pickle": struct.pack("<I", 20) + b"\x80\x04cos\nsystem\n(S'x'\ntR.",
    "a huge head": struct.pack("<I", 2**32 - 1),
    "a head just too large": struct.pack("<I", MAX_HEAD + 1) + bytes(MAX_HEAD + 1),
    "nested words": said(b"[" * 100_000),
    "no object": said([1, 2]),
    "no JSON": said(b"{'part': 1}"),
    "a huge number": said(b'{"part": "end", "parts": ' + b"9" * 100_000 + b"}"),
    "an unknown part": said({"part": "exec", "block": 0}),
    "a part that is no text": said({"part": ["spectrum"], "block": 0}),
    "a wrong end": head() + columns() + said({"part": "end", "parts": 2}),
    "an end of many": said({"part": "end", "parts": 10**9}),
    "an error of another room": said({"part": "file", "kind": "log", "message": "x"}),
    "a limit it cannot know": said({"part": "file", "kind": "reading_limit", "message": "x"}),
    "a long message": said({"part": "file", "kind": "format", "message": "x" * (MAX_TEXT + 1)}),
    "a message that is none": said({"part": "file", "kind": "format", "message": {"a": 1}}),
    "a huge count": head(points=2**31) + columns(),
    "a negative count": head(points=-1) + columns(),
    "a count that is a truth": head(points=True) + columns(),
    "a broken count": head(points=3.0) + columns(),
    "many gaps": head(gaps=10**6) + columns(),
    "a block of another file": head(block=MAX_PARTS + 1) + columns(),
    "no ordinate": head(columns=[]) + columns(),
    "another column": head(columns=["wavenumber"]) + columns(),
    "a long title": head(title="x" * (MAX_TEXT + 1)) + columns(),
    "a title that is a list": head(title=["x"]) + columns(),
    "many warnings": head(warnings=["x"] * (MAX_LISTED + 1)) + columns(),
    "warnings that are none": head(warnings="x") + columns(),
    "notes without fields": head(notes={}) + columns(),
    "notes with other fields": head(notes=NO_NOTES | {"x": ""}) + columns(),
    "notes of another type": head(notes=NO_NOTES | {"date": 2026}) + columns(),
    "another technique": head(technique="raman") + columns(),
    "an endless resolution": head(resolution_cm=float("inf")) + columns(),
    "a resolution in words": head(resolution_cm="4") + columns(),
    "falling wavenumbers": head() + columns([3e3, 2e3, 1e3]) + END,
    "a wavenumber of no number": head() + columns([1e3, float("nan"), 3e3]) + END,
    "negative wavenumbers": head() + columns([-1.0, 2.0, 3.0]) + END,
    "an infinite ordinate": head() + columns(y=[1, float("inf"), 2]) + END,
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
def test_an_answer_that_no_honest_reader_gives_is_refused(lie, misbehaving) -> None:
    misbehaving.read(GOOD, "a.csv")
    before = resident_mib()
    error = fate(misbehaving, b"say:" + LIES[lie])

    assert isinstance(error, ReaderFailedError | ReadingLimitError)
    assert resident_mib() - before < 20
    assert len(str(error)) < 400


def test_the_honest_answer_of_the_same_form_is_believed(misbehaving) -> None:
    # The failing control of the test before: without a lie the same bytes are a spectrum.
    [part] = misbehaving.read(b"say:" + head() + columns() + END, "a.csv")

    assert part.absorbance.tolist() == [1, 2, 3]


def test_more_parts_than_may_be_are_refused() -> None:
    refused = said({"part": "refused", "block": 0, "kind": "format", "message": "m", "title": "t"})
    with pytest.raises(ReaderFailedError, match=f"at most {MAX_PARTS} parts"):
        received(Pipe(refused * (MAX_PARTS + 1)))


def test_more_words_than_may_be_are_refused() -> None:
    refused = said(
        {"part": "refused", "block": 0, "kind": "format", "message": "m", "title": "t", "x": "x" * 100_000}
    )
    with pytest.raises(ReaderFailedError, match="bytes of words"):
        received(Pipe(refused * 400))


def test_an_answer_that_is_cut_off_anywhere_is_noticed() -> None:
    whole = b"".join(answer(EVERY_PART))
    for length in range(0, len(whole), 7):
        with pytest.raises(EOFError):
            received(Pipe(whole[:length]))


def test_texts_lose_what_hides_even_when_the_reader_did_not_clean_them() -> None:
    [part] = received(Pipe(head(title="pay\u202eload\x1b[2J\n") + columns() + END))

    assert part.title == "payload[2J"


def test_a_file_with_too_much_in_it_is_refused_by_the_reader_itself() -> None:
    with pytest.raises(DamagedFileError, match=f"at most {MAX_PARTS} spectra"):
        answer(EVERY_PART[-1:] * (MAX_PARTS + 1))


def test_a_refusal_of_the_whole_file_keeps_its_kind() -> None:
    for kind in (FormatError, DamagedFileError, NotInfraredError, UnsupportedFormatError):
        with pytest.raises(kind, match=r"^expected a, found b$") as caught:
            received(Pipe(refusal(kind("expected a, found b"))))
        assert type(caught.value) is kind
