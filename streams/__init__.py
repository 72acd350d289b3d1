"""The broker's workers: carriers in, one database transaction each, releases out."""
