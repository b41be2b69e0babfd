-- nonanswers: one row per part of an item asked in the wave, group and reason for no answer that occurred there.
with members as (
    select distinct respondent_id, 'all' as group_by, 'all' as group_value
    from submissions
    union all
    select memberships.respondent_id, memberships.group_by, memberships.group_value
    from memberships
    left join waves as told using (wave_id)
    where told.sequence is null or told.sequence <= (select sequence from waves where wave_id = $wave_id)
    qualify
        row_number() over (
            partition by memberships.respondent_id, memberships.group_by order by told.sequence nulls first
        ) = 1
),
shown_groups as (
    select 'all' as group_by, 'all' as group_value
    union all
    select group_by, group_value from groups
),
returned as (
    select distinct members.group_by, members.group_value, members.respondent_id
    from submissions
    join members using (respondent_id)
    join shown_groups using (group_by, group_value)
    where submissions.wave_id = $wave_id and submissions.is_current
)
select
    asked_parts.wave_id, asked_parts.item_id, asked_parts.dimension, asked_parts.part, returned.group_by,
    returned.group_value,
    case when answers.respondent_id is null then 'not_shown' else answers.missing end as missing,
    count(*) as n
from asked_parts
cross join returned
left join answers
    on answers.wave_id = asked_parts.wave_id and answers.item_id = asked_parts.item_id
    and answers.dimension = asked_parts.dimension and answers.part = asked_parts.part
    and answers.respondent_id = returned.respondent_id
where asked_parts.wave_id = $wave_id and (answers.respondent_id is null or answers.missing is not null)
group by all
