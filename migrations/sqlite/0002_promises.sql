-- What a waiting citizen was promised first: when, and within how long the call would be answered. Empty: nothing was promised.
ALTER TABLE call ADD COLUMN promised_us BIGINT;
ALTER TABLE call ADD COLUMN promised_within_us BIGINT;
