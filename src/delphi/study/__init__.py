"""The study file: what may be written, how it is read with line numbers, and the resolved study that code sees."""

from delphi.study.folder import StudyFolder, locate
from delphi.study.grammar import json_schema
from delphi.study.model import (
    ConsensusRule,
    Dialect,
    Item,
    Register,
    Rules,
    Scale,
    Source,
    Study,
    Wave,
)
from delphi.study.new import write_new_study
from delphi.study.printing import resolved_yaml
from delphi.study.reading import Checked, check_study, read_study

__all__ = [
    "Checked", "ConsensusRule", "Dialect", "Item", "Register", "Rules", "Scale", "Source", "Study", "StudyFolder",
    "Wave", "check_study", "json_schema", "locate", "read_study", "resolved_yaml", "write_new_study",
]  # fmt: skip
