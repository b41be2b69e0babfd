-- people_compared: one row per respondent and wave, of the waves in $waves, that he or she returned.
select distinct counting_people.person, cast(list_position($waves, submissions.wave_id) - 1 as integer) as wave
from submissions
join counting_people using (respondent_id)
where submissions.is_current and list_contains($waves, submissions.wave_id)
