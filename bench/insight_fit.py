"""One estimate of the purchase model, as a process of its own: `python -m bench.insight_fit OURS|LIFETIMES FILE` prints
CPU seconds, and idle and peak memory in MB, and the parameters."""

import importlib
import json
import sys
from time import process_time

import numpy as np

from tools import layout

from .memory import RESET, megabytes


def ours(x, t_x, T):
    # The engine is plain Python; its addon would bring Odoo along.
    sys.path.insert(0, str(layout.ADDONS / "customer_insight"))
    model = importlib.import_module("engine.purchase_model")

    def fit():
        return model.PurchaseModel.fit(x, t_x, T).parameters.tolist()

    return fit


def lifetimes(x, t_x, T):
    from lifetimes import BetaGeoFitter

    def fit():
        # Without a penalty, as ours: the same likelihood is maximised.
        params = BetaGeoFitter(penalizer_coef=0).fit(x, t_x, T).params_
        return [float(params[name]) for name in ("r", "alpha", "a", "b")]

    return fit


def main():
    who, path = sys.argv[1:]
    with np.load(path) as rows:
        columns = [rows[name] for name in ("x", "t_x", "T")]
    fit = {"ours": ours, "lifetimes": lifetimes}[who](*columns)
    idle = megabytes("VmRSS")
    RESET.write_text("5")
    before = process_time()
    parameters = fit()
    seconds = process_time() - before
    print(json.dumps({"cpu_seconds": seconds, "idle": idle, "peak": megabytes("VmHWM"), "parameters": parameters}))


if __name__ == "__main__":
    main()
