"""Every verdict and every known error in words, in the language of the person who reads them.

The rooms below speak in stable codes (``Verdict.NO_MATCH``, ``Issue.NOISY``); here they become sentences.
English is the source text; ``locale/`` holds the translations (gettext).
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from detector.errors import DetectorError
from inspection.declared.declaration import DeclarationFinding, DeclarationVerdict, Reason
from inspection.declared.meaning import Part
from inspection.declared.tables import CargoClass
from inspection.errors import InspectionError
from inspection.language import Language, Wording
from inspection.log_notice import LogNotice, NoticeKind
from spectra_library.catalogue import Catalogue
from spectra_library.errors import SpectraLibraryError
from spectra_library.hints import Hint
from spectra_library.identification import Identification
from spectra_library.library import Tier
from spectra_library.lookalikes import Lookalike
from spectra_library.quality import Issue, QualityFinding
from spectra_library.spectrum import Technique
from spectra_library.substance import LegalStatus, Substance
from spectra_library.verdicts import Verdict

KnownError = DetectorError | SpectraLibraryError | InspectionError


def verdict_word(words: Wording, verdict: Verdict) -> str:
    """The verdict in two words at most."""
    return {
        Verdict.MATCH: words("Match"),
        Verdict.GROUP: words("One of these"),
        Verdict.MIXTURE: words("Mixture"),
        Verdict.INCONCLUSIVE: words("Not certain"),
        Verdict.NO_MATCH: words("No match"),
        Verdict.REJECTED: words("Scan again"),
    }[verdict]


def verdict_advice(words: Wording, verdict: Verdict) -> str:
    """The sentence that stands under the verdict."""
    presumptive = words("Presumptive result: confirm in a laboratory.")
    return {
        Verdict.MATCH: presumptive,
        Verdict.GROUP: words("The spectrum does not tell these substances apart: confirm in a laboratory."),
        Verdict.MIXTURE: presumptive,
        Verdict.INCONCLUSIVE: words(
            "Similar to the substances listed, but not enough to name one: send a sample to a laboratory."
        )
        + " "
        + words("This cannot exclude amounts below about 10 %."),
        Verdict.NO_MATCH: words(
            "Nothing in the library resembles it. This cannot exclude amounts below about 10 %."
        ),
        Verdict.REJECTED: words("The spectrum is too poor to say anything."),
    }[verdict]


def shown_similarity(score: float) -> float:
    """Cut a similarity to two digits: 0.996 is shown as 0.99, for 1.00 would read as certainty."""
    return math.floor(100 * score + 1e-9) / 100  # the little keeps 0.29 from becoming 0.28


def tier_word(words: Wording, tier: Tier) -> str:
    """What kind of reference answered."""
    return {
        Tier.MEASURED: words("measured"),
        Tier.DERIVED: words("derived"),
        Tier.BANDS: words("band list"),
        Tier.TEACHING: words("teaching spectrum"),
    }[tier]


def technique_word(words: Wording, technique: Technique) -> str:
    """How light met the sample."""
    return {
        Technique.ATR: words("ATR"),
        Technique.TRANSMISSION: words("transmission"),
        Technique.REFLECTANCE: words("reflectance"),
        Technique.UNKNOWN: words("technique not stated"),
    }[technique]


def status_sentence(words: Wording, substance: Substance) -> str:
    """What the law says of the substance, as far as the catalogue knows."""
    if substance.is_controlled:
        return words("Controlled: {lists}").format(lists=", ".join(substance.lists))
    if substance.is_watched:
        return words("Watched: not under international control; national rules may apply")
    if substance.status is LegalStatus.UNKNOWN:
        return words("Not in this catalogue: its legal status is not known")
    return words("Not listed")


def substance_name(words: Wording, substance: Substance) -> str:
    """The name in the language of ``words``, the English one where the catalogue has no other."""
    local = {Language.RUSSIAN: substance.name_ru, Language.AZERBAIJANI: substance.name_az}
    return local.get(words.language, "") or substance.name


def joined_names(words: Wording, substances: Iterable[Substance]) -> str:
    """Several names in one line."""
    return ", ".join(substance_name(words, one) for one in substances)


def caution_sentences(words: Wording, found: Identification, catalogue: Catalogue) -> tuple[str, ...]:
    """What must be told beside an answer: look-alikes of the best candidate, and what infrared hardly sees.

    The names are in the language of ``words``; how to tell them apart is said as the catalogue says it.
    """
    if not found.cautions or not found.candidates:
        return ()
    substance = catalogue.get(found.candidates[0].substance).id
    sentences = [
        words("Look-alike: {names}. To tell them apart: {how}.").format(
            names=_other_names(words, pair, substance, catalogue), how=pair.how_to_tell_apart
        )
        for pair in catalogue.lookalikes_of(substance)
    ]
    hidden = catalogue.invisible_entry(substance)
    if hidden is not None:
        sentences.append(
            words("Hardly visible in the infrared: {why}. {advice}.").format(
                why=hidden.why, advice=hidden.advice
            )
        )
    return tuple(sentences)


def _other_names(words: Wording, pair: Lookalike, substance: str, catalogue: Catalogue) -> str:
    """Name the other side of ``pair``; what is no substance of the catalogue stays as it is written."""
    text = pair.second_text if substance in pair.first else pair.first_text
    return " / ".join(
        substance_name(words, catalogue.get(one)) if one in catalogue else one for one in text.split(" / ")
    )


def quality_sentences(words: Wording, finding: QualityFinding) -> tuple[str, str]:
    """The likely cause of a finding, and what to do."""
    cause, action = {
        Issue.NO_SIGNAL: (
            words("The spectrum is flat: nothing, or too little, touches the crystal."),
            words("Put more sample on the crystal, press it down, and scan again."),
        ),
        Issue.NO_BANDS: (
            words("No band stands out of the spectrum: it is a slope, or its band is cut off at the end."),
            words("Press the sample onto the crystal, measure over the full range, and scan again."),
        ),
        Issue.NOISY: (
            words("The signal is only {value:.0f} times the noise."),
            words("Improve the contact with the crystal or take more scans."),
        ),
        Issue.SATURATED: (
            words("Bands reach an absorbance of {value:.1f}; their tops cannot be trusted."),
            words("Use less sample or a thinner layer."),
        ),
        Issue.NEGATIVE_BANDS: (
            words("Bands point downwards: the background held something that the sample does not."),
            words("Clean the crystal, take a new background, and scan again."),
        ),
        Issue.TRUNCATED_RANGE: (
            words("Only {value:.0%} of the fingerprint range 800-1800 cm-1 was measured."),
            words("Measure over the instrument's full range."),
        ),
        Issue.FLAT_LINE: (
            words("The spectrum is one straight line: nothing was measured."),
            words("Check that the detector is ready and its window is free, and scan again."),
        ),
        Issue.BASELINE: (
            words(
                "The baseline strays by {value:.0%} of the height: poor contact, a sample that scatters, or "
                "a lamp that has drifted."
            ),
            words("Grind the sample or press it down, take a new background, and scan again."),
        ),
        Issue.FRINGES: (
            words(
                "Waves of {value:.0%} of the height run along the spectrum: light goes to and fro in a thin "
                "layer."
            ),
            words("Press the sample down harder, or fold the film, and scan again."),
        ),
        Issue.WATER_VAPOUR: (
            words(
                "Lines of water vapour reach {value:.0%} of the height: the air has changed since the "
                "background."
            ),
            words("Take a new background, keep your breath away from the crystal, and scan again."),
        ),
        Issue.CARBON_DIOXIDE: (
            words(
                "Carbon dioxide reaches {value:.0%} of the height: the air has changed since the background."
            ),
            words("Take a new background, keep your breath away from the crystal, and scan again."),
        ),
        Issue.SPIKES: (
            words("Single points stand out by {value:.0%} of the height: an electrical disturbance."),
            words("Scan again; if it comes back, check the cable and the power supply."),
        ),
        Issue.WET_SAMPLE: (
            words("Liquid water makes up {value:.0%} of the height and hides other bands."),
            words("Let the sample dry, wipe the crystal, and scan again."),
        ),
        Issue.NOT_COMPARABLE: (
            words(
                "Only {value:.0%} of the full range was measured: too little in common with the references "
                "to be compared."
            ),
            words("Measure over the instrument's full range."),
        ),
    }[finding.issue]
    return cause.format(
        value=abs(finding.value)
    ), action  # the sign of vapour tells where it was, not how much


def hint_sentence(words: Wording, hint: Hint, name: str) -> str:
    """A hint, worded as one."""
    return words(
        "Shares {found} of {listed} listed bands of {name}; not a match; send a sample to the laboratory."
    ).format(found=hint.bands_found, listed=hint.bands_listed, name=name)


def declaration_word(words: Wording, verdict: DeclarationVerdict) -> str:
    """Declared against identified in one word."""
    return {
        DeclarationVerdict.AGREES: words("agrees"),
        DeclarationVerdict.DIFFERS: words("differs"),
        DeclarationVerdict.UNDETERMINED: words("not confirmed"),
    }[verdict]


def declaration_sentence(words: Wording, finding: DeclarationFinding) -> str:
    """Why the declaration agrees, differs, or stays undetermined; then the trap, and what does not fit."""
    sentence = {
        Reason.SAME_SUBSTANCE: words("Declared and identified are the same substance: {identified}."),
        Reason.OTHER_SUBSTANCE: words("Declared is {declared}, identified is {identified}."),
        Reason.OTHER_FORM: words(
            "Declared is {declared}, identified is another base, salt or hydrate of it: {identified}."
        ),
        Reason.ONLY_THE_WATER: words(
            "Declared is {declared}; the spectrum shows no more than what it is dissolved in: {identified}."
        ),
        Reason.NONE_OF_GROUP: words("Declared is {declared}, but the spectrum is one of: {identified}."),
        Reason.ONE_OF_GROUP: words(
            "Declared is {declared}; the spectrum does not tell it from the others of: {identified}."
        ),
        Reason.NONE_OF_MIXTURE: words("Declared is {declared}, but the mixture holds: {identified}."),
        Reason.LISTED_IN_MIXTURE: words("Declared is {declared}, but the mixture also holds: {listed}."),
        Reason.ALL_OF_MIXTURE: words("Everything found in the mixture is declared: {identified}."),
        Reason.ONE_OF_MIXTURE: words(
            "Declared is {declared}; the mixture also holds what was not declared: {undeclared}."
        ),
        Reason.LIKE_ONE_OF_MIXTURE: words(
            "Declared is {declared}; the spectrum does not tell it from a component of: {identified}."
        ),
        Reason.CLASS_FITS: words("Goods declared as {goods} usually are of this kind: {identified}."),
        Reason.CLASS_HIDES: words(
            "Declared is {goods}, a word that does not name what has to be named: {identified}."
        ),
        Reason.CLASS_OPEN: words(
            "Declared is {goods}, a word that neither names nor excludes what was found: {identified}."
        ),
        Reason.NUMBER_FITS: words("The declared number covers what was found: {identified}."),
        Reason.NUMBER_OPEN: words(
            "The declared number covers many substances; it neither names nor excludes what was found: "
            "{identified}."
        ),
        Reason.SAID_TO_BE_ABSENT: words(
            "According to the paper there is no {denied} in it, but identified is {identified}."
        ),
        Reason.PAPER_CONTRADICTS: words(
            "The paper says different things, and not all of them name what was found: {identified}."
        ),
        Reason.NAME_OF_SEVERAL: words(
            "The declared name means several unrelated substances; only one of them may be what was found: "
            "{identified}."
        ),
        Reason.SAYS_MORE: words(
            "The paper says more than the name, and that was not understood ({unread}); found was: "
            "{identified}."
        ),
        Reason.MAYBE_ABSENT: words(
            "The paper may say that it is there or that it is not; found was: {identified}."
        ),
        Reason.DECLARATION_UNKNOWN: words("The declared text names no substance of the catalogue."),
        Reason.NOT_NAMED: words(
            "The spectrum was not named, so the declaration can be neither confirmed nor refuted."
        ),
        Reason.ONLY_A_HINT: words(
            "The spectrum was not named; listed bands hint at {identified}. A hint proves nothing: "
            "send a sample to the laboratory."
        ),
    }[finding.reason]
    undeclared = [one for one in finding.identified if one not in finding.declared]
    reason = sentence.format(
        declared=joined_names(words, finding.declared),
        identified=joined_names(words, finding.identified),
        undeclared=joined_names(words, undeclared),
        listed=joined_names(words, (one for one in undeclared if one.is_controlled or one.is_watched)),
        denied=joined_names(words, finding.denied),
        unread=", ".join(finding.unread),
        goods=", ".join(cargo_class_word(words, one) for one in finding.classes),
    )
    trap = "" if finding.trap is None else finding.trap.caution(words)
    return " ".join(part for part in (reason, trap, contradiction_sentence(words, finding)) if part)


def contradiction_sentence(words: Wording, finding: DeclarationFinding) -> str:
    """Say which parts of the paper do not fit each other; empty where all do."""
    if not finding.contradictions:
        return ""
    pairs = "; ".join(
        f"{_part_words(words, first)} - {_part_words(words, second)}"
        for first, second in finding.contradictions
    )
    return words("The paper contradicts itself: {pairs}.").format(pairs=pairs)


def _part_words(words: Wording, part: Part) -> str:
    """One part of a paper: its words or number, and what that means where it names anything."""
    names = joined_names(words, part.substances)
    return f"{part.said} ({names})" if names and not part.is_text else part.said


def alarm_sentence(words: Wording, finding: DeclarationFinding) -> str:
    """Say the loudest thing there is, that something controlled is not what was declared; empty otherwise."""
    if not finding.is_alarm:
        return ""
    names = joined_names(words, finding.alarming)
    if finding.reason is Reason.NONE_OF_GROUP and len(finding.alarming) < len(finding.identified):
        return words("PERHAPS CONTROLLED, AND NOT AS DECLARED: {names}").format(names=names)
    return words("CONTROLLED, AND NOT AS DECLARED: {names}").format(names=names)


def cargo_class_word(words: Wording, cargo_class: CargoClass) -> str:
    """What goods are called without a word of what they are made of."""
    return {
        CargoClass.THINNER: words("thinner"),
        CargoClass.CLEANING_AGENT: words("cleaning agent"),
        CargoClass.FLAVOUR_OR_FRAGRANCE: words("flavour or fragrance"),
        CargoClass.FERTILISER: words("fertiliser"),
        CargoClass.PHARMACEUTICAL_INTERMEDIATE: words("pharmaceutical intermediate"),
        CargoClass.SOLVENT: words("solvent"),
        CargoClass.PAINT: words("paint"),
        CargoClass.ADHESIVE: words("adhesive"),
        CargoClass.PLASTIC: words("plastic"),
        CargoClass.FOOD: words("food"),
        CargoClass.MEDICINE: words("medicine"),
        CargoClass.COSMETIC: words("cosmetic"),
        CargoClass.PLASTICISER: words("plasticiser"),
        CargoClass.BUILDING_MATERIAL: words("building material"),
        CargoClass.TEXTILE: words("textile"),
        CargoClass.FUEL: words("fuel"),
        CargoClass.PESTICIDE: words("pesticide"),
        CargoClass.REAGENT: words("laboratory reagent"),
    }[cargo_class]


def error_sentence(words: Wording, error: KnownError) -> str:
    """One clear line for a known error: what it is about, then what was expected and found."""
    room = {
        "detector": words("Detector"),
        "device": words("Detector reports an error"),
        "protocol": words("Detector sent something unexpected"),
        "settings": words("Scan settings"),
        "port": words("Detector port"),
        "link_lost": words("Detector disconnected"),
        "reply_timeout": words("Detector does not answer"),
        "no_background": words("No background"),
        "scan_cancelled": words("Scan cancelled"),
        "ambiguous_port": words("Which detector?"),
        "format": words("Spectrum file"),
        "spectrum": words("Spectrum"),
        "unsupported_format": words("Not a readable spectrum file"),
        "damaged_file": words("Damaged spectrum file"),
        "not_infrared": words("Not an infrared spectrum"),
        "reading_limit": words("Too much for one spectrum file"),
        "reader_failed": words("Spectrum file not readable here"),
        "reading_cancelled": words("Reading cancelled"),
        "import_stopped": words("Import stopped"),
        "quantity": words("Not a quantity"),
        "catalogue": words("Substance catalogue"),
        "library_store": words("Reference library"),
        "package": words("Library package"),
        "calibration": words("Calibration"),
        "record": words("Record refused"),
        "column": words("Table refused"),
        "log": words("Log"),
        "log_write": words("Not saved"),
        "log_no_room": words("Not saved"),
        "log_key": words("Not saved"),
        "log_missing": words("No log yet"),
        "log_damaged": words("Log damaged"),
        "log_kind": words("Not this log"),
        "log_version": words("Log not usable here"),
        "log_settings": words("Not saved"),
        "anchor": words("Anchor"),
        "unknown_inspection": words("Unknown inspection"),
        "inspection_closed": words("Inspection closed"),
        "unknown_entry": words("Unknown entry"),
        "export": words("Not written"),
        "export_no_room": words("Not written"),
        "backup": words("Backup"),
        "retirement": words("Volume not moved"),
        "user": words("Users"),
        "pin": words("PIN refused"),
        "not_allowed": words("Not allowed"),
        "sign_in": words("Not signed in"),
        "locked_out": words("Locked"),
        "user_list": words("User list"),
    }.get(error.kind, words("Not possible"))
    return f"{room}: {' '.join(str(error).split())}"  # a name from outside may hold line breaks


def notice_sentence(words: Wording, notice: LogNotice) -> str:
    """Say what the log has to say to the person at work."""
    return {
        NoticeKind.DAMAGED_VOLUME: words(
            "The log was found damaged. The damaged volume is kept as it is and a new one was begun; tell "
            "your administrator."
        ),
        NoticeKind.KEY_LOST: words(
            "The key that signs the log is gone. The volume is kept as it is and a new one was begun; tell "
            "your administrator."
        ),
        NoticeKind.KEY_CHANGED: words(
            "The log was signed with another key. The volume is kept as it is and a new one was begun; tell "
            "your administrator."
        ),
        NoticeKind.CLOCK_BACK: words(
            "The clock of this computer was set back. Records keep their order, and the log says by how "
            "much; check the clock."
        ),
        NoticeKind.RESERVE_USED: words(
            "The disk is full. This record went into the room kept for the last one: make room before the "
            "next."
        ),
        NoticeKind.NO_RESERVE: words("The disk is almost full. Make room, or a record may find none."),
    }.get(notice.kind, notice.message)
