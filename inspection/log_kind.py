"""The two kinds of log.  Loads nothing else: the window names its log before anything heavy is read."""

from __future__ import annotations

from enum import StrEnum


class LogKind(StrEnum):
    """Evidence and training never share a file."""

    EVIDENCE = "evidence"
    TRAINING = "training"
