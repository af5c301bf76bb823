/** Words for the kind of street, as separate words and abbreviated, in Dutch, French and German. */
export const STREET_TYPES = new Set(
  (
    'straat str laan ln steenweg stwg stw plein pln weg dreef lei baan kaai plaats pad ' +
    'rue r avenue av ave chaussee chee ch place pl boulevard bd bld boul chemin impasse imp square sq quai allee clos ' +
    'dreve route rte sentier venelle cours esplanade passage voie ruelle strasse platz'
  ).split(' '),
)

/** The same glued to the name, as Dutch and German do: "zennestraat". */
export const STREET_SUFFIX = /(?:straat|str|laan|steenweg|stwg|plein|weg|dreef|lei|baan|kaai|plaats|pad|strasse|platz)$/

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

/**
 * Dutch → French names of Brussels streets, both without their type word: a start, until addresses carry the street
 * identifiers of BeSt Address, which hold all streets in both languages.
 * @see https://reuse.smals.be/nl/service/best-address
 */
export const BRUSSELS_STREETS: Readonly<Record<string, string>> = {
  alsembergse: 'alsemberg',
  beenhouwers: 'bouchers',
  bergense: 'mons',
  charleroise: 'charleroi',
  elsense: 'ixelles',
  gentse: 'gand',
  haachtse: 'haecht',
  handels: 'commerce',
  hoog: 'haute',
  konings: 'royale',
  kruidtuin: 'jardinbotanique',
  kunst: 'arts',
  lakense: 'laeken',
  leuvense: 'louvain',
  louiza: 'louise',
  naamse: 'namur',
  nieuw: 'neuve',
  nijverheids: 'industrie',
  ninoofse: 'ninove',
  noord: 'nord',
  regentschaps: 'regence',
  schildknaaps: 'ecuyer',
  tervuren: 'tervueren',
  troon: 'trone',
  vlaamse: 'flandre',
  vleurgatse: 'vleurgat',
  waterloose: 'waterloo',
  waverse: 'wavre',
  wet: 'loi',
  wetenschaps: 'science',
  zenne: 'senne',
  zuid: 'midi',
}

/** French → Dutch names of places that appear in both; by folded letters. */
export const LOCALITIES: Readonly<Record<string, string>> = {
  anvers: 'antwerpen',
  bruges: 'brugge',
  bruxelles: 'brussel',
  brussels: 'brussel',
  gand: 'gent',
  ixelles: 'elsene',
  liege: 'luik',
  louvain: 'leuven',
  malines: 'mechelen',
  mons: 'bergen',
  namur: 'namen',
  tournai: 'doornik',
  uccle: 'ukkel',
}
