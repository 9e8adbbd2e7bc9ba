-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright 2026 The Posa authors
--
-- The portal's database, version 1. Times are µs since 1970, UTC. Nothing of a report is ever updated or deleted.

-- 'epoch' names this database in every cursor; 'kek_check' is a known text wrapped by the key file.
CREATE TABLE meta (
  name  TEXT PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE device (
  number         INTEGER PRIMARY KEY AUTOINCREMENT,
  id             TEXT NOT NULL UNIQUE,
  crew_id        TEXT NOT NULL,
  operator_badge TEXT NOT NULL,
  operator_name  TEXT NOT NULL,
  contractor     TEXT NOT NULL,
  client_title   TEXT NOT NULL UNIQUE,
  transport_key  BLOB NOT NULL, -- wrapped by the key file
  enrolled_us    INTEGER NOT NULL,
  revoked_us     INTEGER,
  revoked_reason TEXT
) STRICT;

-- Every certificate that was issued to a device; the serial is upper-case hex.
CREATE TABLE certificate (
  serial      TEXT PRIMARY KEY,
  device_id   TEXT NOT NULL REFERENCES device (id),
  purpose     TEXT NOT NULL CHECK (purpose IN ('tls', 'report')),
  fingerprint TEXT NOT NULL UNIQUE, -- SHA-256 of the DER form
  pem         TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- A one-time code; only its hash is kept. With the hash of the request that used it, the same request gets the
-- same answer again, and any other is refused.
CREATE TABLE enrol_code (
  code_sha256    TEXT PRIMARY KEY,
  crew_id        TEXT NOT NULL,
  operator_badge TEXT NOT NULL,
  operator_name  TEXT NOT NULL,
  contractor     TEXT NOT NULL,
  created_us     INTEGER NOT NULL,
  expires_us     INTEGER NOT NULL,
  request_sha256 TEXT,
  device_id      TEXT REFERENCES device (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE work_order (
  id       TEXT PRIMARY KEY,
  revision INTEGER NOT NULL,
  crew_id  TEXT NOT NULL,
  body     TEXT NOT NULL -- the order's JSON
) STRICT, WITHOUT ROWID;

CREATE TABLE stock_item (
  serial       TEXT PRIMARY KEY,
  revision     INTEGER NOT NULL,
  crew_id      TEXT NOT NULL,
  model        TEXT NOT NULL,
  kind         TEXT NOT NULL,
  removed      INTEGER NOT NULL,
  wrapped_keys BLOB -- EK and AK in a row, wrapped by the key file
) STRICT, WITHOUT ROWID;

-- What a crew has to hear of, once per thing: a newer change takes a new number.
CREATE TABLE change (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  crew_id  TEXT NOT NULL,
  type     TEXT NOT NULL CHECK (type IN ('order', 'stock')),
  id       TEXT NOT NULL,
  gone     INTEGER NOT NULL DEFAULT 0, -- it went to another crew
  UNIQUE (crew_id, type, id)
) STRICT;

-- Who got the keys of which meter, for ever.
CREATE TABLE key_issue (
  device_id TEXT NOT NULL REFERENCES device (id),
  serial    TEXT NOT NULL,
  revision  INTEGER NOT NULL,
  issued_us INTEGER NOT NULL,
  PRIMARY KEY (device_id, serial, revision)
) STRICT, WITHOUT ROWID;

CREATE TABLE report (
  report_id       TEXT NOT NULL,
  sha256          TEXT NOT NULL,
  variant         INTEGER NOT NULL, -- other bytes of this id came first
  device_id       TEXT NOT NULL,    -- who brought it
  signer_id       TEXT NOT NULL,    -- who signed it
  device_sequence INTEGER NOT NULL,
  number          TEXT NOT NULL,
  order_id        TEXT NOT NULL,
  new_serial      TEXT,
  outcome         INTEGER NOT NULL,
  received_us     INTEGER NOT NULL,
  pdf             BLOB NOT NULL,
  PRIMARY KEY (report_id, sha256)
) STRICT;
CREATE INDEX report_by_new_serial ON report (new_serial);
CREATE INDEX report_by_signer ON report (signer_id, device_sequence);

-- The sequence is drawn in the transaction that stores the report, so it has no holes.
CREATE TABLE receipt (
  sequence    INTEGER PRIMARY KEY AUTOINCREMENT,
  report_id   TEXT NOT NULL,
  sha256      TEXT NOT NULL,
  device_id   TEXT NOT NULL,
  statement   TEXT NOT NULL,
  signature   BLOB NOT NULL,
  certificate TEXT NOT NULL,
  UNIQUE (report_id, sha256),
  FOREIGN KEY (report_id, sha256) REFERENCES report (report_id, sha256)
) STRICT;
CREATE INDEX receipt_by_device ON receipt (device_id, sequence);

-- What could not be taken as a report: kept as it came, for the office.
CREATE TABLE quarantine (
  report_id   TEXT NOT NULL,
  sha256      TEXT NOT NULL,
  device_id   TEXT NOT NULL,
  reason      TEXT NOT NULL,
  received_us INTEGER NOT NULL,
  body        BLOB NOT NULL,
  PRIMARY KEY (report_id, sha256, device_id)
) STRICT;

-- What the office has to look at; a fact is never refused for it.
CREATE TABLE exception (
  report_id  TEXT NOT NULL,
  sha256     TEXT NOT NULL,
  kind       TEXT NOT NULL,
  detail     TEXT NOT NULL,
  created_us INTEGER NOT NULL,
  PRIMARY KEY (report_id, sha256, kind)
) STRICT, WITHOUT ROWID;
