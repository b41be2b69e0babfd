-- counting_cells: the parts of items that the wave asks, numbered from 0 in the order of the study file.
create or replace temp table counting_cells as
select
    cast(row_number() over (order by sequence, dimension_sequence, place) - 1 as integer) as cell,
    item_id, dimension, part, scale_id
from asked_parts
where wave_id = $wave_id
