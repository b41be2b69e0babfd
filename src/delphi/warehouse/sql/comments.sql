-- What every table, view and column means, in plain words. docs/data-dictionary.md is made from this file.

comment on table study is 'The study itself; one row.';
comment on column study.study_id is 'Id of the study, as in its study file.';
comment on column study.title is 'Title of the study.';
comment on column study.study_file_sha256 is 'SHA-256 of the bytes of the study file from which the tables were made.';
comment on column study.schema_version is
    'Version of these tables; a Delphi that knows only older ones does not open the file.';
comment on column study.time_zone is
    'Time zone in which the study file states its times (IANA name); null: UTC. All instants here are in UTC.';
comment on column study.small_cells_min_n is
    'Groups with 1 to this minus one answers are suppressed where results leave the team; never in here.';
comment on column study.quantile_type is
    'Hyndman-Fan type of the quantiles in the study''s rules (7 unless the study file says otherwise).';
comment on column study.about is
    'What the study file says about aim, team, funding and the like, as JSON with sorted keys.';

comment on table waves is 'One row per wave: a fielding, which is a round of the Delphi or a part of the survey.';
comment on column waves.wave_id is 'Id of the wave, such as r1 or part_a.';
comment on column waves.kind is 'round (of the Delphi) or survey (a part of it).';
comment on column waves.round_kind is
    'What the round is for: pilot, ideas, rating, ranking, realtime or consultation; null for a survey.';
comment on column waves.sequence is 'Place in the order of the waves, from 1.';
comment on column waves.opens_at is 'First instant that belongs to the wave; null: no limit.';
comment on column waves.closes_at is 'Last instant of the announced time; null: no limit.';
comment on column waves.grace_until is 'Last instant at which late returns are still taken; null: as closes_at.';
comment on column waves.state is
    'received when a file with answers of the wave has been taken in, else awaited. Independent of the clock.';
comment on column waves.aim is 'What the wave is for, in the words of the study file; null: not said.';

comment on table items is 'One row per item and dimension: one thing asked, and one thing it is rated on.';
comment on column items.item_id is 'Permanent id of the item.';
comment on column items.dimension is
    'What the item is rated on, such as importance; rating where the item has one scale without a name.';
comment on column items.theme is 'Id of the theme the item belongs to; null: none.';
comment on column items.kind is 'rating, open, rank, profile or survey.';
comment on column items.scale_id is 'Scale of the answers; see scales and categories.';
comment on column items.text is
    'Wording of the item in the study''s first language, as first asked; null: the study file has none.';
comment on column items.sequence is 'Place of the item in the study file, from 1.';
comment on column items.dimension_sequence is 'Place of the dimension within the item, from 1.';
comment on column items.parents is
    'Ids of the items it came from (reworded, split, merged), separated by spaces; null: none.';

comment on table wordings is 'One row per item, language and wording.';
comment on column wordings.item_id is 'The item.';
comment on column wordings.from_wave_id is 'First wave with this wording.';
comment on column wordings.language is 'Language of the text; the empty text in a study without languages.';
comment on column wordings.text is 'The wording.';
comment on column wordings.is_equivalent is
    'Whether answers may be compared with those to the wording before; true for the first wording.';

comment on table asked is 'One row per wave, item and dimension that the wave asked.';
comment on column asked.wave_id is 'The wave.';
comment on column asked.item_id is 'The item.';
comment on column asked.dimension is 'The dimension.';
comment on column asked.wording is
    'Number of the wording in force, 0 for the first; an equivalent rewording keeps the number. Answers under two numbers are not compared.';

comment on table scales is 'One row per scale: what may be answered.';
comment on column scales.scale_id is 'Id of the scale.';
comment on column scales.kind is
    'ordinal, nominal, multi (choose several), integer, number, interval, year, rank or text.';
comment on column scales.minimum is 'Least value allowed; null: no limit, or no numbers.';
comment on column scales.maximum is 'Greatest value allowed; null: no limit, or no numbers.';
comment on column scales.units is 'Unit of the numbers; null: none.';
comment on column scales.has_no_opinion is 'Whether respondents can say that they do not know or cannot judge.';

