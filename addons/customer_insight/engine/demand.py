"""Forecast of a monthly series: a few well-known methods, chosen by their error over past months. NumPy and SciPy;
exponential smoothing is estimated by statsmodels, which is imported when a series is long enough for it. Without them
smoothing is left out, and intervals are as narrow as if the error were known exactly.

Every method sees only the months before each origin (rolling origin). Errors are scaled by those of the naive forecast
within the months before the first origin: MASE (Hyndman and Koehler 2006), below 1 better than naive was there. The
naive forecast stands unless another method has a smaller error on the same months, by one percent at least.
"""

import warnings
from dataclasses import dataclass, field
from statistics import NormalDist

import numpy as np

try:
    from scipy.stats import t as student
except ImportError:
    student = None

SEASON = 12
# Months tried, and months that a method sees at least.
ORIGINS, SHORTEST = 12, 6
# Average interval between months with demand above which a series is intermittent (Syntetos, Boylan, Croston 2005).
INTERMITTENT = 1.32
CROSTON_ALPHA = 0.1
NAIVE = ("naive", "seasonal_naive")
# A smaller difference of two errors is none.
MATERIAL = 0.99


@dataclass
class Forecast:
    """`values`, `low` and `high` for the months ahead; `mase` by method, None where nothing could be tried."""

    method: str
    values: np.ndarray
    low: np.ndarray
    high: np.ndarray
    mase: dict = field(default_factory=dict)

    @property
    def naive_mase(self):
        tried = [self.mase[name] for name in NAIVE if name in self.mase]
        return min(tried) if tried else None


def naive(history, horizon):
    """The last month again."""
    return np.full(horizon, history[-1])


def seasonal_naive(history, horizon):
    """The same month of the year before."""
    return np.array([history[len(history) - SEASON + step % SEASON] for step in range(horizon)])


class Smoothing:
    """Exponential smoothing: level, damped trend or, from two years on, season, by the smallest AICc (Hyndman 2008).

    Form, weights and initial state are estimated once; a forecast of a longer history carries them on.
    """

    def __init__(self, history):
        model = smoothing_model()
        forms = [{}, {"trend": "add", "damped_trend": True}]
        if len(history) >= 2 * SEASON:
            forms.append({"seasonal": "add", "seasonal_periods": SEASON})
        fits = [model(history, initialization_method="estimated", **form).fit() for form in forms]
        fits = [fitted for fitted in fits if np.isfinite(fitted.aicc)]
        found = min(fits, key=lambda fitted: fitted.aicc).params if fits else {}
        self.level, self.trend, self.damping, self.season = (
            _number(found.get(name), 0.0)
            for name in ("smoothing_level", "smoothing_trend", "damping_trend", "smoothing_seasonal")
        )
        self.start = _number(found.get("initial_level"), None)
        self.slope = _number(found.get("initial_trend"), 0.0)
        seasons = found.get("initial_seasons")
        self.seasons = list(seasons) if seasons is not None and len(seasons) else [0.0] * SEASON

    def __call__(self, history, horizon):
        """In error correction form (Hyndman 2008, 2.5). statsmodels' own forecasts leave out what the last month told
        of its season."""
        if self.start is None:
            return naive(history, horizon)
        level, slope, seasons = self.start, self.slope, list(self.seasons)
        for month, value in enumerate(history):
            slope *= self.damping
            error = value - level - slope - seasons[month]
            seasons.append(seasons[month] + self.season * error)
            level += slope + self.level * error
            slope += self.level * self.trend * error
        slopes = slope * np.cumsum(self.damping ** np.arange(1, horizon + 1))
        values = level + slopes + np.resize(seasons[len(history) :], horizon)
        return np.where(np.isfinite(values), values, history.mean())


def smoothing_model():
    """statsmodels' class, None where it is missing."""
    try:
        from statsmodels.tsa.holtwinters import ExponentialSmoothing
    except ImportError:
        return None
    return ExponentialSmoothing


def _number(value, otherwise):
    return float(value) if value is not None and np.isfinite(value) else otherwise


def ets(history, horizon):
    """Exponential smoothing, estimated on this history."""
    return _estimated(history)(history, horizon)


