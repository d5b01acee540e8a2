"""Invented names for the demo's customers, the same ones every time. They belong to nobody."""

from itertools import product

CHINESE_SURNAMES = [
    ("王", "wang"), ("李", "li"), ("张", "zhang"), ("刘", "liu"), ("陈", "chen"), ("杨", "yang"), ("黄", "huang"),
    ("赵", "zhao"), ("吴", "wu"), ("周", "zhou"), ("徐", "xu"), ("孙", "sun"), ("马", "ma"), ("朱", "zhu"),
    ("胡", "hu"), ("郭", "guo"), ("何", "he"), ("林", "lin"), ("罗", "luo"), ("郑", "zheng"), ("梁", "liang"),
    ("谢", "xie"), ("宋", "song"), ("唐", "tang"), ("许", "xu"), ("邓", "deng"), ("冯", "feng"), ("曹", "cao"),
    ("彭", "peng"), ("曾", "zeng"), ("萧", "xiao"), ("田", "tian"), ("董", "dong"), ("潘", "pan"),
]  # fmt: skip
CHINESE_GIVEN = [
    ("子涵", "zihan"), ("欣怡", "xinyi"), ("浩然", "haoran"), ("雨桐", "yutong"), ("俊杰", "junjie"),
    ("思远", "siyuan"), ("佳宁", "jianing"), ("明轩", "mingxuan"), ("晓燕", "xiaoyan"), ("建国", "jianguo"),
    ("丽华", "lihua"), ("志强", "zhiqiang"), ("美玲", "meiling"), ("国栋", "guodong"),
    ("雪梅", "xuemei"), ("海涛", "haitao"), ("文博", "wenbo"), ("静怡", "jingyi"), ("天佑", "tianyou"),
    ("春兰", "chunlan"), ("伟", "wei"), ("芳", "fang"),
    ("敏", "min"), ("磊", "lei"), ("洋", "yang"), ("艳", "yan"), ("勇", "yong"), ("杰", "jie"), ("娟", "juan"),
    ("涛", "tao"), ("超", "chao"), ("霞", "xia"), ("平", "ping"), ("辉", "hui"), ("婷", "ting"), ("鑫", "xin"),
    ("宁", "ning"), ("慧", "hui"), ("凯", "kai"), ("悦", "yue"), ("若曦", "ruoxi"), ("嘉怡", "jiayi"),
    ("梓萱", "zixuan"), ("一鸣", "yiming"), ("立新", "lixin"), ("玉珍", "yuzhen"), ("红梅", "hongmei"),
    ("振华", "zhenhua"), ("永康", "yongkang"), ("秋月", "qiuyue"),
]  # fmt: skip
ENGLISH_GIVEN = [
    "Abigail", "Adam", "Alice", "Amelia", "Andrew", "Anna", "Ben", "Caroline", "Charlotte", "Chloe", "Daniel",
    "David", "Diana", "Edward", "Ella", "Emily", "Ethan", "Eva", "Frank", "George", "Hannah", "Harry", "Helen",
    "Henry", "Ian", "Isaac", "Isla", "Jack", "Jacob", "James", "Jasmine", "Joan", "John", "Julia", "Karen", "Kevin",
    "Laura", "Leo", "Lily", "Louis", "Lucy", "Maria", "Mark", "Martha", "Megan", "Michael", "Nathan", "Nina",
    "Noah", "Nora", "Oscar", "Paul", "Peter", "Rachel", "Ruth", "Samuel", "Sarah", "Simon", "Sophie", "Thomas",
    "Victor", "Walter", "Zoe",
]  # fmt: skip
ENGLISH_SURNAMES = [
    "Abbott", "Barnes", "Bishop", "Bradley", "Burke", "Carter", "Chambers", "Clarke", "Coleman", "Cooper", "Dawson",
    "Dixon", "Ellis", "Fletcher", "Foster", "Fraser", "Gibson", "Graham", "Hale", "Harper", "Hayes", "Holland",
    "Hudson", "Jarvis", "Keller", "Lambert", "Lawson", "Marsh", "Mercer", "Morton", "Newman", "Norris", "Osborne",
    "Palmer", "Pearson", "Porter", "Quinn", "Reed", "Sawyer", "Shaw", "Sutton", "Thorne", "Turner", "Vaughn",
    "Walsh", "Webster", "Whitaker", "Young",
]  # fmt: skip
CHINESE_CITIES = [
    "上海", "北京", "深圳", "广州", "杭州", "苏州", "成都", "武汉", "南京", "宁波",
    "厦门", "青岛", "西安", "重庆", "无锡", "长沙",
]  # fmt: skip
# Codes of their provinces in Odoo.
CHINESE_PROVINCES = {
    "上海": "SH", "北京": "BJ", "深圳": "GD", "广州": "GD", "杭州": "ZJ", "苏州": "JS", "成都": "SC", "武汉": "HB",
    "南京": "JS", "宁波": "ZJ", "厦门": "FJ", "青岛": "SD", "西安": "SN", "重庆": "CQ", "无锡": "JS", "长沙": "HN",
}  # fmt: skip
CHINESE_AREA_CODES = {
    "上海": 21, "北京": 10, "深圳": 755, "广州": 20, "杭州": 571, "苏州": 512, "成都": 28, "武汉": 27, "南京": 25,
    "宁波": 574, "厦门": 592, "青岛": 532, "西安": 29, "重庆": 23, "无锡": 510, "长沙": 731,
}  # fmt: skip
# Ranges that are kept free for invented persons; China has none, so its numbers only look alike.
PHONES = {
    "us": "+1 202-555-{:04d}",
    "ca": "+1 416-555-{:04d}",
    "uk": "+44 113 496 {:04d}",
    "au": "+61 3 5550 {:04d}",
    "cn": "+86 {area} 5550 {:04d}",
}
ENGLISH_CITIES = [
    ("Seattle", "us"), ("Portland", "us"), ("Denver", "us"), ("Austin", "us"), ("Boston", "us"), ("San Diego", "us"),
    ("Cincinnati", "us"), ("Columbus", "us"), ("Leeds", "uk"), ("Bristol", "uk"), ("Toronto", "ca"),
    ("Melbourne", "au"),
]  # fmt: skip
CHINESE_BRANDS = [
    "澄屿", "栖木", "岚谷", "衡川", "沐石", "云汀", "朗溪", "启砾", "禾岸", "泽陌", "锐舟", "明垣",
]  # fmt: skip
CHINESE_TRADES = [
    ("半导体有限公司", "Manufacturing"), ("精密机械有限公司", "Manufacturing"), ("贸易有限公司", "Wholesale"),
    ("信息技术有限公司", "IT"), ("融资租赁有限公司", "Finance"), ("商业管理有限公司", "Wholesale"),
    ("物流有限公司", "Transportation"), ("酒店管理有限公司", "Food"), ("建筑工程有限公司", "Construction"),
]  # fmt: skip
ENGLISH_BRANDS = [
    "Alderfield",
    "Brackwater",
    "Copperlane",
    "Dunmere",
    "Eastholm",
    "Fernhollow",
    "Greyrock",
    "Hartwell",
    "Ivyford",
    "Larkspur",
]
ENGLISH_TRADES = [
    ("Microdevices Inc.", "Manufacturing"), ("Supply Co.", "Wholesale"), ("Machine Works", "Manufacturing"),
    ("Outfitters", "Wholesale"), ("Capital Partners", "Finance"), ("Software Ltd", "IT"),
    ("Logistics", "Transportation"),
    ("Hotels Group", "Food"),
]  # fmt: skip


