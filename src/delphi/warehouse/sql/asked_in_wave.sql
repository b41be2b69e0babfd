-- asked_in_wave: one row per item and dimension that the wave asks.
select item_id, dimension
from asked
where wave_id = $wave_id
