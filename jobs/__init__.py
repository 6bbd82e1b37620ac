"""Store, settings, batch jobs, delivery and the command line."""
