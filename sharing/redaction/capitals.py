"""Words with a capital within a sentence: which tell nobody's name, which are names, which stand before one.

Left out: where a sentence begins (`guesses`). Rules: closed lists. A month or an agency is no name; a word that is a
name as often as a word (`Rose`, `Mark`) counts as a name where it has a capital.
"""

from sharing.redaction.ordinary import listed

CAPITALS = listed("""
monday tuesday wednesday thursday friday saturday sunday mon tues tue wed weds thur thurs fri sat sun january february
march april may june july august september october november december jan feb mar apr jun jul aug sept sep oct nov dec
christmas boxing easter eid ramadan diwali hanukkah passover lent halloween bonfire ascension whitsun vaisakhi english
british scottish welsh irish cornish northern european african caribbean asian arab american polish romanian roman
pakistani indian bangladeshi chinese somali nigerian ghanaian albanian afghan iraqi iranian syrian turkish kurdish
portuguese spanish french german italian bulgarian hungarian lithuanian latvian ukrainian russian slovak czech
vietnamese filipino eritrean ethiopian sudanese jamaican gypsy roma romany traveller punjabi urdu bengali gujarati
hindi arabic pashto dari farsi tamil tigrinya mandarin cantonese yoruba igbo christian muslim hindu sikh jewish jew
buddhist catholic protestant anglican methodist quaker islam islamic hinduism england britain scotland wales ireland
europe africa asia america kingdom uk police nhs ofsted camhs mash lado marac mappa cafcass ehcp senco dsl iro fgm
acas ofcom barnardo barnardos nspcc childline samaritans relate encompass connexions makaton portage sendiass sendco
surestart citizens relay act section article regulation guidance crown magistrates county court parliament government
majesty majestys key stage reception foundation nursery primary secondary academy sixth gcse btec phonics sats pshe
year covid coronavirus adhd asd autism asperger aspergers down downs ritalin calpol paracetamol ibuprofen insulin
facebook instagram snapchat tiktok whatsapp youtube google zoom teams skype twitter discord roblox fortnite minecraft
xbox playstation netflix iphone ipad android pt pts channel prevent gillick caldicott fraser snomed mondays fridays
saturdays sundays messenger telegram onlyfans tinder wifi internet mum mr mrs ms miss mx dr prof rev reg sir madam
mummy dad daddy nan nana nanny gran granny grandma grandad grandpa granddad auntie aunt aunty uncle mother father
stepmum stepdad sister brother baby mam mammy papa mama nanna children childrens services service social care worker
early help child protection plan need conference core group strategy discussion meeting review referral assessment
team front door hub panel board partnership practice standards designated safeguarding lead officer deputy head
headteacher teacher nurse visitor midwife doctor gp consultant hospital ward clinic surgery centre emergency
department duty local authority council education welfare domestic abuse violence operation outcome outcomes concern
concerns decision action actions threshold framework family families home office unit manager practitioner independent
reviewing chair advocate guardian solicitor judge constable sergeant inspector detective superintendent pc pcso ps dc
ds di dci sgt insp
""")
"""Words that many write with a capital, and that tell nobody's name."""

NAMELIKE = listed("""
amber angel berry blade brandy candy charity cherry coral crystal dawn diamond ebony eve fern forest gale ginger hazel
heather holly honey honour iris ivy jade jet june justice kit lily mason melody mercy olive opal patience poppy
prudence rain raven reef reign river rocky rusty sage scarlet sky star sterling sunny trinity vale verity virginia
wren savage strange stern steel swallow tuck worth bright burns cash cave cross drake flood fry garland goodman hardy
hay hood horn judge lodge lord mills moody peel pike plant pool pratt quick root salmon seal singer speed squire
temple thorn vine ware wing archer baker ball banks bell bill bird bishop bond brooks brown bush butcher butler
carpenter carter chance chase clay cook cooper day dean drew dove farmer faith field fisher fox frank frost gardener
gardner glen grace grant green grey guy hall harper heath hill hope hunt hunter jewel joy king lake lamb lane law long
love marsh mark miles mill miller moon moss noble page park parker pat pearl penny piper pope porter potter power
price prince queen ray reed rice rich rivers robin rob rose ruby rush sandy sharp shepherd short skinner slater smart
snow spencer stone storm strong sue swan swift taylor thatcher turner tyler violet wade walker wall walls ward waters
weaver webb wells west willow will wise wolf wood woods young
""")
"""Ordinary words that are names as well: with a capital in the middle of a sentence they are taken for a name."""

BESIDE_A_NAME = NAMELIKE | listed("black white may june april august north south east little best good bright")
"""Capitalised words that belong to a name when they stand right behind one."""

