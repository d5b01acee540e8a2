"""The import templates of the addons and the headers that Odoo's importer knows them by.

Run with the environment's Python: .dev/venv/bin/python -m tools.import_templates
"""

from datetime import datetime
from xml.sax.saxutils import escape

import xlsxwriter

from .import_templates_balance import BALANCES
from .import_templates_complaint import COMPLAINTS
from .layout import ADDONS

# {template: (model, [(English header, Chinese header, field, example en, example zh, hint en, hint zh)])}
TEMPLATES = {
    "customers": (
        "res.partner",
        [
            ("External ID", "外部编号", "id", ["C-1001", "C-1001-1", "C-1002"], None,
             "Number in your old system. Importing it again updates the same record.",
             "旧系统中的编号。再次导入时更新同一条记录。"),
            ("Name", "名称", "name", ["Brightwell Trading Ltd", "Ann Lee", "John Miller"],
             ["上海明达贸易有限公司", "李敏", "王强"], "Required.", "必填。"),
            ("Is a Company", "是公司", "is_company", ["TRUE", "FALSE", "FALSE"], None,
             "TRUE or FALSE.", "TRUE 表示公司，FALSE 表示个人。"),
            ("Is a Customer", "是客户", "is_customer_record", ["TRUE", "", "TRUE"], None,
             "TRUE checks the row against the entry standard. Leave empty for contact persons.",
             "TRUE 表示按建档标准检查此行。联系人留空。"),
            ("Company (External ID)", "所属公司（外部编号）", "parent_id/id", ["", "C-1001", ""], None,
             "Only for contact persons: their company, further up in the file.", "仅联系人填写：其公司须排在前面。"),
            ("Job Position", "职位", "function", ["", "Purchasing", ""], ["", "采购经理", ""], "", ""),
            ("Tax ID", "统一社会信用代码", "vat", ["GB123456782", "", ""], ["91310000775785552L", "", ""],
             "For China: 18 characters with check digit.", "18 位，含校验码。"),
            ("Phone", "电话", "phone", ["+44 20 7946 0018", "+44 20 7946 0019", "+44 20 7946 0020"],
             ["021-62345678", "13800138000", "13900139000"],
             "With + and country code unless the country is given.", "未填国家时请加 + 和国家代码。"),
            ("Email", "电子邮箱", "email", ["office@brightwell.example", "ann@brightwell.example", ""],
             ["office@mingda.example", "limin@mingda.example", ""], "", ""),
            ("Country", "国家", "country_id", ["GB", "", "GB"], ["CN", "", "CN"],
             "Two letters, or the name.", "两位代码或名称。"),
            ("City", "城市", "city", ["London", "", "London"], ["上海", "", "杭州"], "", ""),
            ("Street", "街道地址", "street", ["12 Mill Lane", "", "5 Park Road"],
             ["南京西路 100 号", "", "文三路 5 号"],
             "", ""),
            ("Zip", "邮编", "zip", ["EC1A 1BB", "", ""], ["200040", "", ""], "", ""),
            ("Salesperson", "销售人员", "user_id", ["", "", ""], None, "Name of a user.", "用户姓名。"),
            ("Notes", "备注", "comment", ["", "", ""], None, "", ""),
        ],
    ),
    "purchases": (
        "customer.external.sale",
        [
            ("Customer (External ID)", "客户（外部编号）", "partner_id/id", ["C-1001", "C-1001", "C-1002"], None,
             "As in the file of customers. Required.", "与客户文件一致。必填。"),
            ("Date", "日期", "date", ["2024-03-05", "2024-03-05", "2024-06-18"], None,
             "Required. Not in the future.", "必填，不晚于今天。"),
            ("Source", "来源系统", "source", ["old-erp", "old-erp", "old-erp"], None,
             "The system that the row comes from.", "数据来自哪个系统。"),
            ("Reference", "明细编号", "reference", ["SO77-1", "SO77-2", "SO81-1"], None,
             "Required, different in every row of a source. Importing it again updates the row.",
             "必填，同一来源内每行不同。再次导入时更新该行。"),
            ("Order Reference", "订单号", "order_reference", ["SO77", "SO77", "SO81"], None,
             "Rows with the same one are one purchase.", "订单号相同的各行算一次购买。"),
            ("Product", "产品", "product_id", ["", "", ""], None,
             "Name or [code] of a product in Odoo.", "Odoo 中产品的名称或编号。"),
            ("Product Category", "产品类别", "category_id", ["", "", ""], None, "", ""),
            ("Description", "说明", "description", ["Pump, type B", "Assembly", "Filter"], ["B 型水泵", "安装", "滤芯"],
             "", ""),
            ("Quantity", "数量", "quantity", [2, 1, 10], None, "", ""),
            ("Untaxed Amount", "未税金额", "amount", [1200, 150, 89.5], None,
             "Required. In the company's currency, negative for a return.", "必填。公司本位币，退货为负数。"),
        ],
    ),
    "interactions": (
        "customer.interaction",
        [
            ("Customer (External ID)", "客户（外部编号）", "partner_id/id", ["C-1001", "C-1001", "C-1002"], None,
             "As in the file of customers. Required.", "与客户文件一致。必填。"),
            ("Contact (External ID)", "联系人（外部编号）", "contact_id/id", ["C-1001-1", "", ""], None,
             "Only a person of this customer.", "须为该客户的联系人。"),
            ("Date", "日期时间", "date", ["2024-03-01 09:30:00", "2024-04-12 14:00:00", "2024-06-20 10:15:00"], None,
             "Required. Not in the future.", "必填，不晚于现在。"),
            ("Kind", "方式", "kind", ["Call", "Visit", "Mail"], ["call", "visit", "mail"],
             "Call, Visit, Meeting, Mail, Message or Other.",
             "call 电话、visit 拜访、meeting 会议、mail 邮件、message 消息、other 其他。"),
            ("Direction", "方向", "direction", ["out", "out", "in"], None,
             "in: from the customer; out: to the customer.", "in：客户联系我们；out：我们联系客户。"),
            ("Subject", "主题", "subject", ["Price of pumps", "Yearly talk", "Question about filters"],
             ["水泵报价", "年度拜访", "咨询滤芯"], "Required.", "必填。"),
            ("Notes", "内容", "body", ["Wants an offer for 20.", "", ""], ["需要 20 台的报价。", "", ""], "", ""),
            ("Salesperson", "销售人员", "user_id", ["", "", ""], None,
             "Name of a user; empty: whoever imports.", "用户姓名；留空则为导入人。"),
            ("Source", "来源系统", "source", ["old-crm", "old-crm", "old-crm"], None,
             "The system that the row comes from.", "数据来自哪个系统。"),
            ("Reference", "编号", "reference", ["4711", "4712", "4713"], None,
             "Number in the source. Without one, rows with the same content are taken for the same.",
             "来源系统中的编号；没有时，内容相同的行视为同一条。"),
        ],
    ),
}  # fmt: skip


