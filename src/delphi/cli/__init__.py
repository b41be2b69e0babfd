"""The command line: one thin command per thing a person does; results on standard output, the rest on
standard error."""