comment on table categories is 'One row per scale and category, in declared order.';
comment on column categories.scale_id is 'The scale.';
comment on column categories.value is
    'Number that answers, counts and transitions hold for the category: the point of an ordinal scale, the integer id of a choice or its place from 1.';
comment on column categories.code is 'Id of the category in the study file.';
comment on column categories.label is 'Text of the category that respondents read.';
comment on column categories.band is 'Name of the range the category lies in, such as high; null: none.';
comment on column categories.sequence is 'Place on the scale, from 1.';

comment on table groups is 'One row per declared group: a category of a group dimension.';
comment on column groups.group_by is 'Group dimension, such as sector.';
comment on column groups.group_value is 'Id of the group.';
comment on column groups.label is 'Name of the group for people.';
comment on column groups.sequence is 'Place among all groups in the study file, from 1.';

comment on table respondents is 'One row per person under a pseudonym. Nothing here names anybody.';
comment on column respondents.respondent_id is
    'Pseudonym: a keyed hash of the key in the source, or that key where the study file says it is a pseudonym already.';
comment on column respondents.status is 'State on the panel, such as active or withdrawn.';

comment on table memberships is 'One row per respondent and group dimension; who belongs to no group of a dimension has no row.';
comment on column memberships.respondent_id is 'The respondent.';
comment on column memberships.group_by is 'Group dimension.';
comment on column memberships.group_value is 'Group within the dimension; see groups.';
comment on column memberships.wave_id is 'Wave whose answers told the group; null: the panel register told it.';

comment on table invitations is 'One row per wave and invited respondent; a wave without rows has no known invitations.';
comment on column invitations.wave_id is 'The wave.';
comment on column invitations.respondent_id is 'The invited respondent.';

comment on table sources is 'One row per version of a file, entry of the study file and wave. records = accepted + quarantined + ignored.';
comment on column sources.source_id is 'Id of this row: entry, wave and the first 12 digits of the SHA-256.';
comment on column sources.entry_id is 'Entry under sources in the study file.';
comment on column sources.wave_id is 'The wave whose records are counted here.';
comment on column sources.file_name is 'Name of the file as it arrived, without its folder.';
comment on column sources.sha256 is 'SHA-256 of the file''s bytes, under which they are kept.';
comment on column sources.platform is 'Format of the file, such as csv or xlsx.';
comment on column sources.version is 'Number of this version among the files of the same name, from 1.';
comment on column sources.records is 'Records in the file after its header.';
comment on column sources.accepted is 'Records that became submissions, superseded ones included.';
comment on column sources.quarantined is 'Records that were refused whole; each has a finding.';
comment on column sources.ignored is
    'Records that are none of this wave''s: blank, exact repeats, extra header rows, other waves or sources.';
comment on column sources.loaded_at is 'When the file was taken in, from the journal.';

comment on table submissions is 'One row per respondent, wave and record of a source: a return.';
comment on column submissions.wave_id is 'The wave.';
comment on column submissions.respondent_id is 'The respondent.';
comment on column submissions.state is 'complete, partial, or what the source says.';
comment on column submissions.started_at is 'When the respondent began; null: the source does not say.';
comment on column submissions.submitted_at is 'When the respondent sent it; null: the source does not say.';
comment on column submissions.language is 'Language in which it was filled in; null: the source does not say.';
comment on column submissions.source_id is 'The source it came from.';
comment on column submissions.source_row is
    'Row of the record as a spreadsheet shows it; the first header is row 1. Of several rows the first.';
comment on column submissions.piece is
    'Which piece of a return that comes in pieces; the empty text when it comes whole.';
comment on column submissions.is_current is
    'Whether it counts. A return that a later one superseded stays, with false.';

