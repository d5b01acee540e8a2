import {Component, onWillStart, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {user} from "@web/core/user";
import {useService} from "@web/core/utils/hooks";
import {formatFloat, formatInteger, formatMonetary} from "@web/views/fields/formatters";
import {useSetupAction} from "@web/search/action_hook";
import {Layout} from "@web/search/layout";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";

const MODEL = "customer.profile";

/**
 * Customers by recency and frequency score, one cell per pair; a click opens them.
 *
 * All figures are read groups made as the user: a cell counts the customers that its list will show.
 */
export class RfmMap extends Component {
    static template = "customer_policy.RfmMap";
    static components = {Layout};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = {controlPanel: {}};
        this.measures = {
            customers: _t("Customers"),
            revenue: _t("Revenue, 12 Months"),
            monetary: _t("Average M Score"),
        };
        const kept = this.props.state || {};
        this.state = useState({
            schemes: [],
            schemeId: kept.schemeId || false,
            measure: kept.measure || "customers",
            groups: [],
            others: 0,
        });
        useSetupAction({
            getLocalState: () => ({schemeId: this.state.schemeId, measure: this.state.measure}),
        });
        onWillStart(async () => {
            await Promise.all([this.loadLabels(), this.loadSchemes()]);
            await this.loadGroups();
        });
    }

    async loadLabels() {
        const [fields, companies] = await Promise.all([
            this.orm.call(MODEL, "fields_get", [["rfm_segment"], ["selection"]]),
            this.orm.read("res.company", [user.activeCompany.id], ["currency_id"]),
        ]);
        this.segments = Object.fromEntries(fields.rfm_segment.selection);
        this.currencyId = companies[0].currency_id[0];
    }

    /** The schemes that customers are scored by; the one with the most customers comes first. */
    async loadSchemes() {
        const groups = await this.orm.formattedReadGroup(
            MODEL,
            [...this.companyDomain, ["recency_score", ">", 0]],
            ["rfm_scheme_id"],
            ["__count"],
        );
        const found = groups.filter((group) => group.rfm_scheme_id);
        if (!found.length) {
            return;
        }
        const schemes = await this.orm.read(
            "customer.rfm.scheme",
            found.map((group) => group.rfm_scheme_id[0]),
            ["name", "classes"],
        );
        const counts = Object.fromEntries(found.map((group) => [group.rfm_scheme_id[0], group.__count]));
        this.state.schemes = schemes.sort((one, other) => counts[other.id] - counts[one.id]);
        if (!schemes.some((scheme) => scheme.id === this.state.schemeId)) {
            this.state.schemeId = this.state.schemes[0].id;
        }
    }

    async loadGroups() {
        if (!this.state.schemeId) {
            return;
        }
        const [groups, others] = await Promise.all([
            this.orm.formattedReadGroup(
                MODEL,
                this.domain,
                ["recency_score", "frequency_score", "rfm_segment"],
                ["__count", "revenue_12m:sum", "monetary_score:sum"],
            ),
            this.orm.searchCount(MODEL, this.othersDomain),
        ]);
        Object.assign(this.state, {groups, others});
    }

    get companyDomain() {
        return [["company_id", "=", user.activeCompany.id]];
    }

    get domain() {
        return [...this.companyDomain, ["rfm_scheme_id", "=", this.state.schemeId], ["recency_score", ">", 0]];
    }

    get othersDomain() {
        return [...this.companyDomain, ["rfm_scheme_id", "=", this.state.schemeId], ["recency_score", "=", false]];
    }

    get scheme() {
        return this.state.schemes.find((scheme) => scheme.id === this.state.schemeId);
    }

    get recencies() {
        return Array.from({length: this.scheme.classes}, (_value, index) => index + 1);
    }

    /** Rows of cells, the highest frequency on top. */
    get rows() {
        const byPlace = {};
        for (const group of this.state.groups) {
            const place = `${group.recency_score}-${group.frequency_score}`;
            const cell = (byPlace[place] ??= {customers: 0, revenue: 0, points: 0, segments: []});
            cell.customers += group.__count;
            cell.revenue += group["revenue_12m:sum"];
            cell.points += group["monetary_score:sum"];
            cell.segments.push([group.__count, group.rfm_segment]);
        }
        const highest = Math.max(1e-9, ...Object.values(byPlace).map((cell) => this.valueOf(cell)));
        return [...this.recencies].reverse().map((frequency) => ({
            frequency,
            cells: this.recencies.map((recency) => {
                const cell = byPlace[`${recency}-${frequency}`];
                return {key: recency, recency, frequency, ...this.describe(cell, highest)};
            }),
        }));
    }

    describe(cell, highest) {
        if (!cell) {
            return {text: "", segment: "", style: "", isEmpty: true};
        }
        // The root keeps small cells apart where a few hold most customers.
        const share = Math.sqrt(Math.max(0, this.valueOf(cell)) / highest);
        const [, segment] = cell.segments.sort((one, other) => other[0] - one[0])[0];
        return {
            text: this.format(this.valueOf(cell)),
            segment: this.segments[segment] || "",
            style: `--rfm-share: ${(8 + 72 * share).toFixed(0)}%`,
            isEmpty: false,
        };
    }

    valueOf(cell) {
        const values = {customers: cell.customers, revenue: cell.revenue, monetary: cell.points / cell.customers};
        return values[this.state.measure];
    }

    format(value) {
        if (this.state.measure === "revenue") {
            return formatMonetary(value, {currencyId: this.currencyId, humanReadable: true, digits: [16, 0]});
        }
        return this.state.measure === "monetary" ? formatFloat(value, {digits: [16, 1]}) : formatInteger(value);
    }

    /** Segments with their customers, the largest first. */
    get legend() {
        const counts = {};
        let total = 0;
        for (const group of this.state.groups) {
            counts[group.rfm_segment] = (counts[group.rfm_segment] || 0) + group.__count;
            total += group.__count;
        }
        return Object.entries(counts)
            .sort((one, other) => other[1] - one[1])
            .map(([key, count]) => ({
                key,
                name: this.segments[key] || _t("No segment"),
                count: formatInteger(count),
                share: count && count < total / 200 ? "< 1 %" : `${Math.round((100 * count) / total)} %`,
            }));
    }

    showMeasure(measure) {
        this.state.measure = measure;
    }

    async onSchemeChange(event) {
        this.state.schemeId = Number(event.target.value);
        await this.loadGroups();
    }

    openCell(cell) {
        const scores = [
            ["recency_score", "=", cell.recency],
            ["frequency_score", "=", cell.frequency],
        ];
        this.open(`R${cell.recency} F${cell.frequency}`, [...this.domain, ...scores]);
    }

    openSegment(segment) {
        this.open(segment.name, [...this.domain, ["rfm_segment", "=", segment.key === "false" ? false : segment.key]]);
    }

    openOthers() {
        this.open(_t("Not Ranked"), this.othersDomain);
    }

    open(name, domain) {
        this.action.doAction({
            type: "ir.actions.act_window",
            name,
            res_model: MODEL,
            domain,
            views: [
                [false, "list"],
                [false, "kanban"],
                [false, "form"],
            ],
        });
    }
}

registry.category("actions").add("customer_policy.rfm_map", RfmMap);
