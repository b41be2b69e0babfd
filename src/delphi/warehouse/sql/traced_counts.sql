-- traced_counts: how many chose what, at one place.
select dimension, part, value, n
from counts
where wave_id = $wave and item_id = $item and group_by = $group_by and group_value = $group_value
  and ($dimension is null or dimension = $dimension) and ($part is null or part = $part)
order by all
