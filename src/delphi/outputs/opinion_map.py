"""The map of opinions as an inline SVG: groups as ellipses, statements as directions, no person as a point."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray

SIZE, PAD = 320.0, 26.0
COLOURS = ("#1f5a99", "#b2182b", "#5d2570", "#1e7a5a", "#8a5a00")
DASHES = ("", "6 3", "2 3", "8 3 2 3", "1 4")
"""Groups are told apart by their line as well, not by colour alone."""
SPREAD = 1.5
"""Half axes of an ellipse in standard deviations."""


@dataclass(frozen=True)
class GroupPlace:
    """Where a group lies and how far it spreads: centre (2,) and covariance (2, 2)."""

    number: int
    size: str
    centre: NDArray[np.float64]
    covariance: NDArray[np.float64]


@dataclass(frozen=True)
class StatementPlace:
    """The direction in which those lie who agree with a statement."""

    name: str
    x: float
    y: float


def opinion_map(groups: tuple[GroupPlace, ...], statements: tuple[StatementPlace, ...], key: str) -> str:
    """The drawing; the tables beneath it hold the numbers."""
    if not groups:
        return ""
    ellipses = [(one, *_ellipse(one.covariance)) for one in groups]
    reach = max(float(np.abs(one.centre).max()) + long for one, long, _, _ in ellipses) or 1.0
    scale = (SIZE / 2 - PAD) / reach
    longest = max((float(np.hypot(one.x, one.y)) for one in statements), default=0.0)
    middle = SIZE / 2
    parts = [
        f'<line x1="{PAD:g}" y1="{middle:g}" x2="{SIZE - PAD:g}" y2="{middle:g}" stroke="#e4e1da"/>',
        f'<line x1="{middle:g}" y1="{PAD:g}" x2="{middle:g}" y2="{SIZE - PAD:g}" stroke="#e4e1da"/>',
    ]
    for arrow in statements:
        if longest:
            x, y = (
                middle + sign * value / longest * (middle - PAD)
                for sign, value in ((1, arrow.x), (-1, arrow.y))
            )
            parts.append(
                f'<line x1="{middle:g}" y1="{middle:g}" x2="{x:.1f}" y2="{y:.1f}" stroke="#b9b4a8" stroke-width="1"/>'
            )
            anchor = "start" if x >= middle else "end"
            parts.append(
                f'<text x="{x + (3 if anchor == "start" else -3):.1f}" y="{y + 3:.1f}" font-size="10" fill="#4a463f" text-anchor="{anchor}">{escape(arrow.name)}</text>'
            )
    for place, (one, long, short, angle) in enumerate(ellipses):
        x, y = middle + float(one.centre[0]) * scale, middle - float(one.centre[1]) * scale
        colour, dash = COLOURS[place % len(COLOURS)], DASHES[place % len(DASHES)]
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        parts.append(
            f'<ellipse cx="{x:.1f}" cy="{y:.1f}" rx="{max(long * scale, 4):.1f}" ry="{max(short * scale, 4):.1f}" '
            f'transform="rotate({-angle:.1f} {x:.1f} {y:.1f})" fill="{colour}" fill-opacity="0.12" stroke="{colour}" stroke-width="1.8"{dashed}/>'
        )
        parts.append(
            f'<text x="{x:.1f}" y="{y + 5:.1f}" font-size="15" font-weight="600" fill="{colour}" text-anchor="middle">{one.number}</text>'
        )
    told = "; ".join(f"group {one.number}, {one.size} people" for one in groups)
    return (
        f'<svg viewBox="0 0 {SIZE:g} {SIZE:g}" role="img" aria-labelledby="{key}-title {key}-desc">'
        f'<title id="{key}-title">Map of opinions</title>'
        f'<desc id="{key}-desc">{escape(told)}. Groups that lie far apart answer differently; the tables below say on what.</desc>'
        f"{''.join(parts)}</svg>"
    )


def _ellipse(covariance: NDArray[np.float64]) -> tuple[float, float, float]:
    """Half axes and the angle of the longer one, in degrees."""
    values, vectors = np.linalg.eigh(covariance)
    short, long = (SPREAD * float(np.sqrt(max(value, 0.0))) for value in values)
    return long, short, float(np.degrees(np.arctan2(vectors[1, 1], vectors[0, 1])))
