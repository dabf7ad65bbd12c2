"""The arithmetic of one promise's loss, line by line, with its numbers filled in (R9, R10).

Nothing is computed here: every value is a term that scoring itself computed.
"""

from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.translation import gettext as _

from promises.domain.lifecycle import PromiseState
from promises.domain.loss import (
    ANNOUNCED_SLIP_LEAVES,
    PAID_IN_ADVANCE_FACTOR,
    UNANNOUNCED_SLIP_LEAVES,
    KindParameters,
    LossTerms,
    confidence_counted,
)
from promises.templatetags.promise_format import duration, hours_of, lateness, plain, symbol, term


@dataclass(frozen=True, slots=True)
class Step:
    """One line: a symbol, what it means, how it comes about and its value."""

    symbol: str
    name: str
    formula: str
    value: str


def loss_steps(
    terms: LossTerms,
    state: PromiseState,
    parameters: KindParameters,
    business_lateness: float | None = None,
) -> tuple[Step, ...]:
    """Every term of a promise's loss.

    Shape: from lateness to the contribution, each line using only lines above it. The lateness in
    business time stands beside the wall clock's, where there is one, and nothing uses it.
    """
    first, *others = _time_steps(terms, state, parameters)
    return (
        first,
        *_business_steps(state, business_lateness),
        *others,
        _quality_step(terms, state),
        _slips_step(terms, state),
        *_sum_steps(terms, state),
    )


def _time_steps(
    terms: LossTerms, state: PromiseState, parameters: KindParameters
) -> tuple[Step, ...]:
    b, h = parameters.base_loss, parameters.half_life_seconds
    time: str
    if terms.overrun_seconds > 0:
        time = format_html(
            "b + (1 − b) × (1 − 2<sup>−(L − τ) / h</sup>) = "
            "{b} + (1 − {b}) × (1 − 2<sup>−{over} / {h}</sup>)",
            b=plain(b),
            over=hours_of(terms.overrun_seconds),
            h=hours_of(h),
        )
    elif terms.lateness_seconds is None:
        time = _("0, because no lateness is measured")
    else:
        time = _("0, because L is not above τ")
    late = terms.lateness_seconds
    late_value = lateness(late) if late is None else f"{lateness(late)} ({hours_of(late)})"
    return (
        Step("L", _("lateness"), _lateness_formula(terms, state), late_value),
        Step(
            "τ",
            _("tolerance"),
            _tolerance_words(terms, parameters),
            duration(terms.tolerance_seconds) if terms.tolerance_seconds else plain(0),
        ),
        Step("b", _("loss at the first moment after"), _("parameter of this kind"), plain(b)),
        Step(
            "h",
            _("half-life: time in which half of the rest is lost"),
            _("parameter of this kind"),
            hours_of(h),
        ),
        Step("g_t", _("loss from lateness"), time, term(terms.time)),
    )


def _tolerance_words(terms: LossTerms, parameters: KindParameters) -> str:
    if terms.tolerance_seconds != parameters.tolerance_seconds:
        return _("given with this promise")
    return _("parameter of this kind, version %(version)s") % {"version": parameters.version}


def _business_steps(state: PromiseState, business_lateness: float | None) -> tuple[Step, ...]:
    target = state.time_target
    if target is None or business_lateness is None:
        return ()
    formula = _(
        "the part of L in the open hours of the calendar %(calendar)s, version %(version)s; "
        "the loss does not use it"
    ) % {"calendar": target.calendar, "version": target.calendar_version}
    value = f"{lateness(business_lateness)} ({hours_of(business_lateness)})"
    return (Step("L_b", _("lateness in business time"), formula, value),)


def _lateness_formula(terms: LossTerms, state: PromiseState) -> str:
    if terms.lateness_seconds is None:
        return {
            "failed": _("not measured, because it failed"),
            "withdrawn": _("not measured, because it was withdrawn"),
        }.get(state.state, _("not measured while it is paused"))
    if state.stopped_at is not None and state.state == "open":
        return _("moment of withdrawal − first due")
    if state.settled_at is None:
        return _("as of − first due")
    return _("settled − first due")


def _quality_step(terms: LossTerms, state: PromiseState) -> Step:
    formula: str
    if state.state == "failed":
        formula = _("1, because it failed")
    elif state.measured_value is not None and state.target is not None and state.scale is not None:
        pair = (state.target, state.measured_value)
        more, less = pair if state.comparator == ">=" else (pair[1], pair[0])
        formula = _("shortfall / scale, between 0 and 1 = (%(more)s − %(less)s) / %(scale)s") % {
            "more": plain(more),
            "less": plain(less),
            "scale": plain(state.scale),
        }
    elif 0 < state.fraction < 1:
        formula = _("1 − share fulfilled = 1 − %(share)s") % {"share": plain(state.fraction)}
    elif state.state == "open":
        formula = _("0 while nothing was fulfilled: the time alone counts")
    else:
        formula = _("0, because nothing was missing")
    return Step("g_q", _("loss from what was missing"), formula, term(terms.quality))


def _slips_step(terms: LossTerms, state: PromiseState) -> Step:
    formula: str
    if state.state in ("kept", "failed", "withdrawn"):
        formula = {
            "kept": _("0, because it was kept"),
            "failed": _("0, because a failed promise has lost everything already"),
            "withdrawn": _("0, because it was withdrawn"),
        }[state.state]
    else:
        formula = format_html(
            "1 − {}<sup>{}</sup> × {}<sup>{}</sup> {}",
            plain(ANNOUNCED_SLIP_LEAVES),
            state.slips_announced,
            plain(UNANNOUNCED_SLIP_LEAVES),
            state.slips_unannounced,
            _("(slips: announced, unannounced)"),
        )
    return Step("g_s", _("loss from slips"), formula, term(terms.slips))


def _sum_steps(terms: LossTerms, state: PromiseState) -> tuple[Step, ...]:
    paid = PAID_IN_ADVANCE_FACTOR if state.paid_in_advance else 1.0
    confidence = confidence_counted(state.explicit, state.confidence)
    return (
        Step(
            "loss",
            _("loss of this promise"),
            format_html(
                "1 − (1 − {}) (1 − {}) (1 − {}) = 1 − (1 − {}) (1 − {}) (1 − {})",
                *(symbol(name) for name in ("g_t", "g_q", "g_s")),
                *(term(part) for part in (terms.time, terms.quality, terms.slips)),
            ),
            term(terms.loss),
        ),
        Step(
            "u",
            _("weight"),
            _("stake × paid in advance × confidence = %(stake)s × %(paid)s × %(confidence)s")
            % {"stake": plain(state.stake), "paid": plain(paid), "confidence": plain(confidence)},
            plain(terms.weight),
        ),
        Step(
            "u × loss",
            _("what it adds to the score's sum"),
            f"{plain(terms.weight)} × {term(terms.loss)}",
            term(terms.weight * terms.loss),
        ),
    )
