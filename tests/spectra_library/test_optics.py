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


def test_the_penetration_depth_correction_goes_there_and_back():
    wavenumber = np.array([500.0, 1000.0, 4000.0])
    absorbance = np.array([1.0, 1.0, 1.0])

    atr = atr_from_transmission(wavenumber, absorbance)

    assert atr == pytest.approx([2.0, 1.0, 0.25])
    assert transmission_from_atr(wavenumber, atr) == pytest.approx(absorbance)
