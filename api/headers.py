"""Headers of every answer: what the page may load, what may be kept, and weak ETags on reads of the API."""

import base64
import hashlib
import re

from flask import Flask, Response, request

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
INLINE = re.compile(rb"<script>(.*?)</script>", re.DOTALL)
FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}


def policy(response: Response) -> str:
    """The Content-Security-Policy: only files of ours, but on Swagger UI's page."""
    rules = dict(POLICY)
    if request.path.startswith("/openapi") and response.mimetype == "text/html":
        # Swagger UI brings one inline script, allowed by its hash, and writes style attributes.
        rules["style-src"] += " 'unsafe-inline'"
        for body in INLINE.findall(response.get_data()):
            digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
            rules["script-src"] += f" 'sha256-{digest}'"
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def finish(response: Response) -> Response:
    """Security headers on everything; ETag and 304 on reads of the API; no page in a shared cache."""
    for name, value in FIXED.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    if not response.direct_passthrough:
        response.headers.setdefault("Content-Security-Policy", policy(response))
    if request.path.startswith("/api/"):
        response.headers["Cache-Control"] = "private, no-cache"
        response.vary.update(["Authorization", "X-API-Key", "Cookie", "Accept"])
        if request.method in ("GET", "HEAD") and response.status_code == 200:
            response.add_etag(weak=True)
            response.make_conditional(request)
    elif response.mimetype == "text/html":
        response.headers["Cache-Control"] = "no-store"
    return response


def register(app: Flask) -> None:
    """Finish every answer."""
    app.after_request(finish)
