"""Figures to the page docs/accuracy.md: every share with its counts and its 95 % interval."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from accuracy_engine import Outcome
from accuracy_figures import Figures, Repeated
from accuracy_methods import COSINE, DERIVATIVE, ENGINE, RAW
from accuracy_mixtures import LIBRARY_SIZE, UNLISTED, UNLISTED_SHARES, MixtureResult
from accuracy_ranking import Ranking, pooled
from accuracy_reality import QUANTILES, Agreement
from accuracy_spectra import classes_sha256
from accuracy_statistics import Count, Difference
from accuracy_verdicts import named, wrong_matches

from spectra_library.preprocess import Recipe
from spectra_library.verdicts import Verdict

RIVALS = (RAW.name, DERIVATIVE.name, COSINE.name)
MISTAKES_SHOWN = 30


def report(figures: Figures) -> str:
    """Write the whole page."""
    sections = (
        heading(),
        goals(figures),
        first_in_the_list(figures.rankings),
        verdicts(figures),
        mistakes(figures),
        open_set(figures),
        reality(figures),
        forensic(figures.forensic),
        mixtures(figures),
        limits(),
    )
    return "\n\n".join(section.strip() for section in sections) + "\n"


def heading() -> str:
    """Say what the page is, on which truth and which engine it stands."""
    return f"""# How often the answer is right

Written by `python tools/accuracy.py`; do not edit it. Every share stands with its counts and its 95 %
interval (Wilson). Real spectra and made-up ones are never counted together.

- The confidence is judged on a page of its own, [confidence.md](confidence.md).
- Recipe `{Recipe().sha256[:16]}`, classes `tools/classes.csv` `{classes_sha256()[:16]}`.
- The truth is a class: a polymer or substance, its grades merged, nothing coarser. Blends, paints and
  polymers that are not named have no class; they are neither asked nor in a library. The classes were
  written down from chemistry and the source's own words before anything was counted by them, and stay as
  they are."""


def goals(figures: Figures) -> str:
    """Set the measured beside what was set as the goal."""
    everything = pooled(figures.rankings)
    real = figures.real_answers
    absent = named((*real, *figures.removed_answers), is_held=False)
    present = named(real, is_held=True)
    wrong = wrong_matches(real)
    gain = everything.ahead_of(RAW.name)
    behind = [one.laboratory for one in figures.rankings if one.ahead_of(DERIVATIVE.name).high < 0]
    first = everything.count(ENGINE.name)
    rows = (
        ("first in the list, pooled", "0.90 or more", shown(first), first.share >= 0.90),
        ("... ahead of raw correlation", "5 points or more", difference(gain), gain.share >= 0.05),
        (
            "... not behind first derivative at any laboratory",
            "none",
            ", ".join(behind) or "none",
            not behind,
        ),
        ("wrong among the matches", "1 % or fewer", shown(wrong), wrong.share <= 0.01),
        ("absent called match or group", "2 % or fewer", shown(absent), absent.share <= 0.02),
        ("present called match or group", "60 % or more", shown(present), present.share >= 0.60),
        *(row for level in figures.mixtures for row in mixture_goals(figures, level)),
    )
    listed = table(
        ("what", "goal", "measured", "reached"),
        ((what, goal, measured, "yes" if reached else "**no**") for what, goal, measured, reached in rows),
    )
    return f"""## At a glance

{listed}

The first six rows are real spectra; "absent" are those whose class no other laboratory holds and those whose
class was taken out. The mixtures are made up, at two levels, all kinds below together."""


def mixture_goals(figures: Figures, level: str) -> Iterator[tuple[str, str, str, bool]]:
    """Set what was measured of the mixtures of one level beside the goals."""
    mixed = [one for one in figures.mixtures[level] if len(one.shares) > 1]
    exact = sum((one.exact for one in mixed), start=Count(0, 0))
    added = sum(one.additions for one in mixed)
    minor = next(one.minor for one in mixed if one.shares == (0.8, 0.2))
    complete = figures.unlisted[level].complete
    yield f"mixtures, {level}: exact set", "0.60 or more", shown(exact), exact.share >= 0.60
    yield (
        "... false additions per sample",
        "0.10 or fewer",
        f"{per_asked(added, exact.asked)} ({added} in {exact.asked})",
        added <= 0.10 * exact.asked,
    )
    yield "... minor of 80:20 found", "0.90 or more", shown(minor), minor.share >= 0.90
    yield "... 40 % unlisted: composition claimed", "10 % or fewer", shown(complete), complete.share <= 0.10


def first_in_the_list(rankings: Sequence[Ranking]) -> str:
    """Compare the methods on the same questions."""
    everything = (*rankings, pooled(rankings))
    methods = (ENGINE.name, *RIVALS)
    counts = table(
        ("laboratory left out", *methods),
        ((one.laboratory, *(shown(one.count(method)) for method in methods)) for one in everything),
    )
    means = table(
        ("laboratory left out", *methods),
        ((one.laboratory, *(f"{one.class_mean(method):.3f}" for method in methods)) for one in everything),
    )
    differences = table(
        ("laboratory left out", *(f"against {method}" for method in RIVALS)),
        ((one.laboratory, *(difference(one.ahead_of(method)) for method in RIVALS)) for one in everything),
    )
    return f"""## First in the list, real spectra