def main():
    write_addon(ADDONS / "customer_policy", TEMPLATES)
    write_addon(ADDONS / "customer_complaint", {"complaints": COMPLAINTS})
    write_addon(ADDONS / "loyalty_points", {"balances": BALANCES})


def write_addon(addon, templates):
    folder = addon / "static" / "xls"
    folder.mkdir(parents=True, exist_ok=True)
    mappings = []
    for name, (model, columns) in templates.items():
        for language in ("en", "zh"):
            _write_workbook(folder / f"{name}_{language}.xlsx", columns, language)
        for number, column in enumerate(columns, 1):
            for language, header in zip(("en", "zh"), column[:2], strict=True):
                mappings.append((f"mapping_{name}_{number}_{language}", model, header.lower(), column[2]))
    _write_mappings(addon / "data" / "base_import_mapping_data.xml", mappings)


def _write_workbook(path, columns, language):
    """Headers and example rows on the first sheet, what the columns mean on the second."""
    chinese = language == "zh"
    with xlsxwriter.Workbook(path) as book:
        book.set_properties({"title": path.stem, "created": datetime(2026, 1, 1)})
        bold, wrap = book.add_format({"bold": True, "bg_color": "#E7EEF7"}), book.add_format({"text_wrap": True})
        text = book.add_format({"num_format": "@"})
        sheet = book.add_worksheet("数据" if chinese else "Data")
        sheet.freeze_panes(1, 0)
        notes = book.add_worksheet("说明" if chinese else "Columns")
        notes.set_column(0, 0, 26)
        notes.set_column(1, 1, 90, wrap)
        notes.write_row(0, 0, ["列", "说明"] if chinese else ["Column", "Meaning"], bold)
        for position, (english, chinese_header, _field, sample, chinese_sample, hint, chinese_hint) in enumerate(
            columns
        ):
            header = chinese_header if chinese else english
            sheet.set_column(position, position, max(14, 2 * len(header) if chinese else len(header) + 2))
            sheet.write(0, position, header, bold)
            for row, value in enumerate(chinese_sample if chinese and chinese_sample else sample, 1):
                if isinstance(value, str):
                    sheet.write_string(row, position, value, text)
                else:
                    sheet.write_number(row, position, value)
            notes.write(position + 1, 0, header)
            notes.write(position + 1, 1, chinese_hint if chinese else hint)


def _write_mappings(path, mappings):
    lines = [
        '<?xml version="1.0" encoding="utf-8" ?>',
        "<!-- Made by tools/import_templates.py -->",
        '<odoo noupdate="1">',
    ]
    for xmlid, model, header, field in mappings:
        lines += [
            f'    <record id="{xmlid}" model="base_import.mapping">',
            f'        <field name="res_model">{model}</field>',
            f'        <field name="column_name">{escape(header)}</field>',
            f'        <field name="field_name">{field}</field>',
            "    </record>",
        ]
    path.write_text("\n".join([*lines, "</odoo>", ""]))


if __name__ == "__main__":
    main()
