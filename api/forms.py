"""What the dashboard's forms share: their token, their fields as a model, the way back."""

from typing import TypeVar

from flask import redirect, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import UnprocessableEntity

from api.access import check_csrf
from api.errors import field_problems
from api.sessions import safe_target

B = TypeVar("B", bound=BaseModel)


def sent(model: type[B], *names: str) -> B:
    """The form as its model; 400 without the token of a page of ours, 422 where it does not fit.

    A field left empty is one not given."""
    check_csrf()
    return checked(model, {name: request.form[name] for name in names if request.form.get(name, "").strip()})


def checked(model: type[B], given: dict[str, str]) -> B:
    """Values as their model; 422 with the reasons where they do not fit."""
    try:
        return model.model_validate(given)
    except ValidationError as error:
        reasons = "; ".join(f"{entry.field}: {entry.reason}" for entry in field_problems(error))
        raise UnprocessableEntity(reasons[:500]) from None


def back(otherwise: str) -> ResponseReturnValue:
    """To the page the form was on."""
    return redirect(safe_target(request.form.get("next") or otherwise), 303)