Each laboratory of the Open Specy set is left out in turn and asked against the other two; only questions
whose class the others hold. All methods see the same questions, grid, resolution and left-out stretches.

{counts}

The same as the mean over classes, each class counting once (one study's polyethylene and PET are most of
the questions):

{means}

The engine minus each other method, on the same questions: points, with the paired 95 % interval (Agresti
and Min), and the questions that only one of the two answered rightly.

{differences}"""


def verdicts(figures: Figures) -> str:
    """Show what was said of real spectra."""
    everything = {**figures.answers, "all three": figures.real_answers}
    rows = []
    for laboratory, answers in everything.items():
        for is_held, label in ((True, "yes"), (False, "no")):
            asked = [one for one in answers if one.is_held is is_held]
            if asked:
                rows.append((laboratory, label, str(len(asked)), *verdict_cells(asked)))
    summary = table(
        ("laboratory left out", "wrong among matches", "present called match or group", "absent called so"),
        (
            (
                laboratory,
                shown(wrong_matches(answers)),
                shown(named(answers, is_held=True)),
                shown(named(answers, is_held=False)),
            )
            for laboratory, answers in everything.items()
        ),
    )
    return f"""## Verdicts, real spectra

The same split, and also the questions whose class the others do not hold. A group is right when the true
class is in it.

{table(("laboratory left out", "class held", "asked", *VERDICT_HEADS), rows)}

{summary}"""


VERDICT_HEADS = (
    "match, right",
    "match, wrong",
    "group, right",
    "group, wrong",
    "mixture, right",
    "mixture, wrong",
    "inconclusive",
    "no match",
    "rejected",
)


def verdict_cells(answers: Iterable[Outcome]) -> tuple[str, ...]:
    """Count the answers under VERDICT_HEADS."""
    seen = Counter((one.verdict, one.is_right) for one in answers)
    naming = (Verdict.MATCH, Verdict.GROUP, Verdict.MIXTURE)
    cells = [seen[verdict, is_right] for verdict in naming for is_right in (True, False)]
    silent = (Verdict.INCONCLUSIVE, Verdict.NO_MATCH, Verdict.REJECTED)
    cells += [seen[verdict, True] + seen[verdict, False] for verdict in silent]
    return tuple(str(cell) for cell in cells)


def mistakes(figures: Figures) -> str:
    """List what was named wrongly, so that a reader can judge how bad it was."""
    seen = Counter(
        (" + ".join(sorted(one.truth)), str(one.verdict), " + ".join(sorted(one.named)), how)
        for answers, how in ((figures.real_answers, "whole"), (figures.removed_answers, "class removed"))
        for one in answers
        if one.named and not one.is_right
    )
    if not seen:
        return "### What was named wrongly\n\nNothing."
    ordered = sorted(seen.items(), key=lambda item: (-item[1], item[0]))
    listed = table(
        ("was", "verdict", "named", "library", "times"),
        ((*what, str(times)) for what, times in ordered[:MISTAKES_SHOWN]),
    )
    left_out = len(ordered) - MISTAKES_SHOWN
    more = f"\n\n{left_out} more kinds are not shown." if left_out > 0 else ""
    return f"### What was named wrongly\n\n{listed}{more}"


def open_set(figures: Figures) -> str:
    """Show what is said when the true substance was taken out of the library."""
    rows = [
        (
            f"real: {laboratory}",
            str(len(answers)),
            shown(named(answers, is_held=False)),
            *verdict_cells(answers),
        )
        for laboratory, answers in figures.removed.items()
    ]
    forensic_answers = figures.forensic_removed
    rows.append(
        (
            "made up: forensic repeats",
            str(len(forensic_answers)),
            shown(named(forensic_answers, is_held=False)),
            *verdict_cells(forensic_answers),
        )
    )
    return f"""## Substance removed

Every question whose class the library holds is asked again after that class was taken out: whatever is
named is wrong, however alike it is. The forensic repeats are asked of the shipped libraries without a fifth
of the forensic substances at a time.

{table(("questions", "asked", "called match or group", *VERDICT_HEADS), rows)}"""


def reality(figures: Figures) -> str:
    """Put the simulator beside reality."""
    seen = figures.reality
    agreements: dict[str, Agreement] = {
        "**real**, every class and pair of laboratories counts once": seen.real,
        "**real**, every question counts once (median over its class)": seen.by_question,
        **{f"made up, {name}": one for name, one in seen.simulated.items()},
    }
    heads = ("spectra", *(f"{quantile:.0%}" for quantile in QUANTILES))
    raw = table(heads, ((name, *numbers(one.correlation)) for name, one in agreements.items()))
    slope = table(heads, ((name, *numbers(one.derivative)) for name, one in agreements.items()))
    first = table(
        ("questions", RAW.name, DERIVATIVE.name),
        (
            (name, *(shown(counts[method]) for method in (RAW.name, DERIVATIVE.name)))
            for name, counts in (
                ("**real**", seen.real_first),
                *((f"made up, {name}", counts) for name, counts in seen.simulated_first.items()),
            )
        ),
    )
    return f"""## The simulator against reality

