-- transitions: one row per earlier wave, part of an item asked in both waves, group and move that occurred; null is no
-- valid answer. Whoever returned neither wave is not there.
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
earlier as (
    select wave_id
    from waves
    where
        sequence < (select sequence from waves where wave_id = $wave_id)
        and wave_id in (select wave_id from submissions where is_current)
),
pairs as (
    select earlier.wave_id as versus_wave_id, later.item_id, later.dimension, later.part, later.scale_id
    from asked_parts as later
    join asked_parts as before using (item_id, dimension, part)
    join earlier on earlier.wave_id = before.wave_id
    where later.wave_id = $wave_id and later.scale_id in (select scale_id from counted_values)
),
returned as (
    select distinct earlier.wave_id as versus_wave_id, submissions.respondent_id
    from earlier
    join submissions on submissions.wave_id in (earlier.wave_id, $wave_id)
    where submissions.is_current
),
valid as (
    select
        answers.wave_id, answers.respondent_id, answers.item_id, answers.dimension, answers.part,
        counted_values.value
    from answers
    join items using (item_id, dimension)
    join counted_values on counted_values.scale_id = items.scale_id and counted_values.value = answers.value
    where exists (
        from submissions
        where
            submissions.wave_id = answers.wave_id and submissions.respondent_id = answers.respondent_id
            and submissions.is_current
    )
)
select
    cast($wave_id as varchar) as wave_id, pairs.versus_wave_id, pairs.item_id, pairs.dimension, pairs.part,
    members.group_by, members.group_value, before.value as value_before, after.value as value_after, count(*) as n
from pairs
join returned using (versus_wave_id)
join members using (respondent_id)
join shown_groups using (group_by, group_value)
left join valid as before
    on before.wave_id = pairs.versus_wave_id and before.item_id = pairs.item_id
    and before.dimension = pairs.dimension and before.part = pairs.part
    and before.respondent_id = returned.respondent_id
left join valid as after
    on after.wave_id = $wave_id and after.item_id = pairs.item_id and after.dimension = pairs.dimension
    and after.part = pairs.part and after.respondent_id = returned.respondent_id
group by all
