import {registry} from "@web/core/registry";

// No text of the interface in the triggers: the same tour runs in English and in Chinese.

registry.category("web_tour.tours").add("customer_insight_quotation", {
    steps: () => [
        {
            content: "the suggestions of this quotation",
            trigger: ".o_notebook .nav-link[name='customer_suggestions']",
            run: "click",
        },
        {
            content: "what goes with the line, with its figures as the reason",
            trigger: ".o_customer_suggestions tr:contains(Tour Chip) td:contains(12)",
        },
        {
            content: "at the price of this customer's price list",
            trigger: ".o_customer_suggestions tr:contains(Tour Chip) td:contains(80.00)",
        },
        {
            content: "one click adds it",
            trigger: ".o_customer_suggestions tr:contains(Tour Chip) .o_customer_add",
            run: "click",
        },
        {
            content: "it is no suggestion any more",
            trigger: ".o_customer_suggestions:not(:has(.o_customer_add:disabled)):not(:contains(Tour Chip))",
        },
        {
            content: "more of the first for less each",
            trigger: ".o_customer_suggestions tr:contains(Tour Board):contains(90.00) .o_customer_raise",
            run: "click",
        },
        {
            content: "the break is reached",
            trigger: ".o_customer_suggestions:not(:has(.o_customer_raise))",
        },
        {
            content: "back to the lines",
            trigger: ".o_notebook .nav-link[name='order_lines']",
            run: "click",
        },
        {
            content: "the new line with its price",
            trigger: ".o_field_widget[name='order_line'] .o_data_row:contains(Tour Chip):contains(80.00)",
        },
        {
            content: "the line that was raised",
            trigger: ".o_field_widget[name='order_line'] .o_data_row:contains(Tour Board):contains(90.00)",
        },
    ],
});
