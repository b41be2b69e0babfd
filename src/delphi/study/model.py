"""The resolved study: frozen models with every default filled in, the only form in which code sees a study.

`grammar` says what may be written; `reading` turns it into these models. All ids are text. Shares and
thresholds are `Fraction`, so that rules compare exact counts. Instants are aware and in UTC.
"""

# Without `from __future__ import annotations`: pydantic reads every annotation when a class is made, and those that
# are text it would have to compile first.

from datetime import datetime
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

NonAnswer = Literal[
    "not_shown", "not_reached", "skipped", "no_opinion", "not_applicable", "declined", "dropped_out",
    "recused", "invalid", "unknown_empty",
]  # fmt: skip
ScaleKind = Literal["ordinal", "nominal", "multi", "integer", "number", "interval", "year", "rank", "text"]
ItemKind = Literal["rating", "open", "rank", "profile", "survey"]
RoundKind = Literal["pilot", "ideas", "rating", "ranking", "realtime", "consultation"]
JUDGED_ROUNDS = ("rating", "ranking", "realtime")
"""Kinds of round in which rules give verdicts."""
PANEL_ROUNDS = ("ideas", *JUDGED_ROUNDS)
"""Kinds of round that the panel itself answers and that count towards the number of rounds."""
SHOWN_STATES = ("no_opinion", "declined", "not_applicable", "skipped", "unknown_empty", "invalid")
"""Non-answers of people who returned the wave and saw the item (statistics.md 1.1)."""
NEVER_SHOWN_STATES = ("not_shown", "recused")
"""Non-answers that are in no denominator of the item."""
Operator = Literal["at_least", "at_most", "more_than", "less_than"]
VerdictName = Literal["consensus_in", "consensus_out", "no_consensus", "split", "insufficient_n"]
StabilityName = Literal["stable", "unstable", "not_assessable"]
Action = Literal[
    "close", "drop", "carry", "reword", "split", "merge", "promote", "report_dissent", "escalate"
]
Base = Literal["valid", "shown", "invited"]

MissingCodes = dict[NonAnswer, tuple[str, ...]]
"""Non-answer → the raw texts that stand for it in one place (study, scale, item, source or group)."""


