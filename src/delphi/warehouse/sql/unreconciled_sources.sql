-- unreconciled_sources: one row per source whose records are not all accounted for.
select
    'sources' as table_name,
    'source ' || source_id || ' has ' || records || ' records, but ' || (accepted + quarantined + ignored)
        || ' are accounted for' as problem
from sources
where records <> accepted + quarantined + ignored or least(records, accepted, quarantined, ignored) < 0
order by source_id
