-- run_findings: how many findings of each level and rule.
select level, rule, count(*) as n
from findings
group by level, rule
order by level, n desc, rule
