-- listed_findings: findings with their place, in the order in which people read them; raw is the cell as it stood.
select
    findings.level, findings.rule, coalesce(findings.wave_id, '') as wave, coalesce(sources.file_name, '') as file,
    coalesce(sources.entry_id, '') as entry, findings.source_row as row, coalesce(findings.column_name, '') as "column",
    coalesce(findings.item_id, '') as item, findings.reason, findings.raw_value as raw
from findings
left join sources on sources.source_id = findings.source_id and sources.wave_id = findings.wave_id
left join waves on waves.wave_id = findings.wave_id
order by
    case findings.level when 'file' then 1 when 'record' then 2 else 3 end, waves.sequence, file, findings.source_row,
    "column", item, findings.rule, findings.reason
