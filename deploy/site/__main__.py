"""`python -m deploy.site TARGET`: see `build`."""

import sys

from deploy.site.build import main

sys.exit(main())
