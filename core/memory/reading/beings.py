"""What people and animals are called when nobody says their names: "the chef", "his ram"."""

from core.data.stories import lists
from core.memory.reading.words import word_set

KIN = word_set("""
    mother father mum mom mummy mommy dad daddy papa mama sister brother daughter son aunt auntie uncle niece nephew
    cousin grandmother grandfather grandma grandpa granny gran grandad granddad nana nan wife husband bride groom
    fiance fiancee boyfriend girlfriend partner stepmother stepfather stepsister stepbrother twin godmother godfather
    grandson granddaughter baby toddler parent child kid
""")
PEOPLE = KIN | word_set("""
    man woman boy girl lady gentleman guy person teenager friend neighbour neighbor colleague classmate roommate rival
    enemy stranger guest visitor customer client passenger tourist traveller traveler leader boss chief manager
    director owner landlord landlady secretary assistant apprentice intern trainee volunteer helper servant maid butler
    nanny babysitter nurse doctor surgeon dentist vet physician therapist patient midwife paramedic pharmacist chemist
    teacher professor lecturer tutor pupil student schoolboy schoolgirl headmaster headmistress principal librarian
    caretaker janitor cleaner scientist researcher professor engineer mechanic electrician plumber carpenter builder
    architect painter artist sculptor potter weaver tailor seamstress cobbler blacksmith smith jeweller watchmaker
    baker butcher chef cook waiter waitress barista bartender barman barmaid brewer grocer fishmonger florist
    shopkeeper cashier clerk salesman saleswoman vendor merchant trader banker accountant lawyer judge notary witness
    thief burglar robber bandit pirate smuggler spy detective inspector policeman policewoman officer sheriff guard
    guardian sentry warden jailer prisoner soldier sergeant captain colonel general admiral lieutenant sailor skipper
    helmsman pilot steward stewardess driver cyclist rider jockey conductor courier postman postwoman mailman porter
    firefighter fireman lifeguard ranger farmer gardener shepherd fisherman hunter miner lumberjack woodcutter miller
    beekeeper groom king queen prince princess duke duchess count countess baron knight squire page jester wizard witch
    sorcerer magician fairy elf dwarf giant ogre goblin troll monk nun priest bishop abbot vicar rabbi imam pope
    president minister mayor ambassador senator journalist reporter editor author writer poet novelist singer dancer
    musician drummer guitarist pianist violinist cellist composer actor actress juggler clown acrobat photographer
    cameraman coach trainer referee umpire striker goalkeeper goalie keeper defender midfielder player athlete
    runner swimmer boxer wrestler champion captain teammate bro sis buddy pal diver climber skier surfer astronaut
    explorer archaeologist historian biologist geologist physicist mathematician programmer hacker technician operator
    operative receptionist usher bouncer hairdresser barber stylist postmaster ferryman watchman foreman
""") | {word for words in lists.ROLES.values() for word in words}  # fmt: skip
ANIMALS = word_set("""
    dog puppy cat kitten tomcat hamster rabbit bunny guinea mouse rat squirrel hedgehog horse pony mare stallion foal
    donkey mule cow bull calf ox sheep lamb ram ewe goat kid pig piglet hen rooster chicken duck goose swan turkey
    parrot parakeet budgie canary crow raven magpie owl eagle falcon hawk pigeon dove seagull robin sparrow stork
    penguin ostrich peacock fox wolf bear lion tiger leopard panther elephant giraffe zebra monkey chimpanzee gorilla
    ape camel llama alpaca deer stag moose elk kangaroo koala panda otter beaver badger skunk raccoon seal walrus
    dolphin whale shark octopus crab lobster fish goldfish trout turtle tortoise snake lizard gecko iguana frog toad
    dragon unicorn robot ferret chinchilla terrier poodle labrador beagle spaniel dachshund
""")
FEMALE = word_set("""
    mother mum mom mummy mommy mama sister daughter aunt auntie niece grandmother grandma granny gran nana nan wife
    bride fiancee girlfriend stepmother stepsister godmother granddaughter woman girl lady landlady maid nanny midwife
    schoolgirl headmistress seamstress waitress barmaid saleswoman policewoman stewardess postwoman queen princess
    duchess countess witch fairy nun actress mare cow hen ewe sis
""")
MALE = word_set("""
    father dad daddy papa brother son uncle nephew grandfather grandpa grandad granddad husband groom fiance boyfriend
    stepfather stepbrother godfather grandson man guy boy gentleman landlord butler schoolboy headmaster blacksmith
    waiter barman salesman policeman postman mailman fireman fisherman lumberjack king prince duke count baron knight
    squire wizard monk bishop abbot pope actor cameraman watchman foreman bull rooster stallion ram tomcat bro ferryman
""")
BEINGS = PEOPLE | ANIMALS
