"""The planted events of the demo world and the days they fall on."""

from dataclasses import dataclass, field

from jobs.scenario_calendar import Calendar

PROMOTED_USE = 1.45
"""Use of the products while a promotion runs, relative to before."""


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
class More:
    """Days of the events that a busier world has beside those of every world (`groundswell demo --events all`)."""

    mystery: tuple[int, int]
    launch: tuple[int, int]
    button: tuple[int, int]
    product_wave: tuple[int, int]
    campaign: tuple[int, int]
    policy: tuple[int, int]
    promotion: tuple[int, int]
    undeclared: tuple[int, int]

    @classmethod
    def of(cls, calendar: Calendar) -> "More":
        """The days of a calendar: no two begin on neighbouring days, none beside a release of something else."""
        planned = ((34, 16), (72, 10), (88, 10), (106, 14), (122, 3), (136, 17), (142, 12), (160, 17))
        days = [calendar.at(first) for first, _ in planned]
        lengths = [calendar.length(length, least=min(length, 6)) for _, length in planned]
        spans = [(first, min(first + length, calendar.days) - 1) for first, length in zip(days, lengths, strict=True)]
        return cls(*spans)


@dataclass(frozen=True, slots=True)
class Schedule:
    """Planted days of a world (indices), scaled from the plan for 180 days; `more` in a busier world only."""

    gap: tuple[int, int]
    flood: tuple[int, int]
    outage: int
    wave: tuple[int, int]
    start: int
    ramp: tuple[int, int]
    season: tuple[int, int]
    more: More | None = None

    @classmethod
    def of(cls, calendar: Calendar, *, busy: bool = False) -> "Schedule":
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
            more=More.of(calendar) if busy else None,
        )

    def strict(self, mitigation: str, product: str, index: int) -> bool:
        """Whether a release made this mitigation stop more than before on that day and product."""
        spans = {("cyber-guard", ""): self.wave}
        if self.more:
            spans |= {("bio-guard", "api"): self.more.product_wave, ("agent-guard", ""): self.more.undeclared}
        inside = [spans[key] for key in ((mitigation, ""), (mitigation, product)) if key in spans]
        return any(first <= index <= last for first, last in inside)

    def surge(self, index: int) -> float:
        """How much more than usual the products are used on a day."""
        promoted = self.more is not None and self.more.promotion[0] <= index <= self.more.promotion[1]
        return PROMOTED_USE if promoted else 1.0
