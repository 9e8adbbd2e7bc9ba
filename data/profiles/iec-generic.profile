# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright 2026 The Posa authors
#
# Any meter that speaks IEC 62056-21 and that no other profile knows: what its readout has under the
# usual codes. Form and time of its clock differ from maker to maker, so it is not read; what is not
# there is left out, A+ total noted as missing. Good for a look at a meter, not for a replacement.
[profile]
id=iec-generic
version=1
driver=iec
kind=generic

[match]
manufacturer=*
ident=*

[line]
baud=9600

[reading]
plan=readout
missing=note

[identity]
serial=C.1.0;0.0.0;96.1.0
customer_number=0.0.1
firmware=0.2.0

[registers]
1.8.0=active_import;0;kWh;required
1.8.1=active_import;1;kWh;optional
1.8.2=active_import;2;kWh;optional
1.8.3=active_import;3;kWh;optional
1.8.4=active_import;4;kWh;optional
2.8.0=active_export;0;kWh;optional
2.8.1=active_export;1;kWh;optional
2.8.2=active_export;2;kWh;optional
2.8.3=active_export;3;kWh;optional
2.8.4=active_export;4;kWh;optional
3.8.0=reactive_import;0;kvarh;optional
3.8.1=reactive_import;1;kvarh;optional
3.8.2=reactive_import;2;kvarh;optional
3.8.3=reactive_import;3;kvarh;optional
3.8.4=reactive_import;4;kvarh;optional
4.8.0=reactive_export;0;kvarh;optional
4.8.1=reactive_export;1;kvarh;optional
4.8.2=reactive_export;2;kvarh;optional
4.8.3=reactive_export;3;kvarh;optional
4.8.4=reactive_export;4;kvarh;optional
1.6.0=max_demand_import;0;kW;optional
1.6.1=max_demand_import;1;kW;optional
1.6.2=max_demand_import;2;kW;optional
1.6.3=max_demand_import;3;kW;optional
1.6.4=max_demand_import;4;kW;optional
