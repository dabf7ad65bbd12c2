"""Large bodies take turns, small ones do not wait."""

import threading

from interactions.turns import LARGE_BYTES, a_turn


def test_a_large_body_waits_for_the_one_before_it() -> None:
    inside, order = threading.Event(), []

    def second() -> None:
        inside.set()
        with a_turn(LARGE_BYTES):
            order.append("second")

    waiting = threading.Thread(target=second)
    with a_turn(LARGE_BYTES):
        waiting.start()
        assert inside.wait(10)
        with a_turn(LARGE_BYTES - 1):
            order.append("small")
        waiting.join(0.2)
        order.append("first")
    waiting.join(10)
    assert order == ["small", "first", "second"]
