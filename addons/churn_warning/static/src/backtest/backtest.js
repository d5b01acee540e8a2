import {CountedPage} from "@customer_policy/page/counted_page";
import {_t} from "@web/core/l10n/translation";
import {formatInteger} from "@web/views/fields/formatters";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";

// Calibration chart in its own units.
const CHART = {size: 260, left: 34, bottom: 24};

/**
 * What was tried on the company's own past, what is used and why, and the intervals that N comes from.
 */
export class ChurnBacktest extends CountedPage {
    static template = "churn_warning.Backtest";

    setup() {
        super.setup();
        this.notification = useService("notification");
        this.chart = CHART;
    }

    get firstState() {
        return {shown: null};
    }

    async load(version = null) {
        const {definition} = this.props.action.params || {};
        this.state.page = await this.orm.call("churn.backtest", "load", [version, definition || null]);
        const model = this.state.page.model;
        const chosen = model && model.scores.find((score) => score.is_chosen);
        this.state.shown = chosen ? chosen.name : null;
    }

    async train() {
        await this.orm.call("churn.backtest", "action_train", []);
        this.notification.add(_t("The back-test is made in the background. Come back in a few minutes."), {
            type: "success",
        });
    }

    get model() {
        return this.state.page.model;
    }

    get shown() {
        return this.model.scores.find((score) => score.name === this.state.shown);
    }

    digits(number) {
        return number.toFixed(3);
    }

    lead(score) {
        if (!score.lead) {
            return "";
        }
        const [value, margin] = score.lead;
        return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(3)} ± ${margin.toFixed(3)}`;
    }

    /** Place of an AUC on a bar from 0.5 to 1. */
    place(area) {
        return Math.max(0, Math.min(100, 200 * (area - 0.5)));
    }

    spread(score) {
        return this.spreadBetween(this.place(score.auc - score.margin), this.place(score.auc + score.margin));
    }

    dot(score) {
        return this.dotAt(this.place(score.auc));
    }

    get curve() {
        const room = CHART.size - CHART.left - 20;
        const x = (value) => CHART.left + room * value;
        const y = (value) => 8 + room * (1 - value);
        const points = this.shown.curve.map(([said, came, n], index) => ({
            key: index,
            x: x(said),
            y: y(came),
            title: _t("said %(said)s, came %(came)s, n = %(n)s", {
                said: this.percent(said),
                came: this.percent(came),
                n: formatInteger(n),
            }),
        }));
        const ticks = [0, 0.5, 1].map((value) => ({label: this.percent(value), x: x(value), y: y(value)}));
        return {
            points,
            ticks,
            line: points.map((point) => `${point.x},${point.y}`).join(" "),
            low: x(0),
            high: x(1),
            top: y(1),
            base: y(0),
        };
    }

    // ------------------------------------------------------------ words

    get questionText() {
        return _t(
            "Question: who buys nothing within %(horizon)s days? Asked on %(count)s days of the past (%(days)s), of %(customers)s customers in all; %(rate)s did not buy. Each answer knew only what was known on that day.",
            {
                horizon: this.model.horizon,
                count: this.model.days.length,
                days: this.model.days.join(" · "),
                customers: formatInteger(this.model.customers),
                rate: this.percent(this.model.base_rate),
            },
        );
    }

    get weekText() {
        return _t("Right of %s a Week", formatInteger(this.model.capacity));
    }

    get intervalsText() {
        return _t(
            "N is %(horizon)s days. Of %(count)s intervals between two purchases of a customer, so many were no longer than:",
            {horizon: this.model.horizon, count: formatInteger(this.model.intervals.n)},
        );
    }

    get calibrationText() {
        return _t("Calibration: %s", this.shown.label);
    }

    daysText(days) {
        return _t("%s days", days);
    }

    share(row) {
        return this.width(row[1], 1);
    }
}

registry.category("actions").add("churn_warning.backtest", ChurnBacktest);
