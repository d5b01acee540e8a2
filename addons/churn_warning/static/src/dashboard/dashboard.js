import {CountedPage} from "@customer_policy/page/counted_page";
import {_t} from "@web/core/l10n/translation";
import {formatInteger, formatMonetary} from "@web/views/fields/formatters";
import {registry} from "@web/core/registry";

const WARNING = "churn.warning";
const WAITING = ["open", "working", "snoozed"];

/**
 * Who is at risk by grade and value, why, how it ended, and what win-back saved; counted by the server.
 */
export class ChurnDashboard extends CountedPage {
    static template = "churn_warning.Dashboard";

    async load() {
        this.state.page = await this.orm.call("churn.dashboard", "load", []);
    }

    get isEmpty() {
        return !this.page.grades.length && !this.page.open.count && !this.page.outcomes.length;
    }

    // ------------------------------------------------------------ words

    money(amount) {
        return formatMonetary(Math.round(amount || 0), {currencyId: this.page.currency_id, digits: [16, 0]});
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
            share: this.percent(effect.contacted_share, 1),
            heldOut: formatInteger(effect.held_out),
            other: this.percent(effect.held_out_share, 1),
        });
    }

    // ------------------------------------------------------------ bars

    total(counts) {
        return Object.values(counts).reduce((sum, count) => sum + count, 0);
    }

    largest(rows) {
        return Math.max(...rows.map((row) => row.count), 1);
    }

    atRisk(grade) {
        return (grade.values.at_risk || 0) + (grade.values.dormant || 0);
    }

    /** Customers of the highest column: all but those who are lost. */
    get highestMonth() {
        return Math.max(...this.page.trend.map((day) => day.counts[0] + day.counts[1] + day.counts[2]), 1);
    }

    get trend() {
        const days = this.page.trend;
        const highest = this.highestMonth;
        const {width, room, top, start, middle} = this.columns(days.length);
        return days.map((day, index) => {
            let y = top + room;
            const bars = [0, 1, 2].map((status) => {
                const height = (room * day.counts[status]) / highest;
                y -= height;
                const x = start(index) + width * 0.15;
                return {status: this.page.statuses[status].name, x, y, width: width * 0.7, height};
            });
            const words = this.page.statuses.map((status, place) => `${status.label}: ${day.counts[place]}`);
            return {
                key: day.day,
                bars,
                label: this.monthLetter(day.day),
                middle: middle(index),
                title: `${this.monthLong(day.day)}\n${words.join("\n")}`,
            };
        });
    }

    // ------------------------------------------------------------ ways on

    /** Warnings of the company that the page is about. */
    openWarnings(name, domain) {
        this.open(name, WARNING, [["company_id", "=", this.page.company_id], ...domain]);
    }

    /** Closed within the months that the page counts. */
    openClosed(name, domain) {
        this.openWarnings(name, [["date_closed", ">", this.page.closed_after], ...domain]);
    }

    openWaiting() {
        this.action.doAction("churn_warning.churn_warning_action");
    }

    openLate() {
        this.openWarnings(_t("Late"), [["is_late", "=", true]]);
    }

    openReason(row) {
        this.openWarnings(row.name, [
            ["reason_id", "=", row.id],
            ["state", "in", WAITING],
        ]);
    }

    openOutcome(row) {
        this.openClosed(row.label, [
            ["outcome", "=", row.name],
            ["is_holdout", "=", false],
        ]);
    }

    openLoss(row) {
        this.openClosed(row.name, [
            ["outcome", "=", "lost"],
            ["loss_reason_id", "=", row.id],
        ]);
    }

    openGrade(grade) {
        this.open(grade.name, "customer.profile", [
            ["company_id", "=", this.page.company_id],
            ["grade_id", "=", grade.id],
            ["churn_status", "in", ["at_risk", "dormant"]],
        ]);
    }
}

registry.category("actions").add("churn_warning.dashboard", ChurnDashboard);
