-- members_at_wave: one row per respondent and group dimension, as far as known when the wave was returned: the first
-- group that was told counts, the register before all waves.
select
    counting_people.person, memberships.group_by,
    arg_min(memberships.group_value, coalesce(told.sequence, -1)) as group_value
from memberships
join counting_people using (respondent_id)
left join waves as told using (wave_id)
where told.sequence is null or told.sequence <= (select sequence from waves where wave_id = $wave_id)
group by counting_people.person, memberships.group_by
