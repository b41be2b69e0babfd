-- invited_to_items: per item, dimension and group, who was invited to a wave and was to see the item.
select item_id, dimension, group_by, group_value, cast(value as bigint) as n
from statistics
where wave_id = $wave_id and statistic = 'n_invited' and item_id is not null and part = '' and value is not null
