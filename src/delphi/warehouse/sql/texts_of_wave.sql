-- texts_of_wave: one row per current open answer of a wave, or per comment, with the language of its return.
with returned as (
    select respondent_id, any_value(language order by source_id, source_row) as language
    from submissions
    where is_current and wave_id = $wave_id
    group by respondent_id
)
select
    answers.respondent_id, case when $comments then 'comments' else answers.item_id end as item_id,
    case when $comments then string_agg(answers.comment, ' ' order by answers.item_id, answers.dimension, answers.part)
        else string_agg(answers.text, ' ' order by answers.dimension, answers.part) end as text,
    coalesce(any_value(returned.language), '') as language
from answers
join returned using (respondent_id)
where answers.wave_id = $wave_id and case when $comments then answers.comment is not null else answers.text is not null end
group by answers.respondent_id, case when $comments then 'comments' else answers.item_id end
order by 2, 1
