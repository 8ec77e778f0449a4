"""Numbers that the design, a standard or an old page counts on; other tests take them from the code and move with them."""

from __future__ import annotations

import pytest

from hebca_helper.assistant.asker import visible
from hebca_helper.assistant.key import domains, web_eid
from hebca_helper.assistant.login import logins, pin_guard, pin_rules
from hebca_helper.assistant.person import dialogs
from hebca_helper.bridge import budget, guard
from hebca_helper.bridge.https import calls, flights, forms
from hebca_helper.bridge.seal_service import packets
from hebca_helper.bridge.websocket import lenient_json
from hebca_helper.documents import LARGEST_FILE
from hebca_helper.settings import Settings
from hebca_helper.tokens.host.logins import LONGEST_PIN


@pytest.mark.parametrize(
    ("number", "promised"),
    [
        (Settings().largest_frame, 16 * 1024 * 1024),
        (Settings().login_lifetime, 600),
        (Settings().repeated_signatures, 20),
        (Settings().repeated_signature_size, 4096),
        (guard.LARGEST_HEADERS, 64 * 1024),
        (LARGEST_FILE, 200 * 1024 * 1024),
        (budget.LARGEST_DOCUMENT, 200 * 1024 * 1024 * 4 // 3 + 64 * 1024),
        (budget._MMAP_THRESHOLD, -3),
        (logins.CHALLENGE_SECONDS, 60),
        ((domains.SHORTEST_CHALLENGE, domains.LONGEST_CHALLENGE, domains.LONGEST_OPAQUE_CHALLENGE), (16, 512, 256)),
        (domains.LOGIN_INPUT_SIZES, {64, 96, 128}),
        (pin_guard.WRONG_PINS_ALLOWED, 1),
        ((pin_rules.SHORTEST, pin_rules.LONGEST, pin_rules.INITIAL_PIN), (6, 16, "123456")),
        (LONGEST_PIN, 255),
        (visible.LONGEST_NAME, 255),
        ((dialogs.WAITING_PER_ORIGIN, dialogs.REFUSALS, dialogs.REFUSAL_SPAN), (8, 5, 60)),
        ((budget.LARGEST_OF_STRANGER, budget.STRANGERS_PER_ORIGIN), (64 * 1024, 16)),
        ((lenient_json.SMALL, lenient_json.MOST_VALUES, lenient_json.DEEPEST), (64 * 1024, 20_000, 32)),
        (lenient_json.LONGEST_INTEGER, 18),
        ((packets.PACKET, packets.MOST_PACKETS), (10_240, 100_000)),
        ((calls.LONGEST_REQUEST_ID, flights.MOST_PER_ORIGIN, forms.MOST_FIELDS), (64, 256, 20)),
        ((web_eid.SHORTEST_NONCE, web_eid.LONGEST_NONCE), (44, 128)),
    ],
)
def test_a_number_is_the_promised_one(number: object, promised: object) -> None:
    assert number == promised
