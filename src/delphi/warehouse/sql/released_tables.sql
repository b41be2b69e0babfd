-- The tables of a release file: what analysts outside the team get. No table here holds anything of a person.
create table study (
    study_id varchar not null, title varchar not null, time_zone varchar, small_cells_min_n integer not null,
    quantile_type integer not null
);
create table waves (
    wave_id varchar not null, kind varchar not null, round_kind varchar, sequence integer not null,
    opens_at timestamptz, closes_at timestamptz, state varchar not null, aim varchar
);
create table items (
    item_id varchar not null, dimension varchar not null, theme varchar, kind varchar not null,
    scale_id varchar not null, text varchar, sequence integer not null, dimension_sequence integer not null,
    parents varchar
);
create table wordings (
    item_id varchar not null, from_wave_id varchar not null, language varchar not null, text varchar not null,
    is_equivalent boolean not null
);
create table asked (wave_id varchar not null, item_id varchar not null, dimension varchar not null, wording integer not null);
create table scales (
    scale_id varchar not null, kind varchar not null, minimum double, maximum double, units varchar,
    has_no_opinion boolean not null
);
create table categories (
    scale_id varchar not null, value integer not null, code varchar not null, label varchar not null, band varchar,
    sequence integer not null
);
create table groups (
    group_by varchar not null, group_value varchar not null, label varchar not null, sequence integer not null
);
create table counts (
    wave_id varchar not null, item_id varchar not null, dimension varchar not null, part varchar not null,
    group_by varchar not null, group_value varchar not null, value integer, band varchar, n bigint, reason varchar
);
create table statistics (
    wave_id varchar not null, versus_wave_id varchar, item_id varchar, dimension varchar, part varchar,
    group_by varchar not null, group_value varchar not null, statistic varchar not null, value double,
    label varchar, low double, high double, n bigint, reason varchar, flags varchar, params varchar not null
);
create table verdicts (
    wave_id varchar not null, item_id varchar not null, dimension varchar not null, group_by varchar not null,
    group_value varchar not null, rule_id varchar, verdict varchar not null, stability varchar not null,
    n bigint, reason varchar, stability_reason varchar, flags varchar
);
create table actions (
    wave_id varchar not null, item_id varchar not null, action varchar not null, target varchar,
    verdict varchar, stability varchar, reason varchar not null
);
create table stopping (
    wave_id varchar not null, condition varchar not null, is_met boolean not null, numerator bigint,
    denominator bigint, reason varchar not null
);
create table release (name varchar not null, value varchar not null, meaning varchar not null);
