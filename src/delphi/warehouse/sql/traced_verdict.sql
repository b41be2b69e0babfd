-- traced_verdict: the verdict on an item at one place; a null dimension does not restrict.
select wave_id, item_id, dimension, group_by, group_value, rule_id, verdict, stability, n, reason
from verdicts
where wave_id = $wave and item_id = $item and group_by = $group_by and group_value = $group_value
  and ($dimension is null or dimension = $dimension)
order by all
