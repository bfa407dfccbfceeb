"""The lists that names are drawn from: bAbI's few, and longer ones whose combinations run to thousands.

A name in lower case takes an article, a capitalised one does not: "the kitchen", "Paris".
"""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# bAbI's names, by its number of the kind of question; 0 for all that are not listed.
BABI_PEOPLE = {
    0: {"Daniel": "m", "John": "m", "Mary": "f", "Sandra": "f"},
    5: {"Bill": "m", "Fred": "m", "Jeff": "m", "Mary": "f"},
    10: {"Bill": "m", "Fred": "m", "Julie": "f", "Mary": "f"},
    14: {"Bill": "m", "Fred": "m", "Julie": "f", "Mary": "f"},
    15: {"Emily": "f", "Gertrude": "f", "Jessica": "f", "Winona": "f"},
    16: {"Bernhard": "m", "Brian": "m", "Greg": "m", "Julius": "m", "Lily": "f"},
    20: {"Antoine": "m", "Jason": "m", "Sumit": "m", "Yann": "m"},
}
BABI_PLACES = {
    0: _words("bathroom bedroom garden hallway kitchen office"),
    10: _words("bedroom cinema kitchen office park school"),
    14: _words("bedroom cinema kitchen office park school"),
}
BABI_THINGS = {
    0: _words("apple football milk"),
    17: ("blue square", "pink rectangle", "red sphere", "red square", "triangle", "yellow square"),
    18: ("chocolate", "box of chocolates", "box", "chest", "container", "suitcase"),
}
BABI_SPECIES = {0: _words("cat mouse sheep wolf"), 16: _words("frog lion rhino swan")}
BABI_COLOURS = _words("gray green white yellow")

