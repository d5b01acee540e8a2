"""Columns of the import template of loyalty_points, see import_templates.py."""

BALANCES = (
    "loyalty.balance.import",
    [
        ("Customer (External ID)", "客户（外部编号）", "partner_id/id", ["C-1001", "C-1002", "C-1002"], None,
         "As in the file of customers. Required. The points of a contact person go to the company's account.",
         "与客户文件一致。必填。联系人的积分记入所属公司的账户。"),
        ("Loyalty Program", "会员方案", "program_id", ["", "", ""], None,
         "Name of a loyalty program in Odoo. Empty where there is only one.",
         "Odoo 中会员方案的名称；只有一个方案时可留空。"),
        ("Points", "积分", "points", [1200, 350, 80], None,
         "Required. What is left, not what was ever earned; 0 or more.",
         "必填。填尚可使用的余额，不是累计所得；不能为负。"),
        ("Qualifying Points", "定级积分", "qualifying_points", [3000, "", ""], None,
         "Points that count for the member's tier. May be left empty.", "计入会员等级的积分，可留空。"),
        ("Valid Until", "有效期至", "expiration_date", ["", "2099-06-30", "2099-12-31"], None,
         "Last day. Empty: as the policy says, counted from the day of the import. Points with different days go into "
         "rows of their own.",
         "最后一天。留空则按制度规定，自导入之日起算。有效期不同的积分分行填写。"),
        ("Source", "来源系统", "source", ["old-pos", "old-pos", "old-pos"], None,
         "The system that the row comes from.", "数据来自哪个系统。"),
        ("Reference", "编号", "reference", ["M-1001", "M-1002-1", "M-1002-2"], None,
         "Required, different in every row of a source. Importing it again with another figure posts the difference.",
         "必填，同一来源内每行不同。再次导入时只记入与上次的差额。"),
    ],
)  # fmt: skip
