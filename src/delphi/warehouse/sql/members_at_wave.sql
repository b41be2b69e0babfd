-- members_at_wave: one row per respondent and group dimension, as far as known when the wave was returned: the first
-- group that was told counts, the register before all waves.
select counting_people.person, memberships.group_by, memberships.group_value
from memberships
join counting_people using (respondent_id)
left join waves as told using (wave_id)
where told.sequence is null or told.sequence <= (select sequence from waves where wave_id = $wave_id)
qualify
    row_number() over (
        partition by memberships.respondent_id, memberships.group_by order by told.sequence nulls first
    ) = 1
