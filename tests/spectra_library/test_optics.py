"""Fresnel's equations against their known limits and against a slow scalar twin."""

from __future__ import annotations

import cmath
import math

import numpy as np
import pytest

from spectra_library.optics import (
    atr_absorbance,
    atr_from_transmission,
    penetration_depth,
    refraction,
    transmission_absorbance,
    transmission_from_atr,
)


def slow_atr(n: float, k: float, crystal: float, angle: float) -> float:
    """One point, from the textbook's form with the complex angle of refraction."""
    sample = complex(n, k)
    incidence = math.radians(angle)
    sine = crystal * math.sin(incidence) / sample
    cosine = cmath.sqrt(1 - sine * sine)
    if (sample * cosine).imag < 0:
        cosine = -cosine
    s = (crystal * math.cos(incidence) - sample * cosine) / (crystal * math.cos(incidence) + sample * cosine)
    p = (sample * math.cos(incidence) - crystal * cosine) / (sample * math.cos(incidence) + crystal * cosine)
    return -math.log10((abs(s) ** 2 + abs(p) ** 2) / 2)


def test_a_sample_that_absorbs_nothing_reflects_everything_above_the_critical_angle():
    n = np.linspace(1.0, 2.4 * math.sin(math.radians(45)) - 1e-6, 50)

    assert atr_absorbance(n, np.zeros(50)) == pytest.approx(np.zeros(50), abs=1e-12)


def test_below_the_critical_angle_light_leaves_even_without_absorption():
    assert atr_absorbance(np.array([1.9]), np.zeros(1))[0] > 0.3


def test_at_normal_incidence_the_reflectance_is_the_familiar_one():
    n, k = np.array([1.4]), np.array([0.2])
    familiar = abs((2.4 - (1.4 + 0.2j)) / (2.4 + (1.4 + 0.2j))) ** 2

    assert atr_absorbance(n, k, angle_deg=0.0)[0] == pytest.approx(-math.log10(familiar))


@pytest.mark.parametrize("n", [1.3, 1.45, 1.6])
@pytest.mark.parametrize("angle", [45.0, 60.0])
def test_weak_absorption_gives_harricks_effective_thickness(n: float, angle: float):
    # Harrick, Internal Reflection Spectroscopy, chapter 2: bulk sample, lengths in wavelengths in the crystal
    k, wavenumber, crystal = 1e-7, 1000.0, 2.4
    sine2, cosine, ratio = math.sin(math.radians(angle)) ** 2, math.cos(math.radians(angle)), n / crystal
    root = math.sqrt(sine2 - ratio**2)
    thickness_s = ratio * cosine / (math.pi * (1 - ratio**2) * root)
    thickness_p = (
        ratio * cosine * (2 * sine2 - ratio**2)
        / (math.pi * (1 - ratio**2) * ((1 + ratio**2) * sine2 - ratio**2) * root)
    )  # fmt: skip
    thickness_cm = (thickness_s + thickness_p) / 2 / wavenumber / crystal
    expected = transmission_absorbance(np.array([wavenumber]), np.array([k]), path_cm=thickness_cm)

    found = atr_absorbance(np.array([n]), np.array([k]), angle_deg=angle)

    assert found == pytest.approx(expected, rel=1e-4)


def test_it_agrees_with_the_slow_scalar_form():
    rng = np.random.default_rng(1)
    n, k = rng.uniform(0.6, 3.0, 200), 10 ** rng.uniform(-4, 0.5, 200)

    found = atr_absorbance(n, k)

    slow = [slow_atr(float(a), float(b), 2.4, 45.0) for a, b in zip(n, k, strict=True)]
    assert found == pytest.approx(np.array(slow), rel=1e-9)


def test_bounces_add_up():
    n, k = np.array([1.4]), np.array([0.1])

    assert atr_absorbance(n, k, bounces=3) == pytest.approx(3 * atr_absorbance(n, k))


def test_a_path_of_one_over_the_absorption_coefficient_transmits_one_e_th():
    wavenumber, k = np.array([1500.0]), np.array([0.02])
    path = 1 / (4 * math.pi * 0.02 * 1500.0)

    assert transmission_absorbance(wavenumber, k, path_cm=path)[0] == pytest.approx(math.log10(math.e))


