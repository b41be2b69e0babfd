-- last_done_run: inputs and code of the last run of a stage and wave that wrote its data.
select inputs_sha256, code_version
from runs
where stage = $stage and wave_id is not distinct from $wave_id and state = 'done'
order by finished_at desc
limit 1