comment on table answers is 'One row per respondent, item, dimension, part and wave: what counts now. A long source has no row for what was not shown.';
comment on column answers.wave_id is 'The wave.';
comment on column answers.respondent_id is 'The respondent.';
comment on column answers.item_id is 'The item.';
comment on column answers.dimension is 'The dimension.';
comment on column answers.part is
    'Sub-answer: an option of a multiple choice, an object of a ranking, low, best or high, other, comment; else the empty text.';
comment on column answers.value is
    'The answer as a number: scale point, choice, 1 or 0 of an option, rank of an object, quantity; null: a text or no answer.';
comment on column answers.text is 'The answer to an open question; null: a number or no answer.';
comment on column answers.missing is
    'Why there is no answer: not_shown, not_reached, skipped, no_opinion, not_applicable, declined, dropped_out, recused, invalid or unknown_empty; null: there is one.';
comment on column answers.comment is 'Comment on this answer; null: none. Comments are never counted.';
comment on column answers.source_id is 'The source it came from.';
comment on column answers.source_row is 'Row of the record as a spreadsheet shows it.';

comment on table findings is 'One row per thing that was wrong or odd in a source.';
comment on column findings.source_id is 'The source; null: none, as for a finding about the panel.';
comment on column findings.wave_id is 'The wave; null: none in particular.';
comment on column findings.level is 'file, record or cell.';
comment on column findings.rule is 'Name of what was found, such as off_scale.';
comment on column findings.source_row is 'Row as a spreadsheet shows it; null for the whole file.';
comment on column findings.column_name is 'Column of the source; null: the whole record or file.';
comment on column findings.item_id is 'The item; null: none.';
comment on column findings.reason is 'What was found and what was expected, in a sentence without the answer.';
comment on column findings.raw_value is 'The cell as it stood in the file, for the team only; null: not kept.';

comment on table counts is 'One row per wave, item, dimension, part, group and category: how many chose it. Rows with 0 are there for every declared category and group.';
comment on column counts.wave_id is 'The wave.';
comment on column counts.item_id is 'The item.';
comment on column counts.dimension is 'The dimension.';
comment on column counts.part is 'Sub-answer; the empty text where there is none.';
comment on column counts.group_by is 'Group dimension; all for everyone together.';
comment on column counts.group_value is 'Group; all for everyone together.';
comment on column counts.value is 'The category: see categories; 0 or 1 for an option, the rank for an object.';
comment on column counts.n is 'Respondents who chose it; 0 where nobody did.';

comment on table nonanswers is 'One row per wave, item, dimension, part, group and reason for no answer that occurred, among those who returned the wave.';
comment on column nonanswers.wave_id is 'The wave.';
comment on column nonanswers.item_id is 'The item.';
comment on column nonanswers.dimension is 'The dimension.';
comment on column nonanswers.part is 'Sub-answer; the empty text where there is none.';
comment on column nonanswers.group_by is 'Group dimension; all for everyone together.';
comment on column nonanswers.group_value is 'Group; all for everyone together.';
comment on column nonanswers.missing is
    'The reason, as in answers; not_shown includes those without a row in a long source.';
comment on column nonanswers.n is 'Respondents, at least 1.';

comment on table transitions is 'One row per pair of waves, item, dimension, part, group and move that occurred, among those who returned at least one of the two.';
comment on column transitions.wave_id is 'The later wave.';
comment on column transitions.versus_wave_id is 'The earlier wave.';
comment on column transitions.item_id is 'The item; both waves asked it.';
comment on column transitions.dimension is 'The dimension.';
comment on column transitions.part is 'Sub-answer; the empty text where there is none.';
comment on column transitions.group_by is 'Group dimension; all for everyone together.';
comment on column transitions.group_value is 'Group; all for everyone together.';
comment on column transitions.value_before is 'Category in the earlier wave; null: no valid answer, or not returned.';
comment on column transitions.value_after is 'Category in the later wave; null: no valid answer, or not returned.';
comment on column transitions.n is 'Respondents, at least 1.';

