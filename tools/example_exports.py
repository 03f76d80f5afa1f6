"""Make docs/examples: one inspection of three samples, by commands alone, and what can be printed of it.

    python tools/example_exports.py [OUT]

Every step is a call of the command line, as officers and a supervisor type it; they are written to
commands.txt.  The wire is real, the detector is simulated; what lies on its crystal is what ``demo`` has.
People, firms and countries are placeholders.
"""

from __future__ import annotations

import argparse
import io
import os
import shlex
import sys
import tempfile
from collections.abc import Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

from detector.simulator.firmware import SimulatedInstrument
from detector.simulator.server import running_instrument
from inspection.cli import run
from inspection.demo import SEED
from inspection.demo_samples import DemoSample, demo_samples
from inspection.folders import DataFolder
from inspection.knowledge import knowledge
from inspection.language import ENGLISH, Language
from inspection.log_kind import LogKind

ROOT = Path(__file__).resolve().parent.parent
OFFICER, SUPERVISOR, ADMINISTRATOR = "Officer 1", "Supervisor 1", "Administrator 1"
PINS = {OFFICER: "482911", SUPERVISOR: "482922", ADMINISTRATOR: "482944"}

NEW = """inspection new --container "MWCU 605978 4" --declared "isopropyl alcohol; methanol; vanillin"
    --hs 2905.12 --post "Customs post 1" --second-officer "Officer 2" --trigger risk_profile
    --regime import"""
BEFORE = (
    """inspection record ID --mode road --conveyance 00-AA-000 --seal-declared "A 1001"
    --seal-declared "A 1002" --seal-found "A 1001" --seal-found "A 1003" --seal-new "C 2001"
    --seal-new "C 2002" --bill "CMR 1" --origin "Country 1" --transit "Country 2"
    --destination "Country 3" """,
    """inspection record ID --document "Declaration 1"
    --description "Solvents and flavouring, technical grade" --quantity "2400 kg" --packages 24
    --un-number "UN 1219" --cas 67-63-0""",
    """inspection record ID --consignor "Consignor A" --consignee "Consignee A" --notify "Notify party A"
    --driver "Driver 1" """,
    "background --port PORT",
)
SAMPLES = (
    """inspection record ID --sample 1 --position "drum 1, upper third" --sample-packages 8
    --packages-sampled 3 --appearance colourless --state liquid --amount "50 ml" --bag-seal "Z 1" """,
    """inspection record ID --sample 2 --position "drum 9" --sample-packages 8 --packages-sampled 3
    --appearance colourless --state liquid --amount "50 ml" --bag-seal "Z 2" """,
    """inspection record ID --sample 3 --position "drum 17, behind the others" --sample-packages 8
    --packages-sampled 8 --why "label torn off" --appearance "yellowish, smells of spice" --state liquid
    --amount "100 ml" --bag-seal "Z 3" """,
)
AFTER = (
    """inspection second-test ID --sample 3 --kind "colour test" --lot "L 7" --expiry 2027-06-30
    --result positive""",
    """inspection decide ID --outcome detain
    --reason "sample 3 is not what was declared, and is controlled" """,
    """inspection custody ID --sample 3 --released-by "Officer 1" --received-by "Laboratory 1"
    --when 2026-11-24T14:10+04:00 --why confirmation --seal "Z 3" """,
    """inspection laboratory ID --sample 3 --laboratory "Laboratory 1" --sent 2026-11-24
    --question "identity and content" """,
    'inspection amend TRANSPORT --set "bill=CMR 2" --reason misread',
    'inspection close ID --remark "drums sealed and moved to store 1"',
)


