"""One deterministic world per seed: the real bridge, and people, malls, network and process that act between its calls.

world      the bridge over the in-process sandbox, and every place where somebody may act
acts_*     what staff, shoppers and malls, network and process do
malls      what is each mall's own: its listings, its switches, Amazon's feeds
market     what the malls show, are told and refuse, held against the model
model      what people meant and what malls sold, and the promises of DESIGN §3; knows nothing of the bridge
watcher    what is looked up in sheet, ledger and malls, and held against the model after every step
people     who come to rest: they finish what they began and answer what they are asked
story      a run as data: drawn from a seed, told again, shrunk
mutants    rules broken on purpose
"""
