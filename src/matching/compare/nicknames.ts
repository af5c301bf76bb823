/**
 * Short and translated forms of first names met in Belgium, each with the names it may stand for; all folded.
 * Only a form and a name in its list agree: Albert and Hubert are both "Bert" and yet two people.
 */
const FORMS =
  'abdel:abdelkader,abdellah,abdelhak,abdelaziz,abderrahim,abdelkrim ' +
  'alex:alexander,alexandre,alexandra,alexia,alexandros,alessandro ali:aliou,alicia,alison ' +
  'an:anna,annelies,anneleen,annemie andy:andreas,andre,andries angie:angelique,angela,angelina anneke:anna,anne ' +
  'annie:anna,anne annick:anne,anna anny:anna,anne babs:barbara bea:beatrice,beatrijs,beatrix ' +
  'ben:benjamin,benoit,bernard benny:benjamin,benoit,bernard berre:bernard,albert,hubert ' +
  'bert:albert,hubert,lambert,robert,norbert,egbert bertje:albert,hubert,lambert,robert betty:elisabeth,bertha ' +
  'bob:robert bram:abraham caro:caroline,carolien,carolina cath:catherine,catharina ' +
  'cathy:catherine,catharina,katharina charlie:charles,charlotte charly:charles,charlotte ' +
  'chris:christian,christiaan,christophe,christoph,christopher,christine,christina,christel,christiane,kristof ' +
  'christa:christiane,christine,christina cindy:cynthia claude:claudine,claudia cor:cornelis cris:cristian,cristina ' +
  'dan:daniel danny:daniel dany:daniel,daniele,danielle deb:deborah,debora dees:desire,desiderius didi:didier ' +
  'diet:diederik dimi:dimitri,dimitrios dirk:diederik dolf:adolf,rodolf dom:dominique,dominiek ' +
  'dries:andries,andreas ed:edward,edouard,eduard,edmond eddy:edward,edouard,eduard,edmond ella:elisabeth,gabriella ' +
  'elly:elisabeth,helena,eleonora els:elisabeth,elisa,elsa elsje:elisabeth,elisa,elsa emmy:emma,emilie,emmanuelle ' +
  'fabi:fabian,fabienne fanny:stephanie,francoise ferre:ferdinand ferdi:ferdinand flo:florence,florian,florent ' +
  'flor:florent,florentinus fons:alfons,alphonse,alphonsus fran:francisca,francesca france:francoise,francine ' +
  'franky:frank,francois frans:franciscus,francois franz:franziskus fred:frederik,frederic,alfred,ferdinand ' +
  'freddy:alfred,frederik,frederic,godfried fre:frederik,frederic gab:gabriel,gabrielle ' +
  'gaby:gabriel,gabrielle,gabriella geo:georges georgie:georges,georgette gerry:gerard,gerardus ' +
  'gert:gerard,geert,gerardus gil:gilbert,gilles gilly:gilberte ginette:genevieve,georgette ' +
  'gina:regina,georgina,luigina gino:luigi,giorgino giel:michiel gonda:hildegonda,aldegonda ' +
  'greet:margaretha,margriet greetje:margaretha,margriet guust:august,gustaaf,augustus,auguste ' +
  'guus:august,gustaaf,augustus gust:august,gustaaf,augustus,auguste gustje:augusta guy:guido hanna:johanna ' +
  'hanne:johanna,hannelore hans:johan,johannes harry:hendrik,henri heidi:adelheid henk:hendrik ' +
  'hetty:henriette,hendrika hilde:hildegard,mathilde huub:hubert,hubertus ina:catharina,martina inge:ingeborg ' +
  'isa:isabelle,isabel,isabella jack:jacques,jacob jacky:jacqueline,jacques jackie:jacqueline,jacques ' +
  'jan:johannes,johan jane:johanna,jeanne jannie:johanna jean:johannes,johan jef:jozef,joseph,josephus ' +
  'jeff:jozef,joseph,josephus,geoffrey,jeffrey jenny:jennifer,johanna,eugenie jess:jessica ' +
  'jo:johan,jozef,joris,johanna,joanna,josephine joke:johanna jojo:joseph,jozef joop:johannes jonny:jonathan,johan ' +
  'jos:jozef,joseph,josephus josee:josephine josette:josephine jul:jules,julien juul:jules,juliaan ' +
  'karel:carolus,charles kat:katrien,katrijn,katharina kathy:katharina,catharina,catherine ' +
  'kathleen:katharina,catharina katja:katharina katrien:katharina,catharina koen:koenraad ' +
  'kris:kristof,kristiaan,christiaan,kristien,kristina,christine,christophe kristel:christel,kristien ' +
  'laurie:laura,laurence leen:helena,magdalena,marleen,madeleine,heleen leentje:helena,magdalena,marleen ' +
  'len:lennert,leonard leo:leonard,leopold,leonardus,leon lex:alexander lia:julia,amelia ' +
  'lien:carolien,evelien,paulien lies:elisabeth,liesbeth,annelies,liselotte liesbet:elisabeth liesbeth:elisabeth ' +
  'lieve:godelieve lili:liliane,elisabeth lily:liliane,elisabeth lina:carolina,angelina,pasqualina,paulina ' +
  'lisa:elisabeth,elisa lise:elisabeth,annelise lisette:elisabeth,elise liz:elisabeth,elizabeth loes:louise ' +
  'lode:lodewijk lotte:charlotte,liselotte lou:louis,louise,lucas louis:lodewijk,ludovicus lowie:louis,lodewijk ' +
  'luc:lucas,lucien lucy:lucia,lucienne,lucie ludo:ludovic,ludovicus,lodewijk lut:lutgarde,lutgart lutje:lutgarde ' +
  'maddy:madeleine maggy:margaretha,marguerite,magda magda:magdalena mado:madeleine manu:emmanuel,emmanuelle,manuel ' +
  'marc:marcus,marcel margot:marguerite,margaretha marie:maria marijke:maria marieke:maria mariette:maria ' +
  'mariska:maria mario:marius marleen:magdalena mat:mathieu,matthias,mathias,matthieu,matthew,mattias ' +
  'mathy:mathieu,mathilde mats:mathias,matthias matti:matthias,mathias mattie:matthias,mathias ' +
  'max:maxime,maximiliaan,maximilien,maximilian mehdi:mahdi mia:maria micha:michael,michel ' +
  'mich:michael,michel,michiel,michele michou:michel,michelle mick:michael,michel mieke:maria ' +
  'mike:michael,michel,michiel mil:emiel,emile,camille milou:marie,emilie mimi:maria,mireille,mariam mira:mirabelle ' +
  'misha:michael mo:mohamed,mohammed,monique mohamed:mohammed,muhammad,mohammad moh:mohamed,mohammed ' +
  'momo:mohamed,mohammed moniek:monique mon:raymond,edmond mous:mustafa,mustapha,moussa naima:naimah nand:ferdinand ' +
  'nat:nathalie,natascha,natacha nath:nathalie,nathan nele:cornelia,petronella nel:petronella,cornelia ' +
  'nelly:petronella,cornelia,helene nic:nicolas,nicole,nicolaas nick:nicolas,nicolaas,nicholas ' +
  'nico:nicolas,nicolaas,nicola niek:nicolas,nicolaas nina:catharina,antonina nini:virginie noor:eleonora ' +
  'olli:oliver,olivier oli:olivier,oliver pascal:paschalis pat:patrick,patricia patje:patrick paul:paulus ' +
  'peer:pieter,petrus,peter peggy:margaretha peter:petrus,pieter phil:philippe,filip,philip philou:philippe ' +
  'pj:pieter-jan,pieterjan piet:pieter,petrus pierre:petrus pierrot:pierre pino:giuseppe pina:giuseppina ' +
  'peppe:giuseppe pol:paul,leopold,paulus raf:rafael,raphael ray:raymond rein:reinhard,reinout rene:renatus ' +
  'ria:maria rik:hendrik,henri,henricus,frederik rita:margaretha,margarita rob:robert,robrecht ' +
  'robby:robert,robrecht robbie:robert roel:roeland rony:ronald ronny:ronald roos:rosa,rosalie,rosalia ' +
  'rosa:rosalia,rosalie rosy:rosa,rosalie rudi:rudolf,rodolphe rudy:rudolf,rodolphe sab:sabine,sabrina ' +
  'sal:salvatore salva:salvatore sam:samuel,samantha,samir sammy:samuel,samir sandra:alexandra,alessandra ' +
  'sandro:alessandro sander:alexander sacha:alexandre,alexander,alexandra sascha:alexander,alexandra sara:sarah ' +
  'seb:sebastien,sebastiaan,sebastian seppe:jozef,joseph,giuseppe serge:sergio,sergius sim:simon,simone ' +
  'sofie:sophie,sofia,sophia sooi:frans,franciscus,francois staf:gustaaf,gustave stan:constant,stanislas,stanislaus ' +
  'stef:stefaan,stefan,stefanie,stephane,stephanie,stephan steph:stephane,stephanie,stephan ' +
  'stephie:stephanie,stefanie steve:steven,stefaan steven:stefaan,stefan stijn:augustijn,constantijn ' +
  'sus:franciscus,frans suzy:suzanne,suzanna swa:francois sylvie:sylvia theo:theodoor,theodore,theophile ' +
  'thea:dorothea,theodora tim:timothy,timo,timotheus tina:christina,martina,valentina,concettina ' +
  'tine:christine,martine,kristine,christina tini:martina tineke:martine,christine titi:thierry tom:thomas ' +
  'tommy:thomas toni:antonio,antoine,antoon tony:antoine,antoon,anthony,antonius,antonio ' +
  'toon:antoon,antonius,antoine trees:theresia,theresa trien:katrien,katharina trui:geertrui,gertrudis ' +
  'tuur:arthur,artuur val:valerie,valentine,valentin vero:veronique,veronica vic:victor,victoria vicky:victoria ' +
  'vik:victor,viktor viv:viviane,vivian wannes:johannes ward:edward,eduard warre:edward,eduard,walter ' +
  'wendy:gwendoline willy:willem,wilfried,guillaume,william wim:willem,guillaume,wilhelmus wout:wouter xavi:xavier ' +
  'aga:agnieszka am:anne-marie,anna-maria annemie:anne-marie as:anne-sophie,ann-sofie asia:joanna basia:barbara ' +
  'beppe:giuseppe cam:camille charel:karel,charles chico:francisco dave:david domi:dominique fati:fatima ' +
  'franco:francesco fz:fatima-zohra,fatima-zahra gianni:giovanni gini:virginie gosia:malgorzata jb:jean-baptiste ' +
  'jc:jean-claude,jean-charles jf:jean-francois jj:jean-jacques jl:jean-luc,jean-louis ' +
  'jm:jean-marie,jean-marc,jean-michel jp:jean-pierre,jean-paul,jean-philippe jw:jan-willem kader:abdelkader ' +
  'karo:carolien,caroline,karolien kasia:katarzyna maite:marie-therese manolo:manuel mc:marie-claire,marie-christine ' +
  'med:mohamed,mohammed memo:mehmet mj:marie-jeanne,marie-josee ml:marie-louise,marie-laure ' +
  'mt:marie-therese mus:mustapha,mustafa nicky:nicole,nicolas ola:aleksandra paco:francisco pepe:jose,giuseppe ' +
  'py:pierre-yves salvo:salvatore tomek:tomasz toto:salvatore ' +
  'yan:yannick,yann yann:yannick yas:yasmina,yasmine youss:youssef yvo:yves,ivo zaki:zakaria'

