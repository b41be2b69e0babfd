-- traced_files: the file versions of some sources.
select source_id as source, file_name as file, sha256, version, records, accepted
from sources
where list_contains($sources, source_id)
order by all
