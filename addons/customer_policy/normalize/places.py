"""Places in the names of Chinese companies: provinces, prefectures, and county towns that companies are named by.

By the rules for naming companies (企业名称登记管理规定), a name is place, brand, trade and legal form in this order,
so the place is read from the front. Short names without 省, 市, 自治区.
"""

import re
from functools import cache

from .text import syllables

PROVINCES = {
    "北京": "", "天津": "", "上海": "", "重庆": "", "香港": "", "澳门": "",
    "台湾": "台北 高雄 台中 台南 新竹",
    "河北": "石家庄 唐山 秦皇岛 邯郸 邢台 保定 张家口 承德 沧州 廊坊 衡水 雄安",
    "山西": "太原 大同 阳泉 长治 晋城 朔州 晋中 运城 忻州 临汾 吕梁",
    "内蒙古": "呼和浩特 包头 乌海 赤峰 通辽 鄂尔多斯 呼伦贝尔 巴彦淖尔 乌兰察布 兴安 锡林郭勒 阿拉善 "
    "满洲里",
    "辽宁": "沈阳 大连 鞍山 抚顺 本溪 丹东 锦州 营口 阜新 辽阳 盘锦 铁岭 朝阳 葫芦岛",
    "吉林": "长春 四平 辽源 通化 白山 松原 白城 延边 延吉 珲春",
    "黑龙江": "哈尔滨 齐齐哈尔 鸡西 鹤岗 双鸭山 大庆 伊春 佳木斯 七台河 牡丹江 黑河 绥化 绥芬河",
    "江苏": "南京 无锡 徐州 常州 苏州 南通 连云港 淮安 盐城 扬州 镇江 泰州 宿迁 昆山 张家港 常熟 "
    "太仓 江阴 宜兴 溧阳 丹阳",
    "浙江": "杭州 宁波 温州 嘉兴 湖州 绍兴 金华 衢州 舟山 台州 丽水 义乌 慈溪 余姚 诸暨 温岭 乐清 "
    "瑞安 桐乡 海宁 上虞",
    "安徽": "合肥 芜湖 蚌埠 淮南 马鞍山 淮北 铜陵 安庆 黄山 滁州 阜阳 宿州 六安 亳州 池州 宣城 巢湖",
    "福建": "福州 厦门 莆田 三明 泉州 漳州 南平 龙岩 宁德 晋江 石狮 福清 南安",
    "江西": "南昌 景德镇 萍乡 九江 新余 鹰潭 赣州 吉安 宜春 抚州 上饶",
    "山东": "济南 青岛 淄博 枣庄 东营 烟台 潍坊 济宁 泰安 威海 日照 莱芜 临沂 德州 聊城 滨州 菏泽 "
    "寿光 胶州 即墨 龙口",
    "河南": "郑州 开封 洛阳 平顶山 安阳 鹤壁 新乡 焦作 濮阳 许昌 漯河 三门峡 南阳 商丘 信阳 周口 "
    "驻马店 济源",
    "湖北": "武汉 黄石 十堰 宜昌 襄阳 鄂州 荆门 孝感 荆州 黄冈 咸宁 随州 恩施 仙桃 潜江",
    "湖南": "长沙 株洲 湘潭 衡阳 邵阳 岳阳 常德 张家界 益阳 郴州 永州 怀化 娄底 湘西 浏阳",
    "广东": "广州 深圳 珠海 汕头 佛山 韶关 湛江 肇庆 江门 茂名 惠州 梅州 汕尾 河源 阳江 清远 东莞 "
    "中山 潮州 揭阳 云浮 顺德 普宁",
    "广西": "南宁 柳州 桂林 梧州 北海 防城港 钦州 贵港 玉林 百色 贺州 河池 来宾 崇左",
    "海南": "海口 三亚 儋州 三沙 琼海",
    "四川": "成都 自贡 攀枝花 泸州 德阳 绵阳 广元 遂宁 内江 乐山 南充 眉山 宜宾 广安 达州 雅安 巴中 "
    "资阳 阿坝 甘孜 凉山",
    "贵州": "贵阳 遵义 六盘水 安顺 毕节 铜仁 黔西南 黔东南 黔南",
    "云南": "昆明 曲靖 玉溪 保山 昭通 丽江 普洱 临沧 楚雄 红河 文山 西双版纳 大理 德宏 怒江 迪庆",
    "西藏": "拉萨 日喀则 昌都 林芝 山南 那曲 阿里",
    "陕西": "西安 铜川 宝鸡 咸阳 渭南 延安 汉中 榆林 安康 商洛",
    "甘肃": "兰州 嘉峪关 金昌 白银 天水 武威 张掖 平凉 酒泉 庆阳 定西 陇南 临夏 甘南",
    "青海": "西宁 海东 海北 黄南 果洛 玉树 海西 格尔木",
    "宁夏": "银川 石嘴山 吴忠 固原 中卫",
    "新疆": "乌鲁木齐 克拉玛依 吐鲁番 哈密 昌吉 博尔塔拉 巴音郭楞 阿克苏 喀什 和田 伊犁 塔城 阿勒泰 "
    "石河子",
}  # fmt: skip
# How Latin names write a place otherwise than by pinyin, and countries that branches are called by.
LATIN = {
    "hong kong": "香港", "hongkong": "香港", "hk": "香港", "macau": "澳门", "macao": "澳门", "taiwan": "台湾",
    "taipei": "台北", "kaohsiung": "高雄", "peking": "北京", "canton": "广州", "harbin": "哈尔滨", "shaanxi": "陕西",
    "urumqi": "乌鲁木齐", "hohhot": "呼和浩特", "lhasa": "拉萨", "tibet": "西藏", "inner mongolia": "内蒙古",
    "germany": "德国", "deutschland": "德国", "france": "法国", "italia": "意大利", "italy": "意大利",
    "espana": "西班牙", "spain": "西班牙", "uk": "英国", "britain": "英国", "usa": "美国", "us": "美国",
    "america": "美国", "japan": "日本", "korea": "韩国", "india": "印度", "singapore": "新加坡",
    "malaysia": "马来西亚", "thailand": "泰国", "vietnam": "越南", "indonesia": "印度尼西亚", "australia": "澳大利亚",
    "canada": "加拿大", "mexico": "墨西哥", "brasil": "巴西", "brazil": "巴西", "russia": "俄罗斯", "poland": "波兰",
    "polska": "波兰", "austria": "奥地利", "osterreich": "奥地利", "switzerland": "瑞士", "schweiz": "瑞士",
    "suisse": "瑞士", "belgium": "比利时", "nederland": "荷兰", "netherlands": "荷兰", "turkey": "土耳其",
}  # fmt: skip
# Says nothing about which company it is.
NEUTRAL = {"中国", "中华", "china", "prc", "全国"}
NEUTRAL_HAN = re.compile(r"^(中国|中华|全国)|(中国)$")
_UNIT = r"(特别行政区|维吾尔自治区|壮族自治区|回族自治区|自治区|自治州|地区|省|市)?"
_DISTRICT = re.compile(r"^([\u4e00-\u9fff]{2,3}?(新区|区|县|开发区|高新区))(?=[\u4e00-\u9fff]{3,})")
_UNKNOWN = re.compile(r"^([\u4e00-\u9fff]{2,4}?)(自治州|自治县|省|市|县)(?=[\u4e00-\u9fff]{2,})")

