"""The trade in a company's name, in Chinese and English, as one word for both."""

import re
from functools import cache, lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from .text import syllables

# canonical: Chinese words | English words. The canonical word is an English one.
_TRADES = """
technology: 科技 技术 高科 高新技术 | technology technologies tech technological
electronics: 电子 | electronics electronic elec
trade: 贸易 商贸 经贸 外贸 工贸 | trading trade trades traders
industrial: 实业 工业 | industrial industry industries
international: 国际 | international intl
group: 集团 | group gruppe groupe grupo
investment: 投资 | investment investments
capital: 资本 | capital
holding: 控股 | holding holdings
logistics: 物流 货运 货运代理 | logistics logistic
transport: 运输 交通 | transport transportation transports spedition
machinery: 机械 机器 机电 | machinery machine machines maschinen maschinenbau
equipment: 设备 装备 | equipment equipments
manufacturing: 制造 制品 | manufacturing manufacture mfg
food: 食品 | food foods lebensmittel
catering: 餐饮 | catering restaurant restaurants
chemical: 化工 化学 | chemical chemicals chem chemie
pharmaceutical: 医药 药业 制药 药房 | pharmaceutical pharmaceuticals pharma pharmacy
medical: 医疗 医疗器械 | medical medical_devices
biotech: 生物 生物科技 生物技术 | biotech biotechnology bio biological
information: 信息 | information info
network: 网络 | network networks
software: 软件 | software
communication: 通信 通讯 | communication communications telecom telecommunications
semiconductor: 半导体 | semiconductor semiconductors
automobile: 汽车 车业 | automobile automobiles automotive auto motors motor
parts: 配件 零部件 汽配 | parts components
garment: 服饰 服装 制衣 | garment garments apparel clothing fashion
textile: 纺织 针织 | textile textiles
furniture: 家具 家俱 家居 | furniture
construction: 建筑 建设 建工 | construction building bau builders
engineering: 工程 | engineering engineers
building materials: 建材 | building_materials
materials: 材料 新材料 | materials material
hardware: 五金 | hardware
plastics: 塑料 塑胶 | plastics plastic
packaging: 包装 | packaging packing
printing: 印刷 印务 | printing print
culture: 文化 文化传播 | culture cultural
media: 传媒 传播 影视 | media
advertising: 广告 | advertising
education: 教育 培训 | education educational
consulting: 咨询 顾问 | consulting consultancy consultants beratung
management: 管理 企业管理 | management
service: 服务 | service services
supply chain: 供应链 | supply_chain
environment: 环保 环境 | environmental
energy: 能源 新能源 | energy
power: 电力 | power
electric: 电气 电器 | electric electrical electrics elektro
optoelectronics: 光电 | optoelectronics optoelectronic photoelectric
automation: 自动化 | automation
intelligent: 智能 智能科技 | intelligent smart
real estate: 房地产 地产 置业 | real_estate property properties immobilien
hotel: 酒店 | hotel hotels
travel: 旅游 旅行社 | travel tourism
agriculture: 农业 农业科技 | agriculture agricultural agri
steel: 钢铁 | steel
metal: 金属 | metal metals metall
jewelry: 珠宝 | jewelry jewellery
cosmetics: 化妆品 | cosmetics
toys: 玩具 | toys toy
commerce: 商业 电子商务 | commerce commercial
development: 发展 开发 | development
import: 进出口 | import_export import export
systems: 系统 | systems system
solutions: 解决方案 | solutions solution losungen
insurance: 保险 | insurance versicherung
bank: 银行 | bank banque banco
securities: 证券 | securities
fund: 基金 | fund
leasing: 租赁 | leasing
security: 安防 保安 | security
instruments: 仪器 仪表 | instruments instrument
mould: 模具 | mould mold moulds molds
lighting: 照明 灯饰 | lighting
ceramics: 陶瓷 | ceramics ceramic
glass: 玻璃 | glass glas
wood: 木业 | timber wood holz
paper: 纸业 | paper papier
tea: 茶业 | tea
wine: 酒业 | wine wines
seafood: 水产 | seafood seafoods
"""
# Says how a company is built, not what it does.
STRUCTURE = {"group", "holding"}
# They hardly tell two companies apart: companies leave them out, and groups put them in.
WEAK = {
    "technology", "industrial", "international", "group", "holding", "management", "service", "development",
    "solutions", "systems", "company", "commerce", "manufacturing",
}  # fmt: skip


def _parse():
    han, latin = {}, {}
    for line in _TRADES.strip().splitlines():
        canonical, words = line.split(":")
        chinese, english = words.split("|")
        han |= dict.fromkeys(chinese.split(), canonical)
        latin |= dict.fromkeys(english.split(), canonical)
    return han, latin


HAN, LATIN = _parse()
PAIRS = {tuple(word.split("_")): canonical for word, canonical in LATIN.items() if "_" in word}
_BACK = re.compile(f"({'|'.join(sorted(HAN, key=len, reverse=True))})$")
# Shorter words are too often another word with a letter changed.
SHORTEST_MISSPELT = 6
_LONG = [word for word in LATIN if len(word) >= SHORTEST_MISSPELT and "_" not in word]


@cache
def _by_pinyin():
    """{"dianzi": "electronics", ...}: Chinese companies often write their trade in pinyin."""
    return {"".join(syllables(word)): canonical for word, canonical in HAN.items()}


@cache
def _pinyin_pattern():
    """A word made of trades in pinyin, one or more."""
    return re.compile(f"({'|'.join(sorted(_by_pinyin(), key=len, reverse=True))})")


def read_back(text):
    """(trades, rest) of a simplified Chinese name without its legal form; the brand is left, if there is any."""
    trades = []
    while (match := _BACK.search(text)) and match.start() > 0:
        trades.append(HAN[match[1]])
        text = text[: match.start()]
    return frozenset(trades), text


@lru_cache(maxsize=50_000)
def of_latin(word):
    """The trades that a Latin word names, in English with one slip of the keyboard allowed, or in pinyin."""
    if word in LATIN:
        return frozenset([LATIN[word]])
    if len(word) < SHORTEST_MISSPELT - 1:
        return frozenset()
    found = _pinyin_pattern().findall(word)
    if found and "".join(found) == word:
        return frozenset(_by_pinyin()[part] for part in found)
    slip = (
        process.extractOne(word, _LONG, scorer=OSA.distance, score_cutoff=1) if len(word) >= SHORTEST_MISSPELT else None
    )
    return frozenset([LATIN[slip[0]]]) if slip else frozenset()
