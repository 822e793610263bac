"""Which registrations may be of one institution: reading → likeness → index → on_file, and what people decided."""
