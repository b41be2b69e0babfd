"""The invented people: who they are, where they sit, and how the register names them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from delphi.demo.tables import rows

__all__ = ["REGISTER_COLUMNS", "Person", "Seat", "invent_person", "seats", "tokens"]

BLOCS = {
    "company": "business",
    "employer_organisation": "business",
    "government": "public",
    "city": "public",
    "international_organisation": "public",
    "migrant_led_organisation": "civil",
    "academia": "civil",
}

# Companies by sector and the last round they answered; insurance is a small cell on purpose (3, 3, 2).
COMPANY_SECTORS = {
    3: {"construction": 4, "mining_extractives": 4, "recruitment": 5, "insurance": 2, "financial_services": 4,
        "other_business": 4},
    2: {"construction": 1, "insurance": 1, "financial_services": 1, "other_business": 1},
    1: {"construction": 1, "mining_extractives": 1, "other_business": 1},
}  # fmt: skip
# Sectors of those who never answered, and of the employer organisations, dealt in turn.
OTHER_SECTORS = ("construction", "other_business", "mining_extractives", "financial_services", "recruitment")
ORGANISED = ("all_sectors", "construction", "all_sectors", "mining_extractives", "financial_services",
             "all_sectors", "recruitment", "other_business")  # fmt: skip

# Family names that say "example" or "invented", so that nobody is meant by them.
GIVEN_NAMES = ("Ada", "Bela", "Chiara", "Dario", "Elif", "Femke", "Goran", "Hanan", "Ines", "Jonas", "Kofi",
               "Leila", "Marit", "Nadia", "Otto", "Paz", "Qamar", "Rosa", "Samir", "Tove")  # fmt: skip
FAMILY_NAMES = ("Example", "Voorbeeld", "Beispiel", "Exemple", "Ejemplo", "Esempio", "Exempel", "Mithal",
                "Sample", "Musterfrau", "Placeholder")  # fmt: skip
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"

REGISTER_COLUMNS = (
    "token", "same_as", "status", "name", "email", "organisation", "role", "bloc", "sector", "country",
    "region", "language", "gender", "years_in_field",
    "expertise_S", "expertise_P", "expertise_C", "expertise_B", "expertise_G", "accepted_on", "left_on",
)  # fmt: skip


@dataclass(frozen=True)
class Person:
    """Somebody of the register. `rounds` is the last round answered in the regular way (0: none)."""

    token: str
    status: str
    name: str
    email: str
    organisation: str
    role: str
    sector: str
    country: str
    region: str
    language: str
    gender: str
    years: int
    expertise: tuple[int, ...]
    form: str
    rounds: int
    accepted_on: date | None = None
    left_on: date | None = None

    @property
    def bloc(self) -> str:
        """Business, public or civil."""
        return BLOCS[self.role]

    def register_row(self, same_as: str = "", token: str = "") -> tuple[str, ...]:
        """The person as a row of register.csv; with another token, the row that joins it to the first."""
        return (
            token or self.token, same_as, self.status, self.name, self.email, self.organisation, self.role,
            self.bloc, self.sector, self.country, self.region, self.language, self.gender, str(self.years),
            *(str(level) for level in self.expertise),
            self.accepted_on.isoformat() if self.accepted_on else "",
            self.left_on.isoformat() if self.left_on else "",
        )  # fmt: skip


@dataclass(frozen=True)
class Seat:
    """A place on the panel: role, sector, last round answered (0: none), and whether the person accepted."""

    role: str
    sector: str
    rounds: int
    accepted: bool


def seats() -> list[Seat]:
    """The places of the 120 invited, by the table of the panel."""
    found: list[Seat] = []
    for row in rows("panel"):
        role = row["role"]
        invited, accepted = int(row["invited"]), int(row["accepted"])
        returned = [int(row[f"round{number}"]) for number in (1, 2, 3)]
        per_round = {1: returned[0] - returned[1], 2: returned[1] - returned[2], 3: returned[2]}
        for rounds in (3, 2, 1):
            if role == "company":
                sectors = [sector for sector, n in COMPANY_SECTORS[rounds].items() for _ in range(n)]
            elif role == "employer_organisation":
                sectors = [ORGANISED[n % len(ORGANISED)] for n in range(per_round[rounds])]
            else:
                sectors = ["not_business"] * per_round[rounds]
            found += [Seat(role, sector, rounds, True) for sector in sectors]
        for n in range(invited - returned[0]):
            sector = OTHER_SECTORS[n % len(OTHER_SECTORS)] if BLOCS[role] == "business" else "not_business"
            found.append(Seat(role, sector, 0, n < accepted - returned[0]))
    return found


def invent_person(seat: Seat, status: str, token: str, number: int, rng: np.random.Generator) -> Person:
    """Draw everything about a person that the seat leaves open."""
    countries = rows("countries")
    weights = np.array([float(row["weight"]) for row in countries])
    country = countries[int(rng.choice(len(countries), p=weights / weights.sum()))]
    spoken = {code: float(country[code]) for code in ("fr", "es", "ar")}
    language = str(rng.choice(["en", *spoken], p=[1 - sum(spoken.values()), *spoken.values()]))
    given = GIVEN_NAMES[int(rng.integers(len(GIVEN_NAMES)))]
    family = FAMILY_NAMES[number % len(FAMILY_NAMES)]
    has_accepted = status in ("accepted", "withdrawn")
    return Person(
        token=token,
        status=status,
        name=f"{given} {family}",
        email=f"{given}.{family}.{number:03d}@example.org".lower(),
        organisation=f"Imagined {seat.role.replace('_', ' ')} {number:03d}",
        role=seat.role,
        sector=seat.sector,
        country=country["country"],
        region=country["region"],
        language=language,
        gender=str(rng.choice(["woman", "man", "other", "not_stated"], p=[0.44, 0.52, 0.01, 0.03])),
        years=int(rng.integers(5, 36)),
        expertise=tuple(int(level) for level in rng.choice([1, 2, 3], size=5, p=[0.25, 0.45, 0.3])),
        form="XY"[int(rng.integers(2))],
        rounds=seat.rounds,
        accepted_on=date(2013, 9, 9) + timedelta(days=int(rng.integers(0, 20))) if has_accepted else None,
    )


def tokens(rng: np.random.Generator) -> Iterator[str]:
    """Personal keys of two groups of four letters, none twice."""
    seen: set[str] = set()
    while True:
        letters = "".join(LETTERS[place] for place in rng.integers(len(LETTERS), size=8))
        token = f"{letters[:4]}-{letters[4:]}"
        if token not in seen:
            seen.add(token)
            yield token
