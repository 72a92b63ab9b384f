"""The routes of the service."""

from __future__ import annotations

import json
from dataclasses import asdict
from importlib.resources import files
from typing import Any

from fastapi import FastAPI, Request, Response, WebSocket
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from emgspasm import __version__
from emgspasm.desk.scales import GAINS
from emgspasm.dsp.rates import DAY
from emgspasm.errors import ConfigError, EmgspasmError, explained
from emgspasm.service import answers
from emgspasm.service.audience import look_on
from emgspasm.service.colours import stylesheet
from emgspasm.service.guard import LEADERS, Guard, leads
from emgspasm.service.host import Host
from emgspasm.service.refusal import Refused
from emgspasm.system import host_time

PAGE = files("emgspasm.service") / "page"

KINDS = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}


class Answer(JSONResponse):
    """An answer in ASCII, which can also spell a path that is no UTF-8."""

    def render(self, content: Any) -> bytes:
        """Spell it."""
        return json.dumps(content, allow_nan=False).encode("ascii")


class Asked(BaseModel):
    """The body of a call; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class MarkerAsked(Asked):
    """A marker to be set, meant so many seconds ago."""

    text: str = Field(min_length=1, max_length=300)
    ago: float = Field(0.0, ge=0, le=DAY, allow_inf_nan=False)


class RecordingAsked(Asked):
    """A recording to be begun."""

    participant: str = Field(min_length=1, max_length=100)
    session: str = Field("", max_length=100)
    task: str = Field(min_length=1, max_length=100)


def application(host: Host, name: str) -> ASGIApp:
    """Make the service of a stream.

    Parameters
    ----------
    host : Host
    name : str
        What it was started with as ``--host``.
    """
    app = FastAPI(title="emgspasm", docs_url=None, redoc_url=None, openapi_url=None,
                  default_response_class=Answer)  # fmt: skip
    _route_page(app)
    _route_reading(app, host)
    _route_leading(app, host)
    _route_errors(app)
    return Guard(app, name)


def _route_page(app: FastAPI) -> None:
    for item in PAGE.iterdir():
        if item.name.startswith("."):  # of macOS
            continue
        path = "/" if item.name == "index.html" else f"/{item.name}"
        _route_text(app, path, item.read_text(encoding="utf-8"), item.name)
    _route_text(app, "/palette.css", stylesheet(), "palette.css")


def _route_text(app: FastAPI, path: str, text: str, name: str) -> None:
    def answer() -> Response:
        return Response(text, media_type=KINDS[name.rpartition(".")[2]])

    app.add_api_route(path, answer, methods=["GET", "HEAD"], response_class=Response)


def _route_reading(app: FastAPI, host: Host) -> None:
    @app.get("/api/state")
    def state() -> answers.State:
        return host.state

    @app.get("/api/events")
    def events() -> answers.Events:
        return host.events()

    @app.websocket("/api/stream")
    async def stream(socket: WebSocket) -> None:
        may = leads(socket.client.host if socket.client else None)
        study = str(host.study) if may and host.study else ""
        keys, marks = dict(host.markers.keys), host.markers.texts
        why_not = "" if may else LEADERS
        hello = answers.Hello(may, why_not, study, keys, marks, GAINS, __version__)
        await look_on(socket, host, answers.text_of(hello))


def _route_leading(app: FastAPI, host: Host) -> None:
    @app.post("/api/markers", status_code=201)
    async def mark(asked: MarkerAsked) -> answers.Marker:
        at = host_time() - asked.ago  # however long others keep all threads
        marker = await run_in_threadpool(host.mark, asked.text, at)
        return answers.Marker(marker.onset, marker.text)

    @app.delete("/api/markers/last")
    def undo() -> answers.Marker:
        marker = host.undo()
        return answers.Marker(marker.onset, marker.text)

    @app.post("/api/recording", status_code=202)
    def record(asked: RecordingAsked) -> answers.Recorded:
        path = host.record(asked.participant, asked.session, asked.task)
        return answers.Recorded(path, f"to be recorded to {path} once the board answers")

    @app.delete("/api/recording")
    def stop() -> answers.Recorded:
        return host.stop()

    @app.post("/api/stream", status_code=202)
    def look() -> answers.State:
        host.look()
        return host.state


def _route_errors(app: FastAPI) -> None:
    @app.exception_handler(HTTPException)
    def refused(request: Request, error: HTTPException) -> Answer:
        text = f"{request.method} {request.url.path}: {error.detail}. The page is at /"
        return _failure(error.status_code, text, error.headers)

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> Answer:
        faults = "; ".join(
            f"{'.'.join(map(str, each['loc'][1:])) or 'body'}: {each['msg']}"
            for each in error.errors()
        )
        return _failure(422, f"{request.method} {request.url.path}: {faults}. Correct the call")

    @app.exception_handler(EmgspasmError)
    def failed(request: Request, error: EmgspasmError) -> Answer:  # noqa: ARG001  starlette's
        status = 422 if isinstance(error, ConfigError) else 500
        return _failure(error.status if isinstance(error, Refused) else status, str(error))

    @app.exception_handler(Exception)
    def broken(request: Request, error: Exception) -> Answer:  # noqa: ARG001  starlette's
        return _failure(500, str(explained(error)))


def _failure(status: int, text: str, headers: object = None) -> Answer:
    body = asdict(answers.Failure(" ".join(text.split())))
    return Answer(body, status, headers=headers)  # type: ignore[arg-type]  # a mapping or None
