-- earlier_submissions: current returns of some waves.
select distinct wave_id, respondent_id, state
from submissions
where is_current and list_contains($waves, wave_id)
order by wave_id, respondent_id
