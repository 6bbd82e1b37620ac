"""The planted events of the demo world and the days they fall on."""

from dataclasses import dataclass, field

from jobs.scenario_calendar import Calendar


@dataclass(frozen=True, slots=True)
class Event:
    """One planted event; days are indices, both ends included; the multiplier is on `series`."""

    id: str
    type: str
    first: int
    last: int
    series: str = ""
    kind: str = ""
    harm_domain: str = ""
    product: str = ""
    mitigation: str = ""
    multiplier: float = 1.0
    note: str = ""
    facts: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Schedule:
    """Planted days of a world (indices), scaled from the plan for 180 days."""

    gap: tuple[int, int]
    flood: tuple[int, int]
    outage: int
    wave: tuple[int, int]
    start: int
    ramp: tuple[int, int]
    season: tuple[int, int]

    @classmethod
    def of(cls, calendar: Calendar) -> "Schedule":
        """The schedule of a calendar; waves keep a length at which they can be found."""
        at = calendar.at
        wave = at(62)
        return cls(
            gap=(at(28), at(28) + calendar.length(3, least=2) - 1),
            flood=(at(42), at(42) + 2),
            outage=at(54),
            wave=(wave, wave + calendar.length(21, least=10) - 1),
            start=at(100),
            ramp=(at(128), at(170)),
            season=(at(96), at(162)),
        )
