-- run_verdicts: how many items × dimensions stand at each verdict and stability.
select verdict, stability, count(*) as n
from standing_verdicts
group by verdict, stability
order by verdict, stability
