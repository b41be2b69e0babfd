"""The warehouse: one DuckDB file per study, and the only place that speaks SQL."""
