"""Where several rows about reports are written together: by keyword, whole or not at all, and audited."""
