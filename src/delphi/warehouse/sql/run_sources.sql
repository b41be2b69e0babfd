-- run_sources: one row per file version and wave, as the end of a run shows it.
select sources.wave_id as wave, file_name as file, version, records, accepted, quarantined, ignored
from sources
left join waves using (wave_id)
order by waves.sequence, entry_id, version, file_name