class Frozen(BaseModel):
    """Base of all models: no unknown keys, no change after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Band(Frozen):
    """A named range of the scale, both ends included."""

    name: str
    low: float
    high: float


class Category(Frozen):
    """One possible answer. `value` is what the warehouse stores; `code` the id or text of the study file."""

    value: int
    code: str
    label: str
    band: str | None = None


class Choose(Frozen):
    """How many options of a multiple choice are to be chosen."""

    exactly: int | None = None
    at_least: int | None = None
    at_most: int | None = None


class Scale(Frozen):
    """What may be answered.

    `categories` are in declared order: the points of an ordinal scale, the choices of a nominal one, the
    options of a multiple choice, the objects of a ranking; empty for text, number, integer, interval and
    year.
    The parts of an item on this scale are: of `multi` and `rank` the category codes; of `interval` `low`,
    `best`, `high`; else the empty text.
    """

    scale_id: str
    kind: ScaleKind
    minimum: float | None = None
    maximum: float | None = None
    bands: tuple[Band, ...] = ()
    categories: tuple[Category, ...] = ()
    units: str | None = None
    offers_no_opinion: bool = False
    choose: Choose | None = None
    ties: bool = False
    partial: bool = False
    missing: MissingCodes = {}

    @property
    def parts(self) -> tuple[str, ...]:
        """Parts of an answer on this scale."""
        if self.kind in ("multi", "rank"):
            return tuple(category.code for category in self.categories)
        return ("low", "best", "high") if self.kind == "interval" else ("",)

    @property
    def counted_values(self) -> tuple[int, ...]:
        """Values that `counts` has a row for, per part: categories, 0 and 1 of a multi, 1..N of a ranking;
        else none."""
        if self.kind == "multi":
            return (0, 1)
        if self.kind == "rank":
            return tuple(range(1, len(self.categories) + 1))
        return tuple(category.value for category in self.categories)

    @property
    def agreement_band(self) -> Band | None:
        """The last band, which `percent_agreement` counts; none without bands."""
        return self.bands[-1] if self.bands else None

    @property
    def opposite_band(self) -> Band | None:
        """The first band, which `bottom_box` counts; none without bands."""
        return self.bands[0] if self.bands else None


class Version(Frozen):
    """A later wording of an item, in force from a wave on."""

    from_wave: str
    texts: dict[str, str]
    equivalent: bool = False


class Item(Frozen):
    """One thing asked. `texts` maps language → wording (``""`` is the one wording of a study without
    languages)."""

    item_id: str
    theme: str | None = None
    kind: ItemKind = "rating"
    texts: dict[str, str] = {}
    dims: dict[str, str] = {}
    waves: tuple[str, ...] | None = None
    parents: tuple[str, ...] = ()
    missing: MissingCodes = {}
    versions: tuple[Version, ...] = ()


class Group(Frozen):
    """A group dimension. `categories` maps id → label."""

    group_by: str
    label: str
    categories: dict[str, str]
    required: bool = False


class Wave(Frozen):
    """One fielding. `closes_at` and `grace_until` are the last instants that belong to it; None: no limit.

    `item_ids` are the items it asks, in the order of the study file (its instrument, narrowed by each item's
    `waves`).
    `described` holds what the report prints of a survey part: population, frame, sampling, access, unit,
    voluntary.
    """

    wave_id: str
    kind: Literal["round", "survey"]
    round_kind: RoundKind | None
    sequence: int
    aim: str | None = None
    instrument: str | None = None
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    grace_until: datetime | None = None
    item_ids: tuple[str, ...] = ()
    described: dict[str, str] = {}


class Dialect(Frozen):
    """How the bytes of a file are to be read; never guessed."""

    platform: Literal["csv", "xlsx", "ods", "parquet", "sav", "dta"]
    delimiter: str = ","
    decimal: str = "."
    encoding: str = "utf-8"
    header_rows: int = 1
    sheet: str | int | None = None


class GroupColumn(Frozen):
    """Where a group dimension stands: raw text → category id; `missing` texts mean no group."""

    column: str
    codes: dict[str, str] = {}
    missing: tuple[str, ...] = ()


class ColumnTarget(Frozen):
    """What a source column means. Texts may hold `{name}` of the pattern's named groups."""

    item: str
    dimension: str = ""
    part: str = ""
    is_comment: bool = False


class ColumnRule(Frozen):
    """One entry of `columns`. `pattern` is a regular expression for the whole header, or the header
    itself."""

    pattern: str
    is_regex: bool
    target: ColumnTarget


class LongColumn(Frozen):
    """A column of a long file, with raw text → id (``""`` as id: none)."""

    column: str
    codes: dict[str, str] = {}


class LongLayout(Frozen):
    """Where item, value, dimension, part and comment stand in a long file; None: there is no such column."""

    item: LongColumn
    value: LongColumn | None
    dimension: LongColumn | None = None
    part: LongColumn | None = None
    comment: LongColumn | None = None


class WaveFrom(Frozen):
    """What tells the wave of a record: a column with codes, or the submission time (`by_submitted_at`)."""

    column: str | None = None
    codes: dict[str, str] = {}
    by_submitted_at: bool = False


class RowFilter(Frozen):
    """Which records belong to a source; all filters of a source have to hold. Instants or texts are compared
    as written: `equals` on the cell's text; `after` (included) and `before` (excluded) on the cell read as a
    time where the bound is one, else as a number."""

    column: str
    equals: tuple[str, ...] | None = None
    after: str | None = None
    before: str | None = None


class StateColumn(Frozen):
    """Column that says whether a return is complete, and the raw texts for it."""

    column: str
    complete: tuple[str, ...] = ()
    partial: tuple[str, ...] = ()


class Fetch(Frozen):
    """The server that has the responses of a source. `token_env` or `token_file` names where the secret is kept."""

    server: Literal["redcap", "odk", "kobo"]
    url: str
    token_env: str | None = None
    token_file: str | None = None
    record_id: str = "record_id"
    fields: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    events: tuple[str, ...] = ()

    def of_wave(self, wave_id: str) -> "Fetch":
        """The same with the wave's id wherever `{wave}` stands."""

        def filled(value: object) -> object:
            if isinstance(value, str):
                return value.replace("{wave}", wave_id)
            return tuple(map(filled, value)) if isinstance(value, tuple) else value

        return Fetch.model_validate({name: filled(value) for name, value in self})


