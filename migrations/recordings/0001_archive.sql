-- The recordings' own small database, in their folder: what there is, and a chained book of all that happened to it.
-- Times are microseconds since 1970 in UTC. No sound, no number and no name of a citizen is in it.

CREATE TABLE recording (
    recording    TEXT    PRIMARY KEY,           -- <call>-01, also the file's name
    call         TEXT    NOT NULL,
    person       TEXT,                          -- a reference into the table of persons, where the number was told
    municipality INTEGER NOT NULL,
    line         TEXT    NOT NULL,
    agent        TEXT    NOT NULL,
    sealed_for   TEXT    NOT NULL,              -- the municipality's public key
    began_us     INTEGER NOT NULL,
    delete_on_us INTEGER NOT NULL,              -- set at birth
    state        INTEGER NOT NULL,              -- 0 running, 1 whole, 2 broken, 3 deleted
    ended_us     INTEGER,
    bytes        INTEGER,
    sha256       TEXT,                          -- of the sealed file
    lost         INTEGER                        -- packets that had to be left out
) STRICT;

CREATE INDEX recording_by_call ON recording (call);
CREATE INDEX recording_by_person ON recording (person) WHERE person IS NOT NULL;
CREATE INDEX recording_by_date ON recording (delete_on_us) WHERE state IN (1, 2);

CREATE TABLE entry (
    entry_no INTEGER PRIMARY KEY,               -- from 1, without a gap
    at_us    INTEGER NOT NULL,
    what     TEXT    NOT NULL,
    link     TEXT    NOT NULL                   -- SHA-256 of the link before, the number, the moment and what happened
) STRICT;