comment on table statistics is 'One row per number or label: statistic, wave or pair of waves, item, group and options.';
comment on column statistics.wave_id is 'The wave; of a pair the later one. Differences are later minus earlier.';
comment on column statistics.versus_wave_id is 'The earlier wave of a pair; null: one wave only.';
comment on column statistics.item_id is 'The item; null: a statistic of the whole panel or of several items.';
comment on column statistics.dimension is 'The dimension; null: of the whole panel.';
comment on column statistics.part is 'Sub-answer; the empty text or null where there is none.';
comment on column statistics.group_by is 'Group dimension; all for everyone together.';
comment on column statistics.group_value is 'Group; all for everyone together.';
comment on column statistics.statistic is 'Id of the statistic, as in the catalogue of statistics.';
comment on column statistics.value is 'The number; shares are fractions from 0 to 1; null: see label and reason.';
comment on column statistics.label is 'The result where it is a word; null: it is a number, or there is none.';
comment on column statistics.low is 'Lower end of the 95 % interval; null: none.';
comment on column statistics.high is 'Upper end of the 95 % interval; null: none.';
comment on column statistics.n is
    'Answers it rests on: the denominator of a share, the paired answers of a pair, the raters over several items, else the valid answers; null: it has none.';
comment on column statistics.reason is 'Code for why there is no value, such as too_few; null: there is one.';
comment on column statistics.flags is 'Cautions, sorted and separated by spaces, such as n_below_minimum; null: none.';
comment on column statistics.params is
    'Options in effect, as JSON with sorted keys; {} when there are none. Part of the row''s key.';

comment on table verdicts is 'One row per wave, item, dimension and group: what the declared rules say.';
comment on column verdicts.wave_id is 'The wave.';
comment on column verdicts.item_id is 'The item.';
comment on column verdicts.dimension is 'The dimension.';
comment on column verdicts.group_by is 'Group dimension; all for everyone together.';
comment on column verdicts.group_value is 'Group; all for everyone together.';
comment on column verdicts.rule_id is 'Rule that gave the verdict; null: none matched.';
comment on column verdicts.verdict is 'consensus_in, consensus_out, no_consensus, split or insufficient_n.';
comment on column verdicts.stability is 'stable, unstable or not_assessable.';
comment on column verdicts.n is 'Valid answers.';
comment on column verdicts.reason is 'Why, in a sentence with the counts behind it.';
comment on column verdicts.stability_reason is
    'Why it is stable or not, in a sentence; null: there was nothing to compare.';
comment on column verdicts.flags is 'Cautions, sorted and separated by spaces; null: none.';

comment on table actions is 'One row per wave and item: what the rules propose to do with it next.';
comment on column actions.wave_id is 'The wave after which it is proposed.';
comment on column actions.item_id is 'The item.';
comment on column actions.action is 'close, drop, carry, reword, split, merge, promote, report_dissent or escalate.';
comment on column actions.target is 'What the action leads to, such as a later wave; null: nothing named.';
comment on column actions.verdict is 'Verdict that led to it; null: whatever it was.';
comment on column actions.stability is 'Stability that led to it; null: whatever it was.';
comment on column actions.reason is 'Why, in a sentence.';

comment on table stopping is 'One row per wave and condition of stopping.';
comment on column stopping.wave_id is 'The wave after which it was looked at.';
comment on column stopping.condition is 'The condition, in the words of the study file.';
comment on column stopping.is_met is 'Whether it holds.';
comment on column stopping.numerator is 'Count that was compared; null: it compares none.';
comment on column stopping.denominator is 'Out of how many; null: it compares none.';
comment on column stopping.reason is 'Why, in a sentence with the counts behind it.';

comment on table robustness is
    'One row per wave, item, dimension and thing that was tried on the verdict of everyone: other choices, one respondent or group less, chance, those who left. The row with a label sums up.';
comment on column robustness.wave_id is 'The wave of the verdict.';
comment on column robustness.item_id is 'The item.';
comment on column robustness.dimension is 'The dimension on which it is rated.';
comment on column robustness.test is
    'What was tried: multiverse and each of its choices alone, leave_out_panelist, leave_out_group, fragility, bootstrap, chance, complete_cases, leavers_last_answers, leavers_agree, leavers_oppose, or label.';
