"""What may be written in a study file: frozen models of each section, from which editors get their JSON Schema.

Only what this release acts on stands here; keys of later features are named in `unsupported`. Values are as written;
`resolving` fills in defaults.
"""

# Without `from __future__ import annotations`: pydantic reads every annotation when a class is made, and those that
# are text it would have to compile first.

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, StringConstraints, Tag, model_validator

Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")]
Raw = str | int | float | bool | None
Raws = Raw | list[Raw]
Texts = str | dict[str, str]
Share = str | int | float
Op = Literal["at_least", "at_most", "more_than", "less_than"]
NonAnswerKey = Literal[
    "skipped", "no_opinion", "not_shown", "not_reached", "not_applicable", "declined", "dropped_out", "recused",
    "unknown_empty",
]  # fmt: skip
Missing = dict[NonAnswerKey, Raws]
IdOrInt = Id | int
Name = Annotated[str, StringConstraints(min_length=1)]


class Written(BaseModel):
    """Base: unknown keys are errors, nothing changes after reading, nothing is converted.

    What checks a section is built when one is first read: no study has them all.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)


class WrittenStudy(Written):
    """`study`: what the study is, and what the report prints of it."""

    id: Id
    title: str
    aim: str | None = None
    audience: str | list[str] | None = None
    geography: str | list[str] | None = None
    scope: str | dict[str, Any] | None = None
    languages: list[str] = []
    time_zone: str | None = None
    method: str | dict[str, Any] | None = None
    team: list[dict[str, Any]] | None = None
    funding: list[dict[str, Any]] | str | None = None
    ethics: dict[str, Any] | str | None = None
    registration: dict[str, Any] | str | None = None


class WrittenChoose(Written):
    """How many options are to be chosen."""

    exactly: Annotated[int, Field(ge=0)] | None = None
    at_least: Annotated[int, Field(ge=0)] | None = None
    at_most: Annotated[int, Field(ge=1)] | None = None


class WrittenScale(Written):
    """`scales.<id>`, or a scale written in place."""

    type: Literal["ordinal", "nominal", "multi", "integer", "number", "interval", "year", "rank", "text"]
    min: int | float | None = None
    max: int | float | None = None
    labels: dict[int, Texts] = {}
    bands: dict[Id, tuple[int | float, int | float]] = {}
    units: str | None = None
    no_opinion: bool = False
    choices: dict[IdOrInt, Texts] | list[IdOrInt] | None = None
    choose: WrittenChoose | None = None
    ties: bool = False
    partial: bool = False
    missing: Missing = {}

    @model_validator(mode="before")
    @classmethod
    def _pairs(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("bands"), dict):
            bands = {k: tuple(v) if isinstance(v, list) else v for k, v in data["bands"].items()}
            return data | {"bands": bands}
        return data


class WrittenVersion(Written):
    """A later wording of an item."""

    from_: Id = Field(alias="from")
    text: Texts
    equivalent: bool = False


class ItemKeys(Written):
    """Keys that `items[]` and `item_defaults` share."""

    theme: Id | None = None
    kind: Literal["rating", "open", "rank", "profile", "survey"] | None = None
    text: Texts | None = None
    dims: dict[Id, Id] | None = None
    scale: Id | WrittenScale | None = None
    waves: list[Id] | None = None
    parents: list[Id] | None = None
    missing: Missing = {}
    versions: list[WrittenVersion] | None = None


class WrittenItem(ItemKeys):
    """`items[]`."""

    id: Id


class WrittenItemBank(Written):
    """`items`: a table beside the study file."""

    file: Name
    columns: dict[str, str] = {}
    ignore: list[str] = []
    sheet: str | int | None = None
    delimiter: str = ","


class WrittenGroup(Written):
    """`groups.<id>`."""

    label: str | None = None
    categories: Annotated[dict[Id, Texts], Field(min_length=1)] | Annotated[list[Id], Field(min_length=1)]
    required: bool = False


class WrittenGroupColumn(Written):
    """Where a group stands, with raw text → category."""

    column: Name
    codes: dict[str | int, str] = {}
    missing: Raws | dict[NonAnswerKey, Raws] = []


class WrittenDialect(Written):
    """How bytes are read."""

    platform: Literal["csv", "xlsx", "ods", "parquet", "sav", "dta"] = "csv"
    delimiter: str | None = None
    decimal: Literal[".", ","] = "."
    encoding: str = "utf-8"
    header_rows: Annotated[int, Field(ge=1, le=10)] = 1
    sheet: str | int | None = None


class WrittenCodedColumn(Written):
    """A column with raw text → id."""

    column: Name
    codes: dict[str | int, str] = {}


class WrittenRegister(WrittenDialect):
    """`panel.register`."""

    file: Name
    key: Name
    key_is_pseudonym: bool = False
    status: str | WrittenCodedColumn | None = None
    groups: dict[Id, str | WrittenGroupColumn] = {}
    same_as: Name | None = None
    joined_at: Name | None = None
    left_at: Name | None = None
    time_format: str = "iso"
    time_zone: str | None = None
    ignore: list[str] = []


class WrittenRejoin(Written):
    """`panel.rejoin`."""

    rule: Literal["must_complete_previous_round"]


class WrittenPanel(Written):
    """`panel`."""

    register_: WrittenRegister | None = Field(default=None, alias="register")
    rejoin: WrittenRejoin | None = None


class WrittenPage(Written):
    """A page of an instrument."""

    title: Texts | None = None
    theme: Id | None = None
    items: list[Id] | None = None


class WrittenInstrument(Written):
    """`instruments.<id>`."""

    pages: list[WrittenPage] | None = None
    exclude_kinds: list[Literal["rating", "open", "rank", "profile", "survey", "best_worst"]] = []


class WaveKeys(Written):
    """Keys that rounds and survey parts share."""

    id: Id
    instrument: Id | None = None
    aim: str | None = None
    open: str | None = None
    close: str | None = None
    grace: str | None = None


class WrittenRound(WaveKeys):
    """`rounds[]`."""

    kind: Literal["pilot", "ideas", "rating", "ranking", "realtime", "consultation"] = "rating"


class WrittenSurvey(WaveKeys):
    """`surveys[]`."""

    voluntary: bool | None = None
    population: str | None = None
    frame: str | None = None
    sampling: str | None = None
    access: str | None = None
    unit: str | None = None


class WrittenLong(Written):
    """`sources[].long`."""

    item: str | WrittenCodedColumn | None = None
    value: str | WrittenCodedColumn | None = None
    dimension: str | WrittenCodedColumn | None = None
    part: str | WrittenCodedColumn | None = None
    comment: str | None = None


class WrittenWaveFrom(Written):
    """`sources[].wave`."""

    column: str | None = None
    codes: dict[str | int, Id] = {}
    by: Literal["submitted_at"] | None = None


class WrittenRowFilter(Written):
    """One filter of `sources[].rows`."""

    column: Name
    equals: Raws = None
    after: str | int | float | None = None
    before: str | int | float | None = None


class WrittenRowFilters(Written):
    """Several filters that all have to hold."""

    all: list[WrittenRowFilter]


def _is_one_filter_or_several(value: Any) -> str:
    """Which of the two is meant, so that a mistake in one is not told as one in the other."""
    return (
        "several"
        if isinstance(value, WrittenRowFilters) or (isinstance(value, dict) and "all" in value)
        else "one"
    )


WrittenRows = Annotated[
    Annotated[WrittenRowFilter, Tag("one")] | Annotated[WrittenRowFilters, Tag("several")],
    Discriminator(_is_one_filter_or_several),
]


class WrittenState(Written):
    """`sources[].state`."""

    column: Name
    complete: Raws = []
    partial: Raws = []


class WrittenComment(Written):
    """A column that holds the comments on an item."""

    comment: str


class WrittenToken(Written):
    """Where the secret for a server is kept: an environment variable, or a file of its owner alone."""

    env: Name | None = None
    file: Name | None = None

    @model_validator(mode="before")
    @classmethod
    def _one(cls, data: Any) -> Any:
        keys = set(data) if isinstance(data, dict) else set()
        if len(keys) != 1 or not keys <= {"env", "file"}:
            raise ValueError(
                "names where the token is kept, {env: NAME} or {file: ~/folder/name}; the token itself never stands here"
            )
        return data


class WrittenFetch(Written):
    """`sources[].fetch`: the server from which `delphi fetch` brings the file of a source."""

    server: Literal["redcap", "odk", "kobo"]
    url: Name
    token: WrittenToken
    record_id: Name | None = None
    fields: list[Name] = []
    forms: list[Name] = []
    events: list[Name] = []


class WrittenSource(Written):
    """`sources[]`."""

    id: Id | None = None
    for_: Id | Annotated[list[Id], Field(min_length=1)] = Field(alias="for")
    platform: Literal["csv", "xlsx", "ods", "parquet", "sav", "dta"]
    file: Name
    fetch: WrittenFetch | None = None
    layout: Literal["wide", "long"] = "wide"
    long: WrittenLong | None = None
    wave: WrittenWaveFrom | None = None
    pieces: Name | None = None
    key: Name
    key_is_pseudonym: bool = False
    groups: dict[Id, str | WrittenGroupColumn] = {}
    columns: dict[str, str | WrittenComment] = {}
    names: dict[str | int, str] = {}
    codes: dict[str | int, Raw | dict[str | int, Raw]] = {}
    missing: Missing = {}
    rows: WrittenRows | None = None
    submitted_at: Name | None = None
    started_at: Name | None = None
    language: Name | None = None
    state: WrittenState | None = None
    time_format: str = "iso"
    time_zone: str | None = None
    delimiter: str | None = None
    decimal: Literal[".", ","] = "."
    encoding: str = "utf-8"
    header_rows: Annotated[int, Field(ge=1, le=10)] = 1
    sheet: str | int | None = None
    ignore: list[str] = []


class WrittenDuplicates(Written):
    """`validation.duplicates`."""

    keep: Literal["last_complete", "first", "error"] = "last_complete"


class WrittenQuality(Written):
    """`validation.quality`."""

    min_seconds_per_item: Annotated[float, Field(gt=0, strict=False)] | None = None
    straightline_share: Share | None = None
    action: Literal["flag"] = "flag"


class WrittenValidation(Written):
    """`validation`."""

    duplicates: WrittenDuplicates | Literal["last_complete", "first", "error"] = WrittenDuplicates()
    unknown_respondents: Literal["accept", "quarantine"] | None = None
    quality: WrittenQuality = WrittenQuality()


class WrittenAppliesTo(Written):
    """`applies_to`; what is not named is not restricted."""

    kind: str | list[str] | None = None
    dims: list[Id] | None = None
    items: list[Id] | None = None
    waves: list[Id] | None = None


class WrittenShareClause(Written):
    """Share of the answers in a band, or in categories named one by one."""

    band: Id | None = None
    within: Annotated[list[IdOrInt], Field(min_length=1)] | None = None
    op: Op
    value: Share

    @model_validator(mode="after")
    def _one(self) -> "WrittenShareClause":
        if (self.band is None) == (self.within is None):
            raise ValueError("needs either band, or within: a list of scale values or choices")
        return self


class WrittenMedianClause(Written):
    """Median within a band."""

    in_band: Id


class WrittenIqrClause(Written):
    """Interquartile range at most so many points."""

    at_most: Share


class WrittenRamClause(Written):
    """Median and disagreement by the RAND/UCLA method."""

    median_band: Id | None = None
    disagreement: Literal["absent", "present"] = "absent"
    ipr: list[int | float] | None = None
    rule: Literal["ipras", "classic"] = "ipras"

    @model_validator(mode="after")
    def _asks(self) -> "WrittenRamClause":
        if not {"median_band", "disagreement"} & self.model_fields_set:
            raise ValueError("needs median_band, disagreement, or both")
        return self


class WrittenCvrClause(Written):
    """Lawshe's content validity ratio of those in a band."""

    band: Id
    at_least: Share = "critical"


