-- undo_stage: a stage whose rows were taken out again is not done any more.
update runs
set state = 'undone'
where state = 'done' and stage = $stage
