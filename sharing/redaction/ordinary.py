"""Words that are no names: ordinary English of case notes, and words written with a capital that tell nobody's name.

Left out: who is meant (`dictionary`, `guesses`). Rules: closed lists, read by people; a word that stands on no list is
treated as if it could be a name, so a missing word costs readability and never a secret. A word that is also a name
(`will`, `rose`) stands on the list of both.
"""

from collections.abc import Iterator
from functools import lru_cache

from sharing.redaction.nicknames import is_given_name
from sharing.redaction.words_of_notes import WORDS_OF_NOTES

_FUNCTION = """
a an the this that these those and or but if because although though while whereas unless until since as than so nor
yet i me my mine myself you your yours yourself yourselves he him his himself she her hers herself it its itself we us
our ours ourselves they them their theirs themselves who whom whose which what when where why how whoever whatever
whenever wherever whether one ones someone somebody something anyone anybody anything everyone everybody everything
noone nobody nothing none each every either neither both all any some many much more most few fewer less least several
enough other others another such same own only just even also too very quite rather really almost nearly about around
above across after afterwards again against ahead along already always am among amongst apart are arent at away back
be became become been before behind being below beneath beside besides between beyond by can cannot cant could couldnt
did didnt do does doesnt doing done dont down during else ever except far for forward from further get gets getting
got gone had hadnt has hasnt have havent having hed hence here heres hes how however ill im in indeed inside instead
into is isnt itd itll ive later lately let lets like likely may maybe might must mustnt near need neednt never next no
not now nowhere of off often on once onto ought out outside over past per perhaps please possible possibly probably
regarding round seldom shall shant shed shell should shouldnt sometimes somewhere soon still theres therefore then
thence thereafter they'd theyre theyll theyve through throughout thus till to today together tomorrow tonight toward
towards under underneath unlike up upon usual usually via was wasnt way ways were werent well went weve what's will
with within without wont would wouldnt yes yesterday youd youll youre youve whilst despite according concerning
onwards upwards downwards etc eg ie re zero two three four five six seven eight nine ten eleven twelve thirteen
fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred
thousand million half quarter third first second fourth fifth sixth seventh eighth ninth tenth last double triple pair
couple dozen single
"""
_DOING = """
abuse accept access account ache achieve acknowledge act add address admit advise affect afford agree aim alert allege
allow alter amend annoy answer apologise appeal appear apply appoint appreciate approach approve argue arise arose
arrange arrest arrive ask assault assess assist assume assure attach attack attempt attend avoid awake aware bake ban
bang base bath bathe battle bear beat beaten beg begin began begun behave believe belong bend bent bit bite bitten
blame bleed bled block blow blew blown book borrow bother bought bounce break broke broken breathe brief bring brought
brush bruise build built bully burn burnt burst buy calm call came cancel care carry catch caught cause cease
challenge chance change charge chase chat check cheer choke choose chose chosen claim clean clear climb close clothe
collapse collect come comfort comment commit communicate compare complain complete comply concern conclude conduct
confirm confront consent consider consist contact contain continue contribute control cook cooperate cope copy correct
cost cough count cover crash crawl create cried cry cross cut damage dance dare deal dealt decide decline decrease
defend delay delete deliver demand deny depend describe deserve destroy detail detain deteriorate determine develop
die diagnose differ dig disagree disappear discharge disclose discover discuss dismiss display distract distress
disturb divide divorce drag draw drawn dream dress drew drink drank drunk drive driven drove drop dry eat eaten ate
email employ empty enable encourage end engage enjoy enquire ensure enter escalate escape establish evidence examine
exclude excuse exist expect experience explain explore expose express face fail fall fallen fell fear feed fed feel
felt fetch fight fill find finish fit fix flag flee fled flinch focus fold follow force forget forgot forgotten
forgive form fought found freeze froze frighten function gain gave gather give given giving go goes going grab grow
grew grown guess hand handle hang happen harass harm hate head hear heard heat held help hesitate hid hide hidden
highlight hit hold hope hug hunt hurry hurt identify ignore imagine impact improve include increase indicate influence
inform injure insist instruct intend interact interview introduce investigate invite involve isolate issue join joke
judge jump justify keep kept kick kill kiss knew knock know known lack land laugh lay laid lead learn learnt leave led
left lend lent lie lied lift light limit line link list listen live lock log look lose lost love lower made mail make
manage mark marry match matter mean meant measure meet mention mess met mind miss missing mix monitor move murder name
neglect negotiate note notice notify nod obey object observe obtain occur offer omit open oppose order organise
overcome overhear overheard owe pack paid panic park part pass pause pay perform permit persist persuade phone pick
place plan play plead point poison post pour pray prefer prepare present press pretend prevent proceed process
progress promise propose protect prove provide pull punch punish push put query question quit raise ran rang ranging
rape reach react read realise reason reassure recall receive reckon recognise recommend record recover reduce refer
reflect refuse regard register regret regulate relapse relate relax release rely remain remember remind remove rent
repair repeat reply report represent request require rescue research resist resolve respond rest restrain restrict
result resume retain retract return reveal review revise ride ring risk rob roll rub ruin rule run rush sad said sang
sat satisfy save saw say scare scratch scream screen search secure see seek seem seen select self sell send sent
separate serve set settle shake shaken shook shame share shelter shine shock shoot shop shot shout shove show shown
shut sigh sign sing sit slap slam sleep slept slide slip slow smack smash smell smile smoke smoked snap sneak sob
solve sought sound speak spoke spoken specify spell spend spent spill spit split spoil stab stand stood stare start
state stay steal stole stolen step stick stuck stop strangle stress stretch strike struck string struggle study submit
succeed suffer suggest suit supervise supply support suppose surprise survive suspect suspend swear swore sworn
swallow swap swim switch take taken talk target taught teach tear tease tell tend test thank think thought threaten
threat threw throw thrown tidy tie time tired told took touch trace track trade train transfer transport trap travel
treat tremble trick trigger trip trouble trust try tried tripped turn twist understand understood undress unlock
update upset urge use used vape verify view visit voice vomit vote wait wake woke walk wander want warn wash watch
wear wore worn weigh welcome wet whisper win wish withdraw withdrawn withdrew witness won wonder work worry wound wrap
write wrote written yell
"""
_THINGS = (
    """
ability absence accident accommodation action activity addict addiction addition adoption adult advice affair
afternoon age agency agreement aid air alarm alcohol allegation allergy allocation alone aloud ambulance amount anger
angry ankle anxiety anxious app appetite appointment area arm arrangement asleep aspect assessment asthma attachment
attendance attention attitude aunt auntie aunty authority autism baby backpack bad bag bail balance ball bank bar
bathroom battery bed bedroom bedtime behaviour belief belt benefit best better bicycle big bike bill bin bird birth
birthday black blanket bleach blood bloody blue board boat body bond bone born boss bottle bottom box boy boyfriend
brain branch bread breakfast breast breath bridge bright broad brother brown budget buggy building bump bus bush
business busy butter cake camera camp cannabis car card career carer careless carpet case cash cat category central
centre certain chair charity cheap cheek cheese chemist chest child childhood children chin chips chronic church
cigarette circle circumstance city civil class classroom clever client clinic clinical clinician clock clothes
clothing club clumsy coach coat cocaine coffee cold colleague college colour common community company computer
concentration condition conference confidence confident confidential confused conflict consultant contraception
contract conversation cool copies corner cot cousin council counsellor country county course court covert cream credit
crime criminal crisis critical crown cruel cuddle culture cup cupboard current curriculum custody cycle dad daddy
daily danger dangerous dark data date daughter day days dead deaf dear death debt decision deep degree dentist
department depressed depression deputy desk detached developmental device diet difference different difficult
difficulty dinner direct direction dirty disability disabled discipline discussion disorder district doctor document
dog domestic door dose doubt drama drawing drug dummy dust duty ear early earnings east easy education effect effort
elbow elder elderly electric electricity element emergency emotion emotional empathy employer employment end energy
enquiry entry environment envelope episode equal equipment error especially estate evening event eviction evident
exact example excellent excessive excited exclusion exercise exit expense expert explicit exploitation extended extra
eye fabric facial fact factor failure fair faith false family famous farm fast fat fatal father fault female field
figure file final finance financial fine finger fire firm fish fist flat floor flower flu food foot feet football
foreign formal former foster fracture free freedom fresh fridge friend friendly friendship front fruit full fun future
game gang gap garage garden gas gate gender general generally gentle gentleman genuine girl girlfriend glad glass goal
god gold good governor grade gran grandad granddad granddaughter grandfather grandma grandmother grandpa grandparent
grandson granny grass great green grey grief ground group guard guardian guidance guilt guilty gun guy habit hair
half-brother hall happy hard haven hazard health healthy heart heating heavy height heroin high highly hill history
hobby holiday home homeless homework honest honour horse hospital hostel hostile hot hotel hour house household
housing hub huge human hundred hungry husband hygiene hysterical idea identity ill illegal illness immediate
immediately immigrant immune importance important impossible incident income independent individual infant infection
information inhaler initial injury inner insight inspector instance insulin insurance intelligence intense intent
interest internet interpreter intimate iron item jail jaw jealous job journey joy juice junior justice keen key kid
kind kitchen knee knife label lad lady lamb language large late law lawyer layer leader least leg legal legally lesson
letter level library licence life line liquid lips literacy little living loan local location log lonely long loose
lot loud lounge lovely low loyal luck lunch lung machine mad main maintenance male man management manager manner march
marginal mark market marks marriage mass mate maternal maternity maths maximum meal meaning means meanwhile measles
meat media medical medication medicine meeting member memory men mental message metal method middle midnight midwife
mile milk minimum minor minute mirror mobile model modern mole moment money month mood moral morning mother motor
mouth movement mum mummy muscle music mutual nails nan nana nanny nappy narrow nasty nation national native natural
nature naughty neat necessary neck needle negative neighbour neighbourhood nephew nerve nervous network neutral new
news newborn nice niece night nightmare noise noisy normal normally north nose notebook number numerous nurse nursery
nutrition obese obvious obviously occasion occasional odd offence offender office officer officially oil old older
oldest onset opinion opportunity optician option oral ordinary origin original orphan oven overall overdose overnight
oxygen packed page pain painful pale panel pants paper parent parental partner party passport patch paternal path
patient pattern peer penalty pencil penis people perfect perinatal period permanent perpetrator person personal
perspective pet physical picture piece pill pillow pink pistol pitch plain plaster plastic plate playground pleasant
plenty pocket police policy polite poor population position positive post poverty power practical practice
practitioner pregnancy pregnant prescription presence pressure previous previously price pride primary principal
priority prison prisoner private problem procedure product profession professional programme project proof proper
properly property prosecution protection protective proud psychiatric psychiatrist psychologist psychology puberty
public pudding punishment pupil pure purpose pushchair quality quantity quick quickly quiet quietly race racism racist
radio rain random range rapid rare rarely rash rate ratio raw ready real recent recently reception red reference
referral refuge refugee regime region regular regularly reject relation relationship relative relevant reliable
religion religious reluctant remote residence resident residential resource respect responsible responsibility
restaurant restless review reward rib rich right rights road role roof room root rope rota rough route routine royal
rude rug safe safeguarding safely safety salt sample sand sandwich sanitary scale scar scene schedule scheme school
science scissors score sea seat secondary secret secretary section security seizure selfish semen senior sense
sensible sensitive sensory sentence sequence series serious seriously servant service session severe sex sexual shape
sharp sheet shift shirt shoe short shortly shoulder shower shy sibling sick sickness side sight significant silence
silent silly similar simple sister site situation size skill skin skirt sky slight slightly slim small smart smear
snack snow soap social society sock sofa soft software soil soldier solicitor solid solution son song sore sorry sort
soup source south space special specialist specific speech speed spine spirit spoon sport spot spring square squat
stable staff stage stair stairs stairwell standard station statement statutory steady steam steep stepbrother stepdad
stepfather stepmother stepmum stepsister stigma stomach stone store storm story straight stranger strategy street
strength strict strong student stuff subject substance sudden suddenly sugar suicidal suicide suitable summary summer
sun superior supper sure surface surgery surname surrounding suspicion suspicious sweet swelling symptom system table
tablet tag tail tall tap tape task taxi tea teacher team tearful teeth teenager telephone television temper
temperature temporary tenancy tenant tense term terrible terrified terrifying territory theft theme therapist therapy
thick thigh thin thing throat thumb ticket tight tiny tissue title toast toddler toe toilet tone tongue tool tooth top
topic total tough town toxic toy traffic tragic train trainer training trauma traumatic tray treatment tree trend
trial tribunal trousers truancy true truth tummy twice twin type typical ugly ulcer unable unaware unborn uncle
uncomfortable unconscious underage underwear underweight unexplained unfair unhappy unhealthy uniform unique unit
university unknown unlikely unlucky unpaid unsafe unstable unsuitable unusual unwell upper upstairs downstairs urgent
urgently urine vagina vague value van various vehicle venue version victim video village violence violent visible
visitor visual vital vitamin vulnerable wage waist wall wallet ward wardrobe warm washing waste water weak weapon
weather website wedding weed week weekend weekly weight weird welfare west wheel wheelchair white whole wide widow
wife wild wind window wine winter wise woman women wonderful wood word worker workload world worse worst worth wrist
wrong yard year yellow young younger youngest youth zone abduction advocate affection aggression aggressive agitated
alleged allocated allocation alternative ambivalent anonymous apparent apparently aftermath apprentice assailant
assertive assistant attainment babysit babysitter bedding befriend bereaved bereavement bilateral bipolar breach
briefly bruising buttock caller caution cautious ceased chaotic chaperone charged childcare childminder chronology
clearly closely closure clutter coercion coercive cognitive coherent cohort compliant complex compulsive concise
conditional conduct confident consensual consistent consistently constant constantly construct contextual contrary
convicted conviction coordinator corroborate counselling credible cumulative curfew currently cyberbullying debrief
deceased decrease deliberate deliberately delinquent delivery dependant dependent designated detention deterioration
diabetes diabetic diary digital discharge disclosure discreet discrepancy dishevelled disorganised disproportionate
disrupted disruption disruptive dissociate distant distressed distressing drowsy dyslexia eating eczema effective
ejected elective element eligible elopement emergency emotional encounter endanger enforcement enuresis epilepsy
equality erratic escalation escort estranged ethnicity evasive evidently excluded exposure extremely fabricated faeces
familial fearful feedback feeding fidget fixed flashback fluctuate following forearm forehead forensic formally
fortnight fostering frequent frequently frightened frustrated frustration genital grooming guarded harassment
headteacher hearing helpline hoarding holistic homelessness honeymoon hoodie hostility hurtful hypervigilant imminent
impairment impulsive inadequate inappropriate inappropriately inconsistent inconsolable indecent indicator induce
inebriated inpatient insecure inspection intervention intimidate intimidation intoxicated intrusive irritable
irregular isolated isolation jaundice joint jointly judgement kinship lateness laceration lethargic liaise liaison
lifestyle likelihood limited loiter maltreatment mandatory manipulate mannerism meantime mediation mentor midday
minimal minimise misuse mobility momentum moderate motivation multi mutism neglectful neonatal non nonverbal
nonattendance notification nuisance numb nutritional offending ongoing online onward outburst outcome outpatient
outreach overcrowded overdue oversight overwhelmed paediatric paediatrician panicked paramedic parenting participate
partially partnership patient peer perception perform perpetrate pharmacy phobia photograph physically pinch placement
plausible playful policing possession postnatal postpone potential practise precaution predator premature prenatal
prescribed presentation prevention primarily proactive probation proportionate prosecute provision provisional
provocative psychosis psychotic punitive pyjamas quarrel rationale readily reassurance rebuild receptive reckless
reconcile recurrent referrer reflective rehabilitation rehouse reintegration reluctance remand remorse removal
repeated repeatedly resilience resilient respite responsive restraint restriction retrospective reunification ritual
routinely runaway sanction scald scalp screening secretive secured sedated segregation seriously sexualised sexually
shelter shaken siblings significantly silently soiled solely soothing sober speedily stability stalking statutorily
stereotype sterile stigma stimulation strained strategic stressed stressful strengths stressor stroppy stubborn
stutter subdued subsequent subsequently substantiated supervision supportive surveillance survivor sustain swollen
tantrum tearfully tense termly texted texting threshold thorough thoroughly timeline timely torso toward trafficked
trafficking trainee transient transition traumatised trespass truant twitch tyre unaccompanied unattended unauthorised
unclear uncooperative underlying understanding underdeveloped unemployed unexpected unfounded unharmed unkempt
unlawful unresolved unresponsive unsettled unsubstantiated unsupervised untreated unwanted unwilling vaccination
verbal verbally vicious victimise vigilant volatile volunteer warrant whereabouts whistle withdrawal wellbeing
workplace worrying wrongly
"""
    """
abroad alike amid aside await barely bare bell blank bless blind bold bound bowl brave breed brick bucket bulk bunch
cap cart cell chain chalk cheat chess chip chop clay clerk cliff cloth cloud coal coast code coin comb cone cope cord
core corn cotton crack craft crane crew crop crowd curl curtain curve deed deer den dish dive dock doll dot dove drain
drift drum duck dull dump eager eagle earn earth ease edge egg empire engine enemy era fade fake fame fan fancy fare
fate feast feather fence fever fiction flame flash flight float flock flood flow fluid foam fog fool fork fort fortune
forum fossil fox frame fuel fund fur gaze gear gift globe glove glow glue goat goose grain grand grant grape grave
grip guest guide hammer harbour hat hate hay hero hike hint hive hole hollow honey hood hook horn host inch ink jar
jet jewel juice jungle king kit kite lake lamp lane lap lawn leaf leap leather lemon lid lime limb lion lodge loft log
loop lord lump lunch marble margin mask mat maze meadow melt menu merit metre mill mine mist monkey moon moss moth
mount mountain mouse mud mug myth nail nest net nod nut oak oath oats ocean onion orange orchard organ oval owl owner
pace pad paint palace palm pan park parcel parrot paste pat peace peach peak pearl pen penny pepper pet piano pie pig
pile pin pipe pit planet plant plot plug plum poem poet pole pond pool pork port pot potato pound prince princess
print prize queen quilt rabbit rack raft rail ranch rat ray reed reef ribbon rice ridge ripe rise river roast robe
rock rocket rod rose row rubber ruby rust saddle sail salad sauce scarf scout script seal seed shade shadow shark
sheep shelf shell ship shore shrub silk silver sink slave sleeve slope smooth snake spade spark spear spice spider
spike spin spray squad squirrel stack stain stake stall stamp star steel stem stew stir stock stool strap straw stream
strip stripe stroke sweep swan swift swing sword tale tank tent thread thorn throne thunder tide tile timber tin toad
tomato torch tower trail tram trap treasure tribe truck trunk tube tune tunnel turtle vase vast veil vein verse vest
vine violet vow wagon wax wealth web whale wheat whip willow wing wire wolf wool worm wreck yarn youth afraid apology
assaulted bandage barrister brunch bullying cafe canteen caravan cardigan childlike chips clapped comfy crayons crisps
crying cutlery doctor's duvet earring earphones flannel foundation fringe gaming giggle glasses gown headphones helmet
hungrily jacket jeans jumper kettle lamppost laptop leaflet locker lollipop mattress microwave nightie noodles
painting pasta playing plaits puppy quad rainbow rucksack sandals scooter shampoo shorts skipping sleepover slippers
slipper spaghetti sweatshirt sweets teddy towel toothbrush trainers trampoline tracksuit vodka whisky lager beer
halving intake handover catalogue mechanism coverage insufficient consensus mistake pseudo chuck nick
"""
)


