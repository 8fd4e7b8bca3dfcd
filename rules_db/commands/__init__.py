"""Commands that need the store alone; `cli.py` adds them to its group, `sequence.py` puts the packages in a row."""