ACRONYMS = listed("""
gp hv sw sn pc dc ds di ps ed ae ad nhs nfa cin cp cpp cpc icpc rcpc lac cla mash marac mappa dash dara lado iro dsl
ddsl senco sen send ehcp ehc camhs cahms eh ehm tac taf tafs icb ccg cqc fgm cse cce csa ssd dv da dva va mfh ppn ppo
prn ppns uasc nrpf sgo ico epo plo pr la lsp scr cspr rcpch adhd asd asc odd ptsd ocd std sti bmi dna wnb icu nicu iv
gcse btec pe re pshe it ict tv dvd cctv uk usa eu am pm ok id asap fyi tbc tbd eta dob doa hmp hmcts cps nspcc nps crc
yos yot yjs pru ebsa ews ewo eal fsm pp ta hlta slt salt ot cpn rmn gum sarc idva isva mart pmh imh chat hub fft sats
ks ofsted covid who unicef vaper adult child parent mother father dr mr mrs ms miss bame lgbt lgbtq hiv aids tb usb
pin sim sms dm cafcass ffp hra mast las sch gdpr sar foi dpo dpia isa ubp dbs cpoms mosaic
""")
"""Abbreviations that are written in capitals; no initials of anybody."""

COURTESY = listed("mr mrs ms miss mx dr doctor prof professor rev reverend sir dame lord lady imam rabbi")
"""Before a name; whatever follows is one."""
RANKS = listed("pc pcso ps dc ds di dci sgt sergeant insp inspector constable officer wpc")
"""Before a number and a name."""
KIN = listed("""
uncle aunt auntie aunty nan nana nanny nanna gran granny grandma grandad granddad grandpa cousin brother sister
stepdad stepmum stepfather stepmother mum dad mummy daddy mam mother father partner boyfriend girlfriend husband wife
son daughter nephew niece neighbour friend nurse midwife teacher judge councillor baby foster carer carers
""")
"""Words that stay and before which a name may stand."""

ROLES = (
    COURTESY
    | RANKS
    | KIN
    | listed("""
child children adult adults male female unknown known not name names nk na none null tbc unborn infant twin twins
sibling siblings parent parents grandparent grandparents maternal paternal step half older younger eldest youngest
other others no nobody self home member members family the a an and or of with her his their him she he they by in at
to for from on is was who lives living aged age years year old month months present absent ex former new same also
both one two three four social worker health visitor gp school staff police duty team lead head deputy manager senior
junior support assistant safeguarding designated named front door hospital ward agency provider key contact person
relation role formerly nee aka alias called alone nil applicable recorded stated given friends dog refused as referrer
informant anonymous driver taxi grandmother grandfather escort passenger suspect victim witness perpetrator alleged
caller source covert
""")
)
"""Words in a field of names that name nobody."""
PARTICLES = listed("van von der den de del della di da dos du la le el al ul ur bin ibn bint abu ap st")
"""Small words inside names, too common to be looked for by themselves."""
JOINED = listed("o mc mac m fitz d l st al el abd abdul ab")
"""Beginnings of names that some write apart: `Mc Donald`, `O Brien`."""

STREETS = listed("""
road rd street st avenue ave av lane ln drive dr close cl court ct crescent cres gardens gdns terrace terr square sq
place pl way grove mews row walk hill rise view park green parade quay wharf yard bank vale croft
""")
"""Ends of the names of streets."""
SURE_STREETS = listed("road rd street avenue ave lane drive crescent cres gardens gdns terrace terr grove mews")
"""Those that are hardly ever anything else behind a capital."""
DWELLINGS = listed("flat apartment apt unit house no number nr room rm block cottage")
"""Before the number of a house."""
GENERIC = (
    STREETS
    | DWELLINGS
    | listed("""
farm floor estate tower towers lodge building buildings hostel refuge caravan site school primary secondary academy
infant infants junior juniors nursery preschool college high grammar community church catholic christian ce rc
voluntary aided surgery practice health medical centre clinic hospital infirmary royal general university trust
foundation nhs council county city town village borough district metropolitan social care services service police
force constabulary children childrens family families hub home house women womens aid team office station north south
east west upper lower great little old new saint the and near next with area main local authority authorities
education emergency department ward early years help duty urgent walk-in drop-in sixth form special free central
market bridge mill castle abbey priory shopping street bus park playground library supermarket shop pub takeaway car
outside inside behind opposite
""")
)
"""Words in the names of places that many places have."""
NO_STREET = listed("the a an in at on of off to from this that his her their my our your by and or main side")
"""Words with which no name of a street begins."""
CLOSE_KIN = listed("uncle aunt auntie aunty nan nana nanny gran granny grandma grandad granddad grandpa cousin")
"""Words for kin behind which a name stands even if it is written small."""
DEEDS = listed("""
said says told tells asked asks hit hits has had have is was went goes came comes lives lived stated states reported
reports disclosed attended attends and also who did does will would could can cannot may must should thinks thought
wants wanted feels felt saw sees heard knows knew left ran took takes got gets gave gives denies denied appeared seems
seemed became stayed stays slept cried shouted claims claimed alleged alleges agreed refused
""")
"""What stands behind a name at the start of a sentence."""
