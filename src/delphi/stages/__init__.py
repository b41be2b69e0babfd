"""One plain function per stage: read one place, call the core, write one place."""
