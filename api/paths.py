"""Ids in addresses: whatever a source calls its documents must be reachable, slashes included."""

from flask import Flask
from werkzeug.routing import BaseConverter


class Identifier(BaseConverter):
    """Any id, such as `forum/12` or an address; what follows it in a rule still counts."""

    regex = ".+?"
    part_isolating = False
    weight = 200


def register(app: Flask) -> None:
    """Make `<id:...>` known to rules, and leave the slashes of ids as they are."""
    app.url_map.converters["id"] = Identifier
    app.url_map.merge_slashes = False
