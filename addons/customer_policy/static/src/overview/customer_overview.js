import {Component, onWillStart, useState} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {deserializeDateTime} from "@web/core/l10n/dates";
import {Layout} from "@web/search/layout";
import {formatDateTime} from "@web/views/fields/formatters";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {CustomerTimeline} from "./customer_timeline";
import {formatMoment, formatValue} from "./overview_format";
import {PurchaseChart} from "./purchase_chart";

/** The 360° page: everything about one customer, loaded by one call. */
export class CustomerOverview extends Component {
    static template = "customer_policy.Overview";
    static components = {Layout, CustomerTimeline, PurchaseChart};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({data: null});
        const {context, params} = this.props.action;
        this.partnerId = context.active_id || (params && params.active_id);
        onWillStart(() => this.load());
    }

    async load() {
        if (!this.partnerId) {
            return;
        }
        this.state.data = await this.orm.call("customer.overview", "load", [this.partnerId]);
    }

    get data() {
        return this.state.data;
    }

    get asOf() {
        return this.data.as_of ? formatDateTime(deserializeDateTime(this.data.as_of), {showSeconds: false}) : "";
    }

    format(item) {
        return formatValue(item, item.currency_id || this.data.currency_id);
    }

    money(amount, currencyId) {
        return formatValue({type: "monetary", value: Number(amount), currency_id: currencyId}, this.data.currency_id);
    }

    quantity(value) {
        return formatValue({type: "float", value, digits: Number.isInteger(value) ? 0 : 2});
    }

    date(value) {
        return formatValue({type: "date", value});
    }

    moment(iso) {
        return formatMoment(iso);
    }

    badgeClass(badge) {
        return badge.style ? `text-bg-${badge.style}` : `o_badge_color_${badge.color || 0}`;
    }

    /** Leave for a record or list; the page is loaded anew when the reader comes back. */
    openRecord([resModel, resId]) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: resModel,
            res_id: resId,
            views: [[false, "form"]],
        });
    }

    run(item) {
        if (item.action) {
            this.action.doAction(item.action, {onClose: () => this.load()});
        } else if (item.open) {
            this.openRecord(item.open);
        }
    }

    explain() {
        return this.action.doActionButton({
            type: "object",
            name: "action_explain_grade",
            resModel: "res.partner",
            resId: this.data.partner.id,
            resIds: [this.data.partner.id],
            context: {},
        });
    }
}

registry.category("actions").add("customer_policy.overview", CustomerOverview);
