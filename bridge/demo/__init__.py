"""The demo: sandbox and bridge as two processes, a lively day in front of them, and a verdict that the bridge has no
part in: it is counted from what the simulators and the staff script know."""
