"""What the tables at the end of a run say of a cell: all its marks, and where each is proved."""

from __future__ import annotations

from outcome_tables import Tried, marks_table, proofs_table

TRIED = [
    Tried("nginx", "rollback", "N", "test_a"),
    Tried("istio", "rollback", "N", "test_a"),
    Tried("istio", "promotion", "N", "test_b"),
    Tried("istio", "promotion", "R", "istio-canary"),
    Tried("istio", "promotion", "N", "test_b"),
    *(Tried("traefik", "promotion", "R", f"traefik-{number}") for number in (1, 2, 3, 5)),
    Tried("traefik", "rollback", "R", "traefik-4"),
    Tried("traefik", "rollback", "R", "traefik-1"),
    Tried("nginx", "mirror", "-"),
]
COLUMNS = ("promotion", "rollback", "mirror")


def test_each_cell_has_its_marks_and_a_dot_is_what_nobody_tried() -> None:
    assert marks_table(TRIED, COLUMNS) == [
        "         promotion  rollback  mirror",
        "istio    RN         N         .",
        "nginx    .          N         -",
        "traefik  R          R         .",
    ]


def test_each_proof_has_a_number_and_a_line() -> None:
    assert proofs_table(TRIED, COLUMNS) == [
        "         promotion  rollback  mirror",
        "istio    R1 N1      N2        .",
        "nginx    .          N2        -",
        "traefik  R2-5       R2,6      .",
        "R1 istio-canary",
        "R2 traefik-1",
        "R3 traefik-2",
        "R4 traefik-3",
        "R5 traefik-5",
        "R6 traefik-4",
        "N1 test_b",
        "N2 test_a",
    ]
