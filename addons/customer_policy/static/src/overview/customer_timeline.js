import {Component, useState} from "@odoo/owl";
import {useService} from "@web/core/utils/hooks";
import {formatMonetary} from "@web/views/fields/formatters";
import {formatMoment} from "./overview_format";

/** What happened with a customer, newest first, by year; filters by kind, more on request. */
export class CustomerTimeline extends Component {
    static template = "customer_policy.Timeline";
    static props = {partnerId: Number, kinds: Array, page: Object, openRecord: Function};

    setup() {
        this.orm = useService("orm");
        this.state = useState({
            entries: this.props.page.entries,
            next: this.props.page.next,
            active: [],
            isBusy: false,
        });
        this.kinds = Object.fromEntries(this.props.kinds.map((kind) => [kind.name, kind]));
    }

    get years() {
        const years = [];
        for (const entry of this.state.entries) {
            const name = entry.date.slice(0, 4);
            if (!years.length || years.at(-1).name !== name) {
                years.push({name, entries: []});
            }
            years.at(-1).entries.push(entry);
        }
        return years;
    }

    moment(entry) {
        return formatMoment(entry.date);
    }

    money(entry) {
        return formatMonetary(Number(entry.amount), {currencyId: entry.currency_id});
    }

    toggle(kind) {
        const active = this.state.active;
        this.state.active = active.includes(kind) ? active.filter((name) => name !== kind) : [...active, kind];
        return this.load(null);
    }

    showAll() {
        this.state.active = [];
        return this.load(null);
    }

    async load(after) {
        const kinds = this.state.active.length ? [...this.state.active] : null;
        this.state.isBusy = true;
        try {
            const page = await this.orm.call("customer.overview", "load_timeline", [
                this.props.partnerId,
                kinds,
                after,
            ]);
            // An answer to filters that have changed meanwhile is late.
            if (String(kinds || []) === String(this.state.active)) {
                this.state.entries = after ? [...this.state.entries, ...page.entries] : page.entries;
                this.state.next = page.next;
            }
        } finally {
            this.state.isBusy = false;
        }
    }
}
