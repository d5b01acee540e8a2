import {Component, onWillStart, onWillUpdateProps, useState} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {formatMonetary} from "@web/views/fields/formatters";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";

/** What else to offer on a quotation; one click adds a line or raises one. */
export class CustomerSuggestions extends Component {
    static template = "customer_insight.Suggestions";
    static props = standardWidgetProps;

    setup() {
        this.orm = useService("orm");
        this.state = useState({data: null, busy: false});
        onWillStart(() => this.load(this.props.record.resId));
        onWillUpdateProps((next) => next.record.resId !== this.props.record.resId && this.load(next.record.resId));
    }

    get readonly() {
        return this.props.readonly || this.state.busy;
    }

    async load(id) {
        this.state.data = id ? await this.orm.call("sale.order", "get_customer_suggestions", [id]) : null;
    }

    /** Changes of the form are saved first, so that nothing typed is lost and the lines are those seen. */
    async change(method, values) {
        if (this.state.busy) {
            return;
        }
        this.state.busy = true;
        try {
            const {record} = this.props;
            if (await record.save()) {
                await this.orm.call("sale.order", method, [record.resId], values);
                await record.load();
                await this.load(record.resId);
            }
        } finally {
            this.state.busy = false;
        }
    }

    /** Lines are saved before anything is known of them. */
    async refresh() {
        if (await this.props.record.save()) {
            await this.load(this.props.record.resId);
        }
    }

    money(value) {
        return value === null ? "" : formatMonetary(value, {currencyId: this.state.data.currency_id});
    }
}

registry.category("view_widgets").add("customer_suggestions", {component: CustomerSuggestions});
