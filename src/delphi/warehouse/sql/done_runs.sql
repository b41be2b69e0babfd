-- done_runs: inputs and code of the runs of a stage and wave that wrote their data, the last one last.
select inputs_sha256, code_version
from runs
where stage = $stage and wave_id is not distinct from $wave_id and state = 'done'
order by finished_at
