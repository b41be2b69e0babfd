-- traced_statistic: the rows of a statistic at one place; a null part of the address does not restrict.
select
    wave_id, versus_wave_id, item_id, dimension, part, group_by, group_value, statistic, value, label, low, high, n, reason,
    flags, params
from statistics
where wave_id = $wave and item_id = $item and statistic = $statistic
  and group_by = $group_by and group_value = $group_value
  and ($dimension is null or dimension = $dimension) and ($part is null or part = $part)
  and ($versus is null or versus_wave_id = $versus)
order by all
