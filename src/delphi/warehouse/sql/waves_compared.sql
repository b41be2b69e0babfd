-- waves_compared: the wave and each earlier one that was returned, the latest first.
select wave_id
from waves
where
    wave_id = $wave_id
    or sequence < (select sequence from waves where wave_id = $wave_id)
    and wave_id in (select wave_id from submissions where is_current)
order by sequence desc