class WrittenFuzzyClause(Written):
    """Ratings as fuzzy numbers: close together, and high enough."""

    map: str | list[list[int | float]] | None = None
    d: Share = 0.2
    share: Share = "75%"
    alpha_cut: Share = 0.5
    defuzzified: Literal["centroid", "signed_distance", "graded_mean"] = "centroid"


class WrittenMeasureClause(Written):
    """A measure of the catalogue against a bound."""

    measure: str
    op: Op
    value: Share
    options: dict[str, Any] = {}


class WrittenEachGroup(Written):
    """A clause within each group."""

    of: Id
    only: list[Id] | None = None
    min_n: Annotated[int, Field(ge=1)] = 5
    require: "WrittenClause"


class WrittenClause(Written):
    """Exactly one clause."""

    share: WrittenShareClause | None = None
    median: WrittenMedianClause | None = None
    iqr: WrittenIqrClause | None = None
    ram: WrittenRamClause | None = None
    cvr: WrittenCvrClause | None = None
    fuzzy: WrittenFuzzyClause | None = None
    agreement: WrittenMeasureClause | None = None
    polarised: WrittenMeasureClause | None = None
    all: Annotated[list["WrittenClause"], Field(min_length=1)] | None = None
    any: Annotated[list["WrittenClause"], Field(min_length=1)] | None = None
    each_group: WrittenEachGroup | None = None

    @model_validator(mode="after")
    def _one(self) -> "WrittenClause":
        given = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(given) != 1 or len(self.model_fields_set) != 1:
            *names, last = type(self).model_fields
            raise ValueError(f"needs exactly one clause: {', '.join(names)} or {last}")
        return self


