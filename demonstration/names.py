"""Names that are nobody's, numbers that reach nobody."""

import random

FIRST = "启澜知禾沐言晓岚青檀云栖拾光予安星野木槿南枝嘉禾若水朝露望舒听松怀瑾见山半夏"
KINDS = {
    "subject": ["文化课培训中心", "课外辅导中心", "学习辅导部", "文化补习班"],
    "arts": ["艺术培训中心", "美术工作室", "琴行", "舞蹈培训部", "书画培训班"],
    "sports": ["体育培训中心", "跆拳道馆", "篮球训练营"],
    "science": ["科技培训中心", "机器人培训中心", "编程培训部"],
    "language": ["外语培训中心", "英语培训部", "语言培训班"],
    "care": ["托管中心", "午托班", "学生托管部"],
}
CATEGORY_WEIGHTS = {"subject": 38, "arts": 22, "language": 15, "care": 13, "sports": 7, "science": 5}
SURNAMES = "陈林王张李郑黄周吴叶徐赵胡金朱"
CODE_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def category(rng: random.Random) -> str:
    return rng.choices(list(CATEGORY_WEIGHTS), list(CATEGORY_WEIGHTS.values()))[0]


def institution_name(rng: random.Random, township: str, kind: str, taken: set[str]) -> str:
    """A name not yet taken in the township; `taken` learns it."""
    pairs = [FIRST[i : i + 2] for i in range(0, len(FIRST) - 1, 2)]
    while True:
        pair = rng.choice(pairs) if rng.random() < 0.5 else rng.choice(FIRST) + rng.choice(FIRST)
        name = f"{township.removesuffix('街道').removesuffix('镇').removesuffix('乡')}{pair}{rng.choice(KINDS[kind])}"
        if name not in taken:
            taken.add(name)
            return name


def credit_code(rng: random.Random, serial: int) -> str:
    """A code with a valid check character in a district that does not exist (000000): nobody's."""
    body = f"52000000MJ{serial:07d}"
    total = sum(CODE_SIGNS.index(sign) * 3**place for place, sign in enumerate(body))
    return body + CODE_SIGNS[(31 - total % 31) % 31]


def principal(rng: random.Random) -> str:
    return rng.choice(SURNAMES) + "某"


def phone(rng: random.Random) -> str:
    """A mobile number of a range that is not given out."""
    return f"1000000{rng.randrange(10_000):04d}"
