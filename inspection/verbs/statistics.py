"""``log statistics``: how often the instrument and the laboratory agree; confirmed spectra as cases."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from inspection.declared.declaration import DeclarationVerdict
from inspection.desk import Desk, ExitCode
from inspection.errors import LogMissingError
from inspection.laboratory.cases import SPECTRA, CasesReport, write_cases
from inspection.laboratory.statistics import (
    ENOUGH,
    LEVEL,
    NOTHING,
    By,
    Confusion,
    Row,
    Share,
    Statistics,
    Wrong,
    statistics,
)
from inspection.language import Wording
from inspection.permissions import needs
from inspection.users.roles import Action
from inspection.verbs.moments import moment
from inspection.wording import declaration_word, substance_name, verdict_word
from spectra_library.catalogue import Catalogue
from spectra_library.verdicts import Verdict

DIGITS: Final = 4  # of a share: no log is large enough for more


def add_action(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the action to ``log``."""
    verb = actions.add_parser(
        "statistics", help="how often the laboratory agreed: by substance, device, library, verdict"
    )
    verb.add_argument("--since", type=moment, metavar="TIME", help="identifications from then on, UTC")
    verb.add_argument("--until", type=moment, metavar="TIME", help="and before then")
    verb.add_argument(
        "--cases", type=Path, metavar="OUT", help="write confirmed spectra to a new folder, for calibrating"
    )
    verb.add_argument("--json", action="store_true", help="one JSON object per line")
    verb.set_defaults(verb_function=show_statistics, permission=needs(Action.STATISTICS))


