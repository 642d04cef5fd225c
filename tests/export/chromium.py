"""Where the browser of the tests and of the pictures is, and how it starts without asking anything of the network."""

import os

_NAMES = ("/usr/bin/chromium-headless-shell", "/usr/bin/chromium")
CHROMIUM = next((each for each in _NAMES if os.access(each, os.X_OK)), _NAMES[0])
"""The first draws pages and has no window of its own around them, which costs the other more than half of its time."""
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Chromium looks up its maker's hosts at every start: nothing of ours may leave the machine, not even a question for a name.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
