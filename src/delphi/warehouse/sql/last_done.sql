-- last_done: the last run of each stage and wave that wrote its data, with what it worked on.
select stage, wave_id, run_id, inputs_sha256, code_version
from runs
where state = 'done'
qualify row_number() over (partition by stage, wave_id order by rowid desc) = 1
