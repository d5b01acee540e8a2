import {registry} from "@web/core/registry";

// No text of the interface in the triggers: the same tour runs in English and in Chinese.

registry.category("web_tour.tours").add("churn_warning_coupon_offer", {
    steps: () => [
        {
            content: "begin to win back",
            trigger: ".o_statusbar_buttons button[name='action_start']:visible",
            run: "click",
        },
        {
            content: "the offer of the playbook waits: hand it out",
            trigger: ".o_field_widget[name='offer_ids'] button[name='action_send']",
            run: "click",
        },
        {
            content: "what goes to whom",
            trigger: ".modal .o_field_widget[name='email']:contains(tour@example.com)",
        },
        {
            content: "send it",
            trigger: ".modal button[name='action_confirm']:visible",
            run: "click",
        },
        {
            content: "handed out, once",
            trigger:
                ".o_form_view:not(:has(button[name='action_send'])) .o_field_widget[name='offer_ids'] td[name='code']",
        },
    ],
});
