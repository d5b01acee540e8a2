"""The parts that names of invented customers are made of (see `customer_names`)."""

# Characters that Chinese brands like.
BRAND = list(
    "华新盛达宏远天地金银龙凤海洋东方南北星辰光明永恒瑞祥福泰安康健美佳丽德信诚义仁和平兴旺发顺通利达鑫源丰茂"
    "昌隆百千万亿世纪元亨利贞嘉亚欧环宇博雅文思创智慧联合众志成城中正大有力帝豪杰英雄飞腾跃升凯旋胜立建伟业基"
    "础恒久长青松柏竹梅兰春夏秋冬云雨雪霜露山川江河湖林森木禾田园苗玉石珠宝晶莹清波浪涛汇融通"
)
_HAN_CITIES = (
    "北京 上海 广州 深圳 杭州 苏州 南京 无锡 宁波 东莞 佛山 成都 重庆 武汉 长沙 西安 郑州 青岛 济南 天津 "
    "沈阳 大连 厦门 福州 合肥 南昌 昆明 贵阳 南宁 珠海 中山 惠州 温州 嘉兴 绍兴 常州 南通 徐州 烟台 潍坊 "
    "石家庄 太原 长春 哈尔滨 昆山 义乌"
)
HAN_CITIES = _HAN_CITIES.split()
HAN_TRADES = {
    "电子": "Electronics", "科技": "Technology", "贸易": "Trading", "机械": "Machinery", "物流": "Logistics",
    "食品": "Food", "化工": "Chemical", "医药": "Pharmaceutical", "服饰": "Garment", "家具": "Furniture",
    "建材": "Building Materials", "五金": "Hardware", "塑胶": "Plastics", "包装": "Packaging", "传媒": "Media",
    "咨询": "Consulting", "软件": "Software", "半导体": "Semiconductor", "汽车": "Automobile", "纺织": "Textile",
    "环保": "Environmental", "照明": "Lighting", "仪器": "Instruments", "模具": "Mould", "餐饮": "Catering",
}  # fmt: skip
_HAN_FORMS = "有限公司 有限公司 有限公司 有限责任公司 股份有限公司 集团有限公司"
HAN_FORMS = _HAN_FORMS.split()
_STREETS = "人民 中山 解放 建设 科技 创业 高新 滨江 长江 黄河 学院 工业 文化 和平 胜利 新华 迎宾 振兴 朝阳 湖滨"
STREETS = _STREETS.split()
SURNAMES = list("王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余")
GIVEN = list("伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰飞鹏红健俊宇婷雪梅浩然子轩欣怡晨博文思雨佳琪")

_LATIN_CITIES = (
    "Berlin Hamburg München Köln Wien Zürich Paris Lyon Milano Madrid London Leeds Dublin Amsterdam Gent "
    "Praha Warszawa Boston Austin Denver"
)
LATIN_CITIES = _LATIN_CITIES.split()
_LATIN_TRADES = (
    "Trading Consulting Logistics Machinery Foods Software Engineering Packaging Textiles Chemicals Media Steel"
)
LATIN_TRADES = _LATIN_TRADES.split()
# Form: how else it is written, or not at all.
LATIN_FORMS = {
    "GmbH": ("GmbH", "G.m.b.H.", "GMBH", ""), "Ltd": ("Ltd", "Ltd.", "Limited", "LTD", ""),
    "Inc.": ("Inc.", "Inc", "Incorporated", ""), "S.r.l.": ("S.r.l.", "SRL", "srl", ""), "S.A.": ("S.A.", "SA", ""),
    "LLC": ("LLC", "L.L.C.", ""), "AG": ("AG", "A.G.", ""),
    "GmbH & Co. KG": ("GmbH & Co. KG", "GmbH & Co KG", "GMBH&CO.KG"),
}  # fmt: skip
_CONSONANTS = "b br c ch d dr f g gr h j k kr l m n p pr r s sch st t tr v w z"
CONSONANTS = _CONSONANTS.split()
_VOWELS = "a e i o u ä ö ü é ei au ie"
VOWELS = _VOWELS.split()
# Ends of a word, often none.
_CODAS = "n r l s ck tt ng x rd nn mann berg son"
CODAS = ["", *_CODAS.split()]
_FIRST_NAMES = (
    "Anna Peter Julia Thomas Maria Stefan José Claire Luca Sofia Daniel Emma Oliver Chloé Martin Laura Paul "
    "Nina Erik Carla David Sara Jan Eva"
)
FIRST_NAMES = _FIRST_NAMES.split()
