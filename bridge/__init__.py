"""bridge: one Google Sheet as the master stock table, every sales channel in step with it."""
