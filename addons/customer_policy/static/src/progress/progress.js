import {Component, onWillUnmount, useEffect, useState} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";

const INTERVAL = 1000;

/** Progress of a waiting or running run, asked for every second; reloads the form when the run has ended. */
export class CustomerPolicyProgress extends Component {
    static template = "customer_policy.Progress";
    static props = standardWidgetProps;

    setup() {
        this.orm = useService("orm");
        this.state = useState({percent: 0, step: ""});
        useEffect(
            (resId) => {
                this.poll(resId);
            },
            () => [this.props.record.resId],
        );
        onWillUnmount(() => {
            this.isGone = true;
            clearTimeout(this.timer);
        });
    }

    async poll(resId) {
        clearTimeout(this.timer);
        const [run] = await this.orm.silent.read("customer.policy.run", [resId], ["state", "progress", "step"]);
        if (this.isGone || this.props.record.resId !== resId) {
            return;
        }
        this.state.percent = Math.round(run.progress);
        this.state.step = run.step || "";
        if (run.state === "done" || run.state === "failed") {
            await this.props.record.load();
        } else {
            this.timer = setTimeout(() => this.poll(resId), INTERVAL);
        }
    }
}

registry.category("view_widgets").add("customer_policy_progress", {component: CustomerPolicyProgress});
