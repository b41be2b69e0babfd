-- latest_runs: one row per stage and wave, its last run.
select runs.*
from runs
left join waves using (wave_id)
qualify row_number() over (partition by runs.stage, runs.wave_id order by runs.started_at desc) = 1
order by waves.sequence nulls first, runs.started_at
