"""A check of inputs: their decisions, what of these fails the check, and what is shown beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sealgate import baseline, decisions, origins, questions
from sealgate.errors import EngineError
from sealgate.reports import Comparison, Result

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sealgate.baseline import Baseline
    from sealgate.engines import Engine
    from sealgate.questions import KeyChange
    from sealgate.reading.places import Path as Place
    from sealgate.reading.terraform_source import SourceTree


@dataclass(frozen=True, kw_only=True)
class Check:
    """What holds for all inputs of one check."""

    strict: bool = False
    """Whether every finding fails it."""
    tree: SourceTree | None = None
    """Where the blocks of a plan's resources stand."""
    baseline: Baseline | None = None
    """What is accepted; each finding that it accepts uses it up."""
    accepts_all: bool = False
    """Whether a baseline is written, which accepts all that a baseline may."""

    def decide(self, engine: Engine, source: str, document: Mapping[str, Any], place: Place = ()) -> Result:
        """Return the decision on the input document that came from `source`, with what stands beside it.

        Of a file with several inputs `place` says where in it this one stands, as in `inputs.Input`.

        Every verdict is the engine's. It is asked again where a baseline accepts all denials, since something else may
        keep it from allowing, and for what exceptions cover. Raises EngineError where it has no answer.
        """
        if self.strict:
            document = {**document, "settings": {**document["settings"], "unverified": "deny"}}
        decision = decisions.decide(engine, document)
        accepted = self._accepted(decision["findings"])
        return Result(
            source=source,
            decision=decision,
            locate=origins.of_input(source, document["subject"], self.tree, place),
            place=place,
            baselined=accepted,
            allowed_apart_from_baseline=_allows_apart_from(accepted, engine, document, decision),
            excepted=decisions.excepted(engine, document, decision),
            key_changes=_key_changes(engine, document),
        )

    def comparison(self, results: Sequence[Result], written: str | None) -> Comparison | None:
        """Return what became of the baseline that was read, or of the one that was `written`."""
        accepted = sum(len(result.baselined) for result in results)
        if self.baseline is None:
            return None if written is None else Comparison(source=written, accepted=accepted, fixed=[])
        complete = all(result.decision is not None for result in results)
        return Comparison(
            source=self.baseline.source, accepted=accepted, fixed=self.baseline.fixed if complete else None
        )

    def _accepted(self, findings: Sequence[decisions.Finding]) -> frozenset[int]:
        if self.accepts_all:
            return baseline.acceptable(findings)
        return frozenset() if self.baseline is None else self.baseline.accept(findings)


def _key_changes(engine: Engine, document: Mapping[str, Any]) -> Sequence[KeyChange] | None:
    """Return who gains and who loses keys by a plan; None where that can't be told. It is no part of the verdict."""
    if "terraform_plan" not in document["subject"]:
        return ()
    try:
        return questions.compare(engine, document)
    except EngineError:
        return None


def _allows_apart_from(
    accepted: frozenset[int], engine: Engine, document: Mapping[str, Any], decision: decisions.Decision
) -> bool:
    findings = decision["findings"]
    denies = {index for index, finding in enumerate(findings) if finding["enforcement"] == "deny"}
    if decision["allowed"] or not denies or not denies <= accepted:
        return False
    rules = {rule for index in denies for rule in decisions.rule_ids(findings[index])}
    return decisions.allows_apart_from(engine, document, rules)
