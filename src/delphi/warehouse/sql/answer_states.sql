-- answer_states: one row per answer of a wave by the respondents from $first up to before $last: its cell and person
-- (places in temporary tables), the place of its value on the scale (0: none) and of its reason in $reasons (0: none).
select
    counting_cells.cell,
    counting_people.person,
    cast(coalesce(counting_values.place, 0) as usmallint) as place,
    cast(coalesce(list_position($reasons, answers.missing), 0) as utinyint) as reason
from answers
join counting_cells
    on counting_cells.item_id = answers.item_id and counting_cells.dimension = answers.dimension
    and counting_cells.part = answers.part
join counting_people on counting_people.respondent_id = answers.respondent_id
left join counting_values
    on counting_values.scale_id = counting_cells.scale_id and counting_values.value = answers.value
where answers.wave_id = $wave_id and counting_people.person >= $first and counting_people.person < $last
