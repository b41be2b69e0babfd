-- votes_of_wave: one row per current rating of a wave, and per "no opinion" on one; place numbers items in the order of the study.
select
    answers.respondent_id, answers.item_id, answers.dimension, answers.value, answers.missing
from answers
join items using (item_id, dimension)
where
    answers.wave_id = $wave_id and answers.part = ''
    and (answers.missing = 'no_opinion' or (answers.missing is null and answers.value is not null))
order by answers.respondent_id, items.sequence, items.dimension_sequence
