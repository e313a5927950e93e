"""What people type into a search bar, by the hundred thousand: the sentences that the text tower learns from.

Words of WordNet, captions, captions with other words put in, and sentences made from templates. All is drawn from one seed, so the
list is the same every time.

    python strings.py            # writes data/strings.txt
"""

import json
import random
import re

import scenes
import wordnet
from places import DATA
from sets import HELD_OUT_CAPTIONED

SEED = 20261124
TEMPLATED = 330_000
MIXED = 170_000
DRAWN = 30_000
MOST = 650_000

COLOURS = "red green blue yellow orange purple pink brown black white gray grey golden silver beige turquoise violet dark light".split()
LOOKS = (
    "old new small big large little tiny huge young happy sad cute beautiful broken wooden metal plastic colorful colourful striped "
    "spotted furry fluffy wet dry dirty clean empty full open closed tall short long round square modern ancient vintage rusty shiny "
    "sleeping running sitting standing jumping flying swimming eating playing smiling laughing walking parked abandoned wild baby "
    "snowy sunny cloudy rainy foggy sandy rocky grassy green frozen blooming ripe fresh cooked sliced delicious"
).split()
PLACES = (
    "on the beach;at the beach;in the snow;in the forest;in the woods;in the mountains;on a mountain;by the sea;at sea;in the water;in a "
    "river;by the lake;on a lake;in the city;on the street;in a street;at night;at sunset;at sunrise;in the sky;in the grass;on the grass;"
    "in a field;in the garden;in the park;in the kitchen;on a table;on a plate;in a bowl;in a room;in the living room;in bed;on a bed;on "
    "the sofa;on a chair;in a car;on a bicycle;on a horse;on a boat;in a boat;under a tree;under a bridge;in the rain;in the desert;in "
    "front of a house;next to a window;on the wall;on the road;in the dark;indoors;outdoors;in summer;in winter;in autumn;in a museum;at "
    "the airport;at a party;at a wedding;in the office;at school;in a restaurant;in a market;in a shop;on a train;at the station;on a "
    "white background;on a black background;up close;from above;in the background;in a stadium;on a skateboard;on the ice;in a cage;in a "
    "zoo;on a farm;in a pool;on a roof;on stage"
).split(";")
DOINGS = (
    "running;walking;sitting;standing;sleeping;jumping;swimming;playing;eating;drinking;smiling;laughing;dancing;singing;reading a book;"
    "riding a bike;riding a bicycle;riding a horse;riding a motorcycle;playing football;playing soccer;playing basketball;playing "
    "baseball;playing tennis;playing guitar;playing with a ball;playing with a dog;catching a ball;catching a frisbee;surfing;skiing;"
    "snowboarding;skateboarding;climbing a rock;hiking;fishing;cooking;driving a car;taking a picture;talking on the phone;holding an "
    "umbrella;holding a baby;wearing a hat;wearing glasses;wearing a red shirt;wearing a blue jacket;wearing a dress;wearing a helmet;"
    "blowing bubbles;flying a kite;eating ice cream;drinking coffee;kissing;hugging;working;looking at the camera;looking out of the "
    "window;waiting;jumping into water;jumping in the air;crossing the street;rowing a boat;lying on the grass;posing for a photo"
).split(";")
BEINGS = (
    "man;woman;boy;girl;child;kid;baby;toddler;person;people;men;women;children;kids;couple;family;group of people;group of friends;crowd;"
    "old man;old woman;young woman;young man;little girl;little boy;teenager;father;mother;dog;cat;puppy;kitten;horse;bird;two dogs;two "
    "men;two women;two people;two children;three people;bride;groom;athlete;player;team;cyclist;surfer;skier;climber;dancer;musician;"
    "soldier;tourist;worker;student;friends"
).split(";")
FRAMES = (
    ("a photo of {}", 10), ("a photo of a {}", 8), ("{}", 14), ("a {}", 8), ("the {}", 3), ("a picture of a {}", 4), ("picture of {}", 3),
    ("an image of a {}", 2), ("photo of {}", 3), ("photos of {}", 2), ("my {}", 2), ("some {}", 1), ("a close-up of a {}", 2),
    ("a blurry photo of a {}", 1), ("a black and white photo of a {}", 1), ("many {}", 1), ("a {} in the picture", 1), ("several {}", 1),
)
KINSHIP = "kind of {}"


def plural(noun):
    if re.search(r"(s|x|z|ch|sh)$", noun):
        return noun + "es"
    if re.search(r"[^aeiou]y$", noun):
        return noun[:-1] + "ies"
    return noun + "s"


def article(noun):
    return ("an " if noun[:1] in "aeiou" else "a ") + noun


def captions(name):
    """Those of the pictures that training may see."""
    path = DATA / f"{name}.json"
    if not path.exists():
        return []
    groups = json.loads(path.read_text())["captions"]
    return [c for group in groups[: len(groups) - HELD_OUT_CAPTIONED] for c in group]


def coco_captions():
    """The captions of COCO's validation pictures (CC BY 4.0), as the repository `ruizewang/evaluate` keeps them."""
    return [a["caption"].strip() for a in json.loads((DATA / "captions_val2017.json").read_text())["annotations"]]


