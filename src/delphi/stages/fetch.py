"""Bring what the servers of a study have into its folder, as the files that its sources name; all of it or nothing.

This is no stage of a run: a run works on what lies in the folder and asks nobody. Of every file that is written the
journal keeps from which kind of server it came, with how many records, and its sha256.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from delphi.errors import AnswersError, Problem, UsageError
from delphi.ingest.fetching.credential import Secret, read_secret
from delphi.ingest.fetching.patience import Patience
from delphi.ingest.fetching.pulling import Pulled, pull
from delphi.ingest.fetching.refusing import PullError
from delphi.ingest.journal import Journal
from delphi.ingest.received import digest_of
from delphi.ingest.refusing import refusal
from delphi.stages.context import study_of
from delphi.stages.plan import check_waves
from delphi.study import Source, Study, StudyFolder
from delphi.study.model import Fetch
from delphi.whole_files import put_whole


@dataclass(frozen=True)
class Errand:
    """A file to be fetched: for which waves, from where, and the entries of `sources` that read it."""

    file_name: str
    waves: tuple[str, ...]
    fetch: Fetch
    entry_ids: tuple[str, ...]

    @property
    def title(self) -> str:
        """How people see it."""
        return f"fetch {self.file_name}"


@dataclass(frozen=True)
class Fetched:
    """What became of an errand.

    `state` is `new` or `changed` when the file was written, `unchanged` when it lay there as it came, `empty` when the
    server has no response yet, and `not_open` when the wave opens later and the server was not asked.
    """

    errand: Errand
    state: str
    records: int | None = None
    sha256: str | None = None


def fetch(
    folder: StudyFolder,
    wave_ids: tuple[str, ...],
    now: datetime,
    patience: Patience | None = None,
    before: Callable[[Errand], None] = lambda errand: None,
) -> list[Fetched]:
    """Fetch every file whose source names a server; `wave_ids` narrows that to these waves.

    Parameters
    ----------
    now : the time, with its zone: waves that open later are asked for only by name
    before : called before each errand

    Raises
    ------
    UsageError
        If no source names a server, or a wave is unknown.
    AnswersError
        If a pull is refused; then no file is written, and what lies in the folder stays.
    """
    study = study_of(folder)
    check_waves(study, wave_ids)
    errands = errands_of(study, wave_ids)
    open_now = [one for one in errands if wave_ids or _is_open(study, one, now)]
    secrets = _secrets(folder, open_now)
    pulls = _pulls(open_now, secrets, patience or Patience(), before)
    lying = _lying(folder, open_now, pulls)
    done = {
        one.file_name: _put(folder, one, pulled, old, now)
        for one, pulled, old in zip(open_now, pulls, lying, strict=True)
    }
    return [done.get(one.file_name, Fetched(one, "not_open")) for one in errands]


def errands_of(study: Study, wave_ids: tuple[str, ...] = ()) -> list[Errand]:
    """The files that can be fetched, in the order of the study file; one that several entries read is fetched once.

    Raises
    ------
    UsageError
        If there is none.
    """
    found: dict[str, Errand] = {}
    for source in study.sources:
        for errand in _of_source(source):
            old = found.get(errand.file_name)
            entries = (*old.entry_ids, *errand.entry_ids) if old else errand.entry_ids
            waves = tuple(dict.fromkeys((*(old.waves if old else ()), *errand.waves)))
            found[errand.file_name] = Errand(errand.file_name, waves, errand.fetch, entries)
    wanted = [one for one in found.values() if not wave_ids or set(wave_ids) & set(one.waves)]
    if not wanted:
        raise UsageError(
            f"No source{' of ' + ', '.join(wave_ids) if wave_ids else ''} names a server to fetch from.",
            "Name one: fetch: {server: kobo, url: ..., token: {env: KOBO_TOKEN}} (docs/study-file.md), "
            "or put the export into the study folder by hand.",
        )
    return wanted


def _of_source(source: Source) -> Iterator[Errand]:
    if source.fetch is None:
        return
    name = source.file.replace("\\", "/")
    if "{wave}" not in name:
        yield Errand(name, source.waves, source.fetch, (source.entry_id,))
        return
    for wave_id in source.waves:
        filled = name.replace("{wave}", wave_id)
        yield Errand(filled, (wave_id,), source.fetch.of_wave(wave_id), (source.entry_id,))


def _is_open(study: Study, errand: Errand, now: datetime) -> bool:
    opening = [study.wave(wave_id).opens_at for wave_id in errand.waves]
    return any(opens_at is None or opens_at <= now for opens_at in opening)


def _secrets(folder: StudyFolder, errands: Sequence[Errand]) -> list[Secret]:
    """The token of every errand, before anybody is asked anything."""
    secrets: list[Secret] = []
    problems: list[Problem] = []
    for one in errands:
        try:
            secrets.append(read_secret(one.fetch, folder.root))
        except PullError as error:
            problems.append(Problem(one.file_name, 0, 0, "fetch", error.message, error.hint, error.code))
    if problems:
        raise AnswersError(problems)
    return secrets


def _pulls(
    errands: Sequence[Errand], secrets: Sequence[Secret], patience: Patience, before: Callable[[Errand], None]
) -> list[Pulled]:
    """Every pull, or every reason why one is refused."""
    pulls: list[Pulled] = []
    problems: list[Problem] = []
    for one, secret in zip(errands, secrets, strict=True):
        before(one)
        try:
            pulls.append(pull(one.fetch, secret, one.file_name, patience))
        except AnswersError as error:
            problems.extend(error.problems)
    if problems:
        raise AnswersError(problems)
    return pulls


def _lying(folder: StudyFolder, errands: Sequence[Errand], pulls: Sequence[Pulled]) -> list[str | None]:
    """Sha256 of what lies under each name. A file that exists nowhere else is never overwritten."""
    kept = {
        event.facts["sha256"]
        for event in Journal(folder.journal).events()
        if event.kind in ("delivery", "fetch")
    }
    found: list[str | None] = []
    problems: list[Problem] = []
    for one, pulled in zip(errands, pulls, strict=True):
        path = _path(folder, one)
        if not path.exists() and not path.is_symlink():
            found.append(None)
            continue
        try:
            lying = digest_of(path)
        except AnswersError as error:
            problems.extend(error.problems)
            continue
        if lying not in {*kept, pulled.sha256} and pulled.records:
            problems.append(
                Problem(
                    one.file_name, 0, 0, "fetch", "a file lies there that was not fetched and has not been taken in yet",
                    "`delphi run` takes it in, then fetch again; or move it away.", "would_overwrite",
                )
            )  # fmt: skip
        found.append(lying)
    if problems:
        raise AnswersError(problems)
    return found


def _path(folder: StudyFolder, errand: Errand) -> Path:
    """Where the file belongs.

    Raises
    ------
    AnswersError
        If a link leads out of the study folder on the way there.
    """
    path = folder.root.joinpath(*PurePosixPath(errand.file_name).parts)
    if not path.parent.resolve().is_relative_to(folder.root.resolve()):
        raise refusal(
            errand.file_name, "outside_folder", "a link leads out of the study folder on the way there",
            "Name a file that lies in the study folder.", path="fetch",
        )  # fmt: skip
    return path


def _put(folder: StudyFolder, errand: Errand, pulled: Pulled, lying: str | None, now: datetime) -> Fetched:
    """Write what came unless it lies there, and tell the journal unless that is the last it was told of this file."""
    if not pulled.records:
        return Fetched(errand, "empty", 0)
    if lying != pulled.sha256:
        path = _path(folder, errand)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        put_whole(path, pulled.data)
    journal = Journal(folder.journal)
    events = journal.events()
    for entry_id in errand.entry_ids:
        facts = {
            "entry_id": entry_id, "waves": list(errand.waves), "file": errand.file_name, "server": errand.fetch.server,
            "records": pulled.records, "sha256": pulled.sha256,
        }  # fmt: skip
        told = [event.facts for event in events if event.kind == "fetch" and _is_about(event.facts, facts)]
        if told[-1:] != [facts]:
            journal.append("fetch", facts, now)
    state = "unchanged" if lying == pulled.sha256 else "new" if lying is None else "changed"
    return Fetched(errand, state, pulled.records, pulled.sha256)


def _is_about(told: Mapping[str, Any], facts: Mapping[str, Any]) -> bool:
    return (told["entry_id"], told["file"]) == (facts["entry_id"], facts["file"])