WrittenEachGroup.model_rebuild()


class WrittenConsensus(Written):
    """`rules.consensus[]`."""

    id: Id
    applies_to: WrittenAppliesTo = WrittenAppliesTo()
    min_n: Annotated[int, Field(ge=1)] = 5
    min_valid_share: Share | None = None
    base: Literal["valid", "shown", "invited"] | None = None
    verdict: Literal["consensus_in", "consensus_out", "no_consensus", "split"]
    rationale: str | None = None
    multiverse_only: bool = False
    require: WrittenClause


class WrittenStability(Written):
    """`rules.stability[]`."""

    id: Id
    applies_to: WrittenAppliesTo = WrittenAppliesTo()
    between: Literal["previous"] | list[Id] = "previous"
    measure: str
    tolerance: Annotated[int, Field(ge=0)] = 0
    weights: Literal["linear", "quadratic"] | None = None
    options: dict[str, Any] = {}
    op: Op | None = None
    value: Share | None = None
    min_pairs: Annotated[int, Field(ge=1)] = 5
    report_only: bool = False


class WrittenWhen(Written):
    """`when` of a transition."""

    verdict: (
        Literal["consensus_in", "consensus_out", "no_consensus", "split", "insufficient_n", "any"] | None
    ) = None
    stability: Literal["stable", "unstable", "not_assessable", "any"] | None = None


