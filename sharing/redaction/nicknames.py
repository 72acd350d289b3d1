"""By which other forms of a name somebody may be called: short forms and spellings in use in Britain, both ways.

Left out: names that somebody made up for one child; whoever recorded one wrote it under `known as`. Rules: a closed
table; a row is one name with its forms; a form may stand in several rows, and then each row counts.
"""

from collections.abc import Iterable

_ROWS = """
abdul abdel abdal abd abdoul abdulla abdullah abdallah / abigail abi abby abbie gail abbi / abraham abe ibrahim
ebrahim bram ibraheem / adam ad addie / adrian ade adie / ahmed ahmad achmed ahmet hamed / aisha ayesha aysha aishah
ayeesha aesha aicha ayisha eisha aysh ash / agnes aggie nessie / alan allan allen al alun / albert bert bertie al
albie / alexander alex alec sandy xander lex sasha al alexandr aleksander alasdair alistair alastair / alexandra alex
lexi lexie sandra sasha alexa ali aleksandra ola / alfred alf alfie fred freddie / alice ali allie alys alicia /
alison ali allie alisun allison alyson / amanda mandy manda / amelia amy millie milly mia emilia amelie / amina aminah
ameena amna / andrew andy drew andi andrzej andreas / angela ange angie angelina / ann anne annie anna nan nancy ana
anya hannah ania / anthony antony tony ant / archibald archie / arthur art artie / barbara barb babs barbie basia /
barry baz bazza / beatrice bea trixie bee beatrix / benjamin ben benny benji benj / bernard bernie / bethany beth
bethan / brian bryan bri / bridget bridie biddy brigid / bronwen bron / cameron cam / carol caroline carolyn carrie
caz lina / catherine katherine kathryn katharine cathryn catharine cath cathy kate katie katy kath kathy kat kit kitty
karen katya katarzyna kasia kathleen katrina catriona trina kay kaye kaitlin caitlin / cecilia celia cissy / charles
charlie chas chuck chaz karol / charlotte charlie lottie lotte char chaz charlee / christina christine chris chrissie
tina kirsty kirsten krystyna christina / christopher chris kit topher christy krzysztof / clement clem / constance
connie / cornelius con neil / curtis curt / cynthia cindy / daniel dan danny dani daniyal / danielle dani dan danni /
daryl darryl darrell / david dave davey davie dai dawood daoud dawud dafydd / deborah deb debs debbie debra / denise
den / dennis den denny denis / derek del / diana diane di dee dianne / dominic dom nic dominik / donald don donnie /
donna don / dorothy dot dottie dolly dora / douglas doug dougie / duncan dunc / eamon eamonn edmund / edward ed eddie
ted teddy ned eduard / edwin ed eddie / eleanor ellie nell nelly nora elinor elena leonora lenny / elizabeth liz
lizzie lizzy beth betty betsy bess bessie eliza elsie libby lisa elspeth lilibet lillibet liza elisabeth elzbieta /
ella ellie elle / ellen nell nellie ellie elen helen elena / emily em emmie milly millie emilie emilia / emma em emmy
/ emmanuel manny emanuel / eric rick ricky / ernest ernie / esther essie hester / eugene gene / evelyn evie eve lynn /
fatima fatimah fatma fatema faty fatou / faisal faysal feisal / florence flo flora florrie flossie / frances fran
franny frankie francesca / francesca fran frankie chessie cesca / francis frank frankie fran / frank frankie franklin
/ frederick fred freddie freddy fredrick rick / gabriel gabe gabi / gabriella gabriele gabi gabby ella gabrielle /
gareth gary gaz garth gaz / garry gary gaz gazza / gavin gav / geoffrey geoff jeff jeffrey / george georgie jorge
jerzy / georgina georgie gina georgia / gerald gerry jerry ged / gerard gerry jerry ged / gertrude gertie trudy /
gillian gill jill gilly jillian / glenda glen / gordon gord / graham graeme grahame / gregory greg gregor grzegorz /
gwendolen gwen gwendoline gwyneth / hamza hamzah hamsa / harold harry hal / harriet harry hattie hatty / harrison
harry / hasan hassan hasaan / henry harry hal hank henri / helen nell nellie lena helena / herbert herb bert / hugh
huw hughie shug / hussain hussein husain husayn hossein / ian iain / imran emran / isaac zac zak ishaq ike / isabel
isabella isobel isabelle izzy bella belle issy izzie bel / ivan van vanya / jacob jake jacub yaqub yakub jakub coby /
jacqueline jackie jacqui jacky jaqueline / jamal jamaal gamal / james jim jimmy jamie jem jimbo jay / jane janey jayne
jan janie / janet jan jannie / janice jan / jasmine jas jaz yasmin jasmin yasmine jazz / jason jay jase / jean jeannie
jeanette gene / jeffrey jeff geoff / jennifer jen jenny jenni jenna jenifer / jeremy jerry jez jem jezza / jessica
jess jessie jesse / joan joanie joanna / joanna jo joanne jo jojo joan / john jon johnny jack jonny jan sean ian ewan
johnnie jonathan / jonathan jon jonny johnny jonathon john jono / jordan jord jordie / joseph joe joey jo yusuf yousef
yusef yousuf youssef josef jozef / josephine jo josie josey fifi / joshua josh / judith judy jude judi / julia julie
jules / julian jules / justin jus / karim kareem / kelly kel kells kellie kelley / kenneth ken kenny / kevin kev /
kieran kier ciaran keiran / kimberley kim kimberly kimmy / kirsty kirsten kirstie / khadija khadijah khadeeja hadija
kadija / khalid khaled kalid / laura laurie lauren lori / lauren loz laurie lauryn / laurence lawrence larry laurie
lol loz / leila layla laila leyla leilah / leonard len lenny leo leon / leslie les lesley / lewis louis lew lou louie
/ lillian lily lilly lil lilian / linda lin lindy lynda lyn / louise lou lulu louisa / lucy lucie luce lucia / luke
lucas luka lukasz / lynne lyn lynn lynette / madeleine maddy maddie madeline mads / mahmoud mahmood mehmood mahmud /
malcolm mal malc / malgorzata gosia / margaret maggie meg peggy marge margie mags rita greta daisy megan madge maisie
mairead margery marjorie pearl margot magda / maria mariah marie mary ria mia maryam / mark marc marcus marek / martin
marty mart martyn marcin / martha marti mattie marta / mary molly polly maria marie mae mamie mair maura moira maryam
mariam / maryam mariam miriam marium maryum meryem / matilda tilly mattie maud tilda / matthew matt matty mateusz
mathew / maureen mo maura / maxwell max maximilian maxine / megan meg meggie meghan / melanie mel melly / melissa mel
missy lissa / michael mike mick mickey micky mikey mitch michal mikael micheal mikail / michelle shell shelly chelle
mich / mildred millie / miriam mim mimi / mohammed muhammad mohammad mohamed muhammed mohamad mohamud mohd muhamad
mohamet mehmet mahomed mo moe md muhammet hammed / mustafa mustapha moustafa / nadia nadiya nad / natalie nat natalia
nats nathalie / nathan nat nate nathaniel / nathaniel nat nate nathan / nicholas nick nicky nico nicolas nik mikolaj /
nicola nicky nic nikki nicole nikita / nicole nicky nic nikki nicola / nigel nige / noor nur nour noora / oliver ollie
olly oli olivier / olivia liv livvy livvie olive ollie / omar umar omer / osman usman uthman othman ozzie / oscar
ozzie oz / oswald oz ozzie / owen owain / pamela pam pammy / patricia pat patsy pattie patti tricia trish trisha paddy
/ patrick pat paddy padraig rick / paul pauly pawel / paula pauline / penelope penny pen / peter pete petey piotr /
philip phil pip phillip / philippa pippa pip / phoebe pheebs / piotr piotrek / rachel rach rae rachael / raheem rahim
raheim / rashid rasheed / raymond ray / rebecca becky becca beck bex becs bec rebekah / reginald reg reggie / rehman
rahman abdulrahman abdurrahman / rhiannon rhi / richard rick dick richie rich ricky dickie ritchie ryszard / robert
bob rob bobby robbie bert robin bobbie rab rabbie / roberta bobbie robbie bobby / robyn robin rob / roderick rod roddy
rory / rodney rod / roger rodge / ronald ron ronnie / rosemary rose rosie rosy romy / rose rosie rosa rosy roisin /
rosalind ros rosie roz / ross rosco / roxanne roxy / rupert ru / russell russ rusty / ruth ruthie / ryan ry / sadiq
sadique siddiq / said saeed sayed saeid sayeed syed / salman sal / salma selma / samantha sam sammy sammie / samuel
sam sammy / sandra sandy sandie / sara sarah sally sadie sal zara sarra / sean shaun shawn shane / sebastian seb
bastian / sharon shaz shazza shaza / shannon shan / sheila shelagh / shirley shirl / sian jane / sidney sid sydney /
simon si simeon / sophia sophie soph sofia zofia safiya / stacey stacy stace anastasia / stanley stan / stephanie
steph stef stevie stefanie / stephen steve steven stevie ste stefan / stuart stu stewart / sulaiman suleiman solomon
sulayman suleman / susan sue susie suzie suzy susanna susannah sukie / suzanne sue suzie suzy susan zanna / sylvia syl
silvia / tamara tam tammy / tariq tarik tareq / taylor tay / teresa theresa terri tess tessa tracy terry tereza /
terence terry tel terrence / theodore theo ted teddy / thomas tom tommy thom tomasz tam tomas / tiffany tiff / timothy
tim timmy / toby tobias tobes / tracy tracey trace / trevor trev / tyler ty / tyrone ty / valerie val / vanessa ness
nessa / veronica ronnie vera roni / vernon vern / victor vic / victoria vicky vicki tori vix vikki viky wiktoria /
vincent vin vince vinny vinnie / vivian viv vivienne / walter wally walt / waqas waqqas / wayne waz / wilfred wilf
will / wilhelmina mina billie / william will bill billy willy liam wills willie gwilym bil / winifred win winnie freda
/ xavier zav xavi / yahya yahia yehia / younis yunus younus yunis / yvonne vonnie evie / zachary zac zak zach zack
zachariah zakariya zakaria / zahra zara zahara / zainab zaynab zeinab zaineb / zoe zoey zo
"""


def _table() -> dict[str, frozenset[str]]:
    rows: dict[str, set[str]] = {}
    for row in _ROWS.split("/"):
        names = set(row.split())
        for name in names:
            rows.setdefault(name, set()).update(names)
    return {name: frozenset(others - {name}) for name, others in rows.items()}


_FORMS = _table()


def called(names: Iterable[str]) -> frozenset[str]:
    """Every other form of these names.

    Args:
        names: Single names, folded (`readings.fold`).
    """
    return frozenset().union(*(_FORMS.get(name, frozenset()) for name in names))


def is_given_name(word: str) -> bool:
    """Whether a folded word stands in the table: somebody may be called so."""
    return word in _FORMS
