-- commented_tables: one row per table and view of the file, with its comment.
select table_name as name, 'table' as kind, comment
from duckdb_tables()
where not internal and not temporary
union all
select view_name, 'view', comment
from duckdb_views()
where not internal and not temporary
