-- begin_run: one row of runs for a stage that starts.
insert into runs (
    run_id, stage, wave_id, started_at, finished_at, state, code_version, study_file_sha256, inputs_sha256
)
values (
    $run_id, $stage, $wave_id, $started_at, null, 'started', $code_version, $study_file_sha256, $inputs_sha256
)
