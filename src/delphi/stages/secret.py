"""The study's secret for pseudonyms: made once, known by its fingerprint in the journal, never replaced in silence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from delphi.errors import Problem, WarehouseError
from delphi.ingest.journal import Journal
from delphi.ingest.pseudonym import fingerprint, pseudonymiser
from delphi.study import Study, StudyFolder


def needs_secret(study: Study) -> bool:
    """Whether anybody's key becomes a pseudonym; a study whose keys all are one needs no secret."""
    register = study.panel.register_
    keys = [source.key_is_pseudonym for source in study.sources]
    return not (all(keys) and (register is None or register.key_is_pseudonym))


def pseudonyms_of(folder: StudyFolder, study: Study) -> Callable[[str], str]:
    """How a respondent's key becomes a pseudonym.

    Raises
    ------
    WarehouseError
        If the secret is missing though the study had one, or is another one than before: then nobody's rounds
        could be linked, and nobody would notice.
    """
    if not needs_secret(study):
        return str
    journal = Journal(folder.journal)
    known = known_fingerprint(journal)
    function = pseudonymiser(folder.pseudonym_key, study.study_id, create=known is None)
    if problem := secret_problem(folder, known):
        raise WarehouseError(problem)
    if known is None:
        journal.append(
            "secret",
            {"fingerprint": fingerprint(folder.pseudonym_key)},
            datetime.now(UTC),
            unless=lambda event: event.kind == "secret",
        )
    return function


def known_fingerprint(journal: Journal) -> str | None:
    """Fingerprint of the secret with which the study began; None before its first run."""
    found = [event.facts["fingerprint"] for event in journal.events() if event.kind == "secret"]
    return str(found[0]) if found else None


def secret_problem(folder: StudyFolder, known: str | None) -> Problem | None:
    """What is wrong with the secret, if the journal knows one.

    Raises
    ------
    WarehouseError
        If it is missing or damaged.
    """
    if known is None or fingerprint(folder.pseudonym_key) == known:
        return None
    return Problem(
        folder.pseudonym_key.name, 0, 0, "", "is not the secret with which this study began",
        "Restore it from your backup of secrets: with another one nobody's rounds can be linked.", "key_changed",
    )  # fmt: skip
