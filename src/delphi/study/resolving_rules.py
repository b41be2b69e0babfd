"""From written rules to resolved ones: exact thresholds, known names, presets spelled out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from delphi.study import grammar as g
from delphi.study import model as m
from delphi.study.ids import check_ids
from delphi.study.measures import OF_RANKINGS, needs_order, of_change, resolved_options, takes_rankings
from delphi.study.preset_methods import METHODS
from delphi.study.presets import judged_scales, preset_rules
from delphi.study.resolving import exact
from delphi.study.resolving_clauses import ClauseResolver, say_no_measure
from delphi.study.sections import Collected, Sections
from delphi.study.tree import Path

DEFAULT_PRESET = "default_75_15_stable"
NEVER_JUDGED_KINDS = ("open", "profile", "survey")
NEVER_JUDGED_SCALES = ("text", "number", "integer", "interval", "year", "multi", "rank")


def resolved_rules(
    parts: Sections, items: Sequence[m.Item], scales: Mapping[str, m.Scale], groups: Mapping[str, m.Group],
    waves: Sequence[m.Wave], found: Collected,
) -> m.Rules:  # fmt: skip
    """The rules of a study; without any, the default preset."""
    written = parts.rules or g.WrittenRules()
    resolver = _Resolver(items, scales, groups, waves, found)
    for kind, rules in (("consensus", parts.consensus), ("stability", parts.stability)):
        check_ids("rule", ((("rules", kind, place, "id"), one.id) for place, one in rules.items()), found)
    consensus = [resolver.consensus(place, one, written.base) for place, one in parts.consensus.items()]
    stability = [resolver.stability(place, one) for place, one in parts.stability.items()]
    transitions = [resolver.transition(place, one) for place, one in parts.transitions.items()]
    _check_base(parts, written, found)
    has_own = (
        bool((found.tree.data.get("rules") or {}).get("consensus"))
        if isinstance(found.tree.data.get("rules"), dict)
        else False
    )
    alternatives = {
        one.id: rule
        for one, rule in zip(parts.consensus.values(), consensus, strict=True)
        if one.multiverse_only
    }
    deciding = tuple(rule for rule in consensus if rule.rule_id not in alternatives)
    name = written.preset or (None if has_own else DEFAULT_PRESET)
    spelled = m.Rules()
    if name is not None and resolver.fits_preset(name, written.preset is not None, deciding):
        spelled = preset_rules(name, items, scales, waves, resolver.preset_groups(written.each_group or ()))
    elif written.each_group:
        resolver.preset_groups(written.each_group)
    if written.each_group and name is None:
        found.add(
            ("rules", "each_group"),
            "belongs to a preset, and none is named",
            "Use the clause each_group in your own rules.",
            "each_group_without_preset",
        )
    stopping = resolver.stopping(written.stopping) if written.stopping else spelled.stopping
    robustness = written.robustness
    return m.Rules(
        preset=name if spelled.consensus else None,
        quantile_type=int(written.quantile.removeprefix("hyndman_fan_")),
        consensus=(*deciding, *spelled.consensus),
        stability=(*stability, *spelled.stability) if stability else spelled.stability,
        transitions=tuple(transitions) or spelled.transitions,
        stopping=stopping,
        multiverse=resolver.multiverse(
            written.multiverse, alternatives, {rule.rule_id for rule in deciding}, parts.analysis.weights
        ),
        robustness=m.Robustness(
            leave_out_panelist=robustness.leave_one_out not in ("group", "none"),
            leave_out_group=robustness.leave_one_out in ("group", "both"),
            fragility=robustness.fragility,
            chance_baseline=robustness.chance_baseline,
        ),
        bootstrap_draws=robustness.bootstrap,
        seed=robustness.seed,
    )


def _check_base(parts: Sections, written: g.WrittenRules, found: Collected) -> None:
    """Who was invited is known from a panel register only."""
    if found.tree.data.get("panel") is not None and parts.panel.model_fields_set == set():
        return
    if parts.panel.register_ is not None:
        return
    named: list[tuple[Path, str | None]] = [(("rules", "base"), written.base)]
    named += [(("rules", "consensus", place, "base"), one.base) for place, one in parts.consensus.items()]
    for path, base in named:
        if base == "invited":
            found.add(
                path,
                "invited needs a panel register",
                "Add panel.register, or write base: shown.",
                "base_without_register",
            )


class _Resolver:
    def __init__(
        self, items: Sequence[m.Item], scales: Mapping[str, m.Scale], groups: Mapping[str, m.Group],
        waves: Sequence[m.Wave], found: Collected,
    ) -> None:  # fmt: skip
        self.items, self.scales, self.groups, self.waves, self.found = items, scales, groups, waves, found
        self.clauses = ClauseResolver(groups, found)

    def consensus(self, place: int, written: g.WrittenConsensus, base: m.Base) -> m.ConsensusRule:
        path: Path = ("rules", "consensus", place)
        applies = self._applies(written.applies_to, path)
        self._judgeable(applies, path, has_rankings(written.require))
        touched = self._scales_of(applies)
        share = None
        if written.min_valid_share is not None:
            share = exact(written.min_valid_share, (*path, "min_valid_share"), self.found, at_most_one=True)
        return m.ConsensusRule(
            rule_id=written.id,
            applies_to=applies,
            min_n=written.min_n,
            min_valid_share=share,
            base=written.base or base,
            verdict=written.verdict,
            require=self.clauses.clause(
                written.require, (*path, "require"), touched, self._scales_of(applies, "nominal")
            ),
            rationale=written.rationale,
        )

    def multiverse(
        self,
        written: g.WrittenMultiverse,
        alternatives: Mapping[str, m.ConsensusRule],
        deciding: set[str],
        weights: Mapping[str, g.WrittenWeights],
    ) -> m.Multiverse:
        """The other choices; what is not written keeps its default."""
        path: Path = ("rules", "multiverse")
        given: dict[str, object] = {}
        for key in ("share_threshold", "opposite_limit", "share_shift"):
            values = getattr(written, key)
            if values is not None:
                given[key] = tuple(
                    exact(one, (*path, key, place), self.found, at_most_one=key != "share_shift")
                    for place, one in enumerate(values)
                )
        for key in ("base", "rounding", "cases"):
            if getattr(written, key) is not None:
                given[key] = tuple(getattr(written, key))
        if written.quantile is not None:
            given["quantile"] = tuple(int(one.removeprefix("hyndman_fan_")) for one in written.quantile)
        for name, one in weights.items():
            if one.equalise not in self.groups:
                self.found.unknown(
                    ("analysis", "weights", name, "equalise"), "group", one.equalise, self.groups
                )
        for place, name in enumerate(written.weights or ()):
            if name not in weights and name != "none":
                self.found.unknown((*path, "weights", place), "weighting", name, [*weights, "none"])
        given["weights"] = tuple(
            weights[name].equalise
            for name in written.weights or ()
            if name in weights and weights[name].equalise in self.groups
        )
        for place, name in enumerate(written.include_rules or ()):
            if name not in alternatives:
                self._no_alternative((*path, "include_rules", place), name, name in deciding, alternatives)
        wanted = alternatives if written.include_rules is None else written.include_rules
        given["rules"] = tuple(alternatives[name] for name in wanted if name in alternatives)
        return m.Multiverse(**given)  # type: ignore[arg-type]

    def _no_alternative(
        self, path: Path, name: str, decides: bool, alternatives: Mapping[str, m.ConsensusRule]
    ) -> None:
        if decides:
            self.found.add(
                path, f"the rule {name!r} decides already", "Give it multiverse_only: true, or take it out here.",
                "rule_decides_already",
            )  # fmt: skip
        elif name not in _written_rules(self.found):
            self.found.unknown(path, "rule for the multiverse only", name, alternatives)

    def _applies(self, written: g.WrittenAppliesTo, path: Path) -> m.AppliesTo:
        here = (*path, "applies_to")
        kinds = (
            (written.kind,)
            if isinstance(written.kind, str)
            else tuple(written.kind)
            if written.kind
            else None
        )
        known_kinds = ("rating", "rank", *NEVER_JUDGED_KINDS)
        for kind in kinds or ():
            if kind not in known_kinds:
                self.found.unknown((*here, "kind"), "kind of item", kind, known_kinds)
        dims = {dimension for item in self.items for dimension in item.dims}
        are_items_broken = self._are_items_broken()
        for key, wanted, known in (
            ("dims", written.dims, dims),
            ("items", written.items, {item.item_id for item in self.items}),
            ("waves", written.waves, {wave.wave_id for wave in self.waves}),
        ):
            for number, name in enumerate(wanted or ()):
                if name not in known and not (key == "dims" and are_items_broken):
                    self.found.unknown(
                        (*here, key, number),
                        {"dims": "dimension", "items": "item", "waves": "wave"}[key],
                        name,
                        known,
                    )
        return m.AppliesTo(
            kinds=kinds,
            dims=tuple(written.dims) if written.dims is not None else None,
            items=tuple(written.items) if written.items is not None else None,
            waves=tuple(written.waves) if written.waves is not None else None,
        )

    def _judgeable(self, applies: m.AppliesTo, path: Path, is_on_rankings: bool) -> None:
        for kind in applies.kinds or ():
            if kind in NEVER_JUDGED_KINDS:
                self.found.add(
                    (*path, "applies_to", "kind"),
                    f"items of kind {kind} are never judged by a rule",
                    "Take the kind out.",
                    "never_judged",
                )
        for item in self.items:
            if applies.items is not None and item.item_id in applies.items:
                kinds = {self.scales[s].kind for s in item.dims.values()}
                never = set(NEVER_JUDGED_SCALES) - ({"rank"} if is_on_rankings else set())
                if item.kind in NEVER_JUDGED_KINDS or (kinds and kinds <= never):
                    self.found.add(
                        (*path, "applies_to", "items"),
                        f"item {item.item_id!r} is never judged: its kind is {item.kind}, its scale of type {', '.join(sorted(kinds))}",
                        "Take it out of the rule.",
                        "never_judged",
                    )

    def _scales_of(self, applies: m.AppliesTo, kind: str = "ordinal") -> list[m.Scale]:
        """Scales of a kind of the item × dimensions to which a rule applies, each once."""
        found: dict[str, m.Scale] = {}
        for item in self.items:
            if item.kind in NEVER_JUDGED_KINDS or (
                applies.kinds is not None and item.kind not in applies.kinds
            ):
                continue
            if applies.items is not None and item.item_id not in applies.items:
                continue
            for dimension, scale_id in item.dims.items():
                wanted = applies.dims is None or dimension in applies.dims
                if wanted and self.scales[scale_id].kind == kind:
                    found[scale_id] = self.scales[scale_id]
        return list(found.values())

    def stability(self, place: int, written: g.WrittenStability) -> m.StabilityRule:
        path: Path = ("rules", "stability", place)
        applies = self._applies(written.applies_to, path)
        entry = of_change().get(written.measure)
        options: tuple[m.Option, ...] = ()
        if entry is None:
            say_no_measure(written.measure, (*path, "measure"), list(of_change()), self.found)
        else:
            if takes_rankings(written.measure):
                met = self._scales_of(applies, "rank")
            else:
                met = self._scales_of(applies)
                met = met or ([] if needs_order(entry) else self._scales_of(applies, "nominal"))
            options = resolved_options(written.measure, entry, written.options, met, path, self.found)
        between = None
        if written.between != "previous":
            known = [wave.wave_id for wave in self.waves]
            for number, wave_id in enumerate(written.between):
                if wave_id not in known:
                    self.found.unknown((*path, "between", number), "wave", wave_id, known)
            pair = [wave_id for wave_id in written.between if wave_id in known]
            if len(written.between) != 2:
                self.found.add(
                    (*path, "between"),
                    "names an earlier and a later wave",
                    "Write between: [r1, r2].",
                    "wrong_value",
                )
            elif len(pair) == 2 and known.index(pair[0]) >= known.index(pair[1]):
                self.found.add(
                    (*path, "between"), "the earlier wave has to stand first", "", "dates_in_wrong_order"
                )
            between = (pair[0], pair[1]) if len(pair) == 2 else None
        if not written.report_only and (written.op is None or written.value is None):
            self.found.add(
                path, "a stability rule needs op and value, or report_only: true", "", "missing_key"
            )
        has = {one.name for one in entry.parameters} if entry is not None else {"tolerance", "weights"}
        for key, owner in (("tolerance", "share_unchanged"), ("weights", "weighted_kappa")):
            if key in written.model_fields_set and key not in has:
                self.found.add((*path, key), f"belongs to {owner}", "Take it out.", "rule_keys")
        return m.StabilityRule(
            rule_id=written.id,
            applies_to=applies,
            between=between,
            measure=written.measure,
            tolerance=written.tolerance,
            weights=written.weights,
            options=options,
            op=written.op,
            value=exact(written.value, (*path, "value"), self.found) if written.value is not None else None,
            min_pairs=written.min_pairs,
            report_only=written.report_only,
        )

    def transition(self, place: int, written: g.WrittenTransition) -> m.TransitionRule:
        path: Path = ("rules", "transitions", place)
        known = [wave.wave_id for wave in self.waves]
        for key in ("after", "to"):
            wave_id = getattr(written, key)
            if wave_id is not None and wave_id not in known:
                self.found.unknown((*path, key), "wave", wave_id, known)
        verdict, stability = written.when.verdict, written.when.stability
        return m.TransitionRule(
            after=written.after,
            verdict=None if verdict == "any" else verdict,
            stability=None if stability == "any" else stability,
            action=written.action,
            to=written.to,
        )

    def stopping(self, written: g.WrittenStopping) -> m.Stopping:
        path: Path = ("rules", "stopping", "stop_if")
        conditions, connective = [], "any"
        if written.stop_if is not None:
            connective = "any" if written.stop_if.any is not None else "all"
            if (written.stop_if.any is None) == (written.stop_if.all is None):
                self.found.add(path, "needs either any or all", "", "wrong_value")
            for number, one in enumerate(written.stop_if.any or written.stop_if.all or ()):
                if one.share_of_items is not None:
                    share = one.share_of_items
                    value = exact(
                        share.value, (*path, connective, number, "share_of_items", "value"), self.found, True
                    )
                    conditions.append(m.StopCondition(state=share.state, op=share.op, value=value))
                if one.rounds_done is not None:
                    conditions.append(m.StopCondition(rounds_done=one.rounds_done))
        return m.Stopping(
            max_rounds=written.max_rounds,
            connective="any" if connective == "any" else "all",
            conditions=tuple(conditions),
        )

    def fits_preset(self, name: str, is_asked_for: bool, own: Sequence[m.ConsensusRule]) -> bool:
        """Whether a preset can judge what it is for; a problem for each scale that does not suit it.

        Such a scale is none where rules of the study's own judge all of its items. A preset that is asked for judges
        something.
        """
        before = len(self.found.problems)
        method, told = METHODS[name], set()
        judged = judged_scales(name, self.items, self.scales)
        for (scale_id, dimension), item_ids in judged.items():
            obstacle = method.obstacle(self.scales[scale_id])
            if obstacle is None or scale_id in told or self._are_judged(item_ids, dimension, own):
                continue
            told.add(scale_id)
            self.found.add(
                ("scales", scale_id) if obstacle.is_of_scale else ("rules", "preset"),
                obstacle.message,
                obstacle.hint,
                "preset_bands" if obstacle.is_of_scale else "preset_scale",
            )
        suiting = [one for one, _ in judged if method.obstacle(self.scales[one]) is None]
        if is_asked_for and not told and not suiting and not self._are_items_broken():
            self.found.add(
                ("rules", "preset"),
                f"{name} judges {method.judges}, and none of the items is one",
                "Name another preset, or write rules of your own.",
                "preset_items",
            )
        return len(self.found.problems) == before

    def _are_judged(self, item_ids: Sequence[str], dimension: str, rules: Sequence[m.ConsensusRule]) -> bool:
        """Whether each item has a rule, in every wave, on this dimension."""
        kinds = {item.item_id: item.kind for item in self.items}
        everywhere = [rule.applies_to for rule in rules if rule.applies_to.waves is None]
        return all(
            any(
                (applies.items is None or item_id in applies.items)
                and (applies.dims is None or dimension in applies.dims)
                and (applies.kinds is None or kinds[item_id] in applies.kinds)
                for applies in everywhere
            )
            for item_id in item_ids
        )

    def _are_items_broken(self) -> bool:
        return any(one.path.startswith(("items", "scales")) for one in self.found.problems)

    def preset_groups(self, wanted: Sequence[str]) -> list[str]:
        """Group dimensions of a preset's `each_group` that the study has."""
        for number, group_by in enumerate(wanted):
            if group_by not in self.groups:
                self.found.unknown(("rules", "each_group", number), "group", group_by, self.groups)
        return [group_by for group_by in wanted if group_by in self.groups]


def has_rankings(written: g.WrittenClause) -> bool:
    """Whether a measure of rankings is part of a clause."""
    if any(one is not None and one.measure in OF_RANKINGS for one in (written.agreement, written.polarised)):
        return True
    parts = [*(written.all or ()), *(written.any or ())]
    if written.each_group is not None:
        parts.append(written.each_group.require)
    return any(has_rankings(one) for one in parts)


def _written_rules(found: Collected) -> set[str]:
    """Ids under `rules.consensus`, also of rules that could not be read: that has been said."""
    rules = found.tree.data.get("rules")
    written = rules.get("consensus") if isinstance(rules, dict) else None
    return {str(one.get("id")) for one in written or () if isinstance(one, dict)}
