"""The customs record in words: what is odd about a container number or a quantity, what a sample shows."""

from __future__ import annotations

from decimal import Decimal

from inspection.language import Wording
from inspection.record.containers import ContainerCheck, ContainerProblem
from inspection.record.quantities import Quantity, QuantityNote
from inspection.record.sampling import Rule, SamplingPlan


def container_sentences(words: Wording, check: ContainerCheck) -> tuple[str, ...]:
    """Say what is odd about a container number, one sentence each; none for one that is right."""
    sentences = []
    if check.is_converted:
        sentences.append(
            words(
                "Container {number}: letters that are not Latin but look so were written as Latin ones."
            ).format(number=check.shown)
        )
    if check.problem is not None:
        sentences.append(_container_problem(words, check.problem).format(**_container_parts(check)))
    return tuple(sentences)


def _container_problem(words: Wording, problem: ContainerProblem) -> str:
    return {
        ContainerProblem.WRONG_CHECK_DIGIT: words(
            "Container {number}: the check digit should be {expected}, found {found}. Read the number again."
        ),
        ContainerProblem.MISSING_CHECK_DIGIT: words(
            "Container {number}: the check digit is missing; it would be {expected}."
        ),
        ContainerProblem.WRONG_OWNER_CODE: words(
            "Container {number}: a container number begins with three letters of the owner and U, J or Z."
        ),
        ContainerProblem.WRONG_CATEGORY: words(
            "Container {number}: the fourth letter should be U, J or Z, found {category}."
        ),
        ContainerProblem.WRONG_SERIAL: words(
            "Container {number}: after the four letters there should be digits only, found {letters}."
        ),
        ContainerProblem.WRONG_LENGTH: words(
            "Container {number}: four letters should be followed by six digits and a check digit, "
            "found digits: {count}."
        ),
        ContainerProblem.NOT_ISO_6346: words(
            "{number!r} is not an ISO 6346 number; it is written down as it is."
        ),
    }[problem]


def _container_parts(check: ContainerCheck) -> dict[str, str]:
    number = check.number
    return {
        "number": check.shown,
        "expected": check.check_digit,
        "found": number[10:],
        "category": number[3:4],
        "letters": ", ".join(one for one in number[4:] if not one.isdigit()),
        "count": str(len(number) - 4),
    }


def plan_sentence(words: Wording, plan: SamplingPlan) -> str:
    """Say what a sample of this plan shows, or that it shows nothing."""
    if plan.rule is Rule.ALL:
        return words("All packages are sampled: what is found is a count, not an estimate.")
    if plan.rule is Rule.SQUARE_ROOT:
        return words(
            "The square root of the number of packages is a habit, not statistics: it shows nothing of the "
            "packages that are not sampled."
        )
    condition = words("If all packages sampled ({sampled}) hold the substance")
    if plan.negatives:
        condition = words(
            "If of the packages sampled ({sampled}) at most {negatives} do not hold the substance"
        )
    claim = words("at least {at_least} of {packages} packages hold it, with {confidence} % confidence.")
    if plan.rule is Rule.BAYESIAN:
        claim = words(
            "at least {at_least} of {packages} packages hold it with a probability of {confidence} %, "
            "when the prior is Beta({prior}, {prior})."
        )
    return f"{condition}, {claim}".format(
        sampled=plan.sampled,
        negatives=plan.negatives,
        at_least=plan.at_least,
        packages=plan.packages,
        confidence=_percent(plan.confidence),
        prior="" if plan.prior is None else f"{plan.prior:g}",
    )


def shown_sentence(words: Wording, packages: int, at_least: int, confidence: float) -> str:
    """Say what a sample that was taken at random shows of all packages."""
    return words(
        "At least {at_least} of {packages} packages hold the substance, with {confidence} % confidence, if "
        "those sampled were chosen by chance."
    ).format(at_least=at_least, packages=packages, confidence=_percent(confidence))


def quantity_sentence(words: Wording, quantity: Quantity) -> str:
    """Say what is to be known about a quantity that was read; empty where all is plain."""
    if quantity.note is None:
        return ""
    sentence = {
        QuantityNote.NOT_UNDERSTOOD: words(
            "{entered!r} is not understood as a quantity; write it like 2400 kg or 200 l."
        ),
        QuantityNote.AMBIGUOUS_NUMBER: words(
            "{entered!r} may mean {readings}: write it without a thousands separator."
        ),
        QuantityNote.NO_UNIT: words("{entered!r} has no unit: neither a mass nor a volume."),
        QuantityNote.UNKNOWN_UNIT: words("The unit in {entered!r} is not known; nothing is converted."),
        QuantityNote.SEVERAL_UNITS: words(
            "There are several units of the name in {entered!r}; nothing is converted."
        ),
        QuantityNote.PACKAGES: words("{entered!r} is a number of packages: neither a mass nor a volume."),
        QuantityNote.METRIC_TON: words("The ton in {entered!r} is read as 1000 kg."),
    }[quantity.note]
    readings = words(" or ").join(f"{one:.15g}" for one in quantity.readings)
    return sentence.format(entered=quantity.entered, readings=readings)


def _percent(share: float) -> str:
    """Write a share in percent without rounding it: 0.9999 must not read as 100."""
    text = f"{Decimal(str(share)) * 100:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
