"""Tables of a connector's file.

What may be read in clear here: ids, keyed tokens, codes, states and times. Names of files and records are keyed
tokens; contents are ciphertext and are wiped when they have left. Ids stay for ever: what was sent or delivered once
never is again.
"""

APPLICATION_ID = 0x43574C4B
SCHEMA_VERSION = 1

SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;

-- Events on their way out, in the order in which they were taken. `lane` is what keeps its order: the Kafka key.
CREATE TABLE event (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id BLOB NOT NULL UNIQUE,
    event_type TEXT NOT NULL,
    topic TEXT NOT NULL,
    lane BLOB NOT NULL,
    fingerprint BLOB NOT NULL,
    content BLOB,
    state TEXT NOT NULL CHECK (state IN ('new', 'sent', 'dead')),
    tries INTEGER NOT NULL DEFAULT 0,
    code TEXT NOT NULL DEFAULT '',
    taken_at INTEGER NOT NULL,
    ended_at INTEGER
) STRICT;
CREATE INDEX event_waiting ON event (row) WHERE state = 'new';
CREATE INDEX event_open ON event (event_type, taken_at) WHERE state IN ('new', 'dead');

-- Counts, kept by the triggers below, so that looking at a connector costs the same after years.
CREATE TABLE tally (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;

-- How far each file or page was read. Moved together with its events.
CREATE TABLE cursor (
    source BLOB PRIMARY KEY,
    position INTEGER NOT NULL,
    finished INTEGER NOT NULL,
    moved_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Versions counted here, for records whose source counts none.
CREATE TABLE version (
    record BLOB NOT NULL,
    child INTEGER NOT NULL,
    number INTEGER NOT NULL,
    fingerprint BLOB NOT NULL,
    PRIMARY KEY (record, child)
) STRICT, WITHOUT ROWID;

CREATE TABLE refusal (
    source BLOB NOT NULL,
    record INTEGER NOT NULL,
    stage TEXT NOT NULL,
    code TEXT NOT NULL,
    field TEXT NOT NULL,
    reason TEXT NOT NULL,
    refused_at INTEGER NOT NULL,
    PRIMARY KEY (source, record, stage, code, field)
) STRICT, WITHOUT ROWID;

-- Exchanges that came, once each for ever.
CREATE TABLE arrival (
    exchange_id BLOB PRIMARY KEY,
    event_type TEXT NOT NULL,
    subject BLOB NOT NULL,
    sequence INTEGER NOT NULL,
    content BLOB,
    state TEXT NOT NULL CHECK (state IN
        ('pending', 'delivering', 'delivered', 'recalling', 'recalled', 'refused', 'foretold')),
    gap INTEGER NOT NULL DEFAULT 0,
    late INTEGER NOT NULL DEFAULT 0,
    code TEXT NOT NULL DEFAULT '',
    arrived_at INTEGER NOT NULL,
    ended_at INTEGER
) STRICT;
CREATE INDEX arrival_open ON arrival (subject, sequence) WHERE state IN ('pending', 'delivering');
CREATE INDEX arrival_recalling ON arrival (exchange_id) WHERE state = 'recalling';
CREATE INDEX arrival_order ON arrival (subject, sequence);

-- How far the deliveries of each child have come.
CREATE TABLE subject (subject BLOB PRIMARY KEY, last INTEGER NOT NULL) STRICT, WITHOUT ROWID;

-- Next offset to read, moved together with the arrivals.
CREATE TABLE place (
    topic TEXT NOT NULL,
    part INTEGER NOT NULL,
    next INTEGER NOT NULL,
    PRIMARY KEY (topic, part)
) STRICT, WITHOUT ROWID;

-- What reactions keep. `name` is a keyed token, `content` holds name and value.
CREATE TABLE memory (
    room TEXT NOT NULL,
    name BLOB NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (room, name)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER event_taken AFTER INSERT ON event BEGIN
    INSERT INTO tally VALUES ('event', NEW.state, 1) ON CONFLICT DO UPDATE SET count = count + 1;
    INSERT INTO tally VALUES ('taken', NEW.event_type, 1) ON CONFLICT DO UPDATE SET count = count + 1;
    INSERT INTO tally VALUES ('moved', 'at', NEW.taken_at) ON CONFLICT DO UPDATE SET count = excluded.count;
END;
CREATE TRIGGER event_moved AFTER UPDATE OF state ON event WHEN OLD.state <> NEW.state BEGIN
    UPDATE tally SET count = count - 1 WHERE kind = 'event' AND name = OLD.state;
    INSERT INTO tally VALUES ('event', NEW.state, 1) ON CONFLICT DO UPDATE SET count = count + 1;
    INSERT INTO tally VALUES ('moved', 'at', COALESCE(NEW.ended_at, NEW.taken_at))
        ON CONFLICT DO UPDATE SET count = excluded.count;
END;
CREATE TRIGGER arrival_taken AFTER INSERT ON arrival BEGIN
    INSERT INTO tally VALUES ('arrival', NEW.state, 1) ON CONFLICT DO UPDATE SET count = count + 1;
    INSERT INTO tally VALUES ('moved', 'at', NEW.arrived_at) ON CONFLICT DO UPDATE SET count = excluded.count;
END;
CREATE TRIGGER arrival_moved AFTER UPDATE OF state ON arrival WHEN OLD.state <> NEW.state BEGIN
    UPDATE tally SET count = count - 1 WHERE kind = 'arrival' AND name = OLD.state;
    INSERT INTO tally VALUES ('arrival', NEW.state, 1) ON CONFLICT DO UPDATE SET count = count + 1;
    INSERT INTO tally VALUES ('moved', 'at', COALESCE(NEW.ended_at, NEW.arrived_at))
        ON CONFLICT DO UPDATE SET count = excluded.count;
END;
"""
