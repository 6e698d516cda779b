"""Working days of China by python-holidays 0.109: ``pip install holidays==0.109``, then run this.

Writes ``workdays_china.json``: for each year one character a day from 1 January, 1 for a working day.
"""

import json
from datetime import date, timedelta
from pathlib import Path

import holidays


def main() -> None:
    found = {}
    for year in range(2013, 2023):
        own = holidays.country_holidays("CN", years=year)
        days = (date(year, 12, 31) - date(year, 1, 1)).days + 1
        first = date(year, 1, 1)
        found[year] = "".join(str(int(own.is_working_day(first + timedelta(at)))) for at in range(days))
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf8")


if __name__ == "__main__":
    main()