def listed(words: str) -> frozenset[str]:
    """The words of a list that is written with blanks between them."""
    return frozenset(words.split())


WORDS = frozenset(f"{_FUNCTION} {_DOING} {_THINGS} {WORDS_OF_NOTES}".replace("'", "").split())
"""Ordinary words as they stand in a dictionary; what a name may be only where it begins with a capital."""
EVERYDAY = frozenset(_FUNCTION.replace("'", "").split()) | listed("""
art back ball bell best bill black bond born bridge brown bush chance chase child church cook day drew east faith
field foot frank good grant green grey guy hall hand head hill home hope house hunt king lane law little long love
lovely major man mark miles north page park pat penny power price read rich rob room rose said short small south stone
street strong sue summer table walk wall ward water west white win winter wise wood young
""")
"""The short list: a name of the family that is one of these stays where it is written small. All others go always."""

_ENDINGS = ("ingly", "edly", "ings", "ness", "ment", "less", "able", "ing", "ers", "est", "ful", "ies", "ied", "ily",
            "ed", "er", "es", "ly", "al", "d", "s", "y")  # fmt: skip
_SHORTEST_STEM = 3


@lru_cache(maxsize=8_192)
def is_ordinary(word: str) -> bool:
    """Whether a folded word is ordinary English, in any of its forms: `worries`, `stopped`, `bruising`."""
    return word in WORDS or (not is_given_name(word) and any(stem in WORDS for stem in _stems(word)))


def _stems(word: str) -> Iterator[str]:
    for ending in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem == word or len(stem) < _SHORTEST_STEM:
            continue
        yield from (stem, f"{stem}e", f"{stem}y")
        if stem[-1] == stem[-2]:
            yield stem[:-1]
