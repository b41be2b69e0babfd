"""Rules and exact counts in, verdicts with reasons out."""

from delphi.decisions.evidence import EVERYONE, EarlierRating, Evidence, GroupKey, Ruler, Tally
from delphi.decisions.stability import Stability, stability_of
from delphi.decisions.stopping import ItemState, StopRow, stopping_memo
from delphi.decisions.transitions import (
    CLOSING_ACTIONS,
    Judged,
    Proposal,
    deciding,
    judged,
    propose,
    standing,
)
from delphi.decisions.trials import applicable
from delphi.decisions.verdict import Bench, Verdict, judge, judge_all, judge_group

__all__ = [
    "CLOSING_ACTIONS",
    "EVERYONE",
    "Bench",
    "EarlierRating",
    "Evidence",
    "GroupKey",
    "ItemState",
    "Judged",
    "Proposal",
    "Ruler",
    "Stability",
    "StopRow",
    "Tally",
    "Verdict",
    "applicable",
    "deciding",
    "judge",
    "judge_all",
    "judge_group",
    "judged",
    "propose",
    "stability_of",
    "standing",
    "stopping_memo",
]
