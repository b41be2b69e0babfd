-- Views for people: wide, one row per thing looked at. Their comments stand in comments.sql.

-- asked_parts: one row per wave, item, dimension and part of an answer that the wave asked for.
create view asked_parts as
with parts as (
    select scale_id, kind, code as part, sequence as place
    from scales
    join categories using (scale_id)
    where kind in ('multi', 'rank')
    union all
    select scale_id, kind, triple.part, triple.place
    from scales
    cross join (values ('low', 1), ('best', 2), ('high', 3)) as triple (part, place)
    where kind = 'interval'
    union all
    select scale_id, kind, '', 1
    from scales
    where kind not in ('multi', 'rank', 'interval')
)
select
    asked.wave_id, asked.item_id, asked.dimension, parts.part, parts.scale_id, parts.kind, items.sequence,
    items.dimension_sequence, parts.place
from asked
join items using (item_id, dimension)
join parts using (scale_id);

-- counted_values: one row per scale and value that counts has a row for.
create view counted_values as
select scale_id, value, sequence as place
from scales
join categories using (scale_id)
where kind in ('ordinal', 'nominal')
union all
select scale_id, cast(sequence as integer), sequence
from scales
join categories using (scale_id)
where kind = 'rank'
union all
select scale_id, option.value, option.value + 1
from scales
cross join (values (0), (1)) as option (value)
where kind = 'multi';

-- item_summary: one row per wave, item, dimension and group.
create view item_summary as
with chosen as (
    select statistics.*
    from statistics, (select coalesce(max(quantile_type), 7) as quantile_type from study) as settings
    where
        statistics.versus_wave_id is null
        and statistics.item_id is not null
        and coalesce(statistics.part, '') = ''
        and not contains(statistics.params, '"base":"shown"')
        and not contains(statistics.params, '"base":"invited"')
        and (
            not contains(statistics.params, '"quantile_type":')
            or contains(statistics.params, '"quantile_type":' || settings.quantile_type || '}')
            or contains(statistics.params, '"quantile_type":' || settings.quantile_type || ',')
        )
),
wide as (
    select
        wave_id, item_id, dimension, group_by, group_value,
        cast(max(value) filter (where statistic = 'n_valid') as bigint) as n_valid,
        cast(max(value) filter (where statistic = 'n_shown') as bigint) as n_shown,
        max(value) filter (where statistic = 'median') as median,
        max(value) filter (where statistic = 'q1') as q1,
        max(value) filter (where statistic = 'q3') as q3,
        max(value) filter (where statistic = 'iqr') as iqr,
        max(value) filter (where statistic = 'mean') as mean,
        max(value) filter (where statistic = 'percent_agreement') as percent_agreement,
        max(low) filter (where statistic = 'percent_agreement') as percent_agreement_low,
        max(high) filter (where statistic = 'percent_agreement') as percent_agreement_high,
        max(value) filter (where statistic = 'bottom_box') as bottom_box,
        max(value) filter (where statistic = 'van_der_eijk_agreement') as van_der_eijk_agreement,
        max(label) filter (where statistic = 'mode') as mode
    from chosen
    group by all
)
select
    wide.wave_id, wide.item_id, wide.dimension, wide.group_by, wide.group_value,
    wide.n_valid, wide.n_shown, wide.median, wide.q1, wide.q3, wide.iqr, wide.mean,
    wide.percent_agreement, wide.percent_agreement_low, wide.percent_agreement_high, wide.bottom_box,
    wide.van_der_eijk_agreement, wide.mode,
    verdicts.verdict, verdicts.stability, verdicts.reason
from wide
left join verdicts
    on verdicts.wave_id = wide.wave_id and verdicts.item_id = wide.item_id and verdicts.dimension = wide.dimension
    and verdicts.group_by = wide.group_by and verdicts.group_value = wide.group_value
left join waves on waves.wave_id = wide.wave_id
left join items on items.item_id = wide.item_id and items.dimension = wide.dimension
order by
    waves.sequence, items.sequence, items.dimension_sequence, wide.group_by <> 'all', wide.group_by, wide.group_value;

-- stability_summary: one row per pair of waves, item, dimension and group.
create view stability_summary as
with wide as (
    select
        wave_id, versus_wave_id, item_id, dimension, group_by, group_value,
        cast(max(value) filter (where statistic = 'n_paired') as bigint) as n_paired,
        max(value) filter (where statistic = 'share_unchanged') as share_unchanged,
        max(value) filter (where statistic = 'share_changed_gt1') as share_changed_gt1,
        max(value) filter (where statistic = 'net_change') as net_change,
        max(value) filter (where statistic = 'weighted_kappa') as weighted_kappa,
        max(low) filter (where statistic = 'weighted_kappa') as weighted_kappa_low,
        max(high) filter (where statistic = 'weighted_kappa') as weighted_kappa_high,
        max(value) filter (where statistic = 'delta_median') as delta_median,
        max(value) filter (where statistic = 'delta_iqr') as delta_iqr,
        max(value) filter (where statistic = 'wilcoxon_signed_rank_p') as wilcoxon_p,
        max(value) filter (where statistic = 'wilcoxon_signed_rank_p_holm') as wilcoxon_p_holm
    from statistics
    where
        versus_wave_id is not null
        and item_id is not null
        and coalesce(part, '') = ''
        and not contains(params, '"tolerance":')
        and not contains(params, '"weights":"linear"')
    group by all
)
select wide.*, verdicts.stability, verdicts.stability_reason
from wide
left join verdicts
    on verdicts.wave_id = wide.wave_id and verdicts.item_id = wide.item_id and verdicts.dimension = wide.dimension
    and verdicts.group_by = wide.group_by and verdicts.group_value = wide.group_value
