"""Many tickets at once: what came in, what is one fault, what comes first.

intake      paths -> drafts of tickets; `mail`, `mailbox`, `html_text`, `export` read their forms
language    in which language a ticket was written
identity    short ids that stay
worker      one ticket -> what is kept of it;  `pool` does that in several processes
fingerprint, summary        what the desk decides by
urgency, common_outages, similar    the decisions
triage      all of them together
run         intake, store, pool and triage in order
store       what is kept between runs
"""
