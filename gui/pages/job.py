"""The inspection that samples are written under, and what its papers say."""

from __future__ import annotations

from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Papers:
    """What the papers of a consignment say, as it is being typed: blanks at the end may be between words."""

    container: str = ""
    declared: str = ""

    @property
    def tidy(self) -> Papers:
        """The same without blanks around it."""
        return Papers(self.container.strip(), self.declared.strip())


@dataclass(frozen=True, slots=True)
class Job:
    """``inspection`` is empty until the first finding is in the log; ``scanned`` counts named samples."""

    inspection: str = ""
    papers: Papers = field(default_factory=Papers)
    scanned: int = 0

    def with_papers(self, papers: Papers) -> Job:
        """Take what was typed; the container of an inspection that is in the log stays."""
        container = self.papers.container if self.inspection else papers.container
        return replace(self, papers=Papers(container, papers.declared))

    def declared_as(self, declared: str) -> Job:
        """Take another declared text."""
        return replace(self, papers=replace(self.papers, declared=declared))

    def saved(self, inspection: str) -> Job:
        """A finding was written under ``inspection``; the next sample has papers of its own."""
        return replace(self, inspection=inspection, papers=replace(self.papers, declared=""))

    def next_inspection(self) -> Job:
        """The next finding opens an inspection of its own."""
        return replace(self, inspection="", papers=Papers())
