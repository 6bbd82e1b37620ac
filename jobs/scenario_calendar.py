"""Days of the demo world: scaling of planned days, weekday profile and growth."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from jobs.scenario_dice import Dice

PLANNED_DAYS = 180
PLANNED_DOCUMENTS = 20_000
WEEKDAY = (1.12, 1.15, 1.14, 1.10, 1.02, 0.72, 0.75)
HOLIDAY_FACTOR = 0.75
HOURS = (2, 2, 1, 1, 1, 2, 3, 5, 7, 8, 8, 8, 7, 8, 9, 9, 9, 8, 7, 6, 5, 5, 4, 3)
HOUR_TOTALS = [float(sum(HOURS[: hour + 1])) for hour in range(24)]


@dataclass(frozen=True, slots=True)
class Calendar:
    """`days` UTC days ending with `last`, and what scales with the size of the world."""

    last: date
    days: int
    documents: int

    @property
    def first(self) -> date:
        """The first day."""
        return self.last - timedelta(days=self.days - 1)

    @property
    def pace(self) -> float:
        """Documents a day relative to the world of 20,000 documents in 180 days."""
        return (self.documents / self.days) / (PLANNED_DOCUMENTS / PLANNED_DAYS)

    @property
    def closed(self) -> datetime:
        """First moment after the world."""
        return datetime.combine(self.last + timedelta(days=1), time(), UTC)

    def at(self, planned: int) -> int:
        """Day index for a day planned in a world of 180 days."""
        return min(round(planned * self.days / PLANNED_DAYS), self.days - 1)

    def length(self, planned: int, *, least: int) -> int:
        """Length in days for one planned in a world of 180 days."""
        return max(round(planned * self.days / PLANNED_DAYS), least)

    def day(self, index: int) -> date:
        """The date of a day index (0 is the first day; negative ones lie before)."""
        return self.first + timedelta(days=index)

    def index(self, moment: date) -> int:
        """Day index of a date."""
        return (moment - self.first).days

    def activity(self, index: int) -> float:
        """Relative use of the products on a day: growth times weekday times holiday."""
        day = self.day(index)
        growth = 0.86 + 0.28 * index / self.days
        quiet = HOLIDAY_FACTOR if (day.month, day.day) in HOLIDAYS else 1.0
        return growth * WEEKDAY[day.weekday()] * quiet

    def moment(self, index: int, dice: Dice) -> datetime:
        """A moment on a day, by the day's hours."""
        hour = dice.weighted(HOUR_TOTALS)
        start = datetime.combine(self.day(index), time(hour), UTC)
        return start + timedelta(seconds=dice.below(3600))


HOLIDAYS = {
    (1, 1): "New Year's Day",
    (4, 3): "Good Friday",
    (4, 6): "Easter Monday",
    (5, 1): "Labour Day",
    (12, 25): "Christmas Day",
}
