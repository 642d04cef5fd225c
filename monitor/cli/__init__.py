"""The command line: one module a command, its further parts behind its name (lab_history.py); run.py is the composition root.

Beside them stands what several share: parser, tables and output are what people meet, client and probing speak to the daemon,
probers open what sends, program is how this one is called and logs.
"""