comment on column robustness.variant is
    'The other choice, such as 70 %, or the group that is left out; of fragility exact, at_most or more_than; else empty.';
comment on column robustness.verdict is 'The verdict that comes out; null: the row is about how many, or is the label.';
comment on column robustness.is_same is 'Whether that is the declared verdict; null: the row is a share or chance.';
comment on column robustness.value is
    'multiverse: share of all combinations with the same verdict; leave_out_panelist: respondents whose absence alone changes it; fragility: fewest changed answers that flip it; bootstrap, chance: chance of the verdict.';
comment on column robustness.n is
    'What the value rests on: combinations, respondents, valid answers, draws or leavers; null: nothing is counted.';
comment on column robustness.label is 'robust, sensitive or fragile; null: the row is not the label.';

comment on table opinion_maps is
    'One row per wave in which groups of people who answer alike were looked for: a proposal, with the evidence for it.';
comment on column opinion_maps.wave_id is 'The wave.';
comment on column opinion_maps.n_persons is 'Respondents who returned it.';
comment on column opinion_maps.n_voters is 'Respondents with a vote: a rating in the agreement band, in the opposite one or between.';
comment on column opinion_maps.n_grouped is 'Respondents in a group: those with enough votes.';
comment on column opinion_maps.n_votes is 'Votes of all.';
comment on column opinion_maps.groups is 'Number of groups with the largest silhouette; null: see reason.';
comment on column opinion_maps.silhouette is 'Mean silhouette of these groups, -1 to 1; under 0.25 there is no structure; null: see reason.';
comment on column opinion_maps.is_structured is 'Whether the silhouette reaches 0.25; null: there are no groups.';
comment on column opinion_maps.explained_x is 'Share of the variance on the first direction of the map; null: there is no map.';
comment on column opinion_maps.explained_y is 'Share of the variance on the second direction; null: there is none.';
comment on column opinion_maps.rand_of_resamples is
    'Mean adjusted Rand index between these groups and those of respondents drawn again; near 0 they are chance; null: not tried.';
comment on column opinion_maps.rand_of_seeds is 'Mean adjusted Rand index between these groups and those from other seeds; null: not tried.';
comment on column opinion_maps.same_groups_share is 'Share of the draws in which as many groups came out; null: not tried.';
comment on column opinion_maps.reason is 'Code for why there are no groups; null: there are.';
comment on column opinion_maps.flags is 'Cautions, separated by spaces; null: none.';
comment on column opinion_maps.params is 'Options in effect and the silhouettes of all numbers of groups that were tried, as JSON.';

comment on table opinion_members is 'One row per respondent on the map of a wave.';
comment on column opinion_members.wave_id is 'The wave.';
comment on column opinion_members.respondent_id is 'Pseudonym of the respondent.';
comment on column opinion_members.group_number is 'Group from 1 for the largest on; null: too few votes.';
comment on column opinion_members.x is 'Place on the first direction; null: no vote.';
comment on column opinion_members.y is 'Place on the second direction; null: no vote, or there is none.';
comment on column opinion_members.n_votes is 'Votes of the respondent.';

comment on table opinion_statements is
    'One row per wave, statement and group of opinion, and one for everybody (group 0): who agreed, and what stands for a group.';
comment on column opinion_statements.wave_id is 'The wave.';
comment on column opinion_statements.item_id is 'The item.';
comment on column opinion_statements.dimension is 'The dimension on which it is rated.';
comment on column opinion_statements.group_number is 'Group from 1 for the largest on; 0: everybody with a vote.';
comment on column opinion_statements.n_agree is 'Ratings in the agreement band.';
comment on column opinion_statements.n_disagree is 'Ratings in the opposite band.';
comment on column opinion_statements.n_pass is 'Ratings between the two, and "no opinion".';
comment on column opinion_statements.share_agree is 'Share that agrees, (x + 1) / (n + 2); null: everybody, or nobody saw it.';
comment on column opinion_statements.share_disagree is 'Share that disagrees, likewise; null: everybody, or nobody saw it.';
comment on column opinion_statements.representative_agree is
    'How many times as likely the group agrees as the others do; null: everybody, or nobody saw it.';
