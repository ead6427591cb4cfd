"""What a prompt's words say about place, colour and weather.

A table maps a choice to words; `word:2` counts twice. Chinese words are found anywhere in the text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

SCENES: dict[str, str] = {
    "portrait": """portrait:4 woman:2 man:2 girl:2 boy:2 face:2 headshot:3 model person people baby child king queen
        smile smiling eyes selfie interview podcast singer character avatar elf actor dancer chef doctor 肖像:3 人像:3
        女孩:2 男孩:2 女人:2 男人:2 美女:2 人物:2 少女:2 老人""",
    "puddle": "puddle:3 puddles:3 raindrop:2 raindrops:2 ripple:2 ripples:2 pond:2 drop droplet koi frog lotus 水坑:3 水滴:2 涟漪:2 池塘:2",
    "city": """city:2 skyline:2 street:2 tokyo:2 cyberpunk:3 building downtown neon:2 skyscraper car cars traffic
        bridge taxi robot urban metropolis london paris york shanghai 城市:2 都市:2 街道:2 霓虹:2 赛博朋克:3 机器人""",
    "burst": """boom:2 explosion:3 explode:3 exploding:2 firework:3 fireworks:3 bang:2 blast:2 celebration:2 party:2
        sparks confetti magic wizard rocket launch carnival festival birthday 烟花:3 爆炸:3 庆典:2 魔法""",
    "underwater": """underwater:3 reef:3 coral:3 fish:2 fishes:2 whale:2 shark:2 jellyfish:3 turtle:2 diver:2 mermaid:2
        aquarium:2 octopus:2 submarine:2 dolphin 海底:3 水下:3 鱼:2 鲸:2 水母:3 珊瑚:3""",
    "sea": """ocean:2 sea:2 wave waves beach:2 lake:2 island:2 water boat ship:2 sail sailing coast harbor surf pier
        seagull lighthouse river sunset 海:2 大海 海洋 海浪 沙滩 湖:2 船 日落""",
    "dunes": "desert:3 dune:3 dunes:3 sand:2 sahara:3 camel:2 mars:2 pyramid:2 savanna:2 oasis lion giraffe elephant egypt 沙漠:3 沙丘:3 骆驼:2 火星",
    "winter": """snow:3 snowy:3 snowfall:3 winter:3 snowman:3 frost:2 frozen:2 blizzard:3 ski skiing christmas:2 reindeer
        penguin ice arctic wolf polar fox 雪:3 冬:3 冰 圣诞:2 狐狸""",
    "aurora": "aurora:4 northern:2 borealis:3 polar arctic iceland norway 极光:4",
    "peaks": """mountain:2 mountains:2 peak peaks hill hills valley:2 canyon landscape:2 fog mist misty dawn castle
        cliff alps eagle hiking dragon himalaya volcano 山:2 山脉 山谷:2 风景:2 龙 城堡""",
    "forest": """forest:3 woods:2 jungle:3 tree trees rainforest:3 monkey:2 deer:2 bear owl squirrel panda tiger bamboo
        fairy mushroom moss path gorilla bigfoot parrot leaves 森林:3 树 丛林:3 猴:2 熊 老虎 竹 鹿""",
    "meadow": """flower:2 flowers:2 meadow:3 garden:2 grass field:2 cat:2 kitten:2 dog:2 puppy:2 rabbit bunny horse
        butterfly:2 bee spring blossom cherry sakura:2 tulip rose picnic cow sheep lavender sunflower wheat corgi
        花:2 草地:3 草原:3 花园:2 猫:2 狗:2 兔 马 蝴蝶:2 樱花:2 春""",
    "clouds": """cloud:2 clouds:3 sky:2 fly flying:2 flight:2 plane:2 airplane:2 balloon:2 bird birds angel heaven:2
        kite:2 superhero above wings feather drone 云:2 天空:2 飞:2 鸟 气球:2 飞机:2""",
    "nebula": """space:2 galaxy:3 nebula:3 cosmos:2 star stars universe:2 astronaut:3 planet:2 moon spaceship:2 alien:2
        spacecraft:2 orbit comet cosmic 太空:3 宇宙:3 星空:2 星系:3 银河:3 宇航员:3 星球:2""",
    "flow": "flow:2 hair wind ink:2 smoke:2 music energy painting:2 brush oil strokes van gogh vortex 水墨:2 烟:2 风 油画:2",
    "crystal": "crystal:3 crystals:3 glass:2 mosaic:3 polygon:2 gem:2 diamond:2 geometric:2 voronoi:3 stained:2 prism:2 logo 水晶:3 玻璃:2 钻石:2 几何:2",
    "silk": "silk:3 fabric:2 liquid:2 abstract:2 marble:2 fluid:2 cloth gradient:2 wallpaper:2 lava:2 paint product perfume bottle food 丝绸:3 抽象:2 流体:2",
}

PALETTES: dict[str, str] = {
    "neon": "neon:3 cyberpunk:3 synthwave:3 vaporwave:3 club night tokyo city disco robot 霓虹:3 赛博朋克:3 夜 城市",
    "sunset": "sunset:3 dusk:2 evening:2 romantic hawaii 日落:3 黄昏:3 夕阳:3 晚霞:3",
    "dawn": "dawn:3 sunrise:3 morning:2 misty:2 mist:2 valley calm quiet soft 黎明:3 清晨:2 日出:3 早晨:2",
    "ocean": "ocean sea underwater:2 wave lake river water:1 beach island fish whale reef blue:2 海 水 湖 蓝:2",
    "forest": "forest:2 jungle:2 tree grass moss nature green:2 monkey frog bamboo 森林:2 树 绿:2 丛林:2 猴",
    "desert": "desert:2 sand dune dunes canyon mars savanna lion camel 沙漠:2 沙丘",
    "aurora": "aurora:3 northern:2 emerald:2 alien 极光:3",
    "winter": "snow:2 winter:2 snowy:2 fox christmas 雪:2 冬:2",
    "ice": "ice:2 arctic:2 glacier:2 frozen:2 penguin polar crystal diamond 冰:2",
    "fire": "fire:2 lava:3 volcano:3 flame:2 flames:2 explosion:2 boom:2 dragon red war burning 火:2 爆炸:2 红 龙",
    "space": "space:2 galaxy:2 nebula:2 cosmos star planet astronaut universe purple:2 violet:2 magic 太空:2 宇宙:2 星 紫:2",
    "gold": "gold:3 golden:2 luxury:2 coffee honey:2 amber yellow brass 金:2 黄",
    "pastel": "pastel:3 dream:2 dreamy:2 cute candy:2 baby kawaii unicorn 梦:2 可爱:2 糖果:2",
    "noir": "noir:3 monochrome:3 black white ink:2 grayscale:2 黑白:3 水墨:2",
    "spring": "spring:2 flower flowers blossom:2 cherry:2 sakura:2 garden meadow butterfly 花 春:2 樱花:2 花园",
    "autumn": "autumn:3 fall maple:2 leaves:2 orange:2 pumpkin halloween 秋:3 枫:2 橙:2",
    "storm": "storm:2 rain rainy fog:2 thunder:2 grey gray puddle 暴风:2 雨 雾:2 灰",
    "rose": "rose:2 love:2 wine romantic:2 pink:2 valentine wedding portrait 玫瑰:2 爱:2 粉:2",
}

WEATHERS: dict[str, str] = {
    "snow": "snow:2 snowy:2 snowfall:2 snowing:2 blizzard:2 winter christmas 雪:2 冬",
    "rain": "rain:2 rainy:2 raining:2 storm thunderstorm downpour drizzle:2 雨:2 暴风",
    "embers": "fire:2 ember embers:2 lava volcano flame flames burning explosion boom dragon war 火:2 爆炸 龙",
    "petals": "petal:2 petals:2 sakura:2 blossom blossoms cherry 樱花:2 花瓣:2",
    "leaves": "autumn fall:1 leaves maple 秋 落叶:2 枫",
    "fireflies": "firefly:2 fireflies:2 fairy magic magical enchanted 萤火虫:2 魔法",
    "bubbles": "bubble:2 bubbles:2 underwater 泡泡:2",
    "none": "indoor:2 indoors:2 room:2 kitchen studio:2 office clean minimal 室内:2",
}

FAVOURITES: tuple[str, ...] = ("peaks", "sea", "meadow", "clouds", "silk", "forest", "aurora", "flow")
"""Where a prompt says nothing about a place: scenes that fit anything."""


def tokens(prompt: str) -> list[str]:
    """Lower-case words of a prompt, plurals as they stand."""
    return re.findall(r"[a-z]+", prompt.lower())


def scores(prompt: str, table: Mapping[str, str]) -> dict[str, float]:
    """How strongly the prompt asks for each choice; words that come first weigh a little more."""
    said = tokens(prompt)
    found: dict[str, float] = {}
    for choice, text in table.items():
        total = 0.0
        for entry in text.split():
            word, _, weight = entry.partition(":")
            if word.isascii():
                places = [i for i, t in enumerate(said) if t == word or t == word + "s"]
            else:
                at = prompt.find(word)
                places = [at] if at >= 0 else []
            if places:
                total += float(weight or 1) * (1 + 0.2 / (1 + places[0]))
        if total:
            found[choice] = total
    return found


def choose(prompt: str, table: Mapping[str, str], rng: np.random.Generator, otherwise: Sequence[str]) -> str:
    """The choice that the prompt asks for most; where it says nothing, one of `otherwise` by the dice."""
    dice = otherwise[int(rng.integers(len(otherwise)))]
    found = scores(prompt, table)
    return max(found, key=lambda choice: found[choice]) if found else dice