class WrittenTransition(Written):
    """`rules.transitions[]`."""

    after: Id
    when: WrittenWhen = WrittenWhen()
    action: Literal[
        "close", "drop", "carry", "reword", "split", "merge", "promote", "report_dissent", "escalate"
    ]
    to: Id | None = None


class WrittenShareOfItems(Written):
    """Share of the items in a state."""

    state: Literal[
        "stable", "unstable", "not_assessable", "closed", "consensus_in", "consensus_out", "no_consensus", "split",
        "insufficient_n",
    ]  # fmt: skip
    op: Op
    value: Share


class WrittenCondition(Written):
    """One condition under which the study may stop."""

    rounds_done: Annotated[int, Field(ge=1)] | None = None
    share_of_items: WrittenShareOfItems | None = None

    @model_validator(mode="after")
    def _one(self) -> "WrittenCondition":
        if (self.rounds_done is None) == (self.share_of_items is None):
            raise ValueError("needs either rounds_done or share_of_items")
        return self


class WrittenStopIf(Written):
    """Any or all of several conditions."""

    any: list[WrittenCondition] | None = None
    all: list[WrittenCondition] | None = None


class WrittenStopping(Written):
    """`rules.stopping`."""

    max_rounds: Annotated[int, Field(ge=1)] | None = None
    stop_if: WrittenStopIf | None = None


class WrittenMultiverse(Written):
    """`rules.multiverse`: other choices under which every verdict is decided again."""

    share_threshold: list[Share] | None = None
    share_shift: list[Share] | None = None
    opposite_limit: list[Share] | None = None
    base: list[Literal["valid", "shown", "invited"]] | None = None
    quantile: list[Literal[tuple(f"hyndman_fan_{n}" for n in range(1, 10))]] | None = None  # type: ignore[valid-type]
    rounding: list[Literal["exact", "whole_percent"]] | None = None
    weights: list[Id] | None = None
    cases: list[Literal["available", "complete"]] | None = None
    include_rules: list[Id] | None = None


class WrittenRobustness(Written):
    """`rules.robustness`: what else is tried on every verdict."""

    leave_one_out: Literal["panelist", "panellist", "group", "both", "none"] = "both"
    fragility: bool = True
    chance_baseline: bool = True
    bootstrap: Annotated[int, Field(ge=100, le=100_000)] | None = None
    seed: Annotated[int, Field(ge=0)] = 0


