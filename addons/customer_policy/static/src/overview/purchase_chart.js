import {Component, onWillStart, useEffect, useRef} from "@odoo/owl";
import {loadBundle} from "@web/core/assets";
import {cookie} from "@web/core/browser/cookie";
import {getColor, getCustomColor} from "@web/core/colors/colors";
import {humanNumber} from "@web/core/utils/numbers";
import {formatMonetary} from "@web/views/fields/formatters";
import {formatMonth} from "./overview_format";

/** Revenue per month as bars; the same figures stand in a table for screen readers. */
export class PurchaseChart extends Component {
    static template = "customer_policy.PurchaseChart";
    static props = {months: Array, currencyId: Number};

    setup() {
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => {
                this.draw();
                return () => this.chart && this.chart.destroy();
            },
            () => [this.props.months],
        );
    }

    get isEmpty() {
        return !this.props.months.some((month) => month.amount);
    }

    month(iso) {
        return formatMonth(iso);
    }

    money(amount) {
        return formatMonetary(amount, {currencyId: this.props.currencyId});
    }

    draw() {
        if (!this.canvas.el) {
            return;
        }
        const scheme = cookie.get("color_scheme");
        const ink = getCustomColor(scheme, "#495057", "#CED4DA");
        const grid = getCustomColor(scheme, "#E9ECEF", "#3C3E4B");
        // Chart.js is loaded by the bundle.
        this.chart = new window.Chart(this.canvas.el, {
            type: "bar",
            data: {
                labels: this.props.months.map((month) => formatMonth(month.month)),
                datasets: [
                    {
                        data: this.props.months.map((month) => month.amount),
                        backgroundColor: getColor(0, scheme, "odoo"),
                        borderRadius: 2,
                    },
                ],
            },
            options: {
                maintainAspectRatio: false,
                animation: false,
                plugins: {
                    legend: {display: false},
                    tooltip: {callbacks: {label: (item) => this.money(item.raw)}},
                },
                scales: {
                    x: {grid: {display: false}, ticks: {color: ink, maxRotation: 0, autoSkipPadding: 12}},
                    y: {
                        grid: {color: grid},
                        border: {display: false},
                        ticks: {color: ink, maxTicksLimit: 5, callback: (value) => humanNumber(value, {decimals: 1})},
                    },
                },
            },
        });
    }
}