comment on column opinion_statements.representative_disagree is 'The same for disagreeing; null: everybody, or nobody saw it.';
comment on column opinion_statements.stands_for is
    'agree or disagree: the statement stands for the group, or for everybody; null: it does not.';
comment on column opinion_statements.stands_rank is 'Place among those that do, from 1; null: it does not.';
comment on column opinion_statements.shared_agree is
    'Of everybody: product over the groups of the share that agrees, group-aware consensus; null: a group, or no groups.';
comment on column opinion_statements.shared_disagree is 'The same for disagreeing; null: a group, or no groups.';
comment on column opinion_statements.x is 'Of everybody: direction of the statement on the map; null: a group, or no map.';
comment on column opinion_statements.y is 'The same on the second direction; null: a group, or there is none.';

comment on table themes is
    'One row per wave, open item, language and theme that was found in its answers; all stands for all open items in one pool, comments for the comments on items. A proposal: read the texts and name the themes by hand.';
comment on column themes.wave_id is 'The wave.';
comment on column themes.item_id is 'The open item, all or comments.';
comment on column themes.language is 'Language of the answers; empty: not known.';
comment on column themes.theme_number is 'Theme from 1 for the largest on; null: see reason.';
comment on column themes.terms is
    'Its heaviest terms, separated by commas; only terms that as many people used as make a cell large enough; null: see reason.';
comment on column themes.n_texts is 'Answers whose heaviest theme it is; where there are no themes all answers.';
comment on column themes.coherence is 'How often its terms occur together (NPMI), -1 to 1; null: see reason.';
comment on column themes.is_stable is 'Whether the themes come out alike from other starts; null: see reason.';
comment on column themes.reason is 'Code for why there are no themes; null: there are.';
comment on column themes.params is 'Options in effect, as JSON.';

comment on table theme_texts is 'One row per answer that belongs to a theme; the text stands in answers.';
comment on column theme_texts.wave_id is 'The wave.';
comment on column theme_texts.item_id is 'The open item, or comments.';
comment on column theme_texts.respondent_id is 'Pseudonym of the respondent.';
comment on column theme_texts.theme_number is 'The heaviest theme of the answer.';
comment on column theme_texts.weight is 'Its share in the answer.';
comment on column theme_texts.is_example is 'One of the answers that are most about it, to be read first.';

comment on table near_duplicates is
    'One row per pair of statements that say nearly the same: a proposal to merge them, never done here.';
comment on column near_duplicates.wave_id is 'The wave of two answers; of two items the first wave.';
comment on column near_duplicates.kind is 'items or answers.';
comment on column near_duplicates.item_id is 'The item, or the open item of the first answer.';
comment on column near_duplicates.other_item_id is 'The other item, or the open item of the second answer.';
comment on column near_duplicates.respondent_id is 'Pseudonym of who gave the first answer; null: two items.';
comment on column near_duplicates.other_respondent_id is 'Pseudonym of who gave the second; null: two items.';
comment on column near_duplicates.likeness is 'same words, one contained in the other, or alike.';
comment on column near_duplicates.token_set is 'Token-set ratio, 0 to 100.';
comment on column near_duplicates.cosine is 'Cosine of their weighted letter triples, 0 to 1.';

comment on table digests is 'One row per table whose content has been recorded at the end of a run; a table that changed since has none.';
comment on column digests.table_name is 'The table.';
comment on column digests.n_rows is 'Number of its rows.';
comment on column digests.digest is
    'Digest of its content, the same whatever the order of rows, the version of DuckDB and the number of threads.';

