-- The tables of a warehouse. Comments on tables and columns stand in comments.sql; views for people in views.sql.
create table study (
    study_id varchar not null, title varchar not null, study_file_sha256 varchar not null,
    schema_version integer not null, time_zone varchar, small_cells_min_n integer not null,
    quantile_type integer not null, about varchar
);
create table waves (
    wave_id varchar not null, kind varchar not null, round_kind varchar, sequence integer not null,
    opens_at timestamptz, closes_at timestamptz, grace_until timestamptz, state varchar not null, aim varchar
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
create table respondents (respondent_id varchar not null, status varchar not null);
create table memberships (
    respondent_id varchar not null, group_by varchar not null, group_value varchar not null, wave_id varchar
);
create table invitations (wave_id varchar not null, respondent_id varchar not null);
create table sources (
    source_id varchar not null, entry_id varchar not null, wave_id varchar not null, file_name varchar not null,
    sha256 varchar not null, platform varchar not null, version integer not null, records bigint not null,
    accepted bigint not null, quarantined bigint not null, ignored bigint not null, loaded_at timestamptz not null
);
create table submissions (
    wave_id varchar not null, respondent_id varchar not null, state varchar not null, started_at timestamptz,
    submitted_at timestamptz, language varchar, source_id varchar not null, source_row bigint not null,
    piece varchar not null, is_current boolean not null
);
create table answers (
    wave_id varchar not null, respondent_id varchar not null, item_id varchar not null, dimension varchar not null,
    part varchar not null, value double, text varchar, missing varchar, comment varchar,
    source_id varchar not null, source_row bigint not null
);
create table findings (
    source_id varchar, wave_id varchar, level varchar not null, rule varchar not null, source_row bigint,
    column_name varchar, item_id varchar, reason varchar not null, raw_value varchar
);
create table counts (
    wave_id varchar not null, item_id varchar not null, dimension varchar not null, part varchar not null,
    group_by varchar not null, group_value varchar not null, value integer not null, n bigint not null
);
create table nonanswers (
    wave_id varchar not null, item_id varchar not null, dimension varchar not null, part varchar not null,
    group_by varchar not null, group_value varchar not null, missing varchar not null, n bigint not null
);
create table transitions (
    wave_id varchar not null, versus_wave_id varchar not null, item_id varchar not null, dimension varchar not null,
    part varchar not null, group_by varchar not null, group_value varchar not null, value_before integer,
    value_after integer, n bigint not null
);
create table statistics (
    wave_id varchar not null, versus_wave_id varchar, item_id varchar, dimension varchar, part varchar,
    group_by varchar not null, group_value varchar not null, statistic varchar not null, value double,
    label varchar, low double, high double, n bigint, reason varchar, flags varchar, params varchar not null
);
create table verdicts (
    wave_id varchar not null, item_id varchar not null, dimension varchar not null, group_by varchar not null,
    group_value varchar not null, rule_id varchar, verdict varchar not null, stability varchar not null,
    n bigint not null, reason varchar not null, stability_reason varchar, flags varchar
);
create table actions (
    wave_id varchar not null, item_id varchar not null, action varchar not null, target varchar,
    verdict varchar, stability varchar, reason varchar not null
);
create table stopping (
    wave_id varchar not null, condition varchar not null, is_met boolean not null, numerator bigint,
    denominator bigint, reason varchar not null
);
create table robustness (
    wave_id varchar not null, item_id varchar not null, dimension varchar not null, test varchar not null,
    variant varchar not null, verdict varchar, is_same boolean, value double, n bigint, label varchar
);
create table opinion_maps (
    wave_id varchar not null, n_persons bigint not null, n_voters bigint not null, n_grouped bigint not null,
    n_votes bigint not null, groups integer, silhouette double, is_structured boolean, explained_x double,
    explained_y double, rand_of_resamples double, rand_of_seeds double, same_groups_share double, reason varchar,
    flags varchar, params varchar not null
);
create table opinion_members (
    wave_id varchar not null, respondent_id varchar not null, group_number integer, x double, y double,
    n_votes bigint not null
);
create table opinion_statements (
    wave_id varchar not null, item_id varchar not null, dimension varchar not null, group_number integer not null,
    n_agree bigint not null, n_disagree bigint not null, n_pass bigint not null, share_agree double,
    share_disagree double, representative_agree double, representative_disagree double, stands_for varchar,
    stands_rank integer, shared_agree double, shared_disagree double, x double, y double
);
create table themes (
    wave_id varchar not null, item_id varchar not null, language varchar not null, theme_number integer,
    terms varchar, n_texts bigint not null, coherence double, is_stable boolean, reason varchar, params varchar not null
);
create table theme_texts (
    wave_id varchar not null, item_id varchar not null, respondent_id varchar not null, theme_number integer not null,
    weight double not null, is_example boolean not null
);
create table near_duplicates (
    wave_id varchar not null, kind varchar not null, item_id varchar not null, other_item_id varchar not null,
    respondent_id varchar, other_respondent_id varchar, likeness varchar not null, token_set double not null,
    cosine double not null
);
create table digests (table_name varchar not null, n_rows bigint not null, digest varchar not null);
create table runs (
    run_id varchar not null, stage varchar not null, wave_id varchar, started_at timestamptz not null,
    finished_at timestamptz, state varchar not null, code_version varchar not null,
    study_file_sha256 varchar not null, inputs_sha256 varchar not null
);
