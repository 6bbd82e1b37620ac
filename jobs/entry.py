"""What an entry of a YAML file is made of: checked fields, names that need no quotes."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def as_text(value: Any) -> Any:
    """A version such as 2.1 or an id such as 7 needs no quotes."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def as_list(value: Any) -> Any:
    """A single value needs no brackets."""
    return [value] if isinstance(value, str | int | float) and not isinstance(value, bool) else value


Name = Annotated[str, Field(min_length=1, max_length=200), BeforeValidator(as_text)]


class Entry(BaseModel):
    """An entry of a list in a YAML file; unknown keys are errors, for they are mostly misspelt ones."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
