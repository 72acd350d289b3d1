"""More ordinary words, as they stand in the notes of schools, police, health and social care.

Left out: what a word is used for (`ordinary`). Rule: an English word and nobody's name; who asks takes its endings
off.
"""

WORDS_OF_NOTES = """
abdomen abrasion abrupt absent absolute abstain absurd academic accelerate accompany accomplish accordingly accumulate
accurate accuse acknowledgement acquire acute adapt adequate adhere adjacent adjourn adjust administer admission
adolescent adopt advance advantage adverse advert aerial aftercare aggravate agony allowance ally amber amoxicillin
amphetamine ample analyse ancient angle animal annual anonymity antenatal antibiotic anticipate antisocial appal
apparatus appliance application apprehend appropriate approx approximate arena arguably armchair armed arson
articulate artificial ascertain ashamed asset assign associate association asylum athletic athletics attic attire
attract attribute auction audit autumn award awkward babble backdated background bacon bailiff balcony bald balloon
banter barefoot bark barricade barrier basement basic basis basket beans beard bearing beaver bedside bedsit
beneficial benign beverage beware biased bizarre blade blatant blister blunt blurred bodily bolt bonus booster booze
border boredom borough bouncer boundary bowel boxing brace bracelet brakes brand breadth breastfeed brew bribe brink
brittle brochure brownie brunt brutal bubble buckle bulb bulge bulletin bumper bundle bungalow buprenorphine burden
burger burglary bust butterfly button cabbage cabin cabinet cable calculate calendar callous calorie campaign canal
cancellation cancer candid candle capable capacity capture cardiac caretaker carriage carrot cartoon casual casualty
catering cellar cellphone centile century cereal certificate chaos chapter character charm chatroom checklist chef
chemical chicken chilly chlamydia chocolate choir cholesterol chopped chore cigarettes cinema circuit circulate
citalopram cite citizen clarify clash classify clause cleaner clearance clench clinging closet clot clozapine clue
clump coax cocktail codeine coincide collar collide combine comedy comic command commence commission commode communal
commute companion compartment compatible compel compensate compete competent compile complication compliment component
compose composed compound compress compromise conceal conceive concrete concussion condemn confess confide confine
confiscate conform confuse congested connect conscience conscious consecutive consequence conserve considerable
console constipation constitute constrain consult consume contagious contaminate contempt contend content contest
context continual continuous contraband contrast convene convenient convey convict convince convulsion cooker copper
coronary correlate correspond corridor costume couch counter counterpart courage courier courtesy courtyard coward
cramp craving crayon creche creep crib cricket criteria criticise critique crockery crook crossing crouch crowded
crude crunch crutch crystal cub cubicle cucumber cue culprit cultivate curb cure curious curry curse cushion custom
customer cutting cyber cyst dairy damp dash database deadline dealer dealings debate debris decade decay deceive
decent declare decorate dedicate deduct defeat defecate defect defence defensive defiant deficit define definite
deform defraud defy dehydrated delicate delight delusion demeanour dementia demolish demonstrate dental dentures
depart depict deport deposit deprivation deprive depth dermatitis descend despair desperate dessert destination detach
detect deter detergent detox devastate deviate devise devote dexterity diagnosis diagram dialect dialogue diarrhoea
diazepam dictate digest dignity dilapidated dilemma diligent dilute dim diminish dine diploma directory disadvantage
disappoint disarray disaster discard discomfort disconnect discontinue discount discourage discriminate disgrace
disguise disgust dishonest disinfect dislike dislocate disown dispatch dispense disperse displace disposal dispose
dispute disqualify disregard disrespect disrupt dissatisfied dissolve dissuade distinct distinguish distort distribute
divert divulge dizzy dodge dominate donate doorbell doorstep dormant dorsal downhill downplay draft drastic draught
drawer dread drench dribble drill drip driveway drone drought drown drunken dryer dual dubious dumb duration dwell
dyspraxia earphone earshot easily eccentric echo economy ecstasy edit educate eject elaborate elated eldest elect
electrical elevate elicit eliminate elsewhere embarrass embed embrace emerge eminent emission emit emphasis emphasise
employee enact enclose endeavour endless endorse endure energetic enforce engagement enhance enormous enrage enrol
ensue entail enterprise entertain enthusiasm entire entitle entrust envy epidural equip equivalent erect erode errand
erupt essay essence essential esteem estimate eternal ethics ethnic evacuate evade evaluate evaporate eventual evict
evolve exaggerate excel exceptional excess exchange excitable exclaim exclusive excrement execute exempt exert exhaust
exhibit exile expand expel expenditure expire explode exploit explosive export extend extensive extent exterior
external extinguish extract extraordinary extreme eyebrow eyelid eyesight fabricate facilitate faculty faint faithful
farewell fascinate fashion fatigue favour favourite feasible feature federal fee feeble felony ferry fertile fetus
fibre fictional fierce filter filthy finalise fingertip firearm fireplace fireworks fitness fixture flake flap flare
flatmate flatter flavour flaw flesh flex flicker fling flip flirt flop flourish fluent fluoxetine flush flutter focal
foetus foil folder folk fond foodbank footage footprint footwear forbid forceful forecast forensics foresee forge
formula forthcoming fortunate foul fraction fragile fragment frail franchise frantic fraud freak freckle frequency
frontal froth frown fruitful frustrate fry fugitive fulfil fumble fume fundamental funding funeral funny furious
furnish furniture fury fuse fuss futile gadget gallery gamble gameboy garment gasp gastric gateway gauge gay genetic
genocide gestation gesture ghost giant giddy glance glare gleam glimpse global gloomy glorify gloves goodbye gossip
govern gradient gradual graduate graffiti gram graph graphic grasp grateful gravel graze greasy greet grievance grieve
grill grim grin grind gross grounds grudge grumble guarantee guideline guinea gulp gut gym gymnastics habitual
haemorrhage haircut halal hallucinate hallway halt hamper handbag handbook handcuff handheld handkerchief handshake
handsome handwriting hardly hardship harsh harvest hassle hasty hatch haul haunt headache headlice headline
headquarters heal hearsay heaven hectic heel helpless hepatitis herbal heritage hesitant hiccup hinder hinge hip hire
hoarse hoax hockey holdall homeland homicide honesty hoover hopeful hopeless horrible horrific horror hospitality
hourly housemate hover hum humane humiliate humour hurl hurtle hut hydrated hyperactive hypothesis ibuprofen icy ideal
identical ideology idle ignite ignorant illicit illiterate illusion illustrate image imaginary imbalance imitate
immature immense immerse immunisation immunise impair impatient impede imperative implant implement implicate imply
import impose impress imprint imprison improper impulse inability inaccurate inactive inadvertent incapable incentive
incest incidence incite inclined inclusion inclusive incoherent incompetent incomplete incontinent incorporate
incorrect increment incur indecisive indefinite indent indifferent indirect indoors indulge ineffective inevitable
infancy infatuated infer inferior inflame inflict informal informant infrequent ingest ingestion ingredient inhale
inherent inherit inhibit initiate initiative inject inmate innocent input inquest inquiry inquisitive insane
inseparable insert insomnia inspire install instant instinct institute institution instrument insult intact integral
integrate integrity intellect intensive intentional intercom intercourse interfere interim interior intermittent
internal interpersonal interpret interrogate interrupt interval intervene intestine intolerable intoxicate intrude
intuition invade invalid invasive invent invert investment invisible invoice involuntary involvement inward irate
irony irrational irrelevant irresponsible irritate itch itinerary jam jargon jealousy jelly jeopardy jewellery jigsaw
jog joyful judo junction jury juvenile karate kebab ketamine ketchup keyboard keyhole keyworker kidnap kidney kin
kindergarten kindness kneel knit knob knot knuckle kosher laboratory labour laminate landing landlady landline
landlord landmark lantern larder lasagne laser latch latter laughter launch laundry lavatory lawful lax layout lazy
leak lean leash lecture leftover legacy legible legislation legitimate lego leisure lemonade lengthy lenient lethal
lettuce leverage liable liberal lice licensed lick lifelong lifetime ligature likewise limp linear linen linger
literal litigation litter liver livid loathe lobby locality locate lodger logical loneliness longing loo lotion loudly
lousy luggage lurk luxury macaroni magazine magistrate magnitude maiden mainstream majority malaise malicious
malnourished malnutrition mammal mandate manic manipulation mansion manual masculine mashed massage massive masturbate
mature maximise meaningful measurable mechanic mediate medium melatonin membership membrane memorise menace menstrual
mentality mephedrone merely merge messy meter methadone methodical methylphenidate microscope mighty migraine migrate
mild military mimic mince miner minibus ministry minority miracle misbehave miscarriage mischief misconduct miserable
misinterpret mislead misplace mission mistaken mistress mistrust misunderstand mitigate mixture moan mock modest
modify moist monitoring monologue monotone monster monthly moody moped morale morbid morphine mortgage motel motive
motorbike motorway mould mouldy mourn muddle multiple mumble mundane municipal murmur museum mushroom mutter nag naked
naloxone namely narrate narrative nasal nausea nearby necessity necklace needy negligent neighbouring netball netflix
neurological nevertheless nicotine nintendo nit nitrous nocturnal nominate nonetheless nonsense norm nostril notable
notably noticeable notion notorious nought nourish novel nowadays nude nudge nugget numeracy nurture obedient obesity
objection objective obligation oblige oblivious obscene obscure observation obsess obsolete obstacle obstruct
occupancy occupant occupy occurrence odour offset offspring ointment omelette omission openly opera operate operator
opiate opponent oppress optical optimal optimistic optional orally orchestra ordeal orderly organic organisation
orientation oriented originate orthodontist orthodox orthopaedic orthoptic outbreak outcast outdated outdoor outdoors
outer outfit outlet outline outlook outnumber outpost output outrage outright outset outstanding outward outweigh
ovary overcrowding overhead overlap overlook override overrule overseas oversee oversleep overt overtake overtime
overturn overweight ownership pacify paeds package packet padlock paedophile palate palpable pamphlet pancake parade
paragraph parallel paralyse parameter paranoia paranoid parole partial participant particle particular partition
passage passenger passive password pastime pastry patio patrol patronise pavement payment payslip peanut peculiar
pedestrian peek peel peep pelvis pending penetrate pension perceive percent percentage perfectly perfume periphery
perjury permission perplexed persecute persistent personality personnel pertinent perverse pester petition petrol
petty phase phenomenon philosophy phlegm photo phrase physician physics physiotherapy picnic pierce pigment pillar
pilot pimple pinpoint pioneer pitiful pivotal pizza placid plank plaque plasma platform playmate pledge plumber plunge
plus pneumonia poke pokemon polish poll pollute polythene ponder pony poorly popcorn popular porch porn pornography
porridge portion portray possess postcode poster posture potent potentially potty poultry powder practically praise
pram preach precede precise preclude precursor predict predominantly preferable preference prejudice preliminary
premises preoccupied preparation preschool prescribe preserve preside prestige presume preterm prevail prevalent prey
prick primitive principle prior prioritise privacy privilege probable probe proceedings proceeds procure productive
proficient profile profit profound profuse prohibit projector prolific prolong prominent promiscuous promote prompt
prone pronounce propensity prophylaxis proportion proposal proposition prostitute prostitution provider province
provisionally provoke prowl proximity prudent psychiatry psychotherapy publication publish puff pulse pump punctual
puncture purchase purge purple purposely purse pursue pursuit puzzle quake qualify quarantine quarterly queer queue
quid quirky quiz quota quotation quote racial radiator radical rage raid railway rake rally ramble ramp rampage
rapport rapture razor readiness reappear rear rearrange reasonable reassess rebel rebound recap receipt receptionist
recess recipe recipient recite reclaim reconsider reconvene recount recovery recreation recruit rectify rectum recur
recycle redden redirect reestablish refine reflex refrain refresh refrigerator refund refusal regain regards regress
rehearse reign reinforce reinstate reiterate relay relevance relief relieve relinquish relish relive reload relocate
remark remedy reminder reminisce remnant remotely renal renew renovate rental reoffend reopen repay repercussion
repetitive replace replicate reportedly repossess reprimand reproach reproduce reputation resemble resent reserve
reside residue resign resit resort restore resuscitate retail retaliate retard retire retrieve reunion reunite revenge
revenue reverse revert revolt revolve rewind rhyme rhythm ridicule rigid rigorous rinse riot rival roadside roam
robust rocky romance romantic roommate rotate rotten roughly rounders rouse rubbish rudeness rugby rumour rung rupture
rural ruthless sachet sack sacred sacrifice sadden safeguard sailor salary salbutamol saliva sane sarcastic
satisfactory saturate sauna sausage savage savings scab scaffold scam scandal scarce scared scatter scenario scent
sceptical schizoaffective schizophrenia scold scope scorn scramble scrap scratchy scrawl screenshot screw scribble
scroll scrub scruffy scrutiny scuffle sculpture seasonal secondly secrecy secretion sector sedate sedative seduce
segment selective selfharm selfie sensation sensibly sentiment separation serene sergeant sermon sertraline settlement
sever sewage shabby shack shady shallow sham shave sheer shield shin shiver shortage shorten shortfall shotgun shovel
showroom shred shriek shrink shrug shuffle shun shutter sideways sightseeing signal signature signify similarity
simplify simulate simultaneous sin sincere sinister sinus siren skate skeleton sketch skid skip skirmish skull slang
slash slate slaughter slender slice slightest slipped slippery slit slogan slot slouch slug slump slurred smudge
smuggle snapshot snarl snatch sneeze sniff snore snort snuggle soak soar soccer sociable socialise socket solemn
solitary somehow somewhat soothe sophisticated sorrow soul sour sovereign spacious span spank spare sparse spasm
specialise species specimen spectacle spectrum speculate sperm sphere spillage spinal spiral spiritual spite splash
spleen splinter spokesperson sponge sponsor spontaneous sporadic spouse sprain spread sprint squabble squash squeak
squeal squeeze squint stabilise stagger stagnant stairway stale stalk stamina stammer stance standpoint staple stark
startle starvation starve statistic stature status steadily stealth stench stereo sterilise stern steroid stimulant
stimulate sting stingy stipulate stitch stockings stoma storage stormy storytime straighten straightforward strain
strand strawberry stray streak streaming strengthen strenuous strew strictly strife strive stroll structure strung
studio stuffy stumble stun stupid sturdy subcontract subdue subjective submissive subordinate subscribe subside
subsidise subsidy substantial substitute subtle suburb subway succession successive succumb suck suction suffice
sufficient suffocate suitcase sulk sullen summarise summon sunburn sunglasses sunlight superb superficial
superintendent supermarket supersede superstition supervisor supplement suppress surf surge surpass surplus surrender
surrogate surround susceptible suspense sustainable suture sweat sweetcorn swell swerve swimming sympathetic sympathy
symptomatic syndrome synopsis synthetic syringe systematic taboo tackle tact tactic tactile takeaway talent talkative
tamper tangible tangle tariff tattoo taunt taxation teammate technical technique technology tedious teen teenage
template temple temporarily tempt tendency tender tendon tennis tentative terminal terminate terrace terrain terrify
terror terrorism testament testify testimony textbook textile texture theatre theoretical theory therapeutic there
thereby thermometer thesis thief thirst thorax thoughtful thrill thrive throb throttle thrust thud thug thumbs tick
tickle tighten timetable timid tingle tinnitus tint tiptoe tirade toaster tobacco togetherness toiletries token
tolerable tolerance tolerant tolerate tonsil toothpaste topical torment torn torture toss tourist traceable tractor
tradition tragedy trait traitor tranquil transcript transfusion transgender transit translate translator transmit
transparent trash treacherous treatable treaty tremendous tremor triage tribute trifle trim trio triumph trivial
trolley troop tropical troublesome trustee trustworthy tuberculosis tuck tug tuition tumble tumour tuna turmoil
turnover tutor tweak typist ultimate ultrasound umbrella unacceptable unanimous unannounced unbearable uncertain
unchanged unclean uncommon unconcerned unconfirmed uncontrollable undecided undermine underpants undertake underway
undesirable undiagnosed undisclosed undo unease uneasy uneducated unequal uneven uneventful unfamiliar unfit unfold
unforeseen unfortunate ungrateful unhelpful unhygienic unify unintentional uninterested unison universal universe
unjust unkind unlawfully unlicensed unmanageable unmarried unnecessary unnoticed unofficial unpack unplanned
unpleasant unplug unpredictable unprotected unprovoked unqualified unreal unreasonable unregistered unrelated
unreliable unrest unruly unseen unspecified unspoken unsteady unsuccessful unsure unsuspecting untidy untrue unused
unusually unveil unwarranted unwashed unwise upbringing upcoming uphold uplift uppermost upright uproar upside uptake
upturn urban urgency urinate usable usage useful useless utensil uterus utility utmost utter vacant vacate vacuum
vaginal vain valid valley valuable valve vandal vandalism vanish variable variation variety vary vascular veer vegan
vegetable vegetarian velocity vendor vengeance ventilate ventilator venture verdict versatile versus vertical vessel
veteran viable vibrate vice vicinity vigorous villain vindictive viral virgin virtual virtue virus visa visibility
vivid vocabulary vocal vocational vogue void volume voluntary voucher vulgar waiter waiver wallpaper ware warehouse
warfare warmth wary wasp watchful waterproof wayward weaken weakness wealthy wean wearable weary weave webcam weep
whack whereby whim whimper whirl whiskey wholesome wholly wicked widely widespread width wield wilful willing
willingly wince wink wipe wiring withhold withstand womb woodland workforce workshop worktop worldwide worrisome
worsen worship worthless worthwhile worthy wrapping wrestle wretched wriggle wrinkle wrongdoing xray yawn yearly yeast
yelling yoghurt yogurt youngster youthful zebra zip
"""
