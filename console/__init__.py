"""The operators' console: where information flows, where it waits, who has fallen silent. No content, no people.

    reader = Reader(ledger, agencies, directory)         # what the ledger and the connectors' health files say
    facts = reader.read(now, real_now)                   # counts, ages and codes, nothing else
    model = page(facts, directory)                       # pure: facts -> what is shown
    app = make_app(snapshots, token)                     # Starlette; server-rendered, live by server-sent events

Left out: deciding, changing or opening anything; the console only looks. Rules: whoever reads it has no clearance for
seals, so nothing here counts, times or names what a seal caused (`console.blind`); one poller a process reads the
database, however many browsers look; every page is complete without JavaScript.
"""
