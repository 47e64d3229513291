-- Citizens' messages to municipalities: what there is, until when it is to be answered, who closed it, and what was mailed.
-- In the folder of their sounds. Times are microseconds since 1970 in UTC.

CREATE TABLE message (
    call         TEXT    PRIMARY KEY,           -- 32 hex digits, also the sound's name
    mailbox      TEXT    NOT NULL,
    title        TEXT    NOT NULL,              -- the mailbox's
    line         TEXT    NOT NULL,
    municipality INTEGER,                       -- null: unknown, of a shared mailbox
    number       TEXT,                          -- null: withheld, or no number
    other        TEXT,                          -- what the caller gave that is no number
    received_us  INTEGER NOT NULL,
    due_us       INTEGER NOT NULL,
    keep_days    INTEGER NOT NULL,              -- after it was closed
    state        INTEGER NOT NULL,              -- 0 being spoken, 1 open, 2 closed
    bytes        INTEGER NOT NULL DEFAULT 0,    -- of samples
    changed_us   INTEGER,                       -- when it was closed, or opened again
    changed_by   TEXT,
    mail_to      TEXT,                          -- null: nobody is told
    attach       INTEGER NOT NULL,
    mailed_us    INTEGER,
    mail_tries   INTEGER NOT NULL DEFAULT 0,
    mail_next_us INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX message_by_mailbox ON message (mailbox, state);
CREATE INDEX message_to_mail ON message (mail_next_us) WHERE state = 1 AND mail_to IS NOT NULL AND mailed_us IS NULL;
