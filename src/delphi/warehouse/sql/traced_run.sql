-- traced_run: the work that wrote a stage's data of a wave.
select study_file_sha256, code_version, inputs_sha256
from runs
where stage = $stage and wave_id = $wave_id and state = 'done'
order by finished_at desc
limit 1
