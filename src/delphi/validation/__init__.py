"""From files as text to typed answers with findings."""
