/** Words for the kind of street, as separate words and abbreviated, in Dutch, French and German. */
export const STREET_TYPES = new Set(
  (
    'straat str laan ln steenweg stwg stw plein pln weg dreef lei baan kaai plaats pad ' +
    'rue r avenue av ave chaussee chee ch place pl boulevard bd bld boul chemin impasse imp square sq quai allee clos ' +
    'dreve route rte sentier venelle cours esplanade passage voie ruelle strasse platz'
  ).split(' '),
)

/** The same glued to the name, as Dutch and German do: "zennestraat". */
export const STREET_SUFFIX =
  /(?:straat|str|laan|ln|steenweg|stwg|plein|pln|weg|dreef|lei|baan|kaai|plaats|pad|strasse|platz)$/

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
}

/** French → Dutch names of places that appear in both; by folded letters. */
export const LOCALITIES: Readonly<Record<string, string>> = {
  anvers: 'antwerpen',
  ath: 'aat',
  audenarde: 'oudenaarde',
  auderghem: 'oudergem',
  bastogne: 'bastenaken',
  brainelalleud: 'eigenbrakel',
  brainelecomte: 'sgravenbrakel',
  bruges: 'brugge',
  bruxelles: 'brussel',
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