class Source(Frozen):
    """How a file becomes answers (study-file.md, "Sources")."""

    entry_id: str
    waves: tuple[str, ...]
    dialect: Dialect
    file: str
    fetch: Fetch | None = None
    layout: Literal["wide", "long"] = "wide"
    long: LongLayout | None = None
    wave_from: WaveFrom | None = None
    pieces: str | None = None
    key: str
    key_is_pseudonym: bool = False
    groups: dict[str, GroupColumn] = {}
    columns: tuple[ColumnRule, ...] = ()
    names: dict[str, str] = {}
    codes: dict[str, str] = {}
    scale_codes: dict[str, dict[str, str]] = {}
    missing: MissingCodes = {}
    rows: tuple[RowFilter, ...] = ()
    submitted_at: str | None = None
    started_at: str | None = None
    language: str | None = None
    state: StateColumn | None = None
    time_format: str = "iso"
    time_zone: str | None = None
    ignore: tuple[str, ...] = ()


class Register(Frozen):
    """The panel register: a row per person."""

    file: str
    dialect: Dialect
    key: str
    key_is_pseudonym: bool = False
    status: str | None = None
    status_codes: dict[str, str] = {}
    groups: dict[str, GroupColumn] = {}
    same_as: str | None = None
    joined_at: str | None = None
    left_at: str | None = None
    time_format: str = "iso"
    time_zone: str | None = None
    ignore: tuple[str, ...] = ()


class Panel(Frozen):
    """The Delphi panel. `must_complete_previous_round`: who did not return the round before is not
    invited."""

    register_: Register | None = Field(default=None, alias="register")
    must_complete_previous_round: bool = False

    model_config = ConfigDict(populate_by_name=True)


class Quality(Frozen):
    """Flags of careless returns; nothing is excluded."""

    min_seconds_per_item: float | None = None
    straightline_share: Fraction | None = None


class Validation(Frozen):
    """What happens to duplicates, unknown respondents and odd returns."""

    keep: Literal["last_complete", "first", "error"] = "last_complete"
    unknown_respondents: Literal["accept", "quarantine"] = "accept"
    quality: Quality = Quality()


class AppliesTo(Frozen):
    """Which item × dimension a rule is for; None: not restricted."""

    kinds: tuple[str, ...] | None = None
    dims: tuple[str, ...] | None = None
    items: tuple[str, ...] | None = None
    waves: tuple[str, ...] | None = None


class Categories(Frozen):
    """Some categories of a scale: those of bands, by name or by the place of a band, and those named by their codes."""

    bands: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    place: Literal["first", "last", "between"] | None = None


OptionValue = bool | int | float | str | Categories


class Option(Frozen):
    """An option of a measure, by its name in the catalogue."""

    name: str
    value: OptionValue


def option_values(options: tuple[Option, ...]) -> dict[str, OptionValue]:
    """Options by their names."""
    return {one.name: one.value for one in options}


class ShareClause(Frozen):
    """Share of the answers in a band, or in the categories of `within` by their codes, against the rule's base."""

    clause: Literal["share"] = "share"
    band: str = ""
    within: tuple[str, ...] = ()
    op: Operator
    value: Fraction


class MedianClause(Frozen):
    """The median lies within the band's ends."""

    clause: Literal["median"] = "median"
    in_band: str


class IqrClause(Frozen):
    """The interquartile range is at most so many scale points."""

    clause: Literal["iqr"] = "iqr"
    at_most: Fraction


class RamClause(Frozen):
    """The median lies in a band, half a point in the higher class, and the panel disagrees or does not (RAND/UCLA).

    Disagreement is by the percentiles `ipr` against IPRAS, or by the numbers of panelists (`classic`).
    """

    clause: Literal["ram"] = "ram"
    median_band: str | None = None
    disagreement: Literal["absent", "present"] = "absent"
    rule: Literal["ipras", "classic"] = "ipras"
    ipr: tuple[int, int] | None = (30, 70)


class CvrClause(Frozen):
    """Lawshe's content validity ratio of the answers in a band is at least the critical one, or a number."""

    clause: Literal["cvr"] = "cvr"
    band: str
    at_least: Fraction | Literal["critical"]