WOMEN = _words("""
    Abigail Ada Agnes Aisha Alba Alice Alma Amelia Amina Amira Ana Andrea Angela Anja Anna Annika Antonia Astrid
    Aurora Ayla Barbara Beatrice Bella Berta Bianca Birgit Bruna Camila Carla Carmen Carol Caroline Cecilia Celia
    Charlotte Chiara Clara Claudia Cora Dalia Daniela Daria Delia Diana Dina Dolores Dora Doris Edith Elena Eleni
    Elif Elisa Eliza Ella Ellen Elsa Emma Erika Esra Esther Eva Evelyn Fatima Fiona Flora Freya Frida Gabriela Gemma
    Gina Gloria Greta Hana Hannah Harriet Hazel Heidi Helen Helga Hilda Ida Imani Ines Ingrid Irene Irina Iris
    Isabel Ivana Jane Jasmine Jean Jelena Jenny Joan Johanna Julia June Karen Karin Kate Keiko Kira Lara Laura Layla
    Lea Leila Lena Leonie Lina Linda Livia Lola Lorena Louise Lucia Lucy Lydia Mabel Maja Malika Margaret Mariam
    Marina Marlene Martha Maya Megan Mei Mila Mina Mira Miriam Molly Mona Monica Nadia Naomi Natasha Nora Odile Olga
    Olivia Paula Petra Phoebe Pia Priya Rachel Renata Rita Rosa Ruth Sabine Sakura Salma Samira Sara Selma Silvia
    Simone Sofia Sonia Stella Susan Svea Tamara Tanja Tara Teresa Tilda Tina Uma Ursula Valeria Vera Veronica Viola
    Wanda Yara Yasmin Yoko Yvonne Zara Zoe
""")
MEN = _words("""
    Aaron Abdul Adam Adrian Ahmed Akira Alan Albert Alex Ali Alonso Amir Andrew Anton Aram Arjun Arnold Arthur Axel
    Ben Bernard Boris Bruno Carl Carlos Casper Cedric Charles Chen Chris Christoph Clemens Colin Conrad Cyril Darius
    David Denis Diego Dieter Dmitri Edgar Eduardo Edward Elias Emil Enzo Eric Ernest Felix Ferdinand Finn Florian
    Francis Frank Franz Gabriel Gavin George Gerald Giorgio Gustav Hamid Hans Harold Harry Hassan Hector Henry Hugo
    Ibrahim Igor Ivan Jack Jakob James Jan Jens Joel Jonas Jorge Joseph Juan Kai Karim Karl Kenji Kevin Klaus Kofi
    Lars Leo Leon Leonard Liam Linus Louis Luca Lucas Ludwig Luis Magnus Malik Marcel Marco Marcus Mario Martin
    Mateo Matthew Max Michael Miguel Milan Mohammed Nathan Nico Niels Nils Noah Oliver Omar Oscar Otto Owen Pablo
    Patrick Paul Pedro Peter Philip Pierre Rafael Ralph Ramon Raj Rashid Reza Richard Robert Roland Roman Ruben
    Rudolf Samuel Sandro Sanjay Sebastian Simon Stefan Steven Sven Tariq Theo Thomas Tim Tobias Tom Tomas Umberto
    Valentin Victor Viktor Vincent Vlad Walter Werner William Wolfgang Xavier Yannis Yusuf Zeno Zoltan
""")
# What makes a name of two words, before and after the name itself.
BEFORE = {
    "f": _words("Aunt Grandma Granny Lady Madame Miss Mrs Queen Sister"),
    "m": _words("Brother Captain Grandpa King Mr Sir Sergeant Uncle"),
}
AFTER = {
    "f": _words("Ann Belle Beth Fay Kay Lou Luisa Mae Marie Sue"),
    "m": _words("Bob Boy Jay Joe Lee Pete Ray Roy Ted Wayne"),
}
# People without a name.
ROLES = {
    "f": _words("aunt bride daughter duchess girl grandmother lady mother nun princess queen sister waitress woman"),
    "m": _words("boy brother count duke father grandfather groom king man monk prince son uncle waiter"),
}
ROOMS = _words("""
    airport aquarium archive arena attic aviary bakery balcony ballroom bank barn barracks basement bathroom beach
    bedroom brewery bridge bunker butchery cabin cafe cafeteria camp canteen carport castle cathedral cave cellar
    cemetery chapel church cinema circus classroom clinic cloakroom closet club conservatory corridor cottage
    courtroom courtyard crypt dairy darkroom deck den desert dock dormitory driveway dungeon factory farm farmyard
    field foodstore forest forge fort foyer gallery garage garden gatehouse gazebo glade greenhouse gym hall hallway
    hangar harbour harbor hayloft hospital hostel hotel hut igloo inn island jail jungle kennel kiosk kitchen
    laboratory lagoon landing larder laundry library lighthouse loft lobby lodge lounge mansion market marsh meadow
    mill mine monastery morgue mosque museum nursery oasis observatory office orchard palace pantry park pasture
    patio pavilion pharmacy playground playroom pool porch port prairie prison pub quarry ranch reception restaurant
    sauna sawmill school shed shop shrine stable stadium staircase station storeroom street studio study supermarket
    swamp tavern temple tent terrace theatre toilet tower treehouse tunnel university vault veranda villa village
    vineyard warehouse washroom workshop yard zoo
""")
OF_ROOMS = _words("""
    abandoned ancient busy central cosy crowded dark dining drawing dusty empty famous flooded gloomy guest haunted
    hidden living locked lovely main modern narrow noisy old open post private public ruined sacred secret
    shady silent spare spooky staff sunny town upper waiting wooden
""")
TOWNS = _words("""
    Amsterdam Athens Bali Bangkok Barcelona Beirut Belgrade Berlin Bern Bologna Boston Brazil Bremen Brussels Cairo
    Canada Chicago Chile Cologne Cuba Dakar Dallas Delhi Denmark Dublin Egypt Finland Florence Geneva Ghana Greece
    Hamburg Hanoi Havana Helsinki Hungary Iceland India Ireland Istanbul Italy Japan Jakarta Kenya Kiev Krakow Lagos
    Lima Lisbon London Lyon Madrid Malta Manila Marseille Mexico Miami Milano Morocco Moscow Mumbai Munich Nairobi
    Naples Nepal Norway Oslo Oxford Paris Peru Poland Porto Prague Quito Riga Rome Rotterdam Seoul Seville Sicily
    Singapore Spain Sweden Sydney Tallinn Tehran Texas Tokyo Toronto Tunis Turin Valencia Venice Vienna Vietnam
    Warsaw Zagreb Zurich
""")
THINGS = _words("""
    accordion album almond anchor apple apricot arrow avocado axe backpack badge bagel ball balloon banana bandage
    banjo basin basket battery beetroot bell belt bicycle blanket blender bone book boot bottle bouquet bowl
    bracelet brick broom brush bucket bun button cake calculator camera candle cane cap card carpet carrot cello
    cheese cherry chessboard clarinet clock cloth coat coconut coin comb compass cookie crayon croissant crown
    crystal cucumber cup curtain cushion dagger dice dictionary doll donut drum drumstick earring egg envelope
    eraser fan feather figurine file flag flashlight flower flute football fork frisbee glove gloves glue goblet
    grape guitar hairbrush hammer hamster handbag handkerchief harp hat helmet honey horn hourglass icecream jacket
    jam jar jewel jigsaw jug juice kettle key keyboard kite knife ladder lamp lantern laptop leaf leash lemon letter
    lid lollipop lute magazine magnet mango map marble mask melon microphone microscope milk mirror mitten mop mug
    muffin mushroom nail napkin necklace needle net newspaper notebook nut oar omelette onion orange paddle pajamas
    pan pancake parcel passport peach pear pebble pen pencil pendant pepper perfume phone photo piano pickle pie
    pill pillow pipe pistol pizza plank plate plum pot potato pretzel pumpkin puppet purse puzzle quill racket radio
    raincoat rake razor ribbon ring robot rope rug ruler saddle salad salt sandal sandwich saucer saw scarf scissors
    screw screwdriver seashell shampoo shawl shirt shoe shovel sieve skateboard ski skirt skull sled slipper
    snowball soap sock spade spanner spear spectacles sponge spoon stamp stapler statue stick stone stool strawberry
    suitcase sunglasses sweater sword syringe tablet tape teabag teacup teapot teddy telescope ticket tie toaster
    tomato toothbrush torch towel toy tray trophy trousers trumpet turnip typewriter ukulele umbrella vase violin
    waffle wallet watch watermelon whistle wig wrench yoyo
""")
OF_THINGS = _words("""
    antique broken cheap chipped clean cracked dusty expensive fancy fragile fresh frozen golden heavy
    iron leather lost lucky magic metal muddy new painted paper plain plastic polished precious rusty sharp shiny
    silk silver soft spare sticky stolen striped tasty tiny torn toy ugly wet wooden woollen worn
""")
CONTAINERS = _words("""
    backpack bag barrel basin basket bathtub bin bottle bowl box briefcase bucket cabinet cage carton cartridge
    case casket chest cooler container crate cup cupboard drawer envelope flask folder goblet handbag hamper jar jug
    kettle locker mailbox mug package packet pan pocket pot pouch purse rucksack sack safe satchel shoebox suitcase
    tank teapot thimble tin trailer tray trolley trunk tub urn vase vat wallet wardrobe wheelbarrow
""")
SHAPES = _words(
    "arch arrow circle cone cross cube cylinder diamond disc heart hexagon moon octagon oval pentagon prism pyramid "
    "rectangle rhombus ring sphere spiral square star trapezoid triangle"
)
SPECIES = _words("""
    alligator alpaca ant antelope ape badger bat bear beaver bee beetle bison boar buffalo bull butterfly camel
    canary cat caterpillar chicken cobra cockroach cow coyote crab crane cricket crocodile crow deer dog dolphin
    donkey dove dragon duck eagle eel elephant elk falcon ferret finch flamingo flea fly fox frog gazelle gecko
    giraffe goat goose gorilla gull hare hawk hedgehog heron hippo horse hyena iguana jackal jaguar jellyfish
    kangaroo koala lamb leopard lion lizard llama lobster lynx mole monkey moose mosquito moth mouse mule newt
    octopus orca ostrich otter owl ox panda panther parrot peacock pelican penguin pig pigeon piranha pony puma
    python rabbit raccoon rat raven rhino robin rooster salamander salmon scorpion seal shark sheep skunk sloth
    snail snake sparrow spider squid squirrel stork swan tiger toad tortoise trout turkey turtle viper vulture
    walrus wasp weasel whale wolf wombat worm yak zebra
""")
PLURALS = {
    "butterfly": "butterflies",
    "canary": "canaries",
    "deer": "deer",
    "fly": "flies",
    "goose": "geese",
    "jellyfish": "jellyfish",
    "moose": "moose",
    "mouse": "mice",
    "ox": "oxen",
    "pony": "ponies",
    "salmon": "salmon",
    "sheep": "sheep",
    "trout": "trout",
    "wolf": "wolves",
}
OF_SPECIES = _words("arctic desert forest giant hairy jungle mountain river sea swamp wild")
COLOURS = _words("""
    amber beige black blue bronze brown copper coral cream crimson cyan emerald gold gray green indigo ivory khaki
    lavender lilac lime magenta maroon mauve navy ochre olive orange pink purple red ruby scarlet tan teal turquoise
    violet white yellow
""")
OF_COLOURS = _words("bright dark deep light pale")
# What invented names are put together from.
STARTS = _words(
    "Ba Be Bri Da Dro Fa Gla Go Gri Ha Jo Ka Kle La Lo Mi Mo Na Ne Pa Plo Qui Ra Ri Sa She Ta Tri U Va Vo Wa Xe Ya Za"
)
MIDDLES = _words("ba bi da do fa gu la li lo ma mi na ne nu pa ra re ri ro sa si ta to va vi zo")
ENDS = _words("bel dor gan kin lan lek mar mun nis nor pex ran rik sel ska tan tis vek vin zar")
