"""Build the libraries that come with the program, and the demonstration's samples, from their public sources.

    python tools/build_starter_library.py [--check] [--data-folder FOLDER]

Writes ``starter.sqlite``, ``forensic/forensic.sqlite`` (when the folder ``forensic`` is there) and
``demonstration/*.csv`` under ``spectra_library/data``.  The same tables and packages give the same hashes on
every machine.  ``--check`` builds in memory, compares with what is there, and exits 1 when it differs.
Needs the extra ``build``: pip install -e .[build]
"""

from __future__ import annotations

import sys
from pathlib import Path


def main() -> int:
    """Run the command with the arguments of this process.  Returns the exit code."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from starter_library.command import build  # after the line above, so that a plain checkout works

    return build(sys.argv[1:], __doc__)


if __name__ == "__main__":
    sys.exit(main())
