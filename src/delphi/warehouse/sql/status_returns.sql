-- status_returns: returns of each wave by group.
select memberships.group_by, memberships.group_value as "group", submissions.wave_id as wave,
    count(distinct submissions.respondent_id) as returned
from submissions
join memberships using (respondent_id)
where submissions.is_current
group by memberships.group_by, memberships.group_value, submissions.wave_id
order by memberships.group_by, memberships.group_value, submissions.wave_id
