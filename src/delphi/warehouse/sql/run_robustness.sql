-- run_robustness: the items × dimensions with a standing verdict and how firm it is, in the order of the study file.
select standing_verdicts.robustness as label, standing_verdicts.item_id, standing_verdicts.dimension
from standing_verdicts
join items using (item_id, dimension)
where standing_verdicts.robustness is not null
order by items.sequence, items.dimension_sequence
