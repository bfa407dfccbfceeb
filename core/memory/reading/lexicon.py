"""The verbs that are known, as text: what they tell of, then each with its forms where these are irregular."""

# What a verb tells of, then its forms: base, past, participle; regular ones by their base alone. With "!" in front
# only its past and its participles are taken for verbs: the rest are nouns, too.
TELLING = """
go: go went gone; walk; run ran run; move; travel travelled travelled; journey; drive drove driven; ride rode ridden;
 fly flew flown; hurry; rush; head; stroll; wander; march; come came come; return; sneak; arrive; sail; swim swam
 swum; climb; jog; cycle; step; crawl; dash; race; flee fled fled; hike; land; jump; proceed; escape; skip; stumble;
 slip; tiptoe; migrate; relocate; visit; enter; reach; approach; amble; saunter; trudge; plod; trek trekked trekked;
 trot; gallop; sprint; scurry; scuttle; scamper; scramble; dart; zoom; zip; !speed sped sped; !bike; pedal; skate;
 !ski; !row; paddle; !cruise; !drift; !float; !glide; soar; flutter; hop; leap leapt leapt; dive dove dived; plunge;
 tumble; slither; creep crept crept; slink slunk slunk; snuck snuck snuck; stagger; limp; hobble; waddle; toddle;
 shuffle; stride strode stridden; stomp; !storm; barge; !nip; venture; roam; ramble; meander; traipse; !parade;
 commute; emigrate; immigrate; retreat; withdraw withdrew withdrawn; depart; disappear; vanish; descend; ascend;
 hitchhike; scoot; hasten; evacuate; fall fell fallen; !trail; detour; swerve; trundle; hustle; teleport; !parachute;
 !canoe; !cross; !board; swing swung swung; swoop; prowl; mosey; sidle; lumber
get: get got got; grab; take took taken; pick; collect; fetch; lift; snatch; find found found; buy bought bought;
 steal stole stolen; catch caught caught; seize; obtain; gather; borrow; retrieve; pack; keep kept kept; receive;
 carry; hold held held; accept; purchase; clutch; discover; own; bring brought brought; drag; haul; transport;
 deliver; have had had; wear wore worn; swipe; nab; !pinch; !pocket; snag; scoop; pluck; pilfer; !loot; confiscate;
 !capture; acquire; inherit; earn; possess; grasp; grip; clasp; cradle; wield; lug; !tote; smuggle; salvage; !claim;
 recover; !harvest; win won won; bag bagged bagged; unearth; procure; secure
drop: drop; discard; leave left left; put put put; set set set; lay laid laid; place; throw threw thrown; lose lost
 lost; dump; hide hid hidden; store; park; forget forgot forgotten; abandon; release; toss; hang hung hung; stash;
 deposit; let let let; shove; !stuff; tuck; cram; !jam; !wedge; squeeze; insert; bury; pour; spill; scatter; sprinkle;
 !pin; !stack; plonk; plop; fling flung flung; hurl; chuck; lob; sling slung slung; conceal; relinquish; ditch;
 misplace; !position; !load; unload; !tie; fasten; strap; prop; dunk; !pile; stow; slot; mislay mislaid mislaid; tape
 taped taped
give: give gave given; pass; hand; offer; lend lent lent; sell sold sold; donate; present; mail; send sent sent;
 award; !grant; entrust; !gift; !loan; bequeath; !forward; !ship; serve; !feed fed fed; bestow; !slip; !rent
fit: fit; contain
meet: meet met met; join; accompany; follow
belong: belong
stay: stay; sit sat sat; sleep slept slept; stand stood stood; wait; play; work; rest; remain; live; study; hide hid
 hidden; relax; lie lay lain; nap; dance; sing sang sung; read read read; swim swam swum; cook; stop; eat ate eaten;
 practise; !camp; !shelter; lounge; linger; doze; snooze; crouch; kneel knelt knelt; !perch; reside; dwell dwelt
 dwelt; loiter; lurk; hang hung hung; lodge; !nest; !snore; !stroll; !party; daydream; meditate; sunbathe; dine;
 !lunch; !fish; !train; !exercise; !practice; !rehearse; graduate; !queue; !shop; bathe; shower
feel: feel felt felt; seem; look; become became become; fear
"""
# Verbs of their own: told as "somebody does this to something".
OTHERS = """
bite bit bitten; eat ate eaten; love; like; hate; see saw seen; meet met met; kiss; kill; write wrote written; drink
drank drunk; paint; build built built; break broke broken; teach taught taught; help; call; cost cost cost; weigh;
chase; hit hit hit; !hug; marry; know knew known; win won won; lose lost lost; invite; watch; hear heard heard;
visit; clean; repair; open; close; cook; bake; wash; cut cut cut; wear wore worn; play; sing sang sung; read read
read; study; speak spoke spoken; feed fed fed; push; pull; follow; kick; draw drew drawn; make made made; want;
need; plant; water; fix; ride rode ridden; thank; ask; tell told told; start; begin began begun; end; live; work;
own; grow grew grown; invent; discover; climb; pay paid paid; beat beat beaten; scratch; sting stung stung; admire;
trust; miss; rescue; save; lick; order; choose chose chosen; swallow; adopt; train; wake woke woken; lock; unlock;
say said said; greet; wave; smile; laugh; cry; shout; turn; try; talk; think thought thought; dream; finish; happen;
rain; snow; shine shone shone; bark; knock; ring rang rung; notice; dress; brush; whisper; phone; text; answer;
remember; believe; argue; fight fought fought; point; nod; shake shook shaken; breathe; hope; fill; empty; touch;
smell; taste; check; count; show showed shown; spot; find found found; search; switch; light lit lit; warm; water;
pet; stroke; prepare; arrange; mix; boil; fry; peel; enjoy; share; thank; surprise; scare; warn; promise; polish;
mend; sweep swept swept; mop; !dust; scrub; rinse; dry; fold; sew sewed sewn; knit; stitch; weave wove woven; carve;
sketch; sculpt; solve; lead led led; !guide; escort; !roll; slide slid slid; blow blew blown; !bounce; burst burst
burst; explode; crash; collapse; melt; freeze froze frozen; burn burnt burnt; drown; sink sank sunk; fade; bloom;
!blink; !wink; !frown; !sigh; !yawn; !sneeze; !cough; weep wept wept; grin; giggle; !scream; !yell; murmur; mutter;
mumble; !claim; insist; admit; mention; declare; reply; respond; complain; apologise; apologize; agree; disagree;
recognise; recognize; ignore; praise; scold; blame; forgive forgave forgiven; tease; bully; punish; arrest; catch
caught caught; drag; haul; devour; consume; munch; chew; nibble; sip; gulp; digest; lay; bury; dig dug dug; hunt;
shoot shot shot; attack; defend; protect; hurt hurt hurt; injure; heal; !treat; examine; inspect; measure; !type;
!print; !sign; !copy; !record; !film; photograph; !post; !email; publish; spend spent spent; owe; !bet bet bet;
trade; swap; !exchange; replace; remove; attach; connect; install; assemble; construct; create; !design; destroy;
!damage; wreck; crush; smash; shatter; tear tore torn; rip; bend bent bent; stretch; wrap; unwrap; untie; zip;
decorate; !spray; !pat; tickle; cuddle; embrace; squeeze; bless; divorce; raise; hire; !fire; employ; quit quit
quit; resign; retire; practise; rehearse; perform; juggle; whistle; !hum; compete; !race; dodge; wrestle; !lift;
!swing; spin spun spun; twist; stumble; !trip; !bump; !lean; stand; awake awoke awoken; arise arose arisen; fall;
feel; shiver; tremble; sweat; bleed bled bled; die; survive; suffer; recover; rely; depend; deserve; expect; wonder;
imagine; understand understood understood; realise; realize; recall; forget; regret; prefer; bother; annoy;
irritate; amuse; !shock; impress; encourage; allow; permit; forbid forbade forbidden; force; persuade; convince;
advise; suggest; recommend; propose; attend; celebrate; oversleep overslept overslept; overhear overheard overheard;
overtake overtook overtaken; overcome overcame overcome; mistake mistook mistaken; undo undid undone; undergo underwent
undergone; undertake undertook undertaken; withhold withheld withheld; withstand withstood withstood; uphold upheld
upheld; upset upset upset; foresee foresaw foreseen; broadcast broadcast broadcast; bind bound bound; breed bred bred;
cling clung clung; deal dealt dealt; grind ground ground; mean meant meant; mow mowed mown; prove proved proven;
seek sought sought; shear sheared shorn; shed shed shed; shrink shrank shrunk; shut shut shut; slay slew slain;
!spell spelt spelt; spit spat spat; split split split; spoil spoilt spoilt; spread spread spread; stick stuck stuck;
stink stank stunk; strike struck struck; strive strove striven; swear swore sworn; swell swelled swollen; thrust thrust
thrust; tread trod trodden; wring wrung wrung; !wind wound wound; learn learnt learnt; rise rose risen; !spring sprang
sprung; bid bid bid; outgrow outgrew outgrown; rebuild rebuilt rebuilt; rewrite rewrote rewritten; retell retold retold;
misread misread misread; misunderstand misunderstood misunderstood; !bear bore born; use; die; dye; owe; tie; untie
"""
