-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright 2026 The Posa authors
--
-- Keys that this device gave to a meter, wrapped under its storage key as those of meter_asset,
-- which are the ones that came with the stock. PENDING: sent, or about to be; the meter may have
-- them or not. ACTIVE: the meter has proven that it has them, and they are used in the place of
-- those of meter_asset. None is ever deleted: a meter whose keys are lost is lost.
CREATE TABLE meter_key (
  sequence INTEGER PRIMARY KEY NOT NULL,
  serial TEXT NOT NULL REFERENCES meter_asset (serial),
  state TEXT NOT NULL CHECK (state IN ('PENDING', 'ACTIVE', 'REPLACED', 'REFUSED')),
  wrapped_keys BLOB NOT NULL,
  changed_us INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX meter_key_pending ON meter_key (serial) WHERE state = 'PENDING';
CREATE UNIQUE INDEX meter_key_active ON meter_key (serial) WHERE state = 'ACTIVE';

CREATE TRIGGER meter_key_no_delete BEFORE DELETE ON meter_key
BEGIN SELECT RAISE (ABORT, 'a key of a meter is never deleted'); END;
CREATE TRIGGER meter_key_no_change BEFORE UPDATE OF serial, wrapped_keys ON meter_key
BEGIN SELECT RAISE (ABORT, 'a key of a meter is never changed'); END;
