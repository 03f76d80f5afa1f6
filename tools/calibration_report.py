"""What was measured about the confidence, to the page docs/confidence.md."""

from __future__ import annotations

from collections.abc import Sequence

from accuracy_confidence import (
    FEATURE_SETS,
    SPLITS,
    Asked,
    Stated,
    area,
    brier,
    conformal,
    mean_area,
    nested,
    random_splits,
    sure,
)
from accuracy_report import shown, table
from accuracy_rule import IN_USE, STRICTER, Named, Rule, judged, nested_choice
from accuracy_statistics import calibration as bins_of

from spectra_library.calibrating import ENTERING, RIDGE
from spectra_library.confidence import Calibration

EDGES = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0)  # of the stated probability


def report(asked: Asked, calibration: Calibration) -> str:
    """Write the whole page."""
    sections = (
        _head(calibration),
        _trust(list(nested(asked)), list(random_splits(asked))),
        _features(asked),
        _sets(asked),
        _rules(asked),
    )
    return "\n\n".join(section.strip() for section in sections) + "\n"


def _head(calibration: Calibration) -> str:
    kinds = "; ".join(
        f"{kind.tier}, {kind.technique}, {kind.family}, {kind.state or 'state not stated'}"
        for kind in calibration.kinds
    )
    share = 1 - calibration.held / calibration.questions
    return f"""# How far the confidence can be trusted

Written by `python tools/calibrate.py`; do not edit it. It measures the calibration that comes with the
program, of {calibration.date}: {calibration.questions} questions, {calibration.held} of them with their class
in the library, {calibration.right} answered rightly.

Source: {calibration.source}; {calibration.licence}.

A score is a similarity. A probability is given beside it only for references of a kind that has independent
repeat measurements in the calibration: {kinds}. **For drugs and precursors there is none**: one measurement
stands behind each of their references. It is never above {calibration.ceiling:.3f}: that is what the
surest tenth of the questions bears out at laboratories that the calibration never saw. The tables below
show what the logistic states before it is cut there.

The probability holds for questions like those of the calibration, and {share:.0%} of these had no right
answer in the library (their class was not held, or was taken out). Where nearly everything that is scanned
is in the library, it is too low; where nearly nothing is, too high. Another library gives
other leads; it is not checked that it is the same one."""


def _trust(unseen: Sequence[Stated], seen: Sequence[Stated]) -> str:
    rows = [
        (
            name,
            str(len(said)),
            f"{brier(said):.3f}",
            f"{area([one.value for one in said], [one.is_right for one in said]):.3f}",
            f"{area([one.score for one in said], [one.is_right for one in said]):.3f}",
            f"{mean_area(said, of_score=False):.3f}",
            f"{mean_area(said, of_score=True):.3f}",
            shown(sure(said, 0.9)),
        )
        for name, said in (("laboratory never seen", unseen), ("random fifths, laboratory seen", seen))
    ]
    heads = (
        *("calibration", "questions", "Brier", "AUC", "AUC of the score alone"),
        *("AUC within laboratories, mean", "... of the score alone", "right among 0.9 or more"),
    )
    return f"""## Stated and true

Two ways to judge. *Laboratory never seen*: its spectra are neither asked nor in a library while calibrating;
of three unequal laboratories that leaves two, one of them with two polymers. This is what a new instrument
meets. *Random fifths*: every laboratory was seen, its other spectra too; it flatters.

{table(heads, rows)}

Laboratory never seen:

{_reliability(unseen)}

Random fifths:

{_reliability(seen)}"""


def _reliability(said: Sequence[Stated]) -> str:
    bins = bins_of([one.value for one in said], [one.is_right for one in said], EDGES)
    return table(
        ("stated", "mean stated", "first answer right"),
        ((f"{one.low:g} to {one.high:g}", f"{one.stated:.3f}", shown(one.true)) for one in bins),
    )


def _features(asked: Asked) -> str:
    rows = []
    for names in FEATURE_SETS:
        said = list(nested(asked, names))
        rows.append(
            (
                ("**" + ", ".join(names) + "**") if names == ENTERING else ", ".join(names),
                str(len(said)),
                f"{brier(said):.4f}",
                f"{area([one.value for one in said], [one.is_right for one in said]):.3f}",
                f"{mean_area(said, of_score=False):.3f}",
            )
        )
    heads = ("what enters", "stated", "Brier", "AUC", "AUC within laboratories, mean")
    return f"""## What enters

Judged on laboratories never seen; a ridge of {RIDGE:g} and weights that may only push in their own direction.
The bold row is used; it was chosen by this table, which flatters it a little.

{table(heads, rows)}"""


def _sets(asked: Asked) -> str:
    rows = (
        (
            f"{one.level:.0%}",
            f"{one.coverage:.3f}",
            f"{one.size:.2f}",
            f"{one.empty:.3f}",
            f"{one.absent_empty:.3f}",
        )
        for one in conformal(asked)
    )
    heads = ("level", "truth in the set", "mean size", "empty", "empty, class not held")
    return f"""## Sets

Means of {SPLITS} seeded splits of the questions whose class the library holds: one half sets the limit, the
other is asked. The last column is the share of empty sets where the class is not held; there every set that
is not empty is wrong, and the level promises nothing.

{table(heads, rows)}"""


def _rules(asked: Asked) -> str:
    rows = [
        ("in use", *_cells(IN_USE, judged(asked.everything, IN_USE))),
        ("tried", *_cells(STRICTER, judged(asked.everything, STRICTER))),
    ]
    rows += [
        (f"... at {laboratory}", *_cells(STRICTER, judged(found, STRICTER)))
        for laboratory, found in asked.whole.items()
    ]
    choices = nested_choice(asked)
    rows += [(f"chosen without {laboratory}", *_cells(rule, found)) for laboratory, rule, found in choices]
    total = sum((found for _, _, found in choices[1:]), start=choices[0][2])
    rows.append(("the three choices together", "", "", "", "", *_counts(total)))
    heads = (
        *("rule", "score", "separation", "agreement", "unexplained band below"),
        *("wrong among matches", "present named", "absent named"),
    )
    return f"""## The rule that names

The program names by the first row (and asks for an absorbance correlation of 0.80, which this table does not
know). The other rules also ask that the median score of the substance's other references agrees and that the
query has no band of some height where the reference has none. "Chosen without" picks among rules like these
the one that names most with at most 1 % wrong matches and 2 % absent named (or the fewest wrong where no rule
does that), on questions and libraries that do not know the laboratory, and judges it there: with what two of
these laboratories know of each other a rule cannot be chosen for the third. The tried one was chosen on all
three, so its row flatters. It names more of what is present and more of what is absent, and no fewer wrongly,
so the simpler rule stays in use.

{table(heads, rows)}"""


def _cells(rule: Rule, found: Named) -> tuple[str, ...]:
    asks_agreement = f"{rule.agreement:g}" if rule.agreement > -1 else "not asked"
    asks_residual = f"{rule.residual:g}" if rule.residual <= 1 else "not asked"
    return (f"{rule.match:g}", f"{rule.separation:g}", asks_agreement, asks_residual, *_counts(found))


def _counts(found: Named) -> tuple[str, ...]:
    return shown(found.wrong), shown(found.present), shown(found.absent)
