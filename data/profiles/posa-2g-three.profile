# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright 2026 The Posa authors
#
# Reference profile for a three-phase second-generation meter: DLMS/COSEM over HDLC on the optical
# port, HLS mechanism 5, security suite 0, as posa-sim 2g --kind 2g-3 is. The profile of the distributor's own
# 2G meters on that port is not public. The country codes 0-0:94.39.x are a choice of this
# simulator; customer_number is at the code of the metering point.
[profile]
id=posa-2g-three
version=2
driver=dlms
kind=2g-3
model=2G three-phase

[match]
manufacturer=PSA
ident=2G3*

[line]
baud=9600

[dlms]
logical_device=1
public_client=16
installer_client=3
max_info=128
response_ms=1500
inter_octet_ms=250
retries=4
utc_offset=60

[objects]
name=0-0:42.0.0
invocation_counter=0-0:43.1.3
clock=0-0:1.0.0
calendar=0-0:13.0.0
tariff_scripts=0-0:10.0.100
special_days=0-0:11.0.0
limiter=0-0:17.0.0
limiter_enabled=0-0:94.39.21
contract_power=0-0:94.39.20
disconnect=0-0:96.3.10
load_profile=1-0:99.1.0
event_logs=0-0:99.98.0;0-0:99.98.1;0-0:99.98.2
security=0-0:43.0.3
image_transfer=0-0:44.0.0

[identity]
serial=0-0:96.1.0
customer_number=0-0:96.1.10
firmware=1-0:0.2.0

[status]
code=0-0:96.5.0

[status-bits]
0=clock-lost
1=battery-low
2=memory-fault
3=cover-opened
4=magnetic-field
5=reverse-flow
6=limiter-tripped

[events]
1=power-down
2=power-up
4=clock-before-adjustment
5=clock-after-adjustment
40=terminal-cover-opened
41=terminal-cover-closed
42=magnetic-field-detected
43=magnetic-field-gone
59=relay-ready
60=relay-opened-by-hand
61=relay-closed-by-hand
62=relay-opened-remotely

[registers]
1-0:1.8.0=active_import;0;Wh;required
1-0:1.8.1=active_import;1;Wh;required
1-0:1.8.2=active_import;2;Wh;required
1-0:1.8.3=active_import;3;Wh;required
1-0:1.8.4=active_import;4;Wh;required
1-0:1.8.5=active_import;5;Wh;required
1-0:1.8.6=active_import;6;Wh;required
1-0:2.8.0=active_export;0;Wh;required
1-0:2.8.1=active_export;1;Wh;required
1-0:2.8.2=active_export;2;Wh;required
1-0:2.8.3=active_export;3;Wh;required
1-0:2.8.4=active_export;4;Wh;required
1-0:2.8.5=active_export;5;Wh;required
1-0:2.8.6=active_export;6;Wh;required
1-0:3.8.0=reactive_import;0;varh;required
1-0:3.8.1=reactive_import;1;varh;required
1-0:3.8.2=reactive_import;2;varh;required
1-0:3.8.3=reactive_import;3;varh;required
1-0:3.8.4=reactive_import;4;varh;required
1-0:3.8.5=reactive_import;5;varh;required
1-0:3.8.6=reactive_import;6;varh;required
1-0:4.8.0=reactive_export;0;varh;required
1-0:4.8.1=reactive_export;1;varh;required
1-0:4.8.2=reactive_export;2;varh;required
1-0:4.8.3=reactive_export;3;varh;required
1-0:4.8.4=reactive_export;4;varh;required
1-0:4.8.5=reactive_export;5;varh;required
1-0:4.8.6=reactive_export;6;varh;required

[commissioning]
order=clock;tariff_table;special_days;contract_power;limiter;customer_number;supply
