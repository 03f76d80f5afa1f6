"""``inspection sampling``: how many packages to sample, and which."""

from __future__ import annotations

import argparse

from inspection.desk import Desk, ExitCode
from inspection.errors import RecordError
from inspection.permissions import no_user
from inspection.record.record_words import plan_sentence, shown_sentence
from inspection.record.sampling import (
    PRIORS,
    Rule,
    choose_packages,
    sampling_plan,
    square_root,
    what_is_shown,
)


def add_verb(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb to those of ``inspection``."""
    sampling = actions.add_parser("sampling", help="how many of many packages to sample, and which")
    sampling.add_argument("packages", type=int, metavar="N", help="how many packages there are")
    sampling.add_argument(
        "--share", type=float, default=0.5, metavar="S", help="share of them to be shown (0.5)"
    )
    sampling.add_argument("--confidence", type=float, default=0.95, metavar="C", help="0.95 when not given")
    sampling.add_argument(
        "--negatives", type=int, default=0, metavar="R", help="so many of those sampled may be negative (0)"
    )
    sampling.add_argument("--rule", choices=[rule.value for rule in Rule], default=Rule.HYPERGEOMETRIC.value)
    sampling.add_argument(
        "--prior", type=float, choices=PRIORS, default=PRIORS[0], help="a = b of the Beta prior"
    )
    sampling.add_argument(
        "--sampled", type=int, metavar="N", help="what is shown once so many were sampled; with --positives"
    )
    sampling.add_argument("--positives", type=int, metavar="N", help="so many of them hold the substance")
    sampling.add_argument("--json", action="store_true", help="one JSON object per line")
    sampling.set_defaults(verb_function=plan_sampling, permission=no_user)


def plan_sampling(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Print how many packages to sample, what that shows, and the numbers of packages chosen by chance."""
    if arguments.sampled is not None or arguments.positives is not None:
        return _tell_what_is_shown(desk, arguments)
    plan = sampling_plan(
        arguments.packages,
        arguments.share,
        arguments.confidence,
        arguments.negatives,
        rule=Rule(arguments.rule),
        prior=arguments.prior,
    )
    numbers = choose_packages(plan.packages, plan.sampled)
    sentence = plan_sentence(desk.words, plan)
    if arguments.json:
        desk.emit(
            {
                "packages": plan.packages,
                "sampled": plan.sampled,
                "rule": plan.rule.value,
                "share": plan.share,
                "confidence": plan.confidence,
                "negatives": plan.negatives,
                "at_least": plan.at_least,
                "prior": plan.prior,
                "numbers": list(numbers),
                "sentence": sentence,
                "square_root": square_root(plan.packages),
            }
        )
        return ExitCode.DONE
    words = desk.words
    desk.say(
        words("Sample {sampled} of {packages} packages.").format(sampled=plan.sampled, packages=plan.packages)
    )
    desk.say(sentence)
    if plan.sampled < plan.packages:
        listed = ", ".join(map(str, numbers))
        desk.say(words("Numbers chosen by chance: {numbers}").format(numbers=listed))
    if plan.rule is not Rule.SQUARE_ROOT:
        desk.say(
            words("By the square-root rule, which shows nothing: {number}").format(
                number=square_root(plan.packages)
            )
        )
    return ExitCode.DONE


def _tell_what_is_shown(desk: Desk, arguments: argparse.Namespace) -> ExitCode:
    """Print what a sample that was taken shows of all packages."""
    packages, sampled, positives = arguments.packages, arguments.sampled, arguments.positives
    if sampled is None or positives is None:
        raise RecordError("expected --sampled and --positives together, found one of them")
    at_least = what_is_shown(packages, sampled, positives, arguments.confidence)
    sentence = shown_sentence(desk.words, packages, at_least, arguments.confidence)
    if arguments.json:
        desk.emit(
            {
                "packages": packages,
                "sampled": sampled,
                "positives": positives,
                "confidence": arguments.confidence,
                "at_least": at_least,
                "sentence": sentence,
            }
        )
    else:
        desk.say(sentence)
    return ExitCode.DONE
