-- earlier_memberships: groups that some waves gave first.
select respondent_id, group_by, group_value
from memberships
where list_contains($waves, wave_id)
order by respondent_id, group_by
