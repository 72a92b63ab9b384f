"""The live run: a source recorded first, then analyzed, then handed to whoever looks on."""

from emgspasm.session.handover import Handover
from emgspasm.session.run import Session
from emgspasm.session.status import Status

__all__ = ["Handover", "Session", "Status"]
