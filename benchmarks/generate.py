"""Studies and long files to measure with: waves × respondents × items, missing answers, attrition, drift."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

POINTS = 9
GROUPS = ("company", "employer", "government", "city", "civil")


def answers(
    respondents: int, items: int, waves: int, missing: float, attrition: float, drift: float, seed: int
) -> np.ndarray:
    """Answers 1 to 9 as `(waves, respondents, items)`; 0 is no answer, a row of zeros is no return."""
    rng = np.random.default_rng(seed)
    centre = rng.uniform(3, 8, size=items)
    person = rng.normal(0, 1.2, size=(respondents, items))
    cube = np.zeros((waves, respondents, items), dtype=np.int8)
    staying = np.ones(respondents, dtype=bool)
    for wave in range(waves):
        if wave:
            staying &= rng.random(respondents) >= attrition
        target = centre + (7.5 - centre) * drift * wave
        spread = rng.normal(0, 0.7, size=(respondents, items))
        raw = np.rint(target + person * (1 - drift * wave) + spread)
        value = np.clip(raw, 1, POINTS).astype(np.int8)
        value[rng.random((respondents, items)) < missing] = 0
        cube[wave, staying] = value[staying]
    return cube


def study_folder(
    folder: Path,
    respondents: int = 60,
    items: int = 80,
    waves: int = 3,
    missing: float = 0.04,
    attrition: float = 0.1,
    drift: float = 0.15,
    seed: int = 1,
) -> Path:
    """Write a study file and one wide CSV per wave; the default is the typical study of 60 × 80 × 3."""
    folder.mkdir(parents=True, exist_ok=True)
    cube = answers(respondents, items, waves, missing, attrition, drift, seed)
    ids = [f"i{item + 1:03d}" for item in range(items)]
    lines = [
        'studyfile: "1.0"',
        f'study: {{id: {folder.name}, title: "Generated study of {respondents} x {items} x {waves}"}}',
        "scales:",
        "  imp9: {type: ordinal, min: 1, max: 9, bands: {low: [1, 3], middle: [4, 6], high: [7, 9]}}",
        "item_defaults: {scale: imp9}",
        "items:",
        *(f'  - {{id: {item_id}, text: "Generated statement {item_id}"}}' for item_id in ids),
        f"groups: {{role: {{label: Role, categories: [{', '.join(GROUPS)}]}}}}",
        "rounds:",
        *(f"  - {{id: r{wave + 1}}}" for wave in range(waves)),
        "sources:",
        f"  - {{for: [{', '.join(f'r{wave + 1}' for wave in range(waves))}], platform: csv, "
        'file: "{wave}.csv", key: respondent_id, key_is_pseudonym: true}',
    ]
    (folder / "study.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for wave in range(waves):
        with (folder / f"r{wave + 1}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["respondent_id", "role", *ids])
            for person in range(respondents):
                row = cube[wave, person]
                if row.any():
                    role = GROUPS[person % len(GROUPS)]
                    writer.writerow([f"p{person:05d}", role, *(int(v) if v else "" for v in row)])
    return folder


def long_parquet(
    path: Path, rows: int, items: int = 80, waves: int = 3, groups: int = 5, seed: int = 1
) -> Path:
    """Write about `rows` answers as one long Parquet file, a row per answer, by respondent and wave.

    Columns: wave, respondent, item, grp, value (1 to 9; null for 4 % of the asked answers). A tenth of the
    respondents leaves before each later wave; from wave to wave more answers move to their item's centre.
    Made inside DuckDB, so that size costs disk and not memory; the same numbers give the same rows.
    """
    import duckdb

    respondents = max(1, round(rows / (items * sum(0.9**wave for wave in range(waves)))))
    with duckdb.connect() as connection:
        connection.execute("set preserve_insertion_order = true; set enable_progress_bar = false")
        connection.execute(
            """
            copy (
                select
                    w::utinyint as wave, r::uinteger as respondent, i::usmallint as item,
                    (r % $groups)::utinyint as grp,
                    case when hash(r, i, w, $seed) % 100 < 4 then null else
                        least(9, greatest(1, 4 + (hash(i, $seed) % 4)::int
                            + case when hash(r, i, w, 5, $seed) % 10 < 3 * w then 0
                                else (hash(r, i, $seed) % 5)::int - 2 end
                            + (hash(r, i, w, 7, $seed) % 3)::int - 1
                        ))::utinyint end as value
                from (
                    select
                        n // ($waves * $items) as r, n // $items % $waves as w, n % $items as i
                    from range($respondents * $waves * $items) rows(n)
                )
                where (hash(r, 99, $seed) % 1000) / 1000.0 < pow(0.9, w)
            ) to {path} (format parquet, compression zstd, row_group_size 1000000)
            """.replace("{path}", _quoted(path)),
            {"groups": groups, "seed": seed, "respondents": respondents, "waves": waves, "items": items},
        )
    return path


def flawed(source: Path, path: Path, one_in: int = 1_000_000) -> Path:
    """The same long file with an answer off the scale in one row of so many, and one row of so many standing twice."""
    import duckdb

    with duckdb.connect() as connection:
        connection.execute("set preserve_insertion_order = true; set enable_progress_bar = false")
        connection.execute(
            f"""copy (
                select * replace (
                    case when hash(wave, respondent, item, 1) % {one_in} = 0 then 77 else value end::utinyint as value
                ) from read_parquet({_quoted(source)})
                union all
                select * from read_parquet({_quoted(source)}) where hash(wave, respondent, item, 2) % {one_in} = 0
            ) to {_quoted(path)} (format parquet, compression zstd, row_group_size 1000000)"""
        )
    return path


def scattered(source: Path, path: Path) -> Path:
    """The same long file by wave and item with the respondents shuffled: the order that suits counting least."""
    import duckdb

    with duckdb.connect() as connection:
        connection.execute("set enable_progress_bar = false; set memory_limit = '6GB'")
        connection.execute(f"set temp_directory = {_quoted(path.parent / 'spill')}")
        connection.execute(
            f"copy (select * from read_parquet({_quoted(source)}) order by wave, item, hash(respondent)) "
            f"to {_quoted(path)} (format parquet, compression zstd, row_group_size 1000000)"
        )
    return path


def long_of_study(folder: Path, path: Path) -> Path:
    """The same answers as one long Parquet file, with numbers for waves, respondents, items and groups."""
    import duckdb

    with duckdb.connect() as connection:
        parts = []
        for wave, source in enumerate(sorted(folder.glob("r*.csv"))):
            with source.open(newline="", encoding="utf-8") as file:
                rows = list(csv.DictReader(file))
            for row in rows:
                person, group = int(row["respondent_id"][1:]), GROUPS.index(row["role"])
                parts += [
                    (wave, person, item, group, int(cell) if cell else 0)
                    for item, cell in enumerate(value for name, value in row.items() if name.startswith("i"))
                ]
        columns = np.array(parts, np.int64).T
        names = ("wave", "respondent", "item", "grp", "value")
        connection.register("long", dict(zip(names, map(np.ascontiguousarray, columns), strict=True)))
        connection.execute(
            "copy (select wave, respondent, item, grp, nullif(value, 0) as value from long) "
            f"to {_quoted(path)} (format parquet)"
        )
    return path


def _quoted(path: Path) -> str:
    """A path as a statement has it."""
    return "'" + str(path).replace("'", "''") + "'"
