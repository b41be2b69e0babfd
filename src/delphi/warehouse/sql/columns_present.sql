-- columns_present: one row per column of a table of the file, its type in the words of the schema.
select
    table_name, column_name,
    case data_type when 'TIMESTAMP WITH TIME ZONE' then 'timestamptz' else lower(data_type) end as type
from duckdb_columns()
where
    not internal
    and database_name = current_database()
    and table_name in (select table_name from duckdb_tables() where not internal and not temporary)
order by table_name, column_index
