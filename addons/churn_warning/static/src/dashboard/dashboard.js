import {Component, onWillStart, useState} from "@odoo/owl";
import {deserializeDate} from "@web/core/l10n/dates";
import {formatInteger, formatMonetary} from "@web/views/fields/formatters";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {Layout} from "@web/search/layout";
import {_t} from "@web/core/l10n/translation";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";

const WARNING = "churn.warning";
const WAITING = ["open", "working", "snoozed"];
// Size of the trend chart in its own units; it is drawn as wide as its box.
const CHART = {width: 600, height: 150, left: 34, bottom: 18};

/**
 * Who is at risk by grade and value, why, how it ended, and what win-back saved; counted by the server.
 */
export class ChurnDashboard extends Component {
    static template = "churn_warning.Dashboard";
    static components = {Layout};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = {controlPanel: {}};
        this.chart = CHART;
        this.state = useState({page: null});
        onWillStart(async () => {
            this.state.page = await this.orm.call("churn.dashboard", "load", []);
        });
    }

    get page() {
        return this.state.page;
    }

    get isEmpty() {
        return !this.page.grades.length && !this.page.open.count && !this.page.outcomes.length;
    }

    // ------------------------------------------------------------ words

    integer(number) {
        return formatInteger(number || 0);
    }

    money(amount) {
        return formatMonetary(Math.round(amount || 0), {currencyId: this.page.currency_id, digits: [16, 0]});
    }

    percent(share) {
        return `${(100 * share).toFixed(1)} %`;
    }

    /** A difference with its interval. */
    range([value, margin], format) {
        const sign = value < 0 ? "−" : "+";
        return `${sign}${format(Math.abs(value))} (± ${format(margin)})`;
    }

    get valueText() {
        return _t("Value at risk: %s", this.money(this.page.open.value));
    }

    customersText(count) {
        return _t("%s customers", formatInteger(count));
    }

    get savedCustomers() {
        const range = this.range(this.page.effect.customers, (number) => formatInteger(Math.round(number)));
        return _t("%s customers", range);
    }

    get savedRevenue() {
        return _t(
            "Revenue: %s",
            this.range(this.page.effect.revenue, (amount) => this.money(amount)),
        );
    }

    get waitingText() {
        return _t(
            "Not known yet: warnings and hold-outs are compared when their N days are over. So far: %(contacted)s contacted, %(heldOut)s left alone.",
            {
                contacted: formatInteger(this.page.effect.contacted),
                heldOut: formatInteger(this.page.effect.held_out),
            },
        );
    }

    get effectText() {
        const effect = this.page.effect;
        return _t("%(contacted)s contacted: %(share)s bought again. %(heldOut)s left alone: %(other)s.", {
            contacted: formatInteger(effect.contacted),
            share: this.percent(effect.contacted_share),
            heldOut: formatInteger(effect.held_out),
            other: this.percent(effect.held_out_share),
        });
    }

    // ------------------------------------------------------------ bars

    total(counts) {
        return Object.values(counts).reduce((sum, count) => sum + count, 0);
    }

    width(part, whole) {
        return `width: ${whole ? ((100 * part) / whole).toFixed(1) : 0}%`;
    }

    largest(rows) {
        return Math.max(...rows.map((row) => row.count), 1);
    }

    atRisk(grade) {
        return (grade.values.at_risk || 0) + (grade.values.dormant || 0);
    }

    get trend() {
        const days = this.page.trend;
        const highest = Math.max(...days.map((day) => day.counts[1] + day.counts[2] + day.counts[0]), 1);
        const width = (CHART.width - CHART.left) / Math.max(days.length, 1);
        const room = CHART.height - CHART.bottom - 8;
        return days.map((day, index) => {
            let top = 8 + room;
            const x = CHART.left + width * index + width * 0.15;
            const bars = [0, 1, 2].map((status) => {
                const height = (room * day.counts[status]) / highest;
                top -= height;
                return {status: this.page.statuses[status].name, x, y: top, width: width * 0.7, height};
            });
            const when = deserializeDate(day.day);
            const words = this.page.statuses.map((status, place) => `${status.label}: ${day.counts[place]}`);
            return {
                key: day.day,
                bars,
                label: when.toLocaleString({month: "narrow"}),
                middle: x + width * 0.35,
                title: `${when.toLocaleString({month: "long", year: "numeric"})}\n${words.join("\n")}`,
            };
        });
    }

    // ------------------------------------------------------------ ways on

    open(name, model, domain) {
        this.action.doAction({
            type: "ir.actions.act_window",
            name,
            res_model: model,
            domain,
            views: [
                [false, "list"],
                [false, "form"],
            ],
        });
    }

    openWaiting() {
        this.action.doAction("churn_warning.churn_warning_action");
    }

    openLate() {
        this.open(_t("Late"), WARNING, [["is_late", "=", true]]);
    }

    openReason(row) {
        this.open(row.name, WARNING, [
            ["reason_id", "=", row.id],
            ["state", "in", WAITING],
        ]);
    }

    openOutcome(row) {
        this.open(row.label, WARNING, [
            ["outcome", "=", row.name],
            ["is_holdout", "=", false],
        ]);
    }

    openLoss(row) {
        this.open(row.name, WARNING, [
            ["outcome", "=", "lost"],
            ["loss_reason_id", "=", row.id],
        ]);
    }

    openGrade(grade) {
        this.open(grade.name, "customer.profile", [
            ["grade_id", "=", grade.id],
            ["churn_status", "in", ["at_risk", "dormant"]],
        ]);
    }
}

registry.category("actions").add("churn_warning.dashboard", ChurnDashboard);
