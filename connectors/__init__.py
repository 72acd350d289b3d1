"""What an agency runs beside its own system: native records in, its own view out."""
