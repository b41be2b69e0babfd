"""Delphi: from one study file to a published mapping study."""

__version__ = "0.1.0"
