"""Options of statistics: a closed choice is checked, and answers that contradict themselves are left out or refused."""

from __future__ import annotations

INVALID = ("left_out", "refused")
"""What happens to an answer that contradicts itself: it counts as no answer and is counted, or everything is refused."""


def one_of(name: str, value: object, allowed: tuple[object, ...]) -> None:
    """Refuse an option that is none of those allowed.

    Raises
    ------
    ValueError
        Names the option, what is allowed and what was given.

    Examples
    --------
    >>> one_of("ties", "shared", ("invalid", "shared"))
    """
    if value not in allowed:
        raise ValueError(f"{name}: is {' or '.join(map(str, allowed))}, got {value!r}")
