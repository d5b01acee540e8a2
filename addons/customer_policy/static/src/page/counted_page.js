import {Component, onWillStart, useState} from "@odoo/owl";
import {formatInteger} from "@web/views/fields/formatters";
import {deserializeDate} from "@web/core/l10n/dates";
import {useService} from "@web/core/utils/hooks";
import {Layout} from "@web/search/layout";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";

// Size of a chart over months in its own units; it is drawn as wide as its box.
export const CHART = {width: 600, height: 150, left: 34, bottom: 18};

/**
 * A page of figures that the server counts in one call. What a page asks for is its `state`, which a subclass begins with
 * `firstState` and sends by `load`; the answer is `page`. Bars, months and ways on to the records are the same on all.
 */
export class CountedPage extends Component {
    static components = {Layout};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = {controlPanel: {}};
        this.chart = CHART;
        this.state = useState({page: null, ...this.firstState});
        onWillStart(() => this.load());
    }

    get firstState() {
        return {};
    }

    get page() {
        return this.state.page;
    }

    // ------------------------------------------------------------ words

    integer(number) {
        return formatInteger(number || 0);
    }

    percent(share, digits = 0) {
        return `${(100 * share).toFixed(digits)} %`;
    }

    monthLong(iso) {
        return deserializeDate(iso).toLocaleString({month: "long", year: "numeric"});
    }

    monthLetter(iso) {
        return deserializeDate(iso).toLocaleString({month: "narrow"});
    }

    // ------------------------------------------------------------ bars

    width(part, whole) {
        return `width: ${whole ? ((100 * part) / whole).toFixed(1) : 0}%`;
    }

    /** An interval on a bar; `place` maps a value to 0 to 100. */
    spreadBetween(from, to) {
        return `left: ${from.toFixed(1)}%; width: ${Math.max(to - from, 0.6).toFixed(1)}%`;
    }

    dotAt(place) {
        return `left: ${place.toFixed(1)}%`;
    }

    /** Room and columns of a chart with `count` months. */
    columns(count) {
        const width = (CHART.width - CHART.left) / Math.max(count, 1);
        return {
            width,
            top: 8,
            room: CHART.height - CHART.bottom - 8,
            start: (index) => CHART.left + width * index,
            middle: (index) => CHART.left + width * (index + 0.5),
        };
    }

    // ------------------------------------------------------------ ways on

    open(name, model, domain, views = ["list", "form"]) {
        this.action.doAction({
            type: "ir.actions.act_window",
            name,
            res_model: model,
            domain,
            views: views.map((view) => [false, view]),
        });
    }
}