class FuzzyClause(Frozen):
    """Ratings as fuzzy numbers lie close together and high enough.

    The mean distance to the group's fuzzy number is at most `d`, a `share` of the experts lies within `d`, and the
    defuzzified rating is at least `alpha_cut`. `map` is the name of a stored map, or a triangle per point.
    """

    clause: Literal["fuzzy"] = "fuzzy"
    map: str | tuple[tuple[float, float, float], ...]
    d: Fraction
    share: Fraction
    alpha_cut: Fraction
    defuzzified: Literal["centroid", "signed_distance", "graded_mean"] = "centroid"


class MeasureClause(Frozen):
    """An agreement or polarisation measure of the catalogue against a bound.

    `options` are those of the measure, defaults included; the type of quantiles is that of all rules.
    """

    clause: Literal["agreement", "polarised"]
    measure: str
    op: Operator
    value: Fraction
    options: tuple[Option, ...] = ()


class AllClause(Frozen):
    """Every clause holds."""

    clause: Literal["all"] = "all"
    of: tuple["Clause", ...]


class AnyClause(Frozen):
    """At least one clause holds."""

    clause: Literal["any"] = "any"
    of: tuple["Clause", ...]


class EachGroupClause(Frozen):
    """The clause holds within each group of a dimension that has `min_n` valid answers."""

    clause: Literal["each_group"] = "each_group"
    of: str
    only: tuple[str, ...] | None = None
    min_n: int = 5
    require: "Clause"


Clause = Annotated[
    ShareClause
    | MedianClause
    | IqrClause
    | RamClause
    | CvrClause
    | FuzzyClause
    | MeasureClause
    | AllClause
    | AnyClause
    | EachGroupClause,
    Field(discriminator="clause"),
]
AllClause.model_rebuild()
AnyClause.model_rebuild()
EachGroupClause.model_rebuild()


class ConsensusRule(Frozen):
    """A rule that gives a verdict; the first one that matches wins."""

    rule_id: str
    applies_to: AppliesTo = AppliesTo()
    min_n: int = 5
    min_valid_share: Fraction | None = None
    base: Base = "valid"
    verdict: VerdictName
    require: Clause
    rationale: str | None = None


class StabilityRule(Frozen):
    """A rule on the change between two rounds; `between` None means the previous round that rated the
    item."""

    rule_id: str
    applies_to: AppliesTo = AppliesTo()
    between: tuple[str, str] | None = None
    measure: str
    tolerance: int = 0
    weights: Literal["linear", "quadratic"] | None = None
    options: tuple[Option, ...] = ()
    op: Operator | None = None
    value: Fraction | None = None
    min_pairs: int = 5
    report_only: bool = False


class TransitionRule(Frozen):
    """What is proposed for an item after a wave; None: whatever it is."""

    after: str
    verdict: VerdictName | None = None
    stability: StabilityName | None = None
    action: Action
    to: str | None = None


class StopCondition(Frozen):
    """One condition under which the study may stop.

    `share_of_items`: the share of items in `state` (a stability name, a verdict name or `closed`).
    """

    rounds_done: int | None = None
    state: str | None = None
    op: Operator | None = None
    value: Fraction | None = None


class Stopping(Frozen):
    """When the study may stop: after `max_rounds`, or as the conditions say (`any` or `all` of them)."""

    max_rounds: int | None = None
    connective: Literal["any", "all"] = "any"
    conditions: tuple[StopCondition, ...] = ()


class Multiverse(Frozen):
    """Other choices under which every verdict is decided again; what is not written has the default of the field.

    `share_threshold` and `opposite_limit` take the place of the bounds of shares, `share_shift` moves the former where no
    threshold is named; `weights` are group dimensions whose groups count alike; `rules` are rules that stand here only.
    """

    share_threshold: tuple[Fraction, ...] = ()
    share_shift: tuple[Fraction, ...] = (Fraction(-1, 20), Fraction(1, 20))
    opposite_limit: tuple[Fraction, ...] = ()
    base: tuple[Base, ...] = ("valid", "shown")
    quantile: tuple[int, ...] = (2, 6, 7)
    rounding: tuple[Literal["exact", "whole_percent"], ...] = ("exact", "whole_percent")
    weights: tuple[str, ...] = ()
    cases: tuple[Literal["available", "complete"], ...] = ("available",)
    rules: tuple[ConsensusRule, ...] = ()


