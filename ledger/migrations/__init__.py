"""The steps that brought the database to its present layout, oldest first."""