def people(rng, count):
    """`count` different persons: dicts of name, email, city and country code."""
    chinese = [
        (surname + given, f"{given_pinyin}.{pinyin}")
        for (surname, pinyin), (given, given_pinyin) in product(CHINESE_SURNAMES, CHINESE_GIVEN)
    ]
    english = [
        (f"{given} {surname}", f"{given}.{surname}".lower())
        for given, surname in product(ENGLISH_GIVEN, ENGLISH_SURNAMES)
    ]
    share = int(count * 0.55)
    rows = []
    for position, (name, mailbox) in enumerate(rng.sample(chinese, share) + rng.sample(english, count - share)):
        city, country = (rng.choice(CHINESE_CITIES), "cn") if position < share else rng.choice(ENGLISH_CITIES)
        rows.append({"name": name, "email": f"{mailbox}.{position}@example.com", "city": city, "country": country})
    rng.shuffle(rows)
    return rows


def phone(country, city, number):
    """An office's telephone number, different for each `number` below 100."""
    return PHONES[country].format(100 + number, area=CHINESE_AREA_CODES.get(city))


def companies(rng, count):
    """`count` different companies: dicts of name, industry, city, country code and a contact person."""
    share = int(count * 0.6)
    trades = rng.sample(list(product(CHINESE_BRANDS, CHINESE_TRADES)), share)
    rows = []
    for brand, (trade, industry) in trades:
        city = rng.choice(CHINESE_CITIES)
        rows.append({"name": f"{city}{brand}{trade}", "industry": industry, "city": city, "country": "cn"})
    for brand, (trade, industry) in rng.sample(list(product(ENGLISH_BRANDS, ENGLISH_TRADES)), count - share):
        city, country = rng.choice(ENGLISH_CITIES)
        rows.append({"name": f"{brand} {trade}", "industry": industry, "city": city, "country": country})
    for row in rows:
        pool = people(rng, 20)
        row["contact"] = next(person for person in pool if (person["country"] == "cn") == (row["country"] == "cn"))
    return rows
