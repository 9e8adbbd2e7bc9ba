-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright 2026 The Posa authors
--
-- Times: microseconds since 1970, UTC. Documents: JSON as the domain writes it.

CREATE TABLE setting (
  key TEXT PRIMARY KEY NOT NULL,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE work_order (
  id TEXT PRIMARY KEY NOT NULL,
  revision INTEGER NOT NULL CHECK (revision >= 0),
  state TEXT NOT NULL
    CHECK (state IN ('ASSIGNED', 'IN_PROGRESS', 'DONE', 'ABORTED', 'WITHDRAWN')),
  window_start_us INTEGER NOT NULL,
  document TEXT NOT NULL CHECK (json_valid(document))
) STRICT;
CREATE INDEX work_order_by_window ON work_order (window_start_us, id);

CREATE TRIGGER work_order_revision BEFORE UPDATE OF revision ON work_order
WHEN NEW.revision < OLD.revision
BEGIN SELECT RAISE (ABORT, 'the revision of a work order does not go back'); END;
CREATE TRIGGER work_order_done BEFORE UPDATE OF state ON work_order
WHEN OLD.state = 'DONE' AND NEW.state <> 'DONE'
BEGIN SELECT RAISE (ABORT, 'a work order that is done stays done'); END;

-- A meter is in exactly one place. Each custody event names the one before it of the same meter
-- (previous, serial); one event starts the chain (custody_first) and none has two successors
-- (UNIQUE), so the chain has one end. The meter points to that end and cannot be without.
CREATE TABLE meter_asset (
  serial TEXT PRIMARY KEY NOT NULL,
  kind TEXT NOT NULL,
  model TEXT,
  revision INTEGER NOT NULL CHECK (revision >= 0),
  wrapped_keys BLOB,
  custody INTEGER NOT NULL,
  FOREIGN KEY (custody, serial) REFERENCES custody_event (sequence, serial)
    DEFERRABLE INITIALLY DEFERRED
) STRICT;

CREATE TABLE custody_event (
  sequence INTEGER PRIMARY KEY NOT NULL,
  id TEXT NOT NULL UNIQUE,
  serial TEXT NOT NULL REFERENCES meter_asset (serial) DEFERRABLE INITIALLY DEFERRED,
  previous INTEGER UNIQUE,
  state TEXT NOT NULL
    CHECK (state IN ('ORDERED', 'IN_DEPOT', 'IN_TRANSIT', 'ON_VAN', 'FAULTY', 'INSTALLED',
                     'REMOVED_ON_VAN', 'AT_CONTRACTOR', 'QUARANTINE', 'RELEASED', 'RETURNED_3PL',
                     'DISPOSED', 'LOST')),
  crew_id TEXT,
  pod TEXT,
  actor TEXT NOT NULL,
  document TEXT,
  wall_us INTEGER NOT NULL,
  UNIQUE (sequence, serial),
  FOREIGN KEY (previous, serial) REFERENCES custody_event (sequence, serial),
  CHECK ((state = 'INSTALLED') = (pod IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX custody_first ON custody_event (serial) WHERE previous IS NULL;
CREATE INDEX custody_by_serial ON custody_event (serial, sequence);

CREATE TRIGGER custody_event_moves AFTER INSERT ON custody_event
BEGIN UPDATE meter_asset SET custody = NEW.sequence WHERE serial = NEW.serial; END;
CREATE TRIGGER custody_event_no_update BEFORE UPDATE ON custody_event
BEGIN SELECT RAISE (ABORT, 'a custody event is never changed'); END;
CREATE TRIGGER custody_event_no_delete BEFORE DELETE ON custody_event
BEGIN SELECT RAISE (ABORT, 'a custody event is never deleted'); END;
CREATE TRIGGER meter_asset_no_delete BEFORE DELETE ON meter_asset
BEGIN SELECT RAISE (ABORT, 'a meter is never deleted'); END;

CREATE TABLE event (
  sequence INTEGER PRIMARY KEY NOT NULL,
  id TEXT NOT NULL UNIQUE,
  order_id TEXT,
  type TEXT NOT NULL,
  payload TEXT NOT NULL CHECK (json_valid(payload)),
  wall_us INTEGER NOT NULL,
  monotonic_us INTEGER NOT NULL,
  boot_id TEXT NOT NULL,
  prev_sha256 TEXT,
  sha256 TEXT NOT NULL UNIQUE
) STRICT;
CREATE INDEX event_by_order ON event (order_id, sequence);

CREATE TRIGGER event_follows BEFORE INSERT ON event
WHEN NEW.sequence <> (SELECT coalesce(max(sequence), 0) + 1 FROM event)
  OR NEW.prev_sha256 IS NOT (SELECT sha256 FROM event ORDER BY sequence DESC LIMIT 1)
BEGIN SELECT RAISE (ABORT, 'an event follows the last one'); END;
CREATE TRIGGER event_no_update BEFORE UPDATE ON event
BEGIN SELECT RAISE (ABORT, 'an event is never changed'); END;
CREATE TRIGGER event_no_delete BEFORE DELETE ON event
BEGIN SELECT RAISE (ABORT, 'an event is never deleted'); END;

CREATE TABLE job (
  order_id TEXT PRIMARY KEY NOT NULL REFERENCES work_order (id),
  state TEXT NOT NULL,
  zone TEXT NOT NULL CHECK (zone IN ('GREEN', 'AMBER', 'RED')),
  open INTEGER NOT NULL CHECK (open IN (0, 1)),
  since_wall_us INTEGER NOT NULL,
  since_monotonic_us INTEGER NOT NULL,
  since_boot_id TEXT NOT NULL,
  data TEXT NOT NULL CHECK (json_valid(data)),
  order_document TEXT NOT NULL CHECK (json_valid(order_document))
) STRICT;

CREATE TRIGGER job_order_frozen BEFORE UPDATE OF order_document ON job
WHEN OLD.open = 1 AND NEW.order_document <> OLD.order_document
BEGIN SELECT RAISE (ABORT, 'a job keeps the order with which it started'); END;

CREATE TABLE reading (
  sequence INTEGER PRIMARY KEY NOT NULL,
  id TEXT NOT NULL UNIQUE,
  order_id TEXT NOT NULL REFERENCES work_order (id),
  kind TEXT NOT NULL,
  taken_us INTEGER NOT NULL,
  document TEXT NOT NULL CHECK (json_valid(document))
) STRICT;
CREATE INDEX reading_by_order ON reading (order_id, sequence);

CREATE TRIGGER reading_no_update BEFORE UPDATE ON reading
BEGIN SELECT RAISE (ABORT, 'a reading is never changed'); END;
CREATE TRIGGER reading_no_delete BEFORE DELETE ON reading
BEGIN SELECT RAISE (ABORT, 'a reading is never deleted'); END;

CREATE TABLE report (
  sequence INTEGER PRIMARY KEY NOT NULL,
  id TEXT NOT NULL UNIQUE,
  number TEXT NOT NULL UNIQUE,
  order_id TEXT NOT NULL REFERENCES work_order (id),
  sha256 TEXT NOT NULL UNIQUE,
  previous_sha256 TEXT,
  created_us INTEGER NOT NULL,
  pdf BLOB NOT NULL
) STRICT;
CREATE INDEX report_by_order ON report (order_id, sequence);

CREATE TRIGGER report_follows BEFORE INSERT ON report
WHEN NEW.sequence <> (SELECT coalesce(max(sequence), 0) + 1 FROM report)
  OR NEW.previous_sha256 IS NOT (SELECT sha256 FROM report ORDER BY sequence DESC LIMIT 1)
BEGIN SELECT RAISE (ABORT, 'a report follows the last one'); END;
CREATE TRIGGER report_no_update BEFORE UPDATE ON report
BEGIN SELECT RAISE (ABORT, 'a report is never changed'); END;
CREATE TRIGGER report_no_delete BEFORE DELETE ON report
BEGIN SELECT RAISE (ABORT, 'a report is never deleted'); END;

CREATE TABLE outbox (
  id TEXT PRIMARY KEY NOT NULL REFERENCES report (id),
  kind TEXT NOT NULL CHECK (kind = 'report'),
  state TEXT NOT NULL
    CHECK (state IN ('QUEUED', 'SENDING', 'HELD', 'REFUSED', 'CONFLICT', 'DELIVERED')),
  attempts INTEGER NOT NULL DEFAULT 0,
  created_us INTEGER NOT NULL,
  next_attempt_us INTEGER NOT NULL,
  error_nick TEXT,
  error_text TEXT,
  receipt BLOB,
  received_us INTEGER,
  -- Only the receipt makes an item delivered.
  CHECK ((state = 'DELIVERED') = (receipt IS NOT NULL AND length(receipt) > 0)),
  CHECK ((receipt IS NULL) = (received_us IS NULL))
) STRICT;

CREATE TRIGGER outbox_delivered BEFORE UPDATE ON outbox
WHEN OLD.state = 'DELIVERED'
BEGIN SELECT RAISE (ABORT, 'an item that is delivered stays as it is'); END;
CREATE TRIGGER outbox_no_delete BEFORE DELETE ON outbox
BEGIN SELECT RAISE (ABORT, 'an item of the outbox is never deleted'); END;

CREATE TABLE invocation_counter (
  serial TEXT NOT NULL,
  key_id TEXT NOT NULL,
  next INTEGER NOT NULL DEFAULT 0 CHECK (next BETWEEN 0 AND 4294967296),
  peer INTEGER CHECK (peer BETWEEN 0 AND 4294967295),
  PRIMARY KEY (serial, key_id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER invocation_counter_grows BEFORE UPDATE ON invocation_counter
WHEN NEW.next < OLD.next OR NEW.peer < OLD.peer
BEGIN SELECT RAISE (ABORT, 'an invocation counter does not go back'); END;
CREATE TRIGGER invocation_counter_no_delete BEFORE DELETE ON invocation_counter
BEGIN SELECT RAISE (ABORT, 'an invocation counter is never deleted'); END;
