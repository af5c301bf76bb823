/** Words for the kind of street, as separate words and abbreviated, in Dutch, French and German. */
export const STREET_TYPES = new Set(
  (
    'straat str laan ln steenweg steenw stwg stw plein pln weg dreef lei baan kaai plaats pad ' +
    'rue r avenue av ave chaussee chee ch chauss chaus chem place pl boulevard bd bld blvd boul chemin impasse imp square sq quai q allee all clos ' +
    'dreve route rte sentier venelle cours esplanade passage voie ruelle strasse platz'
  ).split(' '),
)

/** The same glued to the name, as Dutch and German do: "zennestraat". */
export const STREET_SUFFIX =
  /(?:straat|str|laan|ln|steenweg|steenw|stwg|stw|plein|pln|weg|dreef|lei|baan|kaai|plaats|pad|strasse|platz|square)$/

/** Articles and prepositions between the kind and the name; systems drop or abbreviate them at will. */
export const STREET_ARTICLES = new Set('de la le les du des d l aux au a van den der het ter op t en et'.split(' '))

/** Abbreviated parts of street names, and the two languages' spelling of "saint". */
export const STREET_WORDS: Readonly<Record<string, string>> = {
  saint: 'st',
  sainte: 'st',
  ste: 'st',
  sint: 'st',
  docteur: 'dr',
  dokter: 'dr',
  professeur: 'prof',
  professor: 'prof',
  general: 'gen',
  generaal: 'gen',
  burgemeester: 'burg',
  bourgmestre: 'burg',
  kardinaal: 'kard',
  cardinal: 'kard',
  card: 'kard',
  monseigneur: 'mgr',
  pastoor: 'past',
  roi: 'koning',
  reine: 'koningin',
  prins: 'prince',
  prinses: 'princesse',
  maarschalk: 'mar',
  marechal: 'mar',
  kolonel: 'col',
  colonel: 'col',
  kapitein: 'cap',
  capitaine: 'cap',
  commandant: 'cdt',
  kommandant: 'cdt',
  luitenant: 'lt',
  lieutenant: 'lt',
  president: 'pres',
  ingenieur: 'ing',
}

/** Abbreviations of several words, and the numbers of kings; for a folded line. */
export const STREET_PHRASES: readonly (readonly [RegExp, string])[] = [
  [
    /\b(?:o[.\s]{1,2}l[.\s]{1,2}v(?:rouwe?)?|olv|onze\W+lieve\W+vrouwe?)(?=\W|straat|str|plein|laan|$)/,
    'onzelievevrouw',
  ],
  [/\bn[.\s]{1,2}d\b/, 'notre dame'],
  [/\b(leopold|albert|jozef|joseph)\s(?:iii|3)\b/, '$1 3'],
  [/\b(leopold|albert|jozef|joseph)\s(?:ii|2)\b/, '$1 2'],
  [/\b(leopold|albert)\s(?:ier|i|1er|1)\b/, '$1 1'],
]

/** French → Dutch names of places that appear in both; by folded letters. */
export const LOCALITIES: Readonly<Record<string, string>> = {
  alost: 'aalst',
  anvers: 'antwerpen',
  ath: 'aat',
  audenarde: 'oudenaarde',
  auderghem: 'oudergem',
  bastogne: 'bastenaken',
  brainelalleud: 'eigenbrakel',
  brainelecomte: 'sgravenbrakel',
  bruges: 'brugge',
  bruxelles: 'brussel',
  bruxellesbrussel: 'brussel',
  brusselbruxelles: 'brussel',
  bxl: 'brussel',
  brussels: 'brussel',
  courtrai: 'kortrijk',
  enghien: 'edingen',
  forest: 'vorst',
  furnes: 'veurne',
  gand: 'gent',
  gheel: 'geel',
  grammont: 'geraardsbergen',
  hal: 'halle',
  huy: 'hoei',
  ixelles: 'elsene',
  jodoigne: 'geldenaken',
  lahulpe: 'terhulpen',
  laeken: 'laken',
  liege: 'luik',
  lierre: 'lier',
  looz: 'borgloon',
  louvain: 'leuven',
  malines: 'mechelen',
  mons: 'bergen',
  namur: 'namen',
  mouscron: 'moeskroen',
  nivelles: 'nijvel',
  ostende: 'oostende',
  renaix: 'ronse',
  roulers: 'roeselare',
  saintgilles: 'sintgillis',
  saintjossetennoode: 'sintjoosttennode',
  saintnicolas: 'sintniklaas',
  sainttrond: 'sinttruiden',
  schaerbeek: 'schaarbeek',
  soignies: 'zinnik',
  termonde: 'dendermonde',
  tirlemont: 'tienen',
  tongres: 'tongeren',
  tournai: 'doornik',
  tubize: 'tubeke',
  uccle: 'ukkel',
  vilvorde: 'vilvoorde',
  watermaelboitsfort: 'watermaalbosvoorde',
  wavre: 'waver',
  woluwesaintlambert: 'sintlambrechtswoluwe',
  woluwesaintpierre: 'sintpieterswoluwe',
  ypres: 'ieper',
}
