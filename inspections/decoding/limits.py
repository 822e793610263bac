"""What both sides know: the server, and the child that decodes for it."""

SECONDS = 60  # of processor time for one picture
REFUSED = 3  # the exit code of a child that says why
