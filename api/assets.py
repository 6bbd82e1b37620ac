"""The chart library as one script of ours: Vega, Vega-Lite and the interpreter that needs no eval."""

import functools
import gzip
from importlib.metadata import version as distribution_version

from flask import Blueprint, Flask, Response, request

from api.access import PUBLIC, allow

blueprint = Blueprint("assets", __name__)

KEPT = "public, max-age=31536000, immutable"


@functools.cache
def bundle() -> bytes:
    """The script, gzipped; built in about a second, once in a process."""
    import vl_convert

    return gzip.compress(vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;").encode(), mtime=0)


def version() -> str:
    """What the script's address carries, so that a new library is loaded anew."""
    return distribution_version("vl-convert-python")


@blueprint.get("/assets/vega-<release>.js")
@allow(PUBLIC, "assets")
def vega(release: str) -> Response:
    """The script; `release` only makes its address new with every release."""
    packed = bundle()
    if request.accept_encodings["gzip"] > 0:
        response = Response(packed, mimetype="text/javascript", headers={"Content-Encoding": "gzip"})
    else:
        response = Response(gzip.decompress(packed), mimetype="text/javascript")
    response.vary.add("Accept-Encoding")
    response.headers["Cache-Control"] = KEPT
    return response


def register(app: Flask) -> None:
    """Serve the script, and tell templates its address."""
    app.register_blueprint(blueprint)
    app.jinja_env.globals["vega_version"] = version
