-- answer_kinds: per item and dimension asked in a wave, kind of respondent (its groups of some group dimensions) and category,
-- how many chose it; no value: saw the item and gave no valid answer. Only those who returned all of some waves count.
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
returned as (
    select respondent_id
    from submissions
    where is_current and list_contains($returned, wave_id)
    group by respondent_id
    having count(distinct wave_id) = len($returned)
)
select
    answers.item_id, answers.dimension, coalesce(kinds.kind, '') as kind,
    case when answers.missing is null then answers.value end as value, count(*) as n
from answers
join returned using (respondent_id)
left join kinds using (respondent_id)
where
    answers.wave_id = $wave_id and answers.part = ''
    and (
        (answers.missing is null and answers.value is not null) or list_contains($shown, answers.missing)
    )
group by all
