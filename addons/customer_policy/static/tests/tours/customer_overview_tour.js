import {registry} from "@web/core/registry";

// No text of the interface in the triggers: the same tour runs in English and in Chinese.

registry.category("web_tour.tours").add("customer_policy_overview", {
    url: "/odoo/customers-graded",
    steps: () => [
        {
            content: "open the customer that the test has made",
            trigger: ".o_data_cell[name='partner_id']:contains('Tour Customer 2')",
            run: "click",
        },
        {
            content: "its 360° page",
            trigger: ".o_form_view button[name='action_open_customer_overview']",
            run: "click",
        },
        {
            content: "says the grade",
            trigger: ".o_customer_badges .badge[data-name='grade']",
        },
        {
            content: "and the revenue with its figures",
            trigger: ".o_customer_figure[data-name='revenue_12m']:contains('300.00')",
        },
        {
            content: "draws 24 months",
            trigger: ".o_customer_chart canvas",
        },
        {
            content: "and writes them for screen readers",
            trigger: ".o_customer_chart table tr:nth-child(24)",
        },
        {
            content: "lists what was bought",
            trigger: ".o_customer_products tbody tr:contains('300.00')",
        },
        {
            content: "the timeline has the purchase",
            trigger: ".o_customer_entry[data-kind='external']",
        },
        {
            content: "and the grade",
            trigger: ".o_customer_entry[data-kind='grade']",
        },
        {
            content: "show purchases alone",
            trigger: ".o_customer_filters button[data-kind='external']",
            run: "click",
        },
        {
            content: "nothing else is left",
            trigger:
                ".o_customer_timeline:not(:has(.o_customer_entry[data-kind='grade'])) .o_customer_entry[data-kind='external']",
        },
        {
            content: "why this grade",
            trigger: ".o_customer_badges button",
            run: "click",
        },
        {
            content: "in a dialog",
            trigger: ".modal .o_customer_explanation table",
        },
        {
            content: "close it",
            trigger: ".modal button.btn-close",
            run: "click",
        },
        {
            content: "open the purchases",
            trigger: "body:not(:has(.modal)) .o_customer_buttons button[data-name='purchases']",
            run: "click",
        },
        {
            content: "as a list",
            trigger: ".o_list_view .o_data_row",
        },
        {
            content: "and come back",
            trigger: ".o_breadcrumb .o_back_button a, .o_breadcrumb a:last",
            run: "click",
        },
        {
            content: "the page is there again",
            trigger: ".o_customer_timeline .o_customer_entry",
        },
    ],
});