left join waves on waves.wave_id = wide.wave_id
left join waves as earlier on earlier.wave_id = wide.versus_wave_id
left join items on items.item_id = wide.item_id and items.dimension = wide.dimension
order by
    waves.sequence, earlier.sequence, items.sequence, items.dimension_sequence, wide.group_by <> 'all', wide.group_by,
    wide.group_value;

-- panel_summary: one row per wave and group.
create view panel_summary as
with panel as (
    select statistics.*, earlier.sequence as earlier
    from statistics
    left join waves as earlier on earlier.wave_id = statistics.versus_wave_id
    where statistics.item_id is null and statistics.statistic in ('n_invited', 'n_returned', 'panel_retention')
),
wide as (
    select
        wave_id, group_by, group_value,
        cast(max(value) filter (where statistic = 'n_invited') as bigint) as n_invited,
        cast(max(value) filter (where statistic = 'n_returned') as bigint) as n_returned,
        arg_min(value, earlier) filter (where statistic = 'panel_retention') as share_retained_from_first,
        arg_max(value, earlier) filter (where statistic = 'panel_retention') as share_retained_from_previous
    from panel
    group by all
)
select
    wide.wave_id, wide.group_by, wide.group_value, wide.n_invited, wide.n_returned,
    wide.n_returned / nullif(wide.n_invited, 0) as share_returned,
    wide.share_retained_from_first, wide.share_retained_from_previous
from wide
left join waves on waves.wave_id = wide.wave_id
order by waves.sequence, wide.group_by <> 'all', wide.group_by, wide.group_value;

-- participation: one row per wave and group, straight from invitations and submissions.
create view participation as
with everyone as (
    select respondent_id, 'all' as group_by, 'all' as group_value from respondents
    union all
    select respondent_id, group_by, group_value from memberships
),
cells as (
    select waves.wave_id, waves.sequence, shown.group_by, shown.group_value, shown.place
    from waves
    cross join (
        select 'all' as group_by, 'all' as group_value, 0 as place
        union all
        select group_by, group_value, sequence from groups
    ) as shown
),
invited as (
    select invitations.wave_id, everyone.group_by, everyone.group_value, count(distinct respondent_id) as n_invited
    from invitations
    join everyone using (respondent_id)
    group by all
),
returned as (
    select
        submissions.wave_id, everyone.group_by, everyone.group_value,
        count(distinct respondent_id) filter (where submissions.is_current) as n_returned,
        count(distinct respondent_id) filter (where submissions.is_current and submissions.state = 'complete')
            as n_complete,
        count(distinct respondent_id) filter (where submissions.is_current and submissions.state = 'partial')
            as n_partial,
        count(*) filter (where not submissions.is_current) as n_superseded
    from submissions
    join everyone using (respondent_id)
    group by all
)
select
    cells.wave_id, cells.group_by, cells.group_value,
    case when exists (from invitations where invitations.wave_id = cells.wave_id)
        then coalesce(invited.n_invited, 0) end as n_invited,
    coalesce(returned.n_returned, 0) as n_returned,
    coalesce(returned.n_complete, 0) as n_complete,
    coalesce(returned.n_partial, 0) as n_partial,
    coalesce(returned.n_superseded, 0) as n_superseded
from cells
left join invited
    on invited.wave_id = cells.wave_id and invited.group_by = cells.group_by
    and invited.group_value = cells.group_value
left join returned
    on returned.wave_id = cells.wave_id and returned.group_by = cells.group_by
    and returned.group_value = cells.group_value
order by cells.sequence, cells.place;

-- standing_verdicts: one row per item and dimension, from the last wave that rated it.
create view standing_verdicts as
select
    verdicts.item_id, verdicts.dimension, verdicts.wave_id, verdicts.rule_id, verdicts.verdict, verdicts.stability,
    robustness.label as robustness, verdicts.n, verdicts.reason, verdicts.stability_reason, verdicts.flags
from verdicts
left join robustness
    on robustness.wave_id = verdicts.wave_id and robustness.item_id = verdicts.item_id
    and robustness.dimension = verdicts.dimension and robustness.test = 'label'
left join waves on waves.wave_id = verdicts.wave_id
left join items on items.item_id = verdicts.item_id and items.dimension = verdicts.dimension
where verdicts.group_by = 'all'
qualify row_number() over (partition by verdicts.item_id, verdicts.dimension order by waves.sequence desc) = 1
order by items.sequence, items.dimension_sequence;
