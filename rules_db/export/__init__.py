"""Files for people outside: what the store knows, in the formats that lawyers and auditors circulate."""
