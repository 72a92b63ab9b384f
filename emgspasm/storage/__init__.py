"""Stored recordings: BDF+ written record by record, readers, importers, tables."""
