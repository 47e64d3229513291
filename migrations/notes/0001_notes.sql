-- What agents have written freely about calls. Personal data: a file of its own, never on the event stream, deleted by age.
-- No number is in it; a number's notes are found through the table of persons.
CREATE TABLE note (
    call         BLOB    NOT NULL,              -- 16 bytes, big-endian
    agent        TEXT    NOT NULL,
    municipality INTEGER,                       -- whose note it is; NULL: unknown
    line         TEXT    NOT NULL,
    written_us   INTEGER NOT NULL,              -- microseconds since 1970 in UTC
    body         TEXT    NOT NULL,              -- CPR numbers masked
    PRIMARY KEY (call, agent)
) STRICT, WITHOUT ROWID;

CREATE INDEX note_by_date ON note (written_us);
CREATE INDEX note_by_municipality ON note (municipality, written_us);
