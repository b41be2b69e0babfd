-- commented_columns: one row per column of the tables and views of the file, with its comment.
select
    table_name, column_name,
    case data_type when 'TIMESTAMP WITH TIME ZONE' then 'timestamptz' else lower(data_type) end as type,
    comment
from duckdb_columns()
where not internal
order by table_name, column_index
