-- traced_rows: which rows of which files hold the valid answers at one place.
select answers.wave_id as wave, sources.file_name as file, answers.source_row as row, answers.dimension, answers.part, answers.source_id
from answers
join sources on sources.source_id = answers.source_id and sources.wave_id = answers.wave_id
where list_contains($wave, answers.wave_id) and answers.item_id = $item
  and (answers.value is not null or answers.text is not null)
  and ($dimension is null or answers.dimension = $dimension) and ($part is null or answers.part = $part)
  and ($group_by = 'all' or exists (
    from memberships
    where memberships.respondent_id = answers.respondent_id
      and memberships.group_by = $group_by and memberships.group_value = $group_value
  ))
order by all
