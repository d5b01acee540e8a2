import {CountedPage} from "@customer_policy/page/counted_page";
import {_t} from "@web/core/l10n/translation";
import {deserializeDate} from "@web/core/l10n/dates";
import {registry} from "@web/core/registry";

/**
 * Of the customers who first bought in a month: how many bought in each month after.
 */
export class ChurnRetention extends CountedPage {
    static template = "churn_warning.Retention";

    async load(definition = null) {
        this.state.page = await this.orm.call("churn.retention", "load", [definition]);
    }

    get ages() {
        return [...Array(this.page.months).keys()];
    }

    get introduction() {
        return _t(
            "Customers by month of their first purchase; in each month after it, the part that bought. As of %s, only months that are over.",
            this.page.as_of,
        );
    }

    month(iso) {
        return deserializeDate(iso).toLocaleString({month: "short", year: "numeric"});
    }

    /** The month of the first purchase is always full; the scale is that of the months after. */
    shade(cohort, age) {
        const share = cohort.shares[age];
        if (share === undefined || !age) {
            return "";
        }
        const highest = Math.max(0.01, ...this.page.cohorts.flatMap((one) => one.shares.slice(1)));
        return `background-color: rgba(1, 126, 132, ${(0.75 * (share / highest)).toFixed(2)})`;
    }
}

registry.category("actions").add("churn_warning.retention", ChurnRetention);
