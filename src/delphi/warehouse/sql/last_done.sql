-- last_done: the runs that wrote their data, with what they worked on; the last of a stage and wave comes last.
select stage, wave_id, run_id, inputs_sha256, code_version
from runs
where state = 'done'
order by rowid