comment on table runs is 'One row per run of a stage.';
comment on column runs.run_id is 'Id of the run.';
comment on column runs.stage is 'ingest, validate, count, statistics, verdicts, robustness, opinions or report.';
comment on column runs.wave_id is 'The wave; null: the whole study.';
comment on column runs.started_at is 'When it began.';
comment on column runs.finished_at is 'When it ended; null: it did not, or is at work.';
comment on column runs.state is 'started, done, failed, skipped (nothing to do) or undone (its rows were taken out again).';
comment on column runs.code_version is 'Version of the program.';
comment on column runs.study_file_sha256 is 'SHA-256 of the study file it worked with.';
comment on column runs.inputs_sha256 is
    'SHA-256 over everything its result depends on; equal inputs are not worked on again.';

comment on view item_summary is 'One row per wave, item, dimension and group: the statistics most asked for, and the verdict.';
comment on column item_summary.wave_id is 'The wave.';
comment on column item_summary.item_id is 'The item.';
comment on column item_summary.dimension is 'The dimension.';
comment on column item_summary.group_by is 'Group dimension; all for everyone together.';
comment on column item_summary.group_value is 'Group; all for everyone together.';
comment on column item_summary.n_valid is 'Valid answers.';
comment on column item_summary.n_shown is 'Respondents who returned the wave and saw the item.';
comment on column item_summary.median is 'Median in scale points; null: none.';
comment on column item_summary.q1 is 'Lower quartile in scale points; null: none.';
comment on column item_summary.q3 is 'Upper quartile in scale points; null: none.';
comment on column item_summary.iqr is 'Interquartile range in scale points; null: none.';
comment on column item_summary.mean is 'Mean in scale points; null: none.';
comment on column item_summary.percent_agreement is
    'Share of valid answers in the last band of the scale, as a fraction from 0 to 1; null: none.';
comment on column item_summary.percent_agreement_low is 'Lower end of its 95 % interval; null: none.';
comment on column item_summary.percent_agreement_high is 'Upper end of its 95 % interval; null: none.';
comment on column item_summary.bottom_box is
    'Share of valid answers in the first band of the scale, as a fraction from 0 to 1; null: none.';
comment on column item_summary.van_der_eijk_agreement is
    'Agreement A of van der Eijk, from -1 (two poles) over 0 (even) to 1 (all agree); null: none.';
comment on column item_summary.mode is 'Category chosen most; null: not computed for this kind of scale.';
comment on column item_summary.verdict is 'What the rules say; null: not rated by rules.';
comment on column item_summary.stability is 'stable, unstable or not_assessable; null: not rated by rules.';
comment on column item_summary.reason is 'Why, in a sentence; null: not rated by rules.';

comment on view stability_summary is 'One row per pair of waves, item, dimension and group: how much answers changed.';
comment on column stability_summary.wave_id is 'The later wave.';
comment on column stability_summary.versus_wave_id is 'The earlier wave.';
comment on column stability_summary.item_id is 'The item.';
comment on column stability_summary.dimension is 'The dimension.';
comment on column stability_summary.group_by is 'Group dimension; all for everyone together.';
comment on column stability_summary.group_value is 'Group; all for everyone together.';
comment on column stability_summary.n_paired is 'Respondents with a valid answer in both waves.';
comment on column stability_summary.share_unchanged is
    'Share of them with the same answer twice, as a fraction from 0 to 1; null: none.';
comment on column stability_summary.share_changed_gt1 is
    'Share of them who moved more than one category, as a fraction from 0 to 1; null: none.';
comment on column stability_summary.net_change is
    'Share of answers that would have to move to turn one histogram into the other; moves that cancel out do not count; null: none.';
comment on column stability_summary.weighted_kappa is
    'Kappa with quadratic weights between the two waves, at most 1; null: none.';
comment on column stability_summary.weighted_kappa_low is 'Lower end of its 95 % interval; null: none.';
comment on column stability_summary.weighted_kappa_high is 'Upper end of its 95 % interval; null: none.';
comment on column stability_summary.delta_median is 'Later minus earlier median, in scale points; null: none.';
comment on column stability_summary.delta_iqr is
    'Later minus earlier interquartile range, in scale points; null: none.';