def visual_words():
    """(word, weight): common words often, rare ones at least sometimes."""
    counts, _ = wordnet.frequencies()
    seen = re.findall(r"[a-z]+", " ".join(coco_captions() + captions("flickr8k")).lower())
    in_captions = {}
    for word in seen:
        in_captions[word] = in_captions.get(word, 0) + 1
    words = [w for w in wordnet.visible() if len(w) > 1 and w.count(" ") < 3 and not re.search(r"[0-9]", w)]
    return words, [1 + min(counts[w], 40) + min(in_captions.get(w, 0), 400) for w in words]


class Mixer:
    def __init__(self, rng):
        self.rng = rng
        self.words, weights = visual_words()
        total, self.cumulative = 0, []
        for weight in weights:
            total += weight
            self.cumulative.append(total)
        self.frames, self.frame_weights = zip(*FRAMES)

    def noun(self):
        return self.rng.choices(self.words, cum_weights=self.cumulative)[0]

    def templated(self):
        rng = self.rng
        kind = rng.random()
        if kind < 0.30:
            noun = self.noun()
            return rng.choices(self.frames, self.frame_weights)[0].format(plural(noun) if rng.random() < 0.2 else noun)
        if kind < 0.42:
            look = rng.choice(COLOURS if rng.random() < 0.5 else LOOKS)
            phrase = f"{look} {self.noun()}"
            return rng.choice((phrase, article(phrase), f"a photo of {article(phrase)}"))
        if kind < 0.56:
            phrase = self.noun() if rng.random() < 0.5 else rng.choice(BEINGS)
            place = rng.choice(PLACES)
            return rng.choice((f"{phrase} {place}", f"{article(phrase)} {place}", f"a photo of {article(phrase)} {place}"))
        if kind < 0.66:
            who = rng.choice(BEINGS)
            return rng.choice((f"{who} {rng.choice(DOINGS)}", f"{article(who)} {rng.choice(DOINGS)} {rng.choice(PLACES)}"))
        if kind < 0.78:
            first, second = self.noun(), self.noun()
            join = rng.choice(("and", "with", "near", "on", "in", "next to", "beside", "behind", "under"))
            return rng.choice((f"{first} {join} {second}", f"{article(first)} {join} {article(second)}", f"{first} {second}"))
        if kind < 0.86:
            count = rng.choice(("two", "three", "four", "five", "many", "a group of", "a lot of", "a pile of", "a row of"))
            return f"{count} {plural(self.noun())}"
        look, other = rng.choice(COLOURS + LOOKS), rng.choice(COLOURS + LOOKS)
        return f"{article(look)} {self.noun()} and {article(other)} {self.noun()} {rng.choice(PLACES)}"


def mixed(rng, sentences, mixer):
    """A caption with one or two of its nouns replaced, cut or shortened."""
    words = rng.choice(sentences).lower().rstrip(" .").split()
    known = mixer.known
    places = [i for i, word in enumerate(words) if word in known]
    for i in rng.sample(places, min(len(places), rng.choice((1, 1, 2)))):
        words[i] = mixer.noun() if rng.random() < 0.6 else rng.choice(mixer.common)
    if rng.random() < 0.4 and len(words) > 6:
        start = rng.randrange(0, len(words) - 4)
        words = words[start : start + rng.randrange(3, 8)]
    if rng.random() < 0.15:
        words = [word for word in words if word not in ("a", "an", "the", "is", "are", "of")]
    return " ".join(words)


def main():
    rng = random.Random(SEED)
    sentences = coco_captions() + captions("flickr8k")
    mixer = Mixer(rng)
    mixer.known = set(mixer.words)
    counted = {}
    for word in re.findall(r"[a-z]+", " ".join(sentences).lower()):
        counted[word] = counted.get(word, 0) + 1
    mixer.common = [word for word, count in counted.items() if count > 20 and word in mixer.known]
    texts = {}

    def add(text):
        text = re.sub(r"\s+", " ", text).strip()
        if text:
            texts.setdefault(text)

    _, first = wordnet.frequencies()
    for word in first:
        add(word)
    for word in mixer.words:
        synset = wordnet.nouns().get(first[word])
        if synset is not None and synset.words[0].lower() == word:
            add(synset.gloss[:60])
            for parent in synset.parents[:1]:
                add(f"{word}, a {KINSHIP.format(wordnet.nouns()[parent].words[0])}")
    for part in ("adj", "verb"):
        for word in wordnet.other_words(part):
            add(word)
    for word in mixer.words:
        add(f"a photo of {article(word)}" if rng.random() < 0.7 else plural(word))
    for sentence in sentences:
        add(sentence)
    for _ in range(TEMPLATED):
        add(mixer.templated())
    for _ in range(MIXED):
        add(mixed(rng, sentences, mixer))
    for _ in range(DRAWN):
        add(scenes.caption(rng))
    texts = list(texts)
    rng.shuffle(texts)
    texts = texts[:MOST]
    (DATA / "strings.txt").write_text("\n".join(texts) + "\n")
    print(len(texts), "strings")


if __name__ == "__main__":
    main()