def show_statistics(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Print the shares and the summary; with ``--cases`` write the confirmed spectra instead."""
    catalogue = desk.catalogue()
    period = {"since": arguments.since, "until": arguments.until}
    if arguments.cases is not None:
        with desk.read_log() as log:
            report = write_cases(log, catalogue, arguments.cases, **period)
        _tell_cases(desk, report, as_json=arguments.json)
        return ExitCode.DONE
    try:
        with desk.read_log() as log:
            found = statistics(log, catalogue, **period)
    except LogMissingError:
        found = NOTHING  # nothing was ever written: counts of nothing, not a failure
    if arguments.json:
        for row in found.rows:
            desk.emit(row_object(row, catalogue))
        for confusion in found.confusions:
            desk.emit(confusion_object(confusion))
        desk.emit({"summary": summary_object(found, arguments.since, arguments.until)})
    else:
        for line in statistics_lines(desk.words, found, catalogue):
            desk.say(line)
    return ExitCode.DONE


def row_object(row: Row, catalogue: Catalogue) -> dict[str, Any]:
    """Give the JSON object of one line."""
    known = row.by is By.SUBSTANCE and row.key in catalogue
    about = (
        {"name": catalogue.get(row.key).name, "status": catalogue.get(row.key).status.value} if known else {}
    )
    return {"by": row.by.value, "key": row.key, **about, **share_object(row.share)}


def share_object(share: Share) -> dict[str, Any]:
    """Give the counts of a share with its interval; null where there is none."""
    low, high = share.interval or (None, None)
    return {
        "n": share.n,
        "agree": share.agree,
        "disagree": None if share.agree is None else share.n - share.agree,
        "share": _rounded(share.share),
        "low": _rounded(low),
        "high": _rounded(high),
        "overridden": share.overridden,
        "enough": share.is_enough,
    }


def confusion_object(confusion: Confusion) -> dict[str, Any]:
    """Give the JSON object of what was said and what was found instead."""
    said, found = (" + ".join(names) for names in (confusion.said, confusion.found))
    return {"by": "confusion", "key": f"{said or confusion.verdict} -> {found}", **asdict(confusion)}


def summary_object(found: Statistics, since: datetime | None, until: datetime | None) -> dict[str, Any]:
    """Give the JSON object of what stands over all lines."""
    counts = found.counts
    return {
        "since": None if since is None else since.isoformat(),
        "until": None if until is None else until.isoformat(),
        "inspections": counts.inspections,
        "identifications": counts.identifications,
        "verdicts": dict(counts.verdicts),
        "declared": dict(counts.declared),
        "differs": counts.declared.get(DeclarationVerdict.DIFFERS, 0),
        "overridden": counts.overridden,
        "with_result": found.with_result,
        "unnamed": found.unnamed,
        "contradictory": found.contradictory,
        "out_of_reach": found.out_of_reach,
        "claims": share_object(found.claims),
        "falsely_controlled": _wrong_object(found.falsely_controlled),
        "missed_controlled": {**_wrong_object(found.missed_controlled), "hinted": found.hinted},
        "interval": "clopper-pearson",
        "level": LEVEL,
        "least": ENOUGH,
    }


def statistics_lines(words: Wording, found: Statistics, catalogue: Catalogue) -> Iterator[str]:
    """Give the statistics as text, the summary last."""
    headings = {
        By.SUBSTANCE: words("By substance"),
        By.DEVICE: words("By device"),
        By.LIBRARY: words("By library"),
        By.VERDICT: words("By verdict"),
    }
    for by in By:
        rows = [row for row in found.rows if row.by is by]
        if rows:
            yield headings[by]
            yield from (f"  {_row_text(words, row, catalogue)}" for row in rows)
    if found.confusions:
        yield words("Said, and found instead")
        for one in found.confusions:
            yield f"  {one.n} x  {_confusion_text(words, one, catalogue)}"
    yield from _summary_lines(words, found)


def _summary_lines(words: Wording, found: Statistics) -> Iterator[str]:
    counts = found.counts
    yield words("{inspections} inspections, {identifications} identifications").format(
        inspections=counts.inspections, identifications=counts.identifications
    )
    verdicts = (f"{_verdict_word(words, one)} {n}" for one, n in sorted(counts.verdicts.items()))
    yield "  " + ", ".join(verdicts) if counts.verdicts else "  -"
    declared = (f"{_declaration_word(words, one)} {n}" for one, n in sorted(counts.declared.items()))
    if counts.declared:
        yield "  " + words("declarations: {counts}").format(counts=", ".join(declared))
    if counts.overridden:
        yield "  " + words("verdicts amended by a person: {count}").format(count=counts.overridden)
    yield words("With a laboratory result: {count}").format(count=found.with_result)
    if found.claims.n:
        yield "  " + words("matches, groups and mixtures: {share}").format(
            share=_share_text(words, found.claims)
        )
    for count, text in (
        (found.unnamed, words("whose result names no substance: {count}")),
        (found.contradictory, words("with results that contradict each other: {count}")),
        (found.out_of_reach, words("results on identifications that are not here: {count}")),
    ):
        if count:
            yield "  " + text.format(count=count)
    for wrong, text in (
        (found.falsely_controlled, words("Named controlled, not confirmed by the laboratory: {count}")),
        (found.missed_controlled, words("Controlled, found by the laboratory, not named: {count}")),
    ):
        entries = words("entries {numbers}").format(numbers=", ".join(map(str, wrong.entries)))
        yield text.format(count=wrong.n) + (f"  ({entries})" if wrong.entries else "")


def _row_text(words: Wording, row: Row, catalogue: Catalogue) -> str:
    name = row.key
    if row.by is By.SUBSTANCE:
        name = _names(words, [row.key], catalogue)
    elif row.by is By.VERDICT:
        name = _verdict_word(words, row.key)
    elif row.by is By.DEVICE and not row.key:
        name = words("spectra from files")
    return f"{name}: {_share_text(words, row.share)}"


def _share_text(words: Wording, share: Share) -> str:
    if share.share is None or share.interval is None:
        return words("{n} with a result").format(n=share.n)
    low, high = share.interval
    text = words("{agree} of {n} agree, {share:.0%} ({low:.0%} to {high:.0%})").format(
        agree=share.agree, n=share.n, share=share.share, low=low, high=high
    )
    few = words("fewer than {least}: not enough to say").format(least=ENOUGH)
    return text if share.is_enough else f"{text}  {few}"


def _confusion_text(words: Wording, confusion: Confusion, catalogue: Catalogue) -> str:
    said = _names(words, confusion.said, catalogue)
    found = _names(words, confusion.found, catalogue)
    verdict = _verdict_word(words, confusion.verdict)
    return f"{verdict}: {said} -> {found}" if said else f"{verdict} -> {found}"


def _names(words: Wording, substances: Sequence[str], catalogue: Catalogue) -> str:
    """Name substances; one that the catalogue has not any more by its id."""
    return " + ".join(
        substance_name(words, catalogue.get(one)) if one in catalogue else one for one in substances
    )


def _verdict_word(words: Wording, verdict: str) -> str:
    return verdict_word(words, Verdict(verdict)) if verdict in list(Verdict) else verdict or "-"


def _declaration_word(words: Wording, verdict: str) -> str:
    known = verdict in list(DeclarationVerdict)
    return declaration_word(words, DeclarationVerdict(verdict)) if known else verdict


def _tell_cases(desk: Desk, report: CasesReport, *, as_json: bool) -> None:
    if as_json:
        said = {**asdict(report), "path": str(report.path), "spectra": str(report.path / SPECTRA)}
        desk.emit({"cases": {**said, "head": str(report.head)}})
        return
    desk.say(
        desk.words(
            "{path}: {count} confirmed spectra of {substances} substances, {left_out} left out, "
            "sha256 of the table {sha256}, log head {head}"
        ).format(
            path=report.path,
            count=report.count,
            substances=report.substances,
            left_out=report.left_out,
            sha256=report.sha256,
            head=report.head,
        )
    )
    desk.say(
        desk.words("Nothing was calibrated. Look through them, then: library calibrate {path}").format(
            path=report.path / SPECTRA
        )
    )


def _wrong_object(wrong: Wrong) -> dict[str, Any]:
    return {"n": wrong.n, "by_verdict": dict(wrong.by_verdict), "entries": list(wrong.entries)}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)
