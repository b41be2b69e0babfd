"""Threads of the numerical libraries are held and let go."""

from __future__ import annotations

import pytest
from threadpoolctl import threadpool_info

from delphi.opinions.one_thread import one_thread


def threads() -> set[int]:
    return {one["num_threads"] for one in threadpool_info()}


def test_threads_are_held_at_one_also_of_what_is_imported_for_it_and_let_go_afterwards() -> None:
    with one_thread("sklearn.cluster", "scipy.linalg"):
        assert threads() == {1}
        with one_thread("sklearn.decomposition"):
            assert threads() == {1}
        assert threads() == {1}
    before = threads()
    with pytest.raises(RuntimeError), one_thread("sklearn.cluster"):
        raise RuntimeError
    assert threads() == before
