-- undo_other_waves: no stage of a wave that the study no longer has is done any more.
update runs
set state = 'undone'
where state = 'done' and not list_contains($waves, wave_id)
