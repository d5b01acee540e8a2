import {CountedPage} from "@customer_policy/page/counted_page";
import {_t} from "@web/core/l10n/translation";
import {deserializeDate} from "@web/core/l10n/dates";
import {registry} from "@web/core/registry";
import {formatFloat, formatInteger} from "@web/views/fields/formatters";
import {useSetupAction} from "@web/search/action_hook";

const ANSWER = "customer.satisfaction.answer";
const FIELDS = {
    grade: "grade_id",
    team: "team_id",
    salesperson: "user_id",
    survey: "survey_id",
    region: "partner_id.state_id",
    segment: "partner_id.customer_segment_ids",
    product: "invitation_id.product_ids",
};

/**
 * Scores with n, response rate and interval; every figure is counted by the server over what the user may see.
 */
export class SatisfactionResults extends CountedPage {
    static template = "customer_satisfaction.Results";

    setup() {
        super.setup();
        useSetupAction({
            getLocalState: () => ({
                metric: this.state.metric,
                dimension: this.state.dimension,
                months: this.state.months,
            }),
        });
    }

    get firstState() {
        const kept = this.props.state || {};
        return {metric: kept.metric || null, dimension: kept.dimension || "grade", months: kept.months || 12};
    }

    async load() {
        const {metric, dimension, months} = this.state;
        this.state.page = await this.orm.call("customer.satisfaction.result", "load", [metric, dimension, months]);
        this.state.metric = this.state.page.metric;
    }

    show(choice) {
        Object.assign(this.state, choice);
        return this.load();
    }

    // ------------------------------------------------------------ words

    get isNps() {
        return this.state.metric === "nps";
    }

    value(value, metric = this.state.metric) {
        const digits = metric === "nps" ? 0 : 2;
        const text = formatFloat(value, {digits: [16, digits]});
        return metric === "nps" && value > 0.5 ? `+${text}` : text;
    }

    margin(margin, metric = this.state.metric) {
        // All answers alike: no spread that an interval could show.
        return margin ? `± ${formatFloat(margin, {digits: [16, metric === "nps" ? 0 : 2]})}` : "";
    }

    rate(rate) {
        return rate === null ? "–" : `${Math.round(100 * rate)} %`;
    }

    /** How many answered of those who were asked; empty where nobody was. */
    responseText(card) {
        if (card.rate === null) {
            return "";
        }
        return _t("%(rate)s of %(invited)s invited answered", {
            rate: this.rate(card.rate),
            invited: formatInteger(card.invited),
        });
    }

    get legendText() {
        return _t(
            "The bar is the 95 % interval; n is the number of answers, the percentage how many of those invited answered. Groups with fewer than %s answers are grey and not ranked.",
            this.page.minimum_n,
        );
    }

    average(value) {
        return value === null ? "–" : formatFloat(value, {digits: [16, 1]});
    }

    changeText(card) {
        if (card.change === null) {
            return "";
        }
        const text = formatFloat(Math.abs(card.change), {digits: [16, card.metric === "nps" ? 0 : 2]});
        return (card.change < 0 ? "−" : "+") + text;
    }

    verdictClass(card) {
        return {up: "text-success", down: "text-danger"}[card.trend] || "text-muted";
    }

    verdictIcon(card) {
        return {up: "fa-arrow-up", down: "fa-arrow-down", same: "fa-arrows-h"}[card.trend] || "fa-minus";
    }

    date(iso) {
        return deserializeDate(iso).toLocaleString({day: "numeric", month: "short"});
    }

    // ------------------------------------------------------------ bars

    /** Place of a score on its scale, 0 to 100 %. */
    place(value) {
        const [low, high] = this.page.scale;
        return Math.max(0, Math.min(100, (100 * (value - low)) / (high - low)));
    }

    spread(group) {
        return this.spreadBetween(this.place(group.value - group.margin), this.place(group.value + group.margin));
    }

    dot(group) {
        return this.dotAt(this.place(group.value));
    }

    /** Width of a correlation from 0 to 1; what does not go with low scores has none. */
    weight(driver) {
        return this.width(Math.max(0, driver.correlation || 0), 1);
    }

    // ------------------------------------------------------------ trend

    get trend() {
        const months = this.page.trend;
        const {top, room: height, middle} = this.columns(months.length);
        const values = months.filter((month) => month.n);
        const lows = values.map((month) => month.value - month.margin);
        const highs = values.map((month) => month.value + month.margin);
        const [scaleLow, scaleHigh] = this.page.scale;
        const low = Math.max(scaleLow, Math.min(...lows));
        const high = Math.min(scaleHigh, Math.max(...highs));
        const span = Math.max(high - low, (scaleHigh - scaleLow) / 20);
        const room = height - 6;
        const y = (value) => top + room * (1 - (Math.max(low, Math.min(high, value)) - low) / span);
        const points = months.map((month, index) => ({
            key: month.month,
            label: this.monthLetter(month.month),
            title: `${this.monthLong(month.month)}: ${
                month.n ? `${this.value(month.value)} ${this.margin(month.margin)}, n = ${month.n}` : _t("no answers")
            }`,
            x: middle(index),
            y: month.n ? y(month.value) : null,
            from: month.n ? y(month.value + month.margin) : null,
            to: month.n ? y(month.value - month.margin) : null,
        }));
        const drawn = points.filter((point) => point.y !== null);
        return {
            points,
            drawn,
            line: drawn.map((point) => `${point.x},${point.y}`).join(" "),
            ticks: drawn.length ? [low, high].map((value) => ({value: this.value(value), y: y(value) + 4})) : [],
        };
    }

    // ------------------------------------------------------------ ways on

    get domain() {
        return [
            ["metric", "=", this.state.metric],
            ["topic_id", "=", false],
            ["date", ">=", this.page.start],
        ];
    }

    openGroup(group) {
        const field = FIELDS[this.state.dimension];
        this.openAnswers(group.name, [
            ...this.domain,
            [field, group.key ? "in" : "=", group.key ? [group.key] : false],
        ]);
    }

    openDriver(driver) {
        this.openAnswers(driver.name, [
            ["topic_id", "=", driver.key],
            ["date", ">=", this.page.start],
        ]);
    }

    openCard() {
        const card = this.page.cards.find((one) => one.metric === this.state.metric);
        this.openAnswers(card.label, this.domain);
    }

    openAnswers(name, domain) {
        this.open(name, ANSWER, domain, ["list", "kanban", "pivot", "graph"]);
    }

    openVoice(voice) {
        if (voice.invitation) {
            this.action.doAction({
                type: "ir.actions.act_window",
                res_model: "customer.satisfaction.invitation",
                res_id: voice.invitation,
                views: [[false, "form"]],
            });
        }
    }

    async propose(driver) {
        this.action.doAction(
            await this.orm.call("customer.satisfaction.topic", "action_propose_improvement", [[driver.key]]),
        );
    }
}

registry.category("actions").add("customer_satisfaction.results", SatisfactionResults);
