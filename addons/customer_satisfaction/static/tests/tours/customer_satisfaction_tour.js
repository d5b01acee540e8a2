import {registry} from "@web/core/registry";

// No text of the interface in the triggers: the same tours run in English and in Chinese.

registry.category("web_tour.tours").add("customer_satisfaction_complain", {
    url: "/complaint",
    steps: () => [
        {
            content: "my address",
            trigger: "form input[name='email']",
            run: "edit tour@customer.example",
        },
        {
            content: "what it is about",
            trigger: "form input[name='subject']",
            run: "edit Tour case",
        },
        {
            content: "what happened",
            trigger: "form textarea[name='description']",
            run: "edit Two of ten are broken",
        },
        {
            content: "send it",
            trigger: "form button[type='submit']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "it has a number",
            trigger: "#wrap b:contains(/C[0-9]{4}-[0-9]{5}/)",
        },
    ],
});

registry.category("web_tour.tours").add("customer_satisfaction_answer", {
    steps: () => [
        {
            content: "begin",
            trigger: ".o_survey_form button[value='start']",
            run: "click",
        },
        {
            content: "it was hard",
            trigger: ".js_question-wrapper:first label.o_survey_choice_btn:first",
            run: "click",
        },
        {
            content: "in words",
            trigger: "textarea.o_survey_question_text_box",
            run: "edit Tour reason",
        },
        {
            content: "done",
            trigger: ".o_survey_form button[value='finish']",
            run: "click",
        },
        {
            content: "really",
            trigger: ".modal footer .btn-primary",
            run: "click",
        },
        {
            content: "thank you",
            trigger: ".o_survey_finished",
        },
    ],
});

registry.category("web_tour.tours").add("customer_satisfaction_results", {
    url: "/odoo/satisfaction",
    steps: () => [
        {
            content: "the score with its n",
            trigger: ".o_satisfaction_card[data-metric='ces']",
            run: "click",
        },
        {
            content: "what was said",
            trigger: ".o_satisfaction_voice:contains('Tour reason')",
            run: "click",
        },
        {
            content: "all answers, and the case that came back",
            trigger: ".o_form_view .o_field_widget[name='case_id']:contains(/C[0-9]{4}-[0-9]{5}/)",
        },
    ],
});

registry.category("web_tour.tours").add("customer_satisfaction_improve", {
    steps: () => [
        {
            content: "cause and solution",
            trigger: ".o_notebook .nav-link[name='cause']",
            run: "click",
        },
        {
            content: "into the improvement register",
            trigger: "button[name='action_propose_improvement']",
            run: "click",
        },
        {
            content: "what we change",
            trigger: ".o_field_widget[name='measure'] textarea",
            run: "edit Tour measure",
        },
        {
            content: "save it",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "begin",
            trigger: ".o_statusbar_buttons button[name='action_start']",
            run: "click",
        },
        {
            content: "the notice",
            trigger: ".o_notebook .nav-link[name='notice']",
            run: "click",
        },
        {
            content: "what the customers read",
            trigger: ".o_field_widget[name='notice'] .odoo-editor-editable",
            run: "editor Tour notice",
        },
        {
            content: "the measure is in place",
            trigger: ".o_statusbar_buttons button[name='action_take_measure']",
            run: "click",
        },
        {
            content: "tell the customers",
            trigger: ".o_statusbar_buttons button[name='action_notify']",
            run: "click",
        },
        {
            content: "really",
            trigger: ".modal footer .btn-primary",
            run: "click",
        },
        {
            content: "told once",
            trigger: ".o_form_view:not(:has(button[name='action_notify'])) .o_field_widget[name='date_notified']",
        },
    ],
});
