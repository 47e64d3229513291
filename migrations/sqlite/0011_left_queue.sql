-- When a call left its queue for a mailbox or another line: its wait was over then.
ALTER TABLE call ADD COLUMN left_queue_us BIGINT;
