# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright 2026 The Posa authors
#
# Any meter that speaks DLMS/COSEM over HDLC and that no other profile knows: energy under the usual
# codes, read as the installer with the keys that there are for it. A total that it lacks is noted
# as missing, a tier left out. It cannot be commissioned: good for a look at a stranger, not for a
# replacement. The line is that of posa-2g-single, as whoever answers is called like this first.
[profile]
id=dlms-generic
version=1
driver=dlms
kind=generic

[match]
manufacturer=*
ident=*

[line]
baud=9600

[reading]
missing=note

[dlms]
logical_device=1
public_client=16
installer_client=3
max_info=128
response_ms=1500
inter_octet_ms=120
retries=4
utc_offset=60

[objects]
name=0-0:42.0.0
invocation_counter=0-0:43.1.3
clock=0-0:1.0.0

[identity]
serial=0-0:96.1.0

[registers]
1-0:1.8.0=active_import;0;Wh;required
1-0:1.8.1=active_import;1;Wh;optional
1-0:1.8.2=active_import;2;Wh;optional
1-0:1.8.3=active_import;3;Wh;optional
1-0:1.8.4=active_import;4;Wh;optional
1-0:1.8.5=active_import;5;Wh;optional
1-0:1.8.6=active_import;6;Wh;optional
1-0:2.8.0=active_export;0;Wh;required
1-0:3.8.0=reactive_import;0;varh;required
1-0:4.8.0=reactive_export;0;varh;required
