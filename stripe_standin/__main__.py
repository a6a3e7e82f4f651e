"""``python -m stripe_standin``: starts the stand-in, or says why it will not."""

import os
import sys

from .config import WillNotStart, read_config
from .server import serve


def main() -> int:
    try:
        config = read_config(sys.argv[1:], os.environ)
    except WillNotStart as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 2
    serve(config)
    return 0


if __name__ == "__main__":
    sys.exit(main())
