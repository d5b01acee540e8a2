import {registry} from "@web/core/registry";

// No text of the interface in the triggers: the same tours run in English and in Chinese.

registry.category("web_tour.tours").add("customer_policy_why_this_grade", {
    url: "/odoo/customers-graded",
    steps: () => [
        {
            content: "the list shows customers with their grade as a badge",
            trigger: ".o_list_view td[name='grade_id'] .badge",
        },
        {
            content: "open the customer that the test has made",
            trigger: ".o_data_cell[name='partner_id']:contains('Tour Customer')",
            run: "click",
        },
        {
            content: "the arithmetic adds up in front of the reader",
            trigger: ".o_form_view .o_customer_explanation tfoot td:contains('100.00')",
        },
        {
            content: "go to the contact",
            trigger: "button[name='action_open_partner']",
            run: "click",
        },
        {
            content: "its badges are there",
            trigger: ".o_form_view div[name='customer_badges'] .o_field_widget[name='customer_grade_id'] .badge",
        },
        {
            content: "and say why",
            trigger: "button[name='action_explain_grade']",
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
            content: "nothing is left open",
            trigger: "body:not(:has(.modal)) .o_form_view",
        },
    ],
});

registry.category("web_tour.tours").add("customer_policy_draft", {
    url: "/odoo/customer-policy",
    steps: () => [
        {
            content: "open the version in force",
            trigger: ".o_data_row:has(.text-bg-success) .o_data_cell[name='name']",
            run: "click",
        },
        {
            content: "it is frozen",
            trigger: ".o_form_view button[name='action_draft_version']",
            run: "click",
        },
        {
            content: "the draft can be submitted",
            trigger: "button[name='action_submit']",
        },
        {
            content: "look at the grading schemes",
            trigger: ".nav-link[name='grading']",
            run: "click",
        },
        {
            content: "open one",
            trigger: "div[name='scheme_ids'] .o_data_row:first .o_data_cell[name='name']",
            run: "click",
        },
        {
            content: "wait longer before a downgrade",
            trigger: ".modal div[name='downgrade_months'] input",
            run: "edit 6",
        },
        {
            content: "keep it",
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "it shows in the list of schemes",
            trigger: "body:not(:has(.modal)) div[name='scheme_ids'] td[name='downgrade_months']:contains('6')",
        },
        {
            content: "submit",
            trigger: "button[name='action_submit']",
            run: "click",
        },
        {
            content: "under review now",
            trigger: "button[name='action_send_back']",
        },
    ],
});

registry.category("web_tour.tours").add("customer_policy_run_now", {
    url: "/odoo/customer-policy-runs",
    steps: () => [
        {
            content: "ask for a run",
            trigger: "button[name='action_run_now']",
            run: "click",
        },
        {
            content: "a progress bar is shown while it waits",
            trigger: ".o_customer_policy_progress .progress",
        },
    ],
});
