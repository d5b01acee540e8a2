import {registry} from "@web/core/registry";

// No text of the interface in the triggers: the same tours run in English and in Chinese.

registry.category("web_tour.tours").add("churn_warning_win_back", {
    steps: () => [
        {
            content: "the most valuable customer at risk, with the reason",
            trigger: ".o_kanban_record:contains(Tour Customer)",
            run: "click",
        },
        {
            content: "why",
            trigger: ".o_form_view .alert li:contains(84)",
        },
        {
            content: "begin to win back",
            trigger: ".o_statusbar_buttons button[name='action_start']:visible",
            run: "click",
        },
        {
            content: "the steps of the playbook are activities",
            trigger: ".o-mail-Activity",
        },
        {
            content: "write down what was said",
            trigger: ".o_field_widget[name='note'] textarea",
            run: "edit Tour result",
        },
        {
            content: "record the outcome",
            trigger: ".o_statusbar_buttons button[name='action_close']:visible",
            run: "click",
        },
        {
            content: "won back",
            trigger: ".modal .o_field_widget[name='outcome'] input[data-value='won_back']",
            run: "click",
        },
        {
            content: "confirm",
            trigger: ".modal button[name='action_confirm']",
            run: "click",
        },
        {
            content: "closed",
            trigger: ".o_statusbar_status .o_arrow_button_current[data-value='closed']",
        },
    ],
});

registry.category("web_tour.tours").add("churn_warning_pages", {
    steps: () => [
        {
            content: "the overview counts the one that is left",
            trigger: ".o_churn .o_churn_open .o_churn_value:contains(1)",
        },
        {
            content: "how it ended",
            trigger: ".o_churn_row",
        },
        {
            content: "to the warnings",
            trigger: ".o_churn_open",
            run: "click",
        },
        {
            content: "the one that is left",
            trigger: ".o_kanban_record:contains(Tour Second)",
        },
    ],
});

registry.category("web_tour.tours").add("churn_warning_backtest", {
    steps: () => [
        {
            content: "what is used, and why",
            trigger: ".o_churn_backtest .o_churn_verdict",
        },
        {
            content: "the one that is used is marked",
            trigger: ".o_churn_scores .o_churn_chosen",
        },
        {
            content: "look at another candidate",
            trigger: ".o_churn_scores tbody tr:last-child",
            run: "click",
        },
        {
            content: "its calibration",
            trigger: ".o_churn_scores tbody tr.table-active:last-child",
        },
    ],
});

registry.category("web_tour.tours").add("churn_warning_retention", {
    steps: () => [
        {
            content: "cohorts",
            trigger: ".o_churn_cohorts tbody tr:nth-child(2)",
        },
    ],
});
