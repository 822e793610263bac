"""The child: a picture in, the copy for people out; or why not, as `why width height` with the exit code REFUSED."""

import resource
import sys

from inspections.decoding.decode import MEMORY, Refused, encoded, opened, reduced
from inspections.decoding.limits import REFUSED, SECONDS


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        answer, code = encoded(reduced(opened(sys.stdin.buffer), int(sys.argv[1]))), 0
    except Refused as refused:
        answer, code = f"{refused.why} {refused.size[0]} {refused.size[1]}".encode(), REFUSED
    sys.stdout.buffer.write(answer)
    return code


sys.exit(main())
