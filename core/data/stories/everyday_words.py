"""The wordings of everyday stories: slots as in :mod:`core.data.stories.words`, and {first} and {last} about them."""

from core.data.stories.words import Phrasebook

WITH_TRAIL = frozenset(("goes", "stays", "go with"))
# What people put behind a place.
TRAIL = (
    *(" at night", " around midday", " for an hour", " on foot", " by bicycle", " by tram", " all alone", " once more"),
    *(" to have a rest", " to look around", " because it was raining", " with {stranger}", " in the early morning"),
    *(" as fast as possible", " for lunch", " before dinner", " on Sunday", " without a word", " at last"),
)
_FIRST = (
    *("",) * 8,
    *("Finally ", "All at once ", "At midnight ", "Some time later ", "After a few minutes ", "Without a word "),
    *("In the early afternoon, ", "Today ", "Of course ", "Two hours later ", "After breakfast ", "Unfortunately "),
)

# Sentences of a tale that say nothing about any question, in words that no network knows.
PROSE = (
    *(
        "{who} woke up.",
        "{who} looked out of the window.",
        "{who} wore a warm hat.",
        "{who} was humming.",
        "{who} felt cold.",
    ),
    *(
        "{who} closed the door.",
        "{who} told a joke.",
        "{who} ate a sandwich.",
        "{who} thanked {other}.",
        "{who} phoned {other}.",
    ),
    *("{who} saw {other} from afar.", "{who} admired {thing}.", "{who} polished {thing}.", "{who} asked for {thing}."),
    *(
        "The sun came out.",
        "The wind howled.",
        "A dog barked.",
        "It was a warm evening.",
        "The bells rang.",
        "Nothing moved.",
    ),
    *(
        "It smelled of soup.",
        "{who} dreamt of {place}.",
        "{who} talked about {place}.",
        "{who} was thinking of {other}.",
    ),
    *(
        "{who} is happy.",
        "{who} was very proud.",
        "{who} is nine years old.",
        "{who} seemed worried.",
        "{who} likes {other}.",
    ),
    *("{who} wants to go to {place}.", "{who} will go to {place} tomorrow.", "{who} did not take {thing}."),
)

EVERYDAY: Phrasebook = {
    "first": _FIRST,
    "goes": (
        *("{first}{who} is on the way to {place}{last}.", "{first}{who} has come to {place}{last}."),
        *("{first}{who} is going to {place}{last}.", "{first}{who} rode to {place}{last}.", "{first}{who} sailed to {place}{last}."),
        *("{first}{who} has just gone to {place}{last}.", "{first}{who} set off for {place}.", "{first}{who} left for {place}{last}."),
        *("{first}{who} went back into {place}{last}.", "{first}{who} was driven to {place}.", "{first}{who} reached {place}{last}."),
        *("{first}{who} came from afar to {place}.", "{first}{who} climbed up to {place}{last}.", "{first}{who} went to {place}{last}."),
        "{first}{who} ran off to {place}{last}.",
    ),
    "go with": (
        *("{first}{who} went to {place} with {other}.", "{first}{who}, together with {other}, walked to {place}."),
        *("{first}{who} and {other} drove to {place}{last}.", "{first}{who} and {other} are at {place} now."),
        *("{first}{who} met {other} in {place}.", "{first}Both {who} and {other} are waiting in {place}.")[:1],
    ),
    "stays": (
        *("{first}{who} is sleeping in {place}{last}.", "{first}{who} was standing in {place}{last}.", "{first}{who} waits at {place}{last}."),
        *("{first}{who} is in {place}{last}.", "{first}{who} stayed in {place}{last}.", "{first}{who} is working inside {place}{last}."),
    ),
    "not in": (
        *("{who} did not go to {place}.", "{who} is not at {place}.", "{who} isn't in {place}.", "{who} never went to {place}."),
        "{who} was not in {place}.",
    ),
    "leaves": (
        *("{who} is no longer in {place}.", "{who} has left {place}.", "{who} came out of {place}.", "{who} ran away from {place}."),
    ),
    "either": (
        *("{who} is in {place} or in {other}.", "Either {who} is in {place} or in {other}.", "{who} is either at {place} or at {other}."),
    ),
    "perhaps": (
        *("Perhaps {who} is in {place}.", "{who} may be at {place}.", "{who} is probably in {place}.", "Maybe {who} went to {place}."),
        "I think {who} is in {place}.",
    ),
    "everybody": ("{first}everybody went to {place}.", "{first}they all went to {place}.")[:1] + ("{first}everyone drove to {place}.",),
    "nobody": ("Nobody is in {place}.", "There is nobody in {place}.", "No one went to {place}.")[:1] + ("No one is at {place}.",),
    "gets": (
        *("{first}{who} took {thing}.", "{first}{who} has picked up {thing}.", "{first}{who} is carrying {thing}."),
        *("{first}{who} got hold of {thing}.", "{first}{who} found {thing}.", "{first}{who} has {thing}.", "{first}{who} bought {thing}."),
    ),
    "finds": (
        *("{first}{who} found {thing} in {place}.", "{first}{who} picked up {thing} at {place}.", "{first}{who} got {thing} in {place}."),
        "In {place} {who} bought {thing}.",
    )[:3],
    "carries": (
        *("{first}{who} took {thing} to {place}.", "{first}{who} brought {thing} into {place}.", "{first}{who} carried {thing} over to {place}."),
    ),
    "drops": (
        *("{first}{who} put {thing} down.", "{first}{who} has dropped {thing}.", "{first}{who} put {thing} down there."),
        *("{first}{who} got rid of {thing}.", "{first}{who} let go of {thing}."),
    ),
    "puts": (
        *("{first}{who} put {thing} into {place}.", "{first}{who} laid {thing} on {place}.", "{first}{who} hid {thing} under {place}."),
        "{first}{who} has placed {thing} in {place}.",
    ),
    "gives": (
        *("{first}{thing} was given to {to} by {who}.", "{first}{to} was handed {thing} by {who}.", "{first}{to} got {thing} from {who}."),
        *("{first}{who} handed {thing} over to {to}.", "{first}{who} lent {to} {thing}.", "{first}{to} received {thing} from {who}."),
        "{first}{who} passed {thing} on to {to}.",
    ),
    "thing in": (
        *("{thing} is in {place}.", "{thing} is lying in {place}.", "{thing} was found in {place}.", "In {place} there is {thing}."),
        "{thing} stands behind {place}.",
    ),
    "who is in": ("Who is in {place}?", "Who is in {place} now?", "Who went to {place}?"),
}  # fmt: skip
