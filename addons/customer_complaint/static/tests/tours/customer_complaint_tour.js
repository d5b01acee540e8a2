import {registry} from "@web/core/registry";

// No text of the interface in the triggers: the same tours run in English and in Chinese.

registry.category("web_tour.tours").add("customer_complaint_file", {
    url: "/my/complaints/new",
    steps: () => [
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
            content: "the page of the case opens with its number",
            trigger: "#wrapwrap:contains(/C[0-9]{4}-[0-9]{5}/) h3:contains('Tour case')",
        },
    ],
});

registry.category("web_tour.tours").add("customer_complaint_work", {
    url: "/odoo/cases",
    steps: () => [
        {
            content: "the case stands on the board",
            trigger: ".o_kanban_record:contains('Tour case')",
            run: "click",
        },
        {
            content: "acknowledge it",
            trigger: ".o_statusbar_buttons button[name='action_acknowledge']",
            run: "click",
        },
        {
            content: "the service standard is on the case",
            trigger: ".o_notebook .nav-link[name='standard']",
            run: "click",
        },
        {
            content: "tick off a step",
            trigger: ".o_field_many2many_checkboxes[name='done_step_ids'] input",
            run: "click",
        },
        {
            content: "write a reply",
            trigger: ".o_statusbar_buttons button[name='action_reply']:first",
            run: "click",
        },
        {
            content: "say what was found",
            trigger: ".modal .odoo-editor-editable",
            run: "editor A new pair is on its way",
        },
        {
            content: "send the reply",
            trigger: ".modal footer button[name='action_send']:visible",
            run: "click",
        },
        {
            content: "the customer has an answer: it is resolved",
            trigger: "body:not(:has(.modal)) .o_statusbar_buttons button[name='action_resolve']:first",
            run: "click",
        },
        {
            content: "after the call",
            trigger: ".o_notebook .nav-link[name='follow_up']",
            run: "click",
        },
        {
            content: "the customer is satisfied",
            trigger: ".o_field_widget[name='follow_up_result'] input:first",
            run: "click",
        },
        {
            content: "close it",
            trigger: ".o_statusbar_buttons button[name='action_close']",
            run: "click",
        },
        {
            content: "closed: it can only be reopened",
            trigger: ".o_form_view:not(:has(button[name='action_close'])) button[name='action_reopen']",
        },
    ],
});

registry.category("web_tour.tours").add("customer_complaint_outcome", {
    url: "/my/complaints",
    steps: () => [
        {
            content: "my case",
            trigger: "td a:contains('Tour case')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "the answer",
            trigger: "#wrapwrap:contains('A new pair is on its way') .badge.text-bg-secondary",
        },
    ],
});
