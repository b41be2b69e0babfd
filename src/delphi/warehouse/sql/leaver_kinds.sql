-- leaver_kinds: per item and dimension asked in a wave, kind of respondent and category, the last answers of those who gave a
-- valid one in an earlier round, to the same wording, and did not return this wave.
with members as (
    select memberships.respondent_id, memberships.group_by, memberships.group_value
    from memberships
    left join waves as told using (wave_id)
    where
        list_contains($dimensions, memberships.group_by)
        and (told.sequence is null or told.sequence <= (select sequence from waves where wave_id = $wave_id))
    qualify
        row_number() over (
            partition by memberships.respondent_id, memberships.group_by order by told.sequence nulls first
        ) = 1
),
kinds as (
    select respondent_id, string_agg(group_by || chr(31) || group_value, chr(30) order by group_by) as kind
    from members
    group by respondent_id
),
here as (select item_id, dimension, wording from asked where wave_id = $wave_id),
last_answers as (
    select answers.respondent_id, answers.item_id, answers.dimension, answers.value
    from answers
    join asked using (wave_id, item_id, dimension)
    join here using (item_id, dimension, wording)
    join waves using (wave_id)
    where
        list_contains($earlier, answers.wave_id) and answers.part = '' and answers.missing is null
        and answers.value is not null
        and answers.respondent_id not in (
            select respondent_id from submissions where is_current and wave_id = $wave_id
        )
    qualify
        row_number() over (
            partition by answers.respondent_id, answers.item_id, answers.dimension order by waves.sequence desc
        ) = 1
)
select
    last_answers.item_id, last_answers.dimension, coalesce(kinds.kind, '') as kind, last_answers.value, count(*) as n
from last_answers
left join kinds using (respondent_id)
group by all
