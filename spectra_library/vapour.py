"""Lines of water vapour and carbon dioxide from rotational constants: what the air adds to a spectrum.

    rotational constants -> levels -> allowed transitions -> lines (position, strength) -> absorbance

Water is a rigid asymmetric rotor here: centrifugal stretching is left out, which moves the lines of high
rotation by tens of cm-1 and those of J up to 5, the strong ones, by a few.  That is enough to imitate the air
at the 4 to 16 cm-1 of a portable instrument, and not enough to calibrate one.

Sources: G. Herzberg, Molecular Spectra and Molecular Structure II, 1945, tables of H2O and CO2 (constants)
and chapter I.4 (levels, line strengths, spin weights 3:1 of ortho- and para-water, even J alone in CO2).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from spectra_library.spectrum import FloatArray, read_only

BOLTZMANN_CM = 0.695035  # cm-1 per kelvin
TEMPERATURE_K = 296.0
WATER_J_MAX = 12  # levels above hold under 0.1 % of the molecules at room temperature
CARBON_DIOXIDE_J_MAX = 60
LEAST_STRENGTH = 0.003  # of the strongest line of its band

WATER_GROUND = (27.8806, 14.5216, 9.2778)  # A, B, C in cm-1
# origin, (A, B, C) of the upper state, the axis along which the dipole moves (0 a, 1 b), relative strength
WATER_BANDS = (
    (1594.75, (31.12, 14.69, 9.14), 1, 1.00),  # bending
    (3756.0, (26.64, 14.42, 9.14), 0, 0.70),  # antisymmetric stretching
    (3657.1, (27.12, 14.30, 9.10), 1, 0.05),  # symmetric stretching
)
CARBON_DIOXIDE_GROUND = 0.39021  # B in cm-1
# origin, B of the upper state, whether there is a Q branch, relative strength
CARBON_DIOXIDE_BANDS = ((2349.14, 0.38714, False, 1.00), (667.38, 0.39064, True, 0.09))


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Positions (L,) in cm-1 and strengths (L,), 1 for the strongest."""

    position: FloatArray
    strength: FloatArray


def line_absorbance(wavenumber: FloatArray, lines: Lines, *, resolution_cm: float) -> FloatArray:
    """Draw ``lines`` over ``wavenumber`` (N,) as an instrument of ``resolution_cm`` shows them; maximum 1.

    Each line is a Gaussian of that full width at half maximum: the true lines are a tenth of a wavenumber
    wide.  Returns (N,), zero where no line is near.
    """
    sigma = resolution_cm / (2.0 * np.sqrt(2.0 * np.log(2.0)))
    drawn = np.zeros_like(wavenumber)
    for position, strength in zip(lines.position, lines.strength, strict=True):
        low, high = np.searchsorted(wavenumber, [position - 4 * sigma, position + 4 * sigma])
        drawn[low:high] += strength * np.exp(-0.5 * ((wavenumber[low:high] - position) / sigma) ** 2)
    highest = float(drawn.max(initial=0.0))
    return drawn / highest if highest > 0 else drawn


@cache
def water_lines() -> Lines:
    """Give the lines of water vapour between 1100 and 4000 cm-1."""
    position, strength = [], []
    for origin, upper, axis, share in WATER_BANDS:
        at, strong = _asymmetric_band(origin, upper, axis)
        position.append(at)
        strength.append(share * strong / strong.sum())
    return _strongest(np.concatenate(position), np.concatenate(strength))


@cache
def carbon_dioxide_lines() -> Lines:
    """Give the lines of carbon dioxide near 667 and 2349 cm-1."""
    position, strength = [], []
    j = np.arange(0, CARBON_DIOXIDE_J_MAX, 2)  # oxygen-16 has no spin: odd J do not exist
    energy = CARBON_DIOXIDE_GROUND * j * (j + 1)
    population = np.exp(-energy / (BOLTZMANN_CM * TEMPERATURE_K))
    for origin, upper, has_q, share in CARBON_DIOXIDE_BANDS:
        branches = [(1, j + 1.0), (-1, j + 0.0)] + ([(0, 2.0 * j + 1.0)] if has_q else [])
        at = np.concatenate([origin + upper * (j + step) * (j + step + 1) - energy for step, _ in branches])
        strong = np.concatenate([population * weight for _, weight in branches])
        position.append(at)
        strength.append(share * strong / strong.sum())
    return _strongest(np.concatenate(position), np.concatenate(strength))


