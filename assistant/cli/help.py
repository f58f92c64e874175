"""What `diagnose --help` prints.

Written by hand instead of being made of the commands: so it needs none of them, nor typer, and is
there at once. A test holds it against them.
"""

HELP = """\
Usage: diagnose [OPTIONS] FILE...
       diagnose COMMAND [OPTIONS] [ARGS]...

  Reads LANCOM VPN traces (trace + vpn-status), ranks the causes of a failed
  tunnel and proves them line by line.

  diagnose FILE... diagnoses one case made of all files given; - reads
  standard input. Without --format the verdict is printed and
  <name>.report.html is written into the working directory. 'diagnose FILE
  --help' shows the options, 'diagnose COMMAND --help' those of a command.

Options:
  --version   Show the version.
  -h, --help  Show this message and exit.

Commands:
  ask      Asks the open questions about a case one by one; works without any
           file too.
  check    Checks the knowledge base: schema, references, samples, cases.
  explain  Explains a trace record by record, a VPN error code (number or
           name), a cause, a stage.
  resolve  Records what a ticket really was, and what helped.
  tickets  Lists the tickets that were diagnosed, or shows one.
  triage   Diagnoses many tickets, and says which come first, which are one
           fault and which one outage.
"""