def test_the_penetration_depth_at_1000_cm_is_about_two_micrometres():
    assert penetration_depth(np.array([1000.0]), 1.5)[0] == pytest.approx(2.0e-4, rel=0.02)


EVEN = np.arange(650.0, 4001.0, 2.0)


def bands(*peaks: tuple[float, float, float]) -> np.ndarray:
    """Lorentzian bands as (position, height, width)."""
    return sum(height / (1 + ((EVEN - at) / (width / 2)) ** 2) for at, height, width in peaks)


def slow_refraction(wavenumber: np.ndarray, k: np.ndarray, n_infinity: float) -> np.ndarray:
    """Maclaurin's formula term by term: for each point the sum over every second other point."""
    step = wavenumber[1] - wavenumber[0]
    n = []
    for i, at in enumerate(wavenumber):
        total = 0.0
        for j, other in enumerate(wavenumber):
            if (i - j) % 2:
                total += other * k[j] / (other**2 - at**2)
        n.append(n_infinity + 2 / math.pi * 2 * step * total)
    return np.array(n)


@pytest.mark.parametrize("start", [400.0, 650.0, 652.0])
def test_the_refraction_is_maclaurins_sum(start: float):
    wavenumber = start + 2.0 * np.arange(150)
    k = np.random.default_rng(3).random(150)

    assert refraction(wavenumber, k, n_infinity=1.5) == pytest.approx(
        slow_refraction(wavenumber, k, 1.5), abs=1e-12
    )


def test_a_lorentzian_oscillator_has_the_refraction_that_physics_gives_it():
    strength, damping, origin = 4e4, 20.0, 1700.0
    index = np.sqrt(2.25 + strength / (origin**2 - EVEN**2 - 1j * damping * EVEN))

    assert refraction(EVEN, index.imag) == pytest.approx(index.real, abs=0.004)


def test_refraction_takes_several_spectra_at_once():
    several = np.random.default_rng(1).random((3, EVEN.size))

    assert refraction(EVEN, several) == pytest.approx(np.array([refraction(EVEN, one) for one in several]))


def test_a_strong_band_moves_to_lower_wavenumbers_in_atr_and_a_weak_one_stays():
    transmission = bands((1700.0, 1.0, 25.0))

    strong = atr_from_transmission(EVEN, transmission, peak_k=0.6)
    weak = atr_from_transmission(EVEN, transmission, peak_k=1e-4)

    assert 1680.0 < EVEN[strong.argmax()] <= 1696.0
    assert abs(EVEN[weak.argmax()] - 1700.0) <= 2.0


def test_weak_bands_change_as_the_penetration_depth_alone_changes_them():
    transmission = bands((1000.0, 1.0, 10.0), (2900.0, 1.0, 10.0))

    atr = atr_from_transmission(EVEN, transmission, peak_k=1e-4)

    low, high = atr[EVEN < 2000].max(), atr[EVEN > 2000].max()
    assert high / low == pytest.approx(1000 / 2900, rel=0.05)


@pytest.mark.parametrize("peak_k", [0.05, 0.3])
def test_a_conversion_goes_there_and_back(peak_k: float):
    transmission = bands((900.0, 0.5, 20.0), (1700.0, 1.0, 30.0), (2900.0, 0.3, 40.0))

    atr = atr_from_transmission(EVEN, transmission, peak_k=peak_k)
    back = transmission_from_atr(EVEN, atr, peak_k=peak_k)

    assert np.corrcoef(np.gradient(back), np.gradient(transmission))[0, 1] > 0.98
    assert back.max() == pytest.approx(transmission.max())


def test_a_conversion_keeps_the_axis_and_the_height_and_takes_a_floor_off():
    axis = np.linspace(700.0, 3500.0, 1234)  # uneven against the inner axis
    curve = 0.2 + 0.7 * np.exp(-(((axis - 1500.0) / 20.0) ** 2))

    atr = atr_from_transmission(axis, curve, peak_k=0.3)

    assert atr.shape == axis.shape
    assert atr.max() == pytest.approx(curve.max())
    assert np.median(atr) < 0.02


def test_a_flat_line_stays_one():
    for convert in (atr_from_transmission, transmission_from_atr):
        assert convert(EVEN, np.zeros(EVEN.size), peak_k=0.3) == pytest.approx(np.zeros(EVEN.size))
