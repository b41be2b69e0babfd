-- answers_without_submission: one row per wave with answers whose respondent has no return that counts.
select 'answers' as table_name, 'wave ' || wave_id || ' has ' || count(*) || ' answers without a return' as problem
from answers
where not exists (
    from submissions
    where
        submissions.wave_id = answers.wave_id and submissions.respondent_id = answers.respondent_id
        and submissions.is_current
)
group by wave_id
order by wave_id
