-- A transferred call has several conversations: their sum, how often it was handed on, and whether the citizen left on the way.
ALTER TABLE call ADD COLUMN talk_us BIGINT;
ALTER TABLE call ADD COLUMN transfers INTEGER;
ALTER TABLE call ADD COLUMN left_after_transfer BOOLEAN;
-- Time in which an agent's own call kept the queues away; it is no pause.
ALTER TABLE agent_time ADD COLUMN own_call_us BIGINT NOT NULL DEFAULT 0;