def _estimated(history):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of fits that did not converge: they are judged by their errors
        return Smoothing(history)


def sba(history, horizon, alpha=CROSTON_ALPHA):
    """Croston's (1972) smoothed size over smoothed interval, less the bias that Syntetos and Boylan (2005) found."""
    size = interval = None
    since = 1
    for value in history:
        if value <= 0:
            since += 1
            continue
        size = value if size is None else size + alpha * (value - size)
        interval = since if interval is None else interval + alpha * (since - interval)
        since = 1
    rate = 0.0 if size is None else (1 - alpha / 2) * size / interval
    return np.full(horizon, rate)


def forecast(history, horizon, level, minimum=SEASON):
    """Forecast `horizon` months after `history`, with an interval that holds `level` of the months.

    Below `minimum` months nothing can be tried: the average of what is there, without an interval.

    :param history: demand per month, without gaps; below zero (returns) counts as none
    """
    history = np.maximum(np.nan_to_num(np.asarray(history, dtype=float)), 0)
    if len(history) < max(minimum, SHORTEST + 1) or not history.any():
        mean = np.full(horizon, history.mean() if len(history) else 0.0)
        return Forecast("average", mean, mean, mean)
    origins = range(max(SHORTEST, len(history) - ORIGINS), len(history))
    errors = {name: _errors(method, history, origins, horizon) for name, method in _methods(history, origins).items()}
    scale = _scale(history[: origins[0]])
    mase = {name: float(np.nanmean(np.abs(found)) / scale) for name, found in errors.items()}
    best_naive = min((name for name in NAIVE if name in mase), key=mase.get)
    best = min(mase, key=mase.get)
    best = best if mase[best] < MATERIAL * mase[best_naive] else best_naive
    values = np.maximum(METHODS[best](history, horizon), 0)
    margin = _margins(errors[best], level)
    return Forecast(best, values, np.maximum(values - margin, 0), values + margin, mase)


METHODS = {"naive": naive, "seasonal_naive": seasonal_naive, "ets": ets, "sba": sba}


def _methods(history, origins):
    """Methods that every origin has enough months for and that suit the series."""
    names = ["naive"]
    if origins[0] >= SEASON:
        names.append("seasonal_naive")
    if np.ptp(history[: origins[0]]) > 0 and smoothing_model():
        names.append("ets")
    if len(history) / np.count_nonzero(history) > INTERMITTENT:
        names.append("sba")
    methods = {name: METHODS[name] for name in names}
    if "ets" in methods:
        methods["ets"] = _estimated(history[: origins[0]])
    return methods


def _errors(method, history, origins, horizon):
    """Actual less forecast: a row per origin, a column per month ahead; NaN beyond the history."""
    errors = np.full((len(origins), horizon), np.nan)
    for row, origin in enumerate(origins):
        ahead = min(horizon, len(history) - origin)
        values = np.maximum(method(history[:origin], horizon), 0)
        errors[row, :ahead] = history[origin : origin + ahead] - values[:ahead]
    return errors


def _scale(history):
    """Mean absolute change from month to month; where nothing changed, the mean, so that no error becomes infinite."""
    change = np.abs(np.diff(history)).mean() if len(history) > 1 else 0
    return change or history.mean() or 1.0


def _quantile(share, count):
    """Student's; the normal one where SciPy is missing."""
    return student.ppf(share, count) if student else NormalDist().inv_cdf(share)


def _margins(errors, level):
    """Half widths per month ahead: Student's quantile times the root mean square error, never falling.

    Months ahead that were never tried are as uncertain as the last one tried, growing with the root of the time.
    """
    counts = np.count_nonzero(np.isfinite(errors), axis=0)
    margins = np.zeros(errors.shape[1])
    for step, count in enumerate(counts):
        if count >= 2:
            spread = np.sqrt(np.nanmean(errors[:, step] ** 2))
            margins[step] = _quantile((1 + level) / 2, count) * spread
        else:
            margins[step] = margins[step - 1] * np.sqrt((step + 1) / step) if step else 0.0
    return np.maximum.accumulate(margins)