Correlation of two spectra of one substance, quantiles. Real: from two laboratories. Made up: a real
spectrum and its repeat by `spectra_library/synthesis.py`, of the same classes, each class counting once.

{raw}

The same for the first derivative:

{slope}

First in the list when each real question is replaced by a made-up repeat of a spectrum that the library
holds, of the question's class:

{first}

The level "another laboratory" was set by hand so that it comes close to the rows of real questions in all
three tables; it is the level of all made-up figures that name no other. Its middle is a little worse than
reality, its upper end better. The spectra it was set on are plastics and fibres, most of them one study's
articles. "Same instrument" and "field" were compared with nothing real."""


def forensic(kinds: Sequence[Repeated]) -> str:
    """Show the repeats of the forensic references."""
    if not kinds or not kinds[0].answers:
        return "## Forensic references, made-up repeats\n\nThe forensic library is not there."
    methods = tuple(kinds[0].first)
    ranks = table(
        ("repeats", *methods),
        ((kind.kind, *(shown(kind.first[method]) for method in methods)) for kind in kinds),
    )
    said = table(
        ("repeats", "asked", "wrong among matches", *VERDICT_HEADS),
        (
            (
                kind.kind,
                str(len(kind.answers)),
                shown(wrong_matches(kind.answers)),
                *verdict_cells(kind.answers),
            )
            for kind in kinds
        ),
    )
    return f"""## Forensic references, made-up repeats

**This is no accuracy on drugs.** One measurement stands behind each of these references and no independent
repeat exists; the figures say how the engine takes what the simulator does. All shipped libraries are
searched. First in the list:

{ranks}

Verdicts:

{said}"""


def mixtures(figures: Figures) -> str:
    """Show the mixtures by level, number of parts and shares."""
    per_sample = "false additions per sample"
    heads = ("shares", "samples", "exact set", "largest found", "smallest found", per_sample)
    parts = [
        f"""## Mixtures, made up

A library of {LIBRARY_SIZE} ATR references: open and forensic substances but {UNLISTED}, which are kept out.
The parts are drawn, varied as samples, mixed in shares of their strongest bands, and measured; all are
listed. One part in the first row: a pure sample must not become a mixture. "Exact" and "found" go by what
the verdict names: a group is never exact, an inconclusive answer names nothing."""
    ]
    for level, results in figures.mixtures.items():
        parts.append(f"Level: {level}.")
        parts.append(table((*heads, "answered as a mixture"), (mixture_cells(one) for one in results)))
    rows = (
        (
            level,
            str(one.complete.asked),
            shown(one.complete),
            per_asked(one.additions, one.complete.asked),
        )
        for level, one in figures.unlisted.items()
    )
    shares = " : ".join(f"{100 * share:.0f}" for share in UNLISTED_SHARES)
    parts.append(f"Two listed parts and 40 % of a substance that is not in the library ({shares}):")
    parts.append(table(("level", "samples", "match, group or mixture claimed", per_sample), rows))
    return "\n\n".join(parts)


def mixture_cells(one: MixtureResult) -> tuple[str, ...]:
    """Give one row of the table of mixtures."""
    return (
        " : ".join(f"{100 * share:.0f}" for share in one.shares),
        str(one.exact.asked),
        shown(one.exact),
        shown(one.major),
        shown(one.minor),
        per_asked(one.additions, one.exact.asked),
        shown(one.mixtures),
    )


def limits() -> str:
    """Say what these figures do not say."""
    return """## What these figures do not say

- Nothing about real drugs, precursors or cutting agents: no free repeat measurements exist.
- The real spectra are plastics, fibres and natural materials, scaled to 0..1 by their authors. Questions of
  one study are not independent (all 272 of Chabuka et al. are articles of two polymers), so the intervals
  over questions are too narrow; the mean over classes has none.
- Thresholds of the engine that were chosen on these same spectra are flattered by these figures. Where they
  were chosen stands in `docs/identification.md`.
- Labels are the source's and were not corrected: some spectra do not show what their name says, and count
  as wrong answers when the engine says so.
- A share of a mixture is one of light, not of weight."""


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Draw a table in Markdown."""
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines)


def shown(count: Count) -> str:
    """Write a share with its interval and its counts."""
    if count.asked == 0:
        return "none asked"
    low, high = count.interval
    return f"{count.share:.3f} [{low:.3f}, {high:.3f}] {count.hits}/{count.asked}"


def per_asked(count: int, asked: int) -> str:
    """Write a number per question."""
    return f"{count / asked:.2f}" if asked else "none asked"


def difference(one: Difference) -> str:
    """Write a difference in points with its interval, and the questions that decided it."""
    return f"{100 * one.share:+.1f} [{100 * one.low:+.1f}, {100 * one.high:+.1f}] {one.won} : {one.lost}"


def numbers(values: Iterable[float]) -> tuple[str, ...]:
    """Write correlations."""
    return tuple(f"{value:.2f}" for value in values)
