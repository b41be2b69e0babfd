-- names_of_findings: waves, items and files of the study, which a filter of findings may name although nothing was found.
select 'wave' as name, wave_id as value from waves
union
select 'item', item_id from items
union
select 'file', file_name from sources
