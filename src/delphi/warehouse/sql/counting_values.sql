-- counting_values: the values of every scale with their places, which each wave that is read is joined with.
create or replace temp table counting_values as
select scale_id, value, place
from counted_values
