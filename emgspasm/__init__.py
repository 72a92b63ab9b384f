"""Facial surface EMG: record, detect and compare spasm bursts of both sides of the face.

``import emgspasm as es`` gives the names below; what is heavy is imported when it is first used.
For research and education only: the software describes signals, it never diagnoses.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from emgspasm.places import place_compiled

if TYPE_CHECKING:
    from emgspasm.config import load_config as load_config
    from emgspasm.dsp.pipeline import analyze as analyze
    from emgspasm.results.analysis import analyze_recording as analyze_recording
    from emgspasm.simulation import simulate as simulate
    from emgspasm.sources.registry import open_source as open_source
    from emgspasm.storage.montage import load_montage as load_montage
    from emgspasm.storage.opening import open_recording as open_recording
    from emgspasm.storage.studies.study import open_study as open_study

__version__ = "0.1.0"

place_compiled()  # numba takes it when it is imported

_HOMES = {
    "analyze": "emgspasm.dsp.pipeline",
    "analyze_recording": "emgspasm.results.analysis",
    "load_config": "emgspasm.config",
    "load_montage": "emgspasm.storage.montage",
    "open_recording": "emgspasm.storage.opening",
    "open_source": "emgspasm.sources.registry",
    "open_study": "emgspasm.storage.studies.study",
    "simulate": "emgspasm.simulation",
}
__all__ = ["__version__", *_HOMES]  # noqa: PLE0604  the names are the table's keys


def __dir__() -> list[str]:
    return __all__  # what an editor or a notebook offers


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