# City → province; a province is its own.
PROVINCE_OF = {city: province for province, cities in PROVINCES.items() for city in (province, *cities.split())}
_ABROAD = frozenset(LATIN.values()) - frozenset(PROVINCE_OF)
_BY_LENGTH = sorted([*PROVINCE_OF, *_ABROAD], key=len, reverse=True)
_FRONT = re.compile(f"^({'|'.join(_BY_LENGTH)}){_UNIT}")
_BACK = re.compile(f"({'|'.join(_BY_LENGTH)}){_UNIT}$")


@cache
def _by_pinyin():
    """{"shenzhen": {"深圳"}, "suzhou": {"苏州", "宿州"}, ...}"""
    found = {name: {place} for name, place in LATIN.items()}
    for place in PROVINCE_OF:
        found.setdefault("".join(syllables(place)), set()).add(place)
    return {name: frozenset(places) for name, places in found.items()}


def read_front(text):
    """(places, rest) of a simplified Chinese name; each place is the set of places that it may mean."""
    places = []
    text = NEUTRAL_HAN.sub("", text) or text
    while True:
        match = _FRONT.match(text)
        if match and len(text) > match.end() and _is_within(match[1], places):
            places.append(frozenset([match[1]]))
        elif places and (match := _DISTRICT.match(text)):
            pass
        elif match := _UNKNOWN.match(text):
            places.append(frozenset([match[1]]))
        else:
            return places, text
        text = text[match.end() :]


def _is_within(place, places):
    """Whether a place can follow those read before: 广东 深圳, but not 南通 开封, where the second one is a brand."""
    before = places[-1] if places else None
    return before is None or any(PROVINCE_OF.get(place, place) == PROVINCE_OF.get(other) != place for other in before)


def read_back(text):
    """(places, rest): a place at the end, as branches carry it."""
    match = _BACK.search(text)
    return ([frozenset([match[1]])], text[: match.start()]) if match and match.start() else ([], text)


def of_han(text):
    """The place that a whole text (a bracket, a city field) names, or None."""
    match = _FRONT.match(text)
    if match:
        return frozenset([match[1]])
    match = re.fullmatch(r"([\u4e00-\u9fff]{2,6}?)(市|区|县|省|镇)", text)
    return frozenset([match[1]]) if match else None


def follows(place, places):
    """`_is_within` for a place that may mean several."""
    return any(_is_within(name, places) for name in place)


def of_latin(words):
    """The place that one or two Latin words name, or None."""
    return _by_pinyin().get(words) or _by_pinyin().get(words.replace(" ", ""))


def agree(some, others):
    """Whether two lists of places, the widest first, can be the same: the narrowest place of one is among those of the
    other, or is in the province that the other names."""
    here, there = some[-1], others[-1]
    if here & set().union(*others) or there & set().union(*some):
        return True
    return any(PROVINCE_OF.get(a) == b or PROVINCE_OF.get(b) == a for a in here for b in there)
