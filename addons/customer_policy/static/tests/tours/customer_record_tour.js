import {registry} from "@web/core/registry";
import {user} from "@web/core/user";

// No text of the interface in the triggers: the same tours run in English and in Chinese.

const HEADERS = {
    en: ["External ID", "Name", "Is a Company", "Is a Customer", "Tax ID", "Phone", "Country"],
    zh: ["外部编号", "名称", "是公司", "是客户", "统一社会信用代码", "电话", "国家"],
};
const WRONG_CODE = "91350100M000100Y44";
const RIGHT_CODE = "91350100M000100Y43";

/** The first row is the customer that the test has made, in traditional characters and with a full-width phone. */
function customers(code) {
    return [
        HEADERS[user.lang.startsWith("zh") ? "zh" : "en"],
        ["tour-1", "上海圖瑞貿易有限公司", "TRUE", "TRUE", "", "０２１－６２３４５６７８", "CN"],
        ["tour-2", "福州游览机械有限公司", "TRUE", "TRUE", code, "0591-87654321", "CN"],
        ["tour-3", "Tour Newcomer Ltd", "TRUE", "TRUE", "", "＋４４ ２０ ７９４６ ００１８", "GB"],
    ];
}

function upload(rows) {
    return ({anchor}) => {
        const input = anchor.querySelector("input[type='file']");
        const text = rows()
            .map((row) => row.join(","))
            .join("\n");
        const transfer = new DataTransfer();
        transfer.items.add(new File([text], "customers.csv", {type: "text/csv"}));
        input.files = transfer.files;
        input.dispatchEvent(new Event("change"));
    };
}

// Reading a file, the first use of the dictionaries of Chinese names, and merging take seconds on a busy machine.
const SLOW = 60000;
const FILE_INPUT = ".o_action_manager .o_control_panel .o_file_input";
const PRIMARY = ".o_action_manager .o_control_panel_main_buttons button.btn-primary:not(.o_import_file)";

registry.category("web_tour.tours").add("customer_policy_messy_file", {
    url: "/odoo/bring-your-history",
    steps: () => [
        {
            content: "import customers",
            trigger: ".o_form_view div[name='customers'] button[name='action_import']",
            run: "click",
        },
        {
            content: "the template is offered",
            trigger: ".o_import_action a[href*='customers_']",
        },
        {
            content: "upload the file",
            trigger: FILE_INPUT,
            run: upload(() => customers(WRONG_CODE)),
        },
        {
            content: "all columns are known",
            timeout: SLOW,
            trigger: ".o_import_data_content tbody:not(:has(.text-warning)) tr:nth-child(7)",
        },
        {
            content: "test it",
            trigger: PRIMARY,
            run: "click",
        },
        {
            content: "the bad row is named",
            timeout: SLOW,
            trigger: ".o_import_data_content:contains(/(Row|第) ?3/)",
        },
        {
            content: "upload the corrected file",
            trigger: FILE_INPUT,
            run: upload(() => customers(RIGHT_CODE)),
        },
        {
            content: "nothing is wrong yet; test again",
            timeout: SLOW,
            trigger:
                ".o_action_manager:has(.o_import_action):not(:has(.alert-danger)) .o_control_panel_main_buttons button.btn-primary",
            run: "click",
        },
        {
            content: "nothing is wrong",
            timeout: SLOW,
            trigger: ".o_import_data_content .alert-info",
        },
        {
            content: "import",
            trigger: PRIMARY,
            run: "click",
        },
        {
            content: "three customers are there",
            timeout: SLOW,
            trigger: ".o_list_view .o_data_row:contains('福州游览机械')",
        },
        {
            content: "look at the quality of the data",
            trigger: ".o_menu_sections [data-menu-xmlid='customer_policy.customer_profile_menu_parent']",
            run: "click",
        },
        {
            content: "duplicates",
            trigger: ".o-dropdown--menu [data-menu-xmlid='customer_policy.customer_duplicate_menu']",
            run: "click",
        },
        {
            content: "open the pair",
            timeout: SLOW,
            trigger:
                ".o_list_view .o_data_row:contains('上海圖瑞貿易') .o_data_cell[name='partner_id']:contains('上海图瑞贸易')",
            run: "click",
        },
        {
            content: "both are compared",
            trigger: ".o_form_view div[name='comparison'] td:contains('上海圖瑞貿易')",
        },
        {
            content: "keep the left one",
            trigger: "button[name='action_keep_first']",
            run: "click",
        },
        {
            content: "yes",
            trigger: ".modal footer button.btn-primary",
            run: "click",
        },
        {
            content: "decided; open the customer that is left",
            timeout: SLOW,
            trigger: ".o_form_view:has(div[name='merged_name']) div[name='partner_id'] a.o_form_uri",
            run: "click",
        },
        {
            content: "its 360° page",
            trigger: ".o_form_view button[name='action_open_customer_overview']",
            run: "click",
        },
        {
            content: "has the purchases it had before",
            timeout: SLOW,
            trigger: ".o_customer_figure[data-name='revenue_12m']:contains('700.00')",
        },
        {
            content: "the name is the one that was kept",
            trigger: ".o_customer_overview h1:contains('上海图瑞贸易有限公司')",
        },
    ],
});

registry.category("web_tour.tours").add("customer_policy_completeness", {
    url: "/odoo/incomplete-records",
    steps: () => [
        {
            content: "open the incomplete customer",
            trigger: ".o_list_view .o_data_row:contains('Tour Gap') .o_data_cell[name='gap_text']:contains(/./)",
            run: "click",
        },
        {
            content: "6 of 16 points are there",
            trigger: ".o_form_view div[name='customer_record'] div[name='customer_completeness']:contains('37')",
        },
        {
            content: "and what is missing is told",
            trigger: ".o_form_view div[name='customer_gap_html'] .fa-circle-o",
        },
        {
            content: "fill in the e-mail",
            trigger: ".o_form_view div[name='email'] input",
            run: "edit purchasing@tour.example",
        },
        {
            content: "save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "8 of 16",
            trigger:
                ".o_form_view:not(:has(.o_form_button_save:visible)) div[name='customer_completeness']:contains('50')",
        },
    ],
});
