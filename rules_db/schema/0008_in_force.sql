-- Whether a rule is in force depends on the day, which a view can't know: rules_db/in_force.py is asked instead.
DROP VIEW rule_current;
