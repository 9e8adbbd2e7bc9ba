# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright 2026 The Posa authors
#
# Reference profile for a first-generation meter of kind m3 that speaks IEC 62056-21 mode C, as
# posa-sim does. The protocol on the port of the distributor's own 1G meters is proprietary, not
# public, and not implemented.
[profile]
id=posa-1g-m3
version=2
driver=iec
kind=m3
model=1G M3

[match]
manufacturer=PSA
ident=M3

[line]
baud=9600

[reading]
plan=readout
size=1422
missing=refuse

[identity]
serial=C.1.0
customer_number=0.0.1
firmware=0.2.0

[clock]
date=0.9.2
time=0.9.1
date_format=YYMMDD
time_format=Zhhmmss
capture_format=YYMMDDhhmm

[status]
code=C.5.0

[status-bits]
0=clock-lost
1=battery-low
2=memory-fault
3=cover-opened
4=magnetic-field
5=reverse-flow
6=supply-open
7=limiter-tripped
8=phase-missing

[registers]
1.8.0=active_import;0;kWh;required;6.3
1.8.1=active_import;1;kWh;required;6.3
1.8.2=active_import;2;kWh;required;6.3
1.8.3=active_import;3;kWh;required;6.3
1.8.4=active_import;4;kWh;required;6.3
1.6.1=max_demand_import;1;kW;required;2.3
1.6.2=max_demand_import;2;kW;required;2.3
1.6.3=max_demand_import;3;kW;required;2.3
1.6.4=max_demand_import;4;kW;required;2.3
3.8.0=reactive_import;0;kvarh;required;6.3
3.8.1=reactive_import;1;kvarh;required;6.3
3.8.2=reactive_import;2;kvarh;required;6.3
3.8.3=reactive_import;3;kvarh;required;6.3
3.8.4=reactive_import;4;kvarh;required;6.3

[frozen]
count=0.1.0
time=0.1.2
time_format=YYMMDDhhmm
reason=C.86.0

[freeze-reasons]
1=billing
2=switch
3=contract
4=power
5=table

[tariff-table]
name=0.2.2
monday=C.13.1
tuesday=C.13.2
wednesday=C.13.3
thursday=C.13.4
friday=C.13.5
saturday=C.13.6
holiday=C.13.7
active=C.14.0
default_active_import=C.15.1
default_reactive_import=C.15.3

[limiter]
enabled=C.17.0
steps=C.17.1
max_demand_enabled=C.17.2
contract_power=C.17.3
available_power=C.17.4

[voltage]
since=C.32.0
since_format=YYMMDDhhmm
min=12.3.0
max=12.6.0
within=C.32.1

[instant]
power=1.7.0

[load-profile]
code=P.01
command=R6
time_format=ZYYMMDDhhmmss
period_min=60

[load-columns]
1.29.0=active_import;kWh;2.3
3.29.0=reactive_import;kvarh;2.3

[load-bits]
7=power_fail
5=clock_set
2=incomplete
1=clock_doubt
0=other_doubt
