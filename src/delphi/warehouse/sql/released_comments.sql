-- What is said of the tables of a release otherwise than of those of a warehouse; see comments.sql for the rest.
comment on table counts is
    'One row per wave, item, dimension, part and category of the whole panel: how many chose it. Ratings are counted by band. Counts of groups are not released.';
comment on column counts.group_by is 'Always all: everyone together.';
comment on column counts.group_value is 'Always all: everyone together.';
comment on column counts.value is 'The category of a choice, 0 or 1 for an option; null: the row counts a band.';
comment on column counts.band is 'The band of a rating scale; null: the row counts a category.';
comment on column counts.n is 'Respondents who chose it; 0 where nobody did; null: see reason.';
comment on column counts.reason is 'suppressed: too few answers; null: there is a number.';
comment on table statistics is
    'One row per number or label that is shown, or withheld for the sake of small groups. Numbers of groups are rounded: see the table release.';
comment on column statistics.n is
    'Answers it rests on; of a group to the nearest 5; null: it has none, or it is withheld.';
comment on column statistics.reason is
    'Code for why there is no value: suppressed where it is withheld, else as in the catalogue of statistics; null: there is one.';
comment on column statistics.flags is
    'Cautions, sorted and separated by spaces, such as rounded for the numbers of groups; null: none.';
comment on table verdicts is
    'One row per wave, item and dimension: what the declared rules say of everyone together.';
comment on column verdicts.group_by is 'Always all: everyone together.';
comment on column verdicts.group_value is 'Always all: everyone together.';
comment on column verdicts.n is 'Valid answers; null: fewer than may be told.';
comment on column verdicts.reason is
    'Why, in a sentence; null: withheld, since it would tell counts of groups.';
comment on column verdicts.stability_reason is
    'Why it is stable or not, in a sentence; null: there was nothing to compare, or it is withheld.';
comment on table release is 'One row per rule by which this file was made, and per kind of number that is withheld.';
comment on column release.name is 'The rule, or the kind of number.';
comment on column release.value is 'What holds here, or how many numbers are withheld.';
comment on column release.meaning is 'What that means, in a sentence.';
