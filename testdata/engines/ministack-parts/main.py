"""MiniStack, with its departures from AWS corrected that this application meets, and a domain of OpenSearch.

What is corrected is corrected by what AWS documents; none of it was compared with AWS itself.
"""

import os
from importlib.metadata import version

PINNED = "1.5.33"

if version("ministack") != PINNED:
    raise SystemExit(f"the corrections are of ministack {PINNED}: look at each of them first")

from ministack import app

import apigateway
import deployment
import domain
import events

apigateway.correct()
deployment.correct()
events.correct()
domain.serve(os.environ["DOMAIN_HOST"], os.environ["DOMAIN_NAME"], os.environ["DOMAIN_ENGINE"])
# It would listen on 443, too, where it may.
app._port_is_bindable = lambda *_: False
app.main()
