"""The sandbox in a browser: the live sheet, the malls' shop fronts, what happened and why, the fault dial, charts.

One more client of the sandbox's control panel, in a process of its own. It needs the extra `page`, which brings every
script, style and font along: no request leaves this machine.
"""
