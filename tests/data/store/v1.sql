-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright 2026 The Posa authors
--
-- A database of schema 1 as the program of that time wrote it. Never changed.
PRAGMA application_id = 1349481313;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE setting (
  key TEXT PRIMARY KEY NOT NULL,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO setting VALUES('crew-id','C-07');
INSERT INTO setting VALUES('device-id','TAB-0042');
CREATE TABLE work_order (
  id TEXT PRIMARY KEY NOT NULL,
  revision INTEGER NOT NULL CHECK (revision >= 0),
  state TEXT NOT NULL
    CHECK (state IN ('ASSIGNED', 'IN_PROGRESS', 'DONE', 'ABORTED', 'WITHDRAWN')),
  window_start_us INTEGER NOT NULL,
  document TEXT NOT NULL CHECK (json_valid(document))
) STRICT;
INSERT INTO work_order VALUES('W-000001',702,'DONE',1795087690254000,'{"id":"W-000001","revision":702,"cancelled":false,"cancel_reason":null,"crew_id":"C-07","pod":"IT001E59483311","customer_number":"594833117","municipality":"Anagni","street":"Via Roma","house_number":"%%EOF","access_note":"S. Giò","lon":14.706698525811612,"lat":47.22646887245617,"old_serial":"260364364","old_kind":"m1","life_support":false,"presence_needed":true,"window_start":"2026-11-19T12:28:10.254+01:00","window_end":"2026-11-19T14:28:10.254+01:00","notice_posted":"2026-11-12T04:00:00.000+01:00","contract_power_w":3000,"available_power_w":3300,"limiter_enabled":false,"tariff_table":{"id":"T312280","default_tier":4,"days":[[{"from":"00:00","tier":2},{"from":"02:32","tier":3},{"from":"03:26","tier":3}],[{"from":"00:00","tier":2},{"from":"02:04","tier":4},{"from":"02:34","tier":3},{"from":"02:59","tier":2},{"from":"03:09","tier":1}],[{"from":"00:00","tier":1},{"from":"02:30","tier":4},{"from":"05:09","tier":3},{"from":"06:07","tier":1}],[{"from":"00:00","tier":4},{"from":"01:15","tier":2},{"from":"02:28","tier":2},{"from":"05:17","tier":1},{"from":"05:26","tier":2}],[{"from":"00:00","tier":3}],[{"from":"00:00","tier":2},{"from":"00:35","tier":2},{"from":"02:41","tier":4},{"from":"07:07","tier":1}],[{"from":"00:00","tier":3}]]},"last_billing":[{"obis":"1-0:1.8.1","quantity":"active_import","tier":1,"value":54017671,"unit":"Wh"},{"obis":"1-0:1.8.2","quantity":"active_import","tier":2,"value":43352346,"unit":"Wh"},{"obis":"1-0:1.8.3","quantity":"active_import","tier":3,"value":15096729,"unit":"Wh"},{"obis":"1-0:1.8.4","quantity":"active_import","tier":4,"value":23688040,"unit":"Wh"},{"obis":"1-0:1.8.0","quantity":"active_import","tier":0,"value":136154786,"unit":"Wh"}],"last_billing_at":"2026-10-21T16:20:00.000+02:00"}');
INSERT INTO work_order VALUES('W-000002',440,'IN_PROGRESS',1795084603680000,'{"id":"W-000002","revision":440,"cancelled":false,"cancel_reason":null,"crew_id":"C-07","pod":"IT001E87732772","customer_number":"877327727","municipality":"Anagni","street":"Via Roma","house_number":"S. Giò","access_note":null,"lon":17.835828938230676,"lat":39.587161331248126,"old_serial":"753559920","old_kind":"m3","life_support":false,"presence_needed":false,"window_start":"2026-11-19T11:36:43.680+01:00","window_end":"2026-11-19T13:36:43.680+01:00","notice_posted":"2026-11-12T04:00:00.000+01:00","contract_power_w":3000,"available_power_w":3300,"limiter_enabled":false,"tariff_table":{"id":"T358698","default_tier":2,"days":[[{"from":"00:00","tier":2},{"from":"02:14","tier":1},{"from":"05:22","tier":2},{"from":"08:48","tier":3},{"from":"10:32","tier":2}],[{"from":"00:00","tier":1},{"from":"03:02","tier":2},{"from":"05:32","tier":4},{"from":"07:44","tier":1}],[{"from":"00:00","tier":4}],[{"from":"00:00","tier":1},{"from":"03:00","tier":4},{"from":"06:10","tier":1},{"from":"09:30","tier":1},{"from":"12:22","tier":3}],[{"from":"00:00","tier":3},{"from":"02:25","tier":1},{"from":"03:48","tier":4},{"from":"07:23","tier":1}],[{"from":"00:00","tier":1}],[{"from":"00:00","tier":2},{"from":"00:02","tier":1}]]},"last_billing":[{"obis":"1-0:1.8.1","quantity":"active_import","tier":1,"value":50118808,"unit":"Wh"},{"obis":"1-0:1.8.2","quantity":"active_import","tier":2,"value":49459538,"unit":"Wh"},{"obis":"1-0:1.8.3","quantity":"active_import","tier":3,"value":39362163,"unit":"Wh"},{"obis":"1-0:1.8.4","quantity":"active_import","tier":4,"value":70162785,"unit":"Wh"},{"obis":"1-0:1.8.0","quantity":"active_import","tier":0,"value":209103294,"unit":"Wh"}],"last_billing_at":"2026-10-21T16:20:00.000+02:00"}');
INSERT INTO work_order VALUES('W-000003',98,'ASSIGNED',1794994528737000,'{"id":"W-000003","revision":98,"cancelled":false,"cancel_reason":null,"crew_id":"C-07","pod":"IT001E48494808","customer_number":"484948087","municipality":"Anagni","street":"Via Roma","house_number":"Roma","access_note":"%%EOF","lon":13.457833348314916,"lat":36.03444389803715,"old_serial":"936248655","old_kind":"m1b","life_support":false,"presence_needed":true,"window_start":"2026-11-18T10:35:28.737+01:00","window_end":"2026-11-18T12:35:28.737+01:00","notice_posted":null,"contract_power_w":3000,"available_power_w":3300,"limiter_enabled":true,"tariff_table":{"id":"T438306","default_tier":1,"days":[[{"from":"00:00","tier":2},{"from":"01:08","tier":2}],[{"from":"00:00","tier":1},{"from":"00:37","tier":4}],[{"from":"00:00","tier":3},{"from":"04:20","tier":1}],[{"from":"00:00","tier":3},{"from":"04:30","tier":1},{"from":"07:03","tier":4}],[{"from":"00:00","tier":2},{"from":"00:57","tier":4},{"from":"05:43","tier":2},{"from":"07:21","tier":2}],[{"from":"00:00","tier":1}],[{"from":"00:00","tier":2},{"from":"03:32","tier":4},{"from":"05:09","tier":1},{"from":"09:47","tier":2}]]},"last_billing":[{"obis":"1-0:1.8.1","quantity":"active_import","tier":1,"value":33320336,"unit":"Wh"},{"obis":"1-0:1.8.2","quantity":"active_import","tier":2,"value":3401116,"unit":"Wh"},{"obis":"1-0:1.8.3","quantity":"active_import","tier":3,"value":99084778,"unit":"Wh"},{"obis":"1-0:1.8.4","quantity":"active_import","tier":4,"value":93231917,"unit":"Wh"},{"obis":"1-0:1.8.0","quantity":"active_import","tier":0,"value":229038147,"unit":"Wh"}],"last_billing_at":"2026-10-21T16:20:00.000+02:00"}');
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
INSERT INTO meter_asset VALUES('200000001','2g-1','GEMIS',1,X'01020304',3);
INSERT INTO meter_asset VALUES('200000002','2g-1','GEMIS',1,X'01020304',2);
INSERT INTO meter_asset VALUES('100000001','m1',NULL,0,NULL,4);
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
INSERT INTO custody_event VALUES(1,'c1','200000001',NULL,'ON_VAN','C-07',NULL,'portal',NULL,1);
INSERT INTO custody_event VALUES(2,'c2','200000002',NULL,'ON_VAN','C-07',NULL,'portal',NULL,1);
INSERT INTO custody_event VALUES(3,'c3','200000001',1,'INSTALLED','C-07','IT001E12345678','B-1234','W-000001',2);
INSERT INTO custody_event VALUES(4,'c4','100000001',NULL,'REMOVED_ON_VAN','C-07',NULL,'B-1234','W-000001',2);
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
INSERT INTO event VALUES(1,'01936b4c-7f10-7000-8000-000000000001','W-000001','opened','{"n":"1"}',1794992400000001,1,'b0a1',NULL,'8a2a1ab3a09e57e0ff579db78e0d6a70917c323055d695e3af2e5a0beb478216');
INSERT INTO event VALUES(2,'01936b4c-7f10-7000-8000-000000000002','W-000001','read','{"n":"1"}',1794992400000002,2,'b0a1','8a2a1ab3a09e57e0ff579db78e0d6a70917c323055d695e3af2e5a0beb478216','c29cfb2f68c3e4c772538d6e1b2925dd00044beddd8d3fe0168aebec17691d72');
INSERT INTO event VALUES(3,'01936b4c-7f10-7000-8000-000000000003','W-000001','read','{"n":"1"}',1794992400000003,3,'b0a1','c29cfb2f68c3e4c772538d6e1b2925dd00044beddd8d3fe0168aebec17691d72','e34c2bcafba96a5f47e54b65ff92542a248b5982b7852d1d2007e6ed956aba6f');
INSERT INTO event VALUES(4,'01936b4c-7f10-7000-8000-000000000004','W-000002','opened','{"n":"1"}',1794992400000004,4,'b0a1','e34c2bcafba96a5f47e54b65ff92542a248b5982b7852d1d2007e6ed956aba6f','9cfdc763adfae96a1e1fcc28313c0cb705b712b50c4531ddcc2c988a72126fc3');
INSERT INTO event VALUES(5,'01936b4c-7f10-7000-8000-000000000005','W-000002','read','{"n":"1"}',1794992400000005,5,'b0a1','9cfdc763adfae96a1e1fcc28313c0cb705b712b50c4531ddcc2c988a72126fc3','d60187b161627905d8b080d55eb5d7e767358fc412dc49c3f1abe06e6ebc62d5');
INSERT INTO event VALUES(6,'01936b4c-7f10-7000-8000-000000000006','W-000002','read','{"n":"1"}',1794992400000006,6,'b0a1','d60187b161627905d8b080d55eb5d7e767358fc412dc49c3f1abe06e6ebc62d5','3d3d08b41bf61dfa071543a6827f3c51fbc10ce7cb4dc7d754e88dfe6bde3f70');
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
INSERT INTO job VALUES('W-000001','STATE_2','GREEN',0,1794992400000000,0,'b0a1','{}','{"id":"W-000001","revision":702,"cancelled":false,"cancel_reason":null,"crew_id":"C-07","pod":"IT001E59483311","customer_number":"594833117","municipality":"Anagni","street":"Via Roma","house_number":"%%EOF","access_note":"S. Giò","lon":14.706698525811612,"lat":47.22646887245617,"old_serial":"260364364","old_kind":"m1","life_support":false,"presence_needed":true,"window_start":"2026-11-19T12:28:10.254+01:00","window_end":"2026-11-19T14:28:10.254+01:00","notice_posted":"2026-11-12T04:00:00.000+01:00","contract_power_w":3000,"available_power_w":3300,"limiter_enabled":false,"tariff_table":{"id":"T312280","default_tier":4,"days":[[{"from":"00:00","tier":2},{"from":"02:32","tier":3},{"from":"03:26","tier":3}],[{"from":"00:00","tier":2},{"from":"02:04","tier":4},{"from":"02:34","tier":3},{"from":"02:59","tier":2},{"from":"03:09","tier":1}],[{"from":"00:00","tier":1},{"from":"02:30","tier":4},{"from":"05:09","tier":3},{"from":"06:07","tier":1}],[{"from":"00:00","tier":4},{"from":"01:15","tier":2},{"from":"02:28","tier":2},{"from":"05:17","tier":1},{"from":"05:26","tier":2}],[{"from":"00:00","tier":3}],[{"from":"00:00","tier":2},{"from":"00:35","tier":2},{"from":"02:41","tier":4},{"from":"07:07","tier":1}],[{"from":"00:00","tier":3}]]},"last_billing":[{"obis":"1-0:1.8.1","quantity":"active_import","tier":1,"value":54017671,"unit":"Wh"},{"obis":"1-0:1.8.2","quantity":"active_import","tier":2,"value":43352346,"unit":"Wh"},{"obis":"1-0:1.8.3","quantity":"active_import","tier":3,"value":15096729,"unit":"Wh"},{"obis":"1-0:1.8.4","quantity":"active_import","tier":4,"value":23688040,"unit":"Wh"},{"obis":"1-0:1.8.0","quantity":"active_import","tier":0,"value":136154786,"unit":"Wh"}],"last_billing_at":"2026-10-21T16:20:00.000+02:00"}');
INSERT INTO job VALUES('W-000002','STATE_2','GREEN',1,1794992400000000,0,'b0a1','{}','{"id":"W-000002","revision":440,"cancelled":false,"cancel_reason":null,"crew_id":"C-07","pod":"IT001E87732772","customer_number":"877327727","municipality":"Anagni","street":"Via Roma","house_number":"S. Giò","access_note":null,"lon":17.835828938230676,"lat":39.587161331248126,"old_serial":"753559920","old_kind":"m3","life_support":false,"presence_needed":false,"window_start":"2026-11-19T11:36:43.680+01:00","window_end":"2026-11-19T13:36:43.680+01:00","notice_posted":"2026-11-12T04:00:00.000+01:00","contract_power_w":3000,"available_power_w":3300,"limiter_enabled":false,"tariff_table":{"id":"T358698","default_tier":2,"days":[[{"from":"00:00","tier":2},{"from":"02:14","tier":1},{"from":"05:22","tier":2},{"from":"08:48","tier":3},{"from":"10:32","tier":2}],[{"from":"00:00","tier":1},{"from":"03:02","tier":2},{"from":"05:32","tier":4},{"from":"07:44","tier":1}],[{"from":"00:00","tier":4}],[{"from":"00:00","tier":1},{"from":"03:00","tier":4},{"from":"06:10","tier":1},{"from":"09:30","tier":1},{"from":"12:22","tier":3}],[{"from":"00:00","tier":3},{"from":"02:25","tier":1},{"from":"03:48","tier":4},{"from":"07:23","tier":1}],[{"from":"00:00","tier":1}],[{"from":"00:00","tier":2},{"from":"00:02","tier":1}]]},"last_billing":[{"obis":"1-0:1.8.1","quantity":"active_import","tier":1,"value":50118808,"unit":"Wh"},{"obis":"1-0:1.8.2","quantity":"active_import","tier":2,"value":49459538,"unit":"Wh"},{"obis":"1-0:1.8.3","quantity":"active_import","tier":3,"value":39362163,"unit":"Wh"},{"obis":"1-0:1.8.4","quantity":"active_import","tier":4,"value":70162785,"unit":"Wh"},{"obis":"1-0:1.8.0","quantity":"active_import","tier":0,"value":209103294,"unit":"Wh"}],"last_billing_at":"2026-10-21T16:20:00.000+02:00"}');
CREATE TABLE reading (
  sequence INTEGER PRIMARY KEY NOT NULL,
  id TEXT NOT NULL UNIQUE,
  order_id TEXT NOT NULL REFERENCES work_order (id),
  kind TEXT NOT NULL,
  taken_us INTEGER NOT NULL,
  document TEXT NOT NULL CHECK (json_valid(document))
) STRICT;
INSERT INTO reading VALUES(1,'01936b4c-7f10-7000-8000-00000000aaaa','W-000001','removal',1795008216899000,'{"kind":"removal","method":"optical","taken_at":"2026-11-18T14:23:36.899+01:00","meter":{"serial":"260364364","model":"GEM","kind":"m1","firmware":"1.07","customer_number":"594833117","manufacturer":"ENL"},"profile":{"id":"enl-gem","version":"1","sha256":"2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"},"clock":{"meter":"2026-11-18T14:23:33.000+01:00","device":"2026-11-18T14:23:36.900+01:00","drift_s":-4},"status":{"raw":"0000","flags":[]},"registers":[{"obis":"1-0:1.8.1","quantity":"active_import","tier":1,"value":54099689,"unit":"Wh"},{"obis":"1-0:1.6.1","quantity":"max_demand_import","tier":1,"value":1914,"unit":"W","captured_at":"2026-11-18T10:00:00.000+01:00"},{"obis":"1-0:1.8.2","quantity":"active_import","tier":2,"value":43358792,"unit":"Wh"},{"obis":"1-0:1.6.2","quantity":"max_demand_import","tier":2,"value":2988,"unit":"W","captured_at":"2026-11-18T10:00:00.000+01:00"},{"obis":"1-0:1.8.3","quantity":"active_import","tier":3,"value":15386230,"unit":"Wh"},{"obis":"1-0:1.6.3","quantity":"max_demand_import","tier":3,"value":715,"unit":"W","captured_at":"2026-11-18T10:00:00.000+01:00"},{"obis":"1-0:1.8.4","quantity":"active_import","tier":4,"value":23779187,"unit":"Wh"},{"obis":"1-0:1.6.4","quantity":"max_demand_import","tier":4,"value":531,"unit":"W","captured_at":"2026-11-18T10:00:00.000+01:00"},{"obis":"1-0:1.8.0","quantity":"active_import","tier":0,"value":136623898,"unit":"Wh","raw":"1-0:1.8.0(000123.456*kWh)"}],"line":{"bytes_tx":51,"bytes_rx":812,"round_trips":4,"wall_ms":3200,"retries":1}}');
INSERT INTO reading VALUES(2,'01936b4c-7f10-7000-8000-00000000aaab','W-000001','second',1795008216899000,'{"kind":"second","method":"optical","taken_at":"2026-11-18T14:23:36.899+01:00","meter":{"serial":"260364364","model":"GEM","kind":"m1","firmware":"1.07","customer_number":"594833117","manufacturer":"ENL"},"profile":{"id":"enl-gem","version":"1","sha256":"2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"},"clock":{"meter":"2026-11-18T14:23:33.000+01:00","device":"2026-11-18T14:23:36.900+01:00","drift_s":-4},"status":{"raw":"0000","flags":[]},"registers":[{"obis":"1-0:1.8.1","quantity":"active_import","tier":1,"value":54099689,"unit":"Wh"},{"obis":"1-0:1.6.1","quantity":"max_demand_import","tier":1,"value":1914,"unit":"W","captured_at":"2026-11-18T10:00:00.000+01:00"},{"obis":"1-0:1.8.2","quantity":"active_import","tier":2,"value":43358792,"unit":"Wh"},{"obis":"1-0:1.6.2","quantity":"max_demand_import","tier":2,"value":2988,"unit":"W","captured_at":"2026-11-18T10:00:00.000+01:00"},{"obis":"1-0:1.8.3","quantity":"active_import","tier":3,"value":15386230,"unit":"Wh"},{"obis":"1-0:1.6.3","quantity":"max_demand_import","tier":3,"value":715,"unit":"W","captured_at":"2026-11-18T10:00:00.000+01:00"},{"obis":"1-0:1.8.4","quantity":"active_import","tier":4,"value":23779187,"unit":"Wh"},{"obis":"1-0:1.6.4","quantity":"max_demand_import","tier":4,"value":531,"unit":"W","captured_at":"2026-11-18T10:00:00.000+01:00"},{"obis":"1-0:1.8.0","quantity":"active_import","tier":0,"value":136623898,"unit":"Wh","raw":"1-0:1.8.0(000123.456*kWh)"}],"line":{"bytes_tx":51,"bytes_rx":812,"round_trips":4,"wall_ms":3200,"retries":1}}');
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
INSERT INTO report VALUES(1,'01936b4c-7f10-7000-8000-00000000bbbb','TAB-0042-000001','W-000001','e5c62df5dab5c87b6a015ef3d43597074d1eec433b15f51aec63b8582d0e4ab4',NULL,3,X'255044462d312e340a');
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
INSERT INTO outbox VALUES('01936b4c-7f10-7000-8000-00000000bbbb','report','QUEUED',0,3,3,NULL,NULL,NULL,NULL);
CREATE TABLE invocation_counter (
  serial TEXT NOT NULL,
  key_id TEXT NOT NULL,
  next INTEGER NOT NULL DEFAULT 0 CHECK (next BETWEEN 0 AND 4294967296),
  peer INTEGER CHECK (peer BETWEEN 0 AND 4294967295),
  PRIMARY KEY (serial, key_id)
) STRICT, WITHOUT ROWID;
INSERT INTO invocation_counter VALUES('200000001','k',16,5);
CREATE TRIGGER work_order_revision BEFORE UPDATE OF revision ON work_order
WHEN NEW.revision < OLD.revision
BEGIN SELECT RAISE (ABORT, 'the revision of a work order does not go back'); END;
CREATE TRIGGER work_order_done BEFORE UPDATE OF state ON work_order
WHEN OLD.state = 'DONE' AND NEW.state <> 'DONE'
BEGIN SELECT RAISE (ABORT, 'a work order that is done stays done'); END;
CREATE TRIGGER custody_event_moves AFTER INSERT ON custody_event
BEGIN UPDATE meter_asset SET custody = NEW.sequence WHERE serial = NEW.serial; END;
CREATE TRIGGER custody_event_no_update BEFORE UPDATE ON custody_event
BEGIN SELECT RAISE (ABORT, 'a custody event is never changed'); END;
CREATE TRIGGER custody_event_no_delete BEFORE DELETE ON custody_event
BEGIN SELECT RAISE (ABORT, 'a custody event is never deleted'); END;
CREATE TRIGGER meter_asset_no_delete BEFORE DELETE ON meter_asset
BEGIN SELECT RAISE (ABORT, 'a meter is never deleted'); END;
CREATE TRIGGER event_follows BEFORE INSERT ON event
WHEN NEW.sequence <> (SELECT coalesce(max(sequence), 0) + 1 FROM event)
  OR NEW.prev_sha256 IS NOT (SELECT sha256 FROM event ORDER BY sequence DESC LIMIT 1)
BEGIN SELECT RAISE (ABORT, 'an event follows the last one'); END;
CREATE TRIGGER event_no_update BEFORE UPDATE ON event
BEGIN SELECT RAISE (ABORT, 'an event is never changed'); END;
CREATE TRIGGER event_no_delete BEFORE DELETE ON event
BEGIN SELECT RAISE (ABORT, 'an event is never deleted'); END;
CREATE TRIGGER job_order_frozen BEFORE UPDATE OF order_document ON job
WHEN OLD.open = 1 AND NEW.order_document <> OLD.order_document
BEGIN SELECT RAISE (ABORT, 'a job keeps the order with which it started'); END;
CREATE TRIGGER reading_no_update BEFORE UPDATE ON reading
BEGIN SELECT RAISE (ABORT, 'a reading is never changed'); END;
CREATE TRIGGER reading_no_delete BEFORE DELETE ON reading
BEGIN SELECT RAISE (ABORT, 'a reading is never deleted'); END;
CREATE TRIGGER report_follows BEFORE INSERT ON report
WHEN NEW.sequence <> (SELECT coalesce(max(sequence), 0) + 1 FROM report)
  OR NEW.previous_sha256 IS NOT (SELECT sha256 FROM report ORDER BY sequence DESC LIMIT 1)
BEGIN SELECT RAISE (ABORT, 'a report follows the last one'); END;
CREATE TRIGGER report_no_update BEFORE UPDATE ON report
BEGIN SELECT RAISE (ABORT, 'a report is never changed'); END;
CREATE TRIGGER report_no_delete BEFORE DELETE ON report
BEGIN SELECT RAISE (ABORT, 'a report is never deleted'); END;
CREATE TRIGGER outbox_delivered BEFORE UPDATE ON outbox
WHEN OLD.state = 'DELIVERED'
BEGIN SELECT RAISE (ABORT, 'an item that is delivered stays as it is'); END;
CREATE TRIGGER outbox_no_delete BEFORE DELETE ON outbox
BEGIN SELECT RAISE (ABORT, 'an item of the outbox is never deleted'); END;
CREATE TRIGGER invocation_counter_grows BEFORE UPDATE ON invocation_counter
WHEN NEW.next < OLD.next OR NEW.peer < OLD.peer
BEGIN SELECT RAISE (ABORT, 'an invocation counter does not go back'); END;
CREATE TRIGGER invocation_counter_no_delete BEFORE DELETE ON invocation_counter
BEGIN SELECT RAISE (ABORT, 'an invocation counter is never deleted'); END;
CREATE INDEX work_order_by_window ON work_order (window_start_us, id);
CREATE UNIQUE INDEX custody_first ON custody_event (serial) WHERE previous IS NULL;
CREATE INDEX custody_by_serial ON custody_event (serial, sequence);
CREATE INDEX event_by_order ON event (order_id, sequence);
CREATE INDEX reading_by_order ON reading (order_id, sequence);
CREATE INDEX report_by_order ON report (order_id, sequence);
COMMIT;
PRAGMA user_version = 1;
