"""Which substance of the catalogue a file means: by CAS number, then InChIKey, then a whole name.

A name is compared folded, in every language, and only as a whole: "cocaine" in "cocaine and caffeine" means
nothing here.  Where a file contradicts itself it is not linked, or linked by its CAS number with a warning.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from spectra_library.catalogue import Catalogue, is_cas_sound
from spectra_library.names import fold, plain_cas
from spectra_library.substance import Substance


@dataclass(frozen=True, slots=True)
class Said:
    """What a file says of its substance; empty where it says nothing.

    ``form`` is the salt or hydrate in words.  ``stem`` is the file's name without its ending; empty where a
    file holds several spectra, for then it names none of them.
    """

    cas: str = ""
    inchikey: str = ""
    title: str = ""
    names: tuple[str, ...] = ()
    form: str = ""
    stem: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """The substance that is meant: its id, and ``by`` what (cas, inchikey, name).

    Both are empty when none was found or several were; then ``reason`` says why.
    """

    substance: str = ""
    by: str = ""
    reason: str = ""
    warnings: tuple[str, ...] = ()


def link(catalogue: Catalogue, said: Said) -> Link:
    """Find the substance that ``said`` means, and say what does not fit together."""
    warnings: list[str] = []
    cas = plain_cas(said.cas) if said.cas else ""
    if cas and not is_cas_sound(cas):
        warnings.append(f"{said.cas} is no valid CAS number and was not used")
        cas = ""
    named, by_names = _by_names(catalogue, said)
    for by, text, found in (
        ("cas", f"CAS number {cas}", _known(catalogue.by_cas(cas)) if cas else ()),
        ("inchikey", f"InChIKey {said.inchikey}", _known(catalogue.by_inchikey(said.inchikey))),
    ):
        if len(found) == 1:
            warnings += _contradiction(catalogue, text, found[0], named, by_names)
            return Link(found[0].id, by, warnings=tuple(warnings))
        if len(found) > 1:
            return Link(reason=f"the {text} stands for several: {_listed(found)}", warnings=tuple(warnings))
    only = _only(catalogue, named, said.form)
    if only is None:
        reason = f"{by_names} may mean several: {_listed(named)}" if named else _nothing_found(said, cas)
        return Link(reason=reason, warnings=tuple(warnings))
    if cas and only.cas:
        warnings.append(f"linked by its name to {only.name} ({only.cas}); the file says CAS number {cas}")
    return Link(only.id, "name", warnings=tuple(warnings))


def _by_names(catalogue: Catalogue, said: Said) -> tuple[tuple[Substance, ...], str]:
    """Give the substances that the title and further names mean, and the names that did.

    The file's name is only asked where they mean nothing.
    """
    for texts in ((said.title, *said.names), (said.stem, said.stem.replace("_", " "))):
        meant = {text: _known(catalogue.by_name(text)) for text in texts if text}
        named = dict.fromkeys(one for found in meant.values() for one in found)
        if named:
            return tuple(named), " and ".join(repr(text) for text, found in meant.items() if found)
    return (), ""


def _only(catalogue: Catalogue, named: tuple[Substance, ...], form: str) -> Substance | None:
    """Give the one that is meant; of a substance and its salts the form that the file names, or itself."""
    if len(named) < 2:
        return named[0] if named else None
    parents = {catalogue.parent_of(one.id) for one in named}
    if len(parents) > 1:
        return None
    of_form = [one for one in named if form and fold(catalogue.form_of(one.id)) == fold(form)]
    of_form = of_form or [one for one in named if one.id in parents]
    return of_form[0] if len(of_form) == 1 else None


def _contradiction(
    catalogue: Catalogue, text: str, linked: Substance, named: tuple[Substance, ...], by_names: str
) -> tuple[str, ...]:
    """Warn where the names mean another substance; a salt's CAS number beside its base's name is usual."""
    parent = catalogue.parent_of(linked.id)
    if not named or any(catalogue.parent_of(one.id) == parent for one in named):
        return ()
    return (f"the {text} is that of {linked.name}, but the name {by_names} means {_listed(named)}",)


def _nothing_found(said: Said, cas: str) -> str:
    told = [
        *([f"CAS number {cas}"] if cas else []),
        *([f"InChIKey {said.inchikey}"] if said.inchikey else []),
        *(repr(name) for name in (said.title, *said.names[:3]) if name),
    ]
    return f"the catalogue knows none of: {', '.join(told)}" if told else "the file names no substance"


def _known(found: Iterable[Substance]) -> tuple[Substance, ...]:
    # What other imported libraries brought is no knowledge: only the catalogue's own links.
    return tuple(one for one in found if not one.is_outside)


def _listed(found: Iterable[Substance]) -> str:
    return ", ".join(f"{one.name} ({one.cas})" if one.cas else one.name for one in found)
