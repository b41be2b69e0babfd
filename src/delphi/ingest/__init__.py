"""Raw files in, unchanged: strict readers, the bytes as received, the journal, pseudonyms."""
