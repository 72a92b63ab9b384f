"""Results as tables, a module a table; their columns are described in ``storage.tables``."""