class Robustness(Frozen):
    """What else is tried on every verdict."""

    leave_out_panelist: bool = True
    leave_out_group: bool = True
    fragility: bool = True
    chance_baseline: bool = True


class Rules(Frozen):
    """All rules, presets spelled out."""

    preset: str | None = None
    quantile_type: int = 7
    consensus: tuple[ConsensusRule, ...] = ()
    stability: tuple[StabilityRule, ...] = ()
    transitions: tuple[TransitionRule, ...] = ()
    stopping: Stopping = Stopping()
    multiverse: Multiverse = Multiverse()
    robustness: Robustness = Robustness()
    bootstrap_draws: int | None = None
    seed: int = 0


class Request(Frozen):
    """A statistic of the catalogue beside the default set: in which waves, of which items and dimensions (None: all)."""

    statistic: str
    options: tuple[Option, ...] = ()
    waves: tuple[str, ...] | None = None
    items: tuple[str, ...] | None = None
    dims: tuple[str, ...] | None = None

    def asks(self, wave_id: str, item_id: str, dimension: str) -> bool:
        """Whether it is wanted of this item and dimension in this wave."""
        return (
            (self.waves is None or wave_id in self.waves)
            and (self.items is None or item_id in self.items)
            and (self.dims is None or dimension in self.dims)
        )


class OpinionGroups(Frozen):
    """Groups of people who answer alike: of which waves, items and dimensions (None: all), and how they are looked for."""

    waves: tuple[str, ...] | None = None
    items: tuple[str, ...] | None = None
    dims: tuple[str, ...] | None = None
    numbers: tuple[int, ...] = (2, 3, 4, 5)
    least_votes: int = 7
    least_persons: int = 15
    seed: int = 1


class Themes(Frozen):
    """Themes in open answers of these waves and items (None: all), each item for itself or all in one pool, and in comments."""

    waves: tuple[str, ...] | None = None
    items: tuple[str, ...] | None = None
    pool: bool = False
    comments: bool = False
    numbers: tuple[int, ...] = (2, 3, 4, 5, 6, 7, 8)
    stop_words: tuple[str, ...] = ()
    seed: int = 1


class NearDuplicates(Frozen):
    """Statements that say nearly the same: pairs from these bounds on are proposed."""

    of: tuple[Literal["items", "answers"], ...] = ("items", "answers")
    token_set: float = 90
    cosine: float = 0.85


class Analysis(Frozen):
    """What is computed and looked for beside the default set and verdicts; None: it is not."""

    statistics: tuple[Request, ...] = ()
    opinion_groups: OpinionGroups | None = None
    themes: Themes | None = None
    near_duplicates: NearDuplicates | None = None

    @property
    def is_wanted(self) -> bool:
        """Whether opinions are looked for."""
        return any((self.opinion_groups, self.themes, self.near_duplicates))


class Privacy(Frozen):
    """What leaves the team: cells of 1 to `small_cells_min_n` - 1 respondents do not."""

    small_cells_min_n: int = 5


class Study(Frozen):
    """A study file, read and checked. `about` holds what the report prints of the study (aim, team, funding,
    ...)."""

    study_id: str
    title: str
    about: dict[str, object] = {}
    languages: tuple[str, ...] = ()
    time_zone: str | None = None
    missing: MissingCodes = {}
    scales: dict[str, Scale]
    themes: dict[str, str] = {}
    items: tuple[Item, ...]
    groups: dict[str, Group] = {}
    panel: Panel = Panel()
    waves: tuple[Wave, ...]
    sources: tuple[Source, ...]
    validation: Validation = Validation()
    rules: Rules = Rules()
    analysis: Analysis = Analysis()
    privacy: Privacy = Privacy()
    study_file_sha256: str
    item_bank_file: str | None = None

    def item(self, item_id: str) -> Item:
        """The item of this id."""
        return next(item for item in self.items if item.item_id == item_id)

    def wave(self, wave_id: str) -> Wave:
        """The wave of this id."""
        return next(wave for wave in self.waves if wave.wave_id == wave_id)

    def scale_of(self, item: Item, dimension: str) -> Scale:
        """The scale on which an item is rated in a dimension."""
        return self.scales[item.dims[dimension]]

    def sources_of(self, wave_id: str) -> tuple[Source, ...]:
        """Sources that can hold records of the wave."""
        return tuple(source for source in self.sources if wave_id in source.waves)
