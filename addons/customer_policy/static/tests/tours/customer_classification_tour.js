import {registry} from "@web/core/registry";

// No text of the interface in the triggers: the same tours run in English and in Chinese.

registry.category("web_tour.tours").add("customer_policy_rfm_map", {
    url: "/odoo/customer-rfm-map",
    steps: () => [
        {
            content: "the grid has a cell with customers",
            trigger: ".o_rfm_map .o_rfm_grid button.o_rfm_cell .o_rfm_value:contains(/[0-9]/)",
        },
        {
            content: "the legend names a segment",
            trigger: ".o_rfm_legend tbody tr td:contains(/./)",
        },
        {
            content: "show revenue instead",
            trigger: ".o_rfm_map button[data-measure='revenue']",
            run: "click",
        },
        {
            content: "a cell shows an amount",
            trigger: ".o_rfm_map button[data-measure='revenue'].active",
        },
        {
            content: "open the customers of the cell of the best",
            trigger: ".o_rfm_grid button.o_rfm_cell:first",
            run: "click",
        },
        {
            content: "its list opens",
            trigger: ".o_list_view .o_data_row .o_data_cell[name='partner_id']:contains('Tour Customer')",
        },
        {
            content: "go back",
            trigger: ".breadcrumb-item a, .o_back_button a",
            run: "click",
        },
        {
            content: "the map still shows revenue",
            trigger: ".o_rfm_map button[data-measure='revenue'].active",
        },
        {
            content: "open a segment from the legend",
            trigger: ".o_rfm_legend tbody tr",
            run: "click",
        },
        {
            content: "its customers are listed",
            trigger: ".o_list_view .o_data_row",
        },
    ],
});

registry.category("web_tour.tours").add("customer_policy_assign_segments", {
    url: "/odoo/customers-graded",
    steps: () => [
        {
            content: "select all customers",
            trigger: ".o_list_view thead .o_list_record_selector input",
            run: "click",
        },
        {
            content: "open the actions",
            trigger: ".o_cp_action_menus .fa-cog",
            run: "click",
        },
        {
            content: "assign segments",
            trigger: ".o-dropdown--menu .o_menu_item:contains(/Assign Segments|指定细分/)",
            run: "click",
        },
        {
            content: "look for a segment",
            trigger: ".modal div[name='add_segment_ids'] input",
            run: "edit price",
        },
        {
            content: "choose it",
            trigger: ".o-autocomplete--dropdown-item a:contains(/Need|需求/)",
            run: "click",
        },
        {
            content: "say why",
            trigger: ".modal div[name='reason'] input",
            run: "edit Tour",
        },
        {
            content: "apply",
            trigger: ".modal button[name='action_apply']",
            run: "click",
        },
        {
            content: "open a customer",
            trigger: "body:not(:has(.modal)) .o_data_cell[name='partner_id']:contains('Tour Customer')",
            run: "click",
        },
        {
            content: "it carries the segment; ask why",
            trigger: ".o_form_view div[name='customer_segments']:has(.o_tag) button[name='action_why_segments']",
            run: "click",
        },
        {
            content: "the reason is told",
            trigger: ".modal .o_data_cell[name='explanation']:contains('Tour')",
        },
    ],
});
