"""Commands that need the store alone; `cli.py` adds them to its group. What sequences the packages stays in cli.py."""