class WrittenRules(Written):
    """`rules`, but for its lists, which are read one by one."""

    preset: Literal[
        "default_75_15_stable", "comet_70_15", "rand_ucla", "omeract_70", "policy_delphi", "fuzzy_delphi", "ranking_delphi"
    ] | None = None  # fmt: skip
    each_group: list[Id] | None = None
    quantile: Literal[tuple(f"hyndman_fan_{n}" for n in range(1, 10))] = "hyndman_fan_7"  # type: ignore[valid-type]
    compare: Literal["counts"] = "counts"
    base: Literal["valid", "shown", "invited"] = "valid"
    consensus: list[WrittenConsensus] = []
    stability: list[WrittenStability] = []
    transitions: list[WrittenTransition] = []
    stopping: WrittenStopping | None = None
    multiverse: WrittenMultiverse = WrittenMultiverse()
    robustness: WrittenRobustness = WrittenRobustness()


class WrittenWeights(Written):
    """`analysis.weights.<id>`: the groups of a dimension count alike."""

    equalise: Id


class WrittenOpinionGroups(Written):
    """`analysis.opinion_groups`: groups of people who answer alike."""

    waves: list[Id] | None = None
    items: list[Id] | None = None
    dims: list[Id] | None = None
    numbers: Annotated[list[Annotated[int, Field(ge=2, le=20)]], Field(min_length=1)] = [2, 3, 4, 5]
    least_votes: Annotated[int, Field(ge=1)] = 7
    least_persons: Annotated[int, Field(ge=2)] = 15
    seed: Annotated[int, Field(ge=0)] = 1


class WrittenThemes(Written):
    """`analysis.themes`: themes in open answers and, if asked for, in comments."""

    waves: list[Id] | None = None
    items: list[Id] | None = None
    pool: bool = False
    comments: bool = False
    numbers: Annotated[list[Annotated[int, Field(ge=2, le=50)]], Field(min_length=1)] = [2, 3, 4, 5, 6, 7, 8]
    stop_words: list[str] = []
    seed: Annotated[int, Field(ge=0)] = 1


class WrittenNearDuplicates(Written):
    """`analysis.near_duplicates`: statements that say nearly the same, among the items and among open answers."""

    of: list[Literal["items", "answers"]] = ["items", "answers"]
    token_set: Annotated[float | int, Field(gt=0, le=100)] = 90
    cosine: Annotated[float | int, Field(gt=0, le=1)] = 0.85


class WrittenRequest(Written):
    """An element of `analysis.statistics`: a statistic of the catalogue that the default set does not have."""

    id: str
    options: dict[str, Any] = {}
    waves: list[Id] | None = None
    items: list[Id] | None = None
    dims: list[Id] | None = None


class WrittenAnalysis(Written):
    """`analysis`, as far as it is acted on."""

    weights: dict[Id, WrittenWeights] = {}
    statistics: list[WrittenRequest] = []
    opinion_groups: WrittenOpinionGroups | None = None
    themes: WrittenThemes | None = None
    near_duplicates: WrittenNearDuplicates | None = None


class WrittenSmallCells(Written):
    """`privacy.small_cells`: it can be made stricter, never switched off."""

    min_n: Annotated[int, Field(ge=3)] = 5
    complementary: Literal[True] = True


class WrittenPrivacy(Written):
    """`privacy`, as far as it is acted on."""

    small_cells: WrittenSmallCells = WrittenSmallCells()


class StudyFile(Written):
    """A whole study file."""

    studyfile: Literal["1.0"]
    study: WrittenStudy
    missing: Missing = {}
    scales: dict[Id, WrittenScale]
    themes: dict[Id, Texts] = {}
    items: list[WrittenItem] | WrittenItemBank
    item_defaults: ItemKeys = ItemKeys()
    groups: dict[Id, WrittenGroup] = {}
    panel: WrittenPanel = WrittenPanel()
    instruments: dict[Id, WrittenInstrument] = {}
    rounds: list[WrittenRound] = []
    surveys: list[WrittenSurvey] = []
    sources: list[WrittenSource]
    validation: WrittenValidation = WrittenValidation()
    rules: WrittenRules | None = None
    analysis: WrittenAnalysis = WrittenAnalysis()
    privacy: WrittenPrivacy = WrittenPrivacy()


def json_schema() -> dict[str, Any]:
    """JSON Schema of a study file, for completion and checks in editors."""
    return StudyFile.model_json_schema(by_alias=True) | {"title": "Delphi study file"}
