import {Component} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/** What looks like the contact in the form. Another contact opens in a dialog, so that what was typed stays. */
export class CustomerDuplicates extends Component {
    static template = "customer_policy.Duplicates";
    static props = standardFieldProps;

    setup() {
        this.action = useService("action");
    }

    get info() {
        return this.props.record.data[this.props.name] || {candidates: [], hidden: [], problems: []};
    }

    open(model, resId) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: resId,
            views: [[false, "form"]],
            target: model === "res.partner" ? "new" : "current",
        });
    }
}

registry.category("fields").add("customer_duplicates", {
    component: CustomerDuplicates,
    supportedTypes: ["json"],
});
