"""The limited process: reads one file after another from its standard input until that is closed.

    python -m spectra_library.formats.sandbox_worker MEMORY_BYTES CPU_S WALL_S

Started by ``sandbox``, spoken to in the bytes of ``sandbox_wire``.  Once its imports are done it ties its
own hands where the system can (Linux): memory, processor time for each file anew, no written files, no
further processes, no core.  A mistake in a reader ends the process; its last line on the
standard error says where.
"""

from __future__ import annotations

import faulthandler
import math
import os
import signal
import sys
from pathlib import Path
from types import TracebackType
from typing import IO, Final

from spectra_library.errors import FormatError
from spectra_library.formats.reading import read_bytes
from spectra_library.formats.sandbox_wire import OUT_OF_MEMORY, READY, answer, next_request, refusal

_OPEN_FILES: Final = 32
_GRACE_S: Final = 2  # the program kills at the wall time; this is for when it is no longer there


def main() -> None:
    """Serve until the pipe is closed; the arguments of the process are the limits."""
    memory_bytes, cpu_s, wall_s = (int(text) for text in sys.argv[1:4])
    sys.excepthook = _one_line
    requests, answers = sys.stdin.buffer, _only_answers()
    _tie_hands(memory_bytes)
    answers.write(READY)
    answers.flush()
    try:
        while (request := next_request(requests)) is not None:
            name, content = request
            del request  # nor may the last file stay while the next one is read
            _arm(cpu_s, wall_s)
            _serve(content, name, answers)
            _disarm()
    except MemoryError:
        os._exit(OUT_OF_MEMORY)  # at once: a sentence would need memory


def _serve(content: bytes, name: str, answers: IO[bytes]) -> None:
    try:
        chunks = answer(read_bytes(content, name))
    except FormatError as error:
        answers.write(refusal(error))
    else:
        for chunk in chunks:
            answers.write(chunk)
    answers.flush()


def _only_answers() -> IO[bytes]:
    """Keep the standard output for answers: what a library prints must not get between them."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers


def _one_line(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = (
        "" if trace is None else f" in {Path(trace.tb_frame.f_code.co_filename).name}, line {trace.tb_lineno}"
    )
    sys.stderr.write(f"{kind.__name__}{where}\n")


if sys.platform == "win32":

    def _tie_hands(memory_bytes: int) -> None:
        """Leave it to the program, which watches this process's memory and time."""

    def _arm(cpu_s: int, wall_s: int) -> None:
        # Ends a file that never ends when the program itself was killed.
        faulthandler.dump_traceback_later(max(cpu_s, wall_s) + _GRACE_S, exit=True)

    def _disarm() -> None:
        faulthandler.cancel_dump_traceback_later()

else:
    import resource

    def _tie_hands(memory_bytes: int) -> None:
        """Limit what this process can take from the machine, for good."""
        for limit, most in (
            (resource.RLIMIT_AS, memory_bytes),
            (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_NOFILE, _OPEN_FILES),
            (resource.RLIMIT_NPROC, 0),
            (resource.RLIMIT_CORE, 0),
        ):
            hard = resource.getrlimit(limit)[1]
            most = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(limit, (most, most))

    def _arm(cpu_s: int, wall_s: int) -> None:
        """Let the system kill this process when one file takes more time than a file may."""
        usage = resource.getrusage(resource.RUSAGE_SELF)
        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        soft = math.ceil(usage.ru_utime + usage.ru_stime + cpu_s)
        if hard == resource.RLIM_INFINITY or soft <= hard:
            resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))
        # Ends a file that never ends when the program itself was killed.
        signal.alarm(wall_s + _GRACE_S)

    def _disarm() -> None:
        signal.alarm(0)


if __name__ == "__main__":
    main()