/** One name in the spellings and languages of Belgium: neither is short for the other, yet clerks write both. */
const SPELLINGS =
  'marc,mark,marco eric,erik,erick luc,luk,luuk lucas,lukas,luca nicolas,nikolas,niklaas,nicolaas ' +
  'philippe,filip,philip,filips frederic,frederik,frederick dominique,dominiek veronique,veroniek monique,moniek ' +
  'angelique,angeliek catherine,katherine,katrien,catharina,katharina caroline,carolien,karoline,karolien ' +
  'christine,kristine,kristien,christien christophe,kristof,christof,christoph christian,christiaan,kristiaan ' +
  'christel,kristel stephane,stefaan,stefan,stephan stephanie,stefanie sophie,sofie sarah,sara hannah,hanna ' +
  'elisabeth,elizabeth,elisabet isabelle,isabel jacob,jakob joseph,jozef,josef,giuseppe josephine,jozefien ' +
  'victor,viktor oscar,oskar carl,karl,karel,charles,carlo claire,klara,clara matthias,mathias,mattias ' +
  'matthieu,mathieu mohamed,mohammed,mohammad,muhammad,mehmet ahmed,ahmet youssef,yusuf,yussef,yousef ' +
  'ibrahim,ebrahim,brahim hussein,hussain,huseyin hasan,hassan fatima,fatma aicha,aisha,ayse ' +
  'khadija,hatice,khadidja zeynep,zineb joannes,johannes,jan,jean,giovanni pieter,peter,pierre,pietro,petrus ' +
  'guillaume,willem antoine,antoon,antonio,anton andre,andreas,andrea,andries benoit,benedikt emile,emiel ' +
  'eugene,eugeen gustave,gustaaf rene,renaat edouard,eduard,edward georges,joris,giorgio ' +
  'michel,michiel,michael,michele,mikael francois,frans,francesco louis,lodewijk,luigi laurent,laurens,lorenzo ' +
  'martin,maarten,martijn marguerite,margriet,margaretha madeleine,magdalena helene,helena,heleen agnes,agnese ' +
  'anne,anna julie,julia marie,maria emilie,emily lea,leah yann,jan sebastien,sebastiaan,sebastian ' +
  'dimitri,dmitri,dimitry alexandre,alexander,alessandro alexandra,alessandra daniel,danjel,daniele ' +
  'gabriel,gabriele raphael,rafael,raffaele emmanuel,manuel,emanuele henri,hendrik,enrico,henry robert,roberto ' +
  'arthur,artur gregory,gregoire cedric,cedrik didier,desiderius jacques,jacobus,jaak ' +
  'jeanne,johanna,giovanna,jeannine lutgard,lutgarde kurt,curt geert,gert gunther,gunter,guenther jurgen,juergen ' +
  'jorg,joerg wim,willem rik,ric kevin,kevyn jimmy,jimmi rudi,rudy willy,willi danny,dany,dani eddy,eddie ' +
  'freddy,freddie johnny,joni ronny,ronnie tony,toni sandy,sandi nathalie,natalie,nathaly cathy,kathy ' +
  'melanie,melany valerie,valery cindy,cyndy vicky,viki,vicki wendy,wendi nancy,nansy sylvie,silvie sylvia,silvia ' +
  'cecile,cecilia gauthier,gautier patrick,patrik marleen,marlene mustapha,mustafa abdellah,abdullah,abdallah ' +
  'rachid,rashid yassine,yassin,yasin soufiane,sofiane,soufian,sofian ilias,ilyas younes,younis zakaria,zakariya ' +
  'osman,othman,othmane khalid,khaled imane,iman meryem,maryam,mariam'

const namesOf = new Map<string, ReadonlySet<string>>()
const add = (form: string, names: readonly string[]): void => {
  namesOf.set(form, new Set([...(namesOf.get(form) ?? []), ...names]))
}
for (const entry of FORMS.split(' ')) {
  const [form = '', names = ''] = entry.split(':')
  add(form, names.split(','))
}
for (const group of SPELLINGS.split(' ')) {
  const names = group.split(',')
  for (const name of names) add(name, names)
}

/** Whether one of two folded first names is a known short, translated or respelt form of the other. */
export const areNicknames = (a: string, b: string): boolean =>
  namesOf.get(a)?.has(b) === true || namesOf.get(b)?.has(a) === true
