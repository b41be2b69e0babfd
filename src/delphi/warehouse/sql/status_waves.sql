-- status_waves: one row per wave: when, how many were invited and returned.
select
    waves.wave_id as wave, coalesce(waves.round_kind, waves.kind) as kind,
    strftime(waves.opens_at at time zone coalesce(study.time_zone, 'UTC'), '%Y-%m-%d %H:%M') as opens,
    strftime(waves.closes_at at time zone coalesce(study.time_zone, 'UTC'), '%Y-%m-%d %H:%M') as closes,
    waves.state,
    nullif((select count(*) from invitations where invitations.wave_id = waves.wave_id), 0) as invited,
    (select count(distinct respondent_id) from submissions
     where submissions.wave_id = waves.wave_id and is_current) as returned
from waves
cross join study
order by waves.sequence
