"""Reading tables: limits whose parameter, unit and comparator stand in heads."""
