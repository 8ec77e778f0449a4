"""Memory for what pages send: who gives way when it is too much together."""

from __future__ import annotations

from dataclasses import dataclass

from hebca_helper.bridge.budget import Budget

LARGEST = 100


@dataclass(eq=False)
class Page:
    origin: str
    gave_way: int = 0

    def give_way(self) -> None:
        self.gave_way += 1


def test_four_of_the_largest_messages_fit_and_the_next_octet_costs_the_heaviest_its_own() -> None:
    budget, pages = Budget(LARGEST), [Page(f"https://{number}.example") for number in range(5)]
    for page, octets in zip(pages, (100, 101, 99, 100), strict=False):
        budget.hold(page, octets)
    assert [page.gave_way for page in pages] == [0] * 5
    budget.hold(pages[4], 1)
    assert [page.gave_way for page in pages] == [0, 1, 0, 0, 0]
    budget.hold(pages[4], 101)
    assert [page.gave_way for page in pages] == [0, 1, 0, 0, 0], "what gave way is counted no more"


def test_many_connections_of_one_site_gain_nothing() -> None:
    budget, one = Budget(LARGEST), Page("https://one.example")
    many = [Page("https://many.example") for _ in range(4)]
    budget.hold(one, 150)
    for page, octets in zip(many, (60, 70, 65, 60), strict=True):
        budget.hold(page, octets)
    assert (one.gave_way, [page.gave_way for page in many]) == (0, [0, 1, 0, 0])


def test_what_is_read_is_held_no_more() -> None:
    budget, pages = Budget(LARGEST), [Page(f"https://{number}.example") for number in range(4)]
    for _ in range(3):
        for page in pages:
            budget.hold(page, 100)
        for page in pages:
            budget.hold(page, 0)
    assert budget._held == {}
    assert not any(page.gave_way for page in pages)
