"""The demonstration study: an invented mapping study with exports like real ones, drawn from a seed."""

from delphi.demo.texts import PLANTED_STRINGS
from delphi.demo.writing import DEFAULT_SEED, demo_files, write_demo

__all__ = ["DEFAULT_SEED", "PLANTED_STRINGS", "demo_files", "write_demo"]