comment on column stability_summary.wilcoxon_p is 'P-value of the signed-rank test, descriptive only; null: none.';
comment on column stability_summary.wilcoxon_p_holm is 'The same adjusted by Holm over the items; null: none.';
comment on column stability_summary.stability is 'What the rules say after the later wave; null: not rated by rules.';
comment on column stability_summary.stability_reason is 'Why, in a sentence; null: none.';

comment on view panel_summary is 'One row per wave and group: who was invited, returned and stayed.';
comment on column panel_summary.wave_id is 'The wave.';
comment on column panel_summary.group_by is 'Group dimension; all for everyone together.';
comment on column panel_summary.group_value is 'Group; all for everyone together.';
comment on column panel_summary.n_invited is 'Respondents invited; null: not known.';
comment on column panel_summary.n_returned is 'Respondents with a return that counts.';
comment on column panel_summary.share_returned is
    'Returned out of invited, as a fraction from 0 to 1; null: invitations are not known.';
comment on column panel_summary.share_retained_from_first is
    'Share of those who returned the first round who returned this one; null: none before.';
comment on column panel_summary.share_retained_from_previous is
    'Share of those who returned the previous round who returned this one; null: none before.';

comment on view participation is 'One row per wave and group, for everyone (all) and every declared group: returns as they stand.';
comment on column participation.wave_id is 'The wave.';
comment on column participation.group_by is 'Group dimension; all for everyone together.';
comment on column participation.group_value is 'Group; all for everyone together.';
comment on column participation.n_invited is 'Respondents invited; null: the wave has no known invitations.';
comment on column participation.n_returned is 'Respondents with a return that counts.';
comment on column participation.n_complete is 'Of these, complete returns.';
comment on column participation.n_partial is 'Of these, partial returns.';
comment on column participation.n_superseded is 'Returns that a later one of the same respondent superseded.';

comment on view standing_verdicts is 'One row per item and dimension: the verdict of everyone together in the last wave that rated it.';
comment on column standing_verdicts.item_id is 'The item.';
comment on column standing_verdicts.dimension is 'The dimension.';
comment on column standing_verdicts.wave_id is 'The last wave that rated it.';
comment on column standing_verdicts.rule_id is 'Rule that gave the verdict; null: none matched.';
comment on column standing_verdicts.verdict is 'consensus_in, consensus_out, no_consensus, split or insufficient_n.';
comment on column standing_verdicts.stability is 'stable, unstable or not_assessable.';
comment on column standing_verdicts.robustness is 'How firm it is: robust, sensitive or fragile; null: not tried, or nobody saw the item.';
comment on column standing_verdicts.n is 'Valid answers.';
comment on column standing_verdicts.reason is 'Why, in a sentence with the counts behind it.';
comment on column standing_verdicts.stability_reason is
    'Why it is stable or not, in a sentence; null: there was nothing to compare.';
comment on column standing_verdicts.flags is 'Cautions, sorted and separated by spaces; null: none.';

comment on view asked_parts is 'One row per wave, item, dimension and part of an answer that the wave asked for.';
comment on column asked_parts.wave_id is 'The wave.';
comment on column asked_parts.item_id is 'The item.';
comment on column asked_parts.dimension is 'The dimension.';
comment on column asked_parts.part is
    'Sub-answer: an option of a multiple choice, an object of a ranking, low, best or high; else the empty text.';
comment on column asked_parts.scale_id is 'The scale.';
comment on column asked_parts.kind is 'Kind of the scale.';
comment on column asked_parts.sequence is 'Place of the item in the study file, from 1.';
comment on column asked_parts.dimension_sequence is 'Place of the dimension within the item, from 1.';
comment on column asked_parts.place is 'Place of the part on its scale, from 1.';

comment on view counted_values is 'One row per scale and value that counts has rows for; scales of texts and quantities have none.';
comment on column counted_values.scale_id is 'The scale.';
comment on column counted_values.value is 'The value.';
comment on column counted_values.place is 'Place of the value on its scale, from 1.';
