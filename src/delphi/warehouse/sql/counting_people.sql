-- counting_people: the respondents of the waves compared, numbered from 0.
create or replace temp table counting_people as
select cast(row_number() over (order by respondent_id) - 1 as integer) as person, respondent_id
from (
    select distinct respondent_id
    from submissions
    where is_current and list_contains($waves, wave_id)
)
