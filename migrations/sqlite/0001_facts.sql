-- What the spool holds, carried into tables. Times are microseconds since 1970; ids are 16 bytes, big-endian.
-- Filled by one writer, from the spool; may be deleted and filled again from a spool that still holds everything.

-- Every fact, as it lies in the spool.
CREATE TABLE fact (
    fact_no  INTEGER PRIMARY KEY NOT NULL,
    fact_id  BLOB    NOT NULL UNIQUE,
    at_us    BIGINT  NOT NULL,
    kind     TEXT    NOT NULL,
    call_id  BLOB,
    agent_id TEXT,
    body     BLOB    NOT NULL
);
CREATE INDEX fact_by_call ON fact (call_id) WHERE call_id IS NOT NULL;

-- One row for each call that is over.
CREATE TABLE call (
    call_id       BLOB    PRIMARY KEY NOT NULL,
    arrived_us    BIGINT  NOT NULL,
    ended_us      BIGINT  NOT NULL,
    outcome       TEXT    NOT NULL,
    trunk         TEXT    NOT NULL,
    dialled       TEXT    NOT NULL,
    person        BLOB,
    line          TEXT,
    municipality  INTEGER,
    topic         TEXT,
    language      TEXT,
    queue         TEXT,
    queued_us     BIGINT,
    answered_us   BIGINT,
    talking_us    BIGINT,
    hung_up_us    BIGINT,
    hung_up_by    TEXT,
    agent         TEXT,
    offers        INTEGER NOT NULL,
    wrap_up_us    BIGINT  NOT NULL,
    written_topic TEXT,
    written_code  TEXT,
    solved        BOOLEAN
);
CREATE INDEX call_by_arrival ON call (arrived_us, call_id);

-- How long each agent was what, by quarter of an hour. Off is not counted.
CREATE TABLE agent_time (
    agent      TEXT   NOT NULL,
    quarter_us BIGINT NOT NULL,
    ready_us   BIGINT NOT NULL,
    offered_us BIGINT NOT NULL,
    talking_us BIGINT NOT NULL,
    wrap_up_us BIGINT NOT NULL,
    paused_us  BIGINT NOT NULL,
    PRIMARY KEY (agent, quarter_us)
);

-- Who stands behind a person reference: the one table of citizens' numbers. Rows may be deleted at any time.
CREATE TABLE person (
    person  BLOB   PRIMARY KEY NOT NULL,
    number  TEXT,
    other   TEXT,
    seen_us BIGINT NOT NULL
);
CREATE INDEX person_by_number ON person (number) WHERE number IS NOT NULL;
CREATE INDEX person_by_seen ON person (seen_us);

-- How far each spool has been carried. Written in the same transaction as what it tells.
CREATE TABLE carried (
    spool   BIGINT PRIMARY KEY NOT NULL,
    fact_no BIGINT NOT NULL
);