@dataclass
class Caller:
    """Calls of the command line on one data folder; ``names`` stand for what comes out only when they run.

    ``typed`` every call as it is told to people.
    """

    data: Path
    kind: LogKind
    names: dict[str, str]
    typed: list[str] = field(default_factory=list)

    def call(
        self,
        user: str | None,
        line: str | Sequence[str],
        *,
        language: str = "en",
        new_pin: str = PINS[ADMINISTRATOR],
    ) -> str:
        """Make one call as ``user`` and give what it printed.  Raises RuntimeError when it fails."""
        words = shlex.split(line) if isinstance(line, str) else list(line)
        head = [] if self.kind is LogKind.EVIDENCE else ["--training"]
        head += [] if language == "en" else ["--language", language]
        head += [] if user is None else ["--user", user]
        told = " ".join(word if word in self.names else shlex.quote(word) for word in (*head, *words))
        self.typed.append(f"chemgate {told}")
        argv = ["--data-dir", str(self.data), *head, *(self.names.get(word, word) for word in words)]
        printed = io.StringIO()
        with (
            patch.dict(
                os.environ, {"CHEMGATE_PIN": PINS[user or ADMINISTRATOR], "CHEMGATE_NEW_PIN": new_pin}
            ),
            redirect_stdout(printed),
        ):
            code = run(argv)
        if code != 0:
            raise RuntimeError(f"expected exit code 0 of {told}, found {code}: {printed.getvalue()}")
        return printed.getvalue().strip()


def main() -> int:
    """Write the examples; return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", nargs="?", type=Path, default=ROOT / "docs" / "examples")
    out: Path = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"  # no key into anybody's key store
    for kind in LogKind:
        with tempfile.TemporaryDirectory() as folder:
            caller = work_through(Path(folder), kind)
            is_evidence = kind is LogKind.EVIDENCE
            for language in Language if is_evidence else [Language.ENGLISH]:
                print_out(caller, out, language, prefix="" if is_evidence else "training_")
            if is_evidence:
                lines = [line.replace(f"{out}{os.sep}", "") for line in caller.typed]
                (out / "commands.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 0


def work_through(folder: Path, kind: LogKind) -> Caller:
    """Do the whole job of one inspection, as officers and a supervisor do it."""
    caller = Caller(folder, kind, names={})
    caller.call(None, f'user add "{ADMINISTRATOR}"')
    for user, role in ((OFFICER, "officer"), (SUPERVISOR, "supervisor")):
        caller.call(ADMINISTRATOR, f'user add "{user}" --role {role}', new_pin=PINS[user])
    known = knowledge(DataFolder(folder))
    samples = demo_samples(ENGLISH, known.catalogue, known.libraries)
    instrument = SimulatedInstrument(tuple(one.sample for one in samples), seed=SEED, speed=float("inf"))
    with running_instrument(instrument) as url:
        caller.names["PORT"] = url
        _inspect(caller, samples)
    return caller


def _inspect(caller: Caller, samples: Sequence[DemoSample]) -> None:
    caller.names["ID"] = caller.call(OFFICER, NEW)
    transport = caller.call(OFFICER, BEFORE[0])
    caller.names["TRANSPORT"] = transport.split()[0]  # the number of the entry
    for line in BEFORE[1:]:
        caller.call(OFFICER, line)
    for number, (one, described) in enumerate(zip(samples, SAMPLES, strict=True), start=1):
        caller.call(OFFICER, described)
        scan = f"scan --port PORT --identify --inspection ID --sample {number}"
        caller.call(OFFICER, [*scan.split(), "--declared", one.declared])
    for line in AFTER:
        caller.call(OFFICER, line)
    caller.call(SUPERVISOR, "inspection signoff ID")


def print_out(caller: Caller, out: Path, language: Language, *, prefix: str = "") -> None:
    """Print the inspection and the log in one language."""
    for name, of in (("inspection", ["--inspection", "ID"]), ("log", [])):
        path = out / f"{prefix}{name}_{language}.pdf"
        caller.call(OFFICER, ["log", "export", str(path), *of], language=language)
        print(f"{path.stat().st_size / 1024:6.0f} kB  {path.name}")


if __name__ == "__main__":
    sys.exit(main())
