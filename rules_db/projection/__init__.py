"""From the working store to the tables that readers see."""