def _strongest(position: FloatArray, strength: FloatArray) -> Lines:
    is_kept = (strength >= LEAST_STRENGTH * strength.max()) & (position > 0)
    position, strength = position[is_kept], strength[is_kept] / strength.max()
    order = np.argsort(position, kind="stable")
    return Lines(read_only(position[order]), read_only(strength[order]))


def _asymmetric_band(
    origin: float, upper: tuple[float, float, float], axis: int
) -> tuple[FloatArray, FloatArray]:
    """Give positions and strengths of all lines of one band of water.

    A level is a mixture of symmetric-top states |J K>; the strength of a line is the squared sum over them
    of direction cosines: dK = 0 along the axis a, dK = +-1 along b.
    """
    ground = [_levels(j, WATER_GROUND) for j in range(WATER_J_MAX + 1)]
    excited = [_levels(j, upper) for j in range(WATER_J_MAX + 1)]
    position, strength = [], []
    for j, (energy, states) in enumerate(ground):
        population = np.exp(-energy / (BOLTZMANN_CM * TEMPERATURE_K))
        spin = np.where(np.arange(energy.size) % 2 == 0, *_spin_weights(j))
        for j_upper in range(max(j - 1, 0), min(j + 1, WATER_J_MAX) + 1):
            energy_upper, states_upper = excited[j_upper]
            amplitude = states_upper.T @ _direction_cosines(j, j_upper, axis) @ states  # (upper, lower)
            weight = amplitude**2 * (population * spin)
            position.append((origin + energy_upper[:, np.newaxis] - energy).ravel())
            strength.append(weight.ravel())
    return np.concatenate(position), np.concatenate(strength)


def _spin_weights(j: int) -> tuple[int, int]:
    """Give the nuclear spin weights of the even and the odd levels of ``j``, counted from the lowest.

    Ka + Kc is J for the even ones and J + 1 for the odd; ortho-water, three of four molecules, has it odd.
    """
    return (3, 1) if j % 2 else (1, 3)


def _levels(j: int, constants: tuple[float, float, float]) -> tuple[FloatArray, FloatArray]:
    """Give the 2J + 1 energies in cm-1, ascending, and the states as columns over K = -J..J."""
    a, b, c = constants
    k = np.arange(-j, j + 1, dtype=np.float64)
    square = j * (j + 1.0)
    matrix = np.diag((b + c) / 2 * square + (a - (b + c) / 2) * k**2)
    if j > 0:
        step = k[:-2]
        coupling = (b - c) / 4 * np.sqrt((square - step * (step + 1)) * (square - (step + 1) * (step + 2)))
        matrix += np.diag(coupling, 2) + np.diag(coupling, -2)
    energy, states = np.linalg.eigh(matrix)
    return energy, states


def _direction_cosines(j: int, j_upper: int, axis: int) -> FloatArray:
    """Give (2J' + 1, 2J + 1) direction cosines between symmetric-top states, for the axis a (0) or b (1)."""
    cosines = np.zeros((2 * j_upper + 1, 2 * j + 1))
    parts = ((0, 1.0),) if axis == 0 else ((-1, 0.5**0.5), (1, -(0.5**0.5)))
    for q, sign in parts:
        for column, k in enumerate(range(-j, j + 1)):
            if abs(k + q) <= j_upper:
                factor = sign * (2 * j + 1) ** 0.5 * _clebsch_gordan(j, k, q, j_upper)
                cosines[k + q + j_upper, column] += factor
    return cosines


def _clebsch_gordan(j: int, k: int, q: int, j_upper: int) -> float:
    """Give <J K 1 q | J' K + q> for J' = J - 1, J, J + 1 (Condon and Shortley, 1935, table 2)."""
    m = k + q
    if j_upper == j + 1:
        numerator = {1: (j + m) * (j + m + 1), 0: 2 * (j - m + 1) * (j + m + 1), -1: (j - m) * (j - m + 1)}[q]
        return float((numerator / ((2 * j + 1) * (2 * j + 2))) ** 0.5)
    if j == 0:
        return 0.0  # from J = 0 to J = 0 is forbidden
    if j_upper == j:
        numerator = {1: (j + m) * (j - m + 1), 0: 2 * m**2, -1: (j - m) * (j + m + 1)}[q]
        is_negative = q == 1 or (q == 0 and m < 0)
        return float((numerator / (2 * j * (j + 1))) ** 0.5) * (-1.0 if is_negative else 1.0)
    numerator = {1: (j - m) * (j - m + 1), 0: 2 * (j - m) * (j + m), -1: (j + m + 1) * (j + m)}[q]
    return float((numerator / (2 * j * (2 * j + 1))) ** 0.5) * (-1.0 if q == 0 else 1.0)
