-- counts: one row per part of an item asked in the wave, group and value of its scale; n is 0 where nobody chose it.
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
    select distinct respondent_id
    from submissions
    where wave_id = $wave_id and is_current
),
chosen as (
    select
        answers.item_id, answers.dimension, answers.part, members.group_by, members.group_value, answers.value,
        count(*) as n
    from answers
    join returned using (respondent_id)
    join members using (respondent_id)
    where answers.wave_id = $wave_id and answers.value is not null
    group by all
)
select
    asked_parts.wave_id, asked_parts.item_id, asked_parts.dimension, asked_parts.part, shown_groups.group_by,
    shown_groups.group_value, counted_values.value, coalesce(chosen.n, 0) as n
from asked_parts
join counted_values using (scale_id)
cross join shown_groups
left join chosen
    on chosen.item_id = asked_parts.item_id and chosen.dimension = asked_parts.dimension
    and chosen.part = asked_parts.part and chosen.group_by = shown_groups.group_by
    and chosen.group_value = shown_groups.group_value and chosen.value = counted_values.value
where asked_parts.wave_id = $wave_id
