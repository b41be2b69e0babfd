-- finish_run: how and when a run ended.
update runs
set state = $state, finished_at = $finished_at
where run_id = $run_id
