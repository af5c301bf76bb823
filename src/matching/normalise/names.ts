import { digitsToLetters, fold, wordsOf } from './fold.ts'

/** Words that belong to the family name after them, in the languages met in Belgium. */
const PARTICLES = new Set(
  (
    'van vande vanden vander vd v de den der des du dela d l la le les lo el al ben bel ait ou abu abou abd bin ibn ' +
    'di da do dos das del della dello degli dal ter ten te t het op in s aan uit uyt von vom zu zum zur mac mc o st saint sint'
  ).split(' '),
)

/** The most frequent particles at the beginning of a glued name; what is left must still be a name. */
const GLUED_PARTICLE = /^(?:van(?:de[nr]?)?|de|du|le)(?=[a-z]{3})/

const TITLES = new Set(
  (
    'mr mrs ms mme mlle melle mevr mevrouw mw mej mejuffrouw juffr juffrouw dhr heer hr mijnheer ' +
    'madame monsieur mademoiselle herr frau ir ing dr prof fam familie famille gezin'
  ).split(' '),
)

/** What a clerk types where a name must not stay empty. */
const NO_NAME =
  /^(?:x+|z{2,}|n\s?[/.]?\s?a\.?|n\.?\s?v\.?\s?t\.?|onbekend|inconnue?|unknown|unbekannt|geen|aucun|none)$/

/** Between two forms of address ("Dhr. en Mevr.") or two names ("Jan & Mia"). */
const AND = new Set('en et und and'.split(' '))

/**
 * "Peeters ep. Janssens": the birth name comes first. `van` belongs to the marker only when that is spelled out. Bounded,
 * so that thousands of spaces are passed over once and not once for each.
 */
const SPOUSE =
  /[\s,(]{1,20}(?:ep(?:se|ouse|oux)?|echtg(?:enote|enoot)? van|echtg(?:enote|enoot)?|e\.\s?v|vve|veuve|wed(?:uwe)?)[.\s]{1,20}/
/** "Janssens née Peeters": the birth name comes last. */
const BORN = /[\s,(]{1,20}(?:nee|geb(?:oren)?)[.\s]{1,20}/

/** A family name in comparable form: glued as a whole, and in its parts. */
export type FamilyName = {
  readonly familyName?: string
  readonly familyNames: readonly string[]
}

const lettersOf = (text: string): string[] =>
  wordsOf(text)
    .map(digitsToLetters)
    .filter(word => word !== '')

/** "v.d. Broeck" and "vd Broeck" are mostly "van den". */
const expandAbbreviations = (words: readonly string[]): string[] =>
  words.flatMap((word, at) => {
    if (word === 'vd') return ['van', 'den']
    if (word === 'v' && words[at + 1] === 'd') return ['van']
    if (word === 'd' && words[at - 1] === 'v') return ['den']
    return [word]
  })

/** Glues particles to the word after them; trailing ones ("Broeck van den") to the front of the last name. */
const groupNames = (words: readonly string[]): string[] => {
  const names: string[] = []
  let particles = ''
  for (const word of words) {
    if (PARTICLES.has(word)) particles += word
    else {
      names.push(particles + word)
      particles = ''
    }
  }
  if (particles === '') return names
  // A letter at the end is an initial: "Peeters S."
  if (particles.length === 1 && names.length > 0) return [...names, particles]
  const last = names.pop() ?? ''
  return [...names, particles + last]
}

/** How many words at the beginning are forms of address: "Dr.", "De heer", "M. et Mme"; the last word is always a name. */
const countFormsOfAddress = (words: readonly string[]): number => {
  let count = 0
  const isForm = (word: string): boolean => TITLES.has(word) || word === 'm' || (count > 0 && AND.has(word))
  while (count < words.length - 1) {
    const isTheGentleman = words[count] === 'de' && words[count + 1] === 'heer' && count + 2 < words.length
    if (!isTheGentleman && !isForm(words[count] as string)) break
    count += isTheGentleman ? 2 : 1
  }
  return count
}

const withoutFormsOfAddress = (words: readonly string[]): readonly string[] => words.slice(countFormsOfAddress(words))

const parseSingle = (text: string): string[] =>
  text === '' || NO_NAME.test(text.trim())
    ? []
    : groupNames(expandAbbreviations(withoutFormsOfAddress(lettersOf(text))))

/** Splits "A ep. B" and "B née A" into the birth name and the other one. */
const splitMarriage = (folded: string): readonly [birth: string, other: string] => {
  const spouse = SPOUSE.exec(folded)
  if (spouse !== null) return [folded.slice(0, spouse.index), folded.slice(spouse.index + spouse[0].length)]
  const born = BORN.exec(folded)
  if (born !== null) return [folded.slice(born.index + born[0].length), folded.slice(0, born.index)]
  return [folded, '']
}

/**
 * Brings a family name into comparable form. "Van den Broeck", "VANDENBROECK" and "Broeck van den" are all
 * `vandenbroeck`; "Peeters-Janssens" has the parts `peeters` and `janssens`; of "A ep. B" and "B née A" the name is A.
 * @see docs/matching.md
 */
export const parseFamilyName = (text: string | undefined): FamilyName => {
  const [birth, other] = splitMarriage(fold(text ?? ''))
  const birthNames = parseSingle(birth)
  const names = [...new Set([...birthNames, ...parseSingle(other)])]
  const familyName = birthNames.join('') || names.join('')
  return familyName === '' ? { familyNames: [] } : { familyName, familyNames: names }
}

/** A glued family name without its leading particles, for blocking and for records that lost them. */
export const withoutParticles = (familyName: string): string => familyName.replace(GLUED_PARTICLE, '')

/** One written first name: "jean-pierre" keeps its hyphen (it is one name of two parts), "j-p" is two initials. */
const parseFirstName = (word: string): string[] => {
  const parts = lettersOf(word)
  return parts.some(part => part.length === 1) ? parts : [parts.join('-')]
}

/** "M. Yvon" is monsieur, "M. Y." the initials of two names. */
const isMonsieur = ([first, second = '']: readonly string[]): boolean => first === 'm' && second.length > 1

/** Of "Jan en Mia" the first: a contract of two stands in the name of one. At an end "En" is somebody's name ("Jia En"). */
const firstOfTwo = (names: readonly string[]): readonly string[] => {
  const and = names.findIndex((name, at) => at > 0 && at < names.length - 1 && AND.has(name))
  return and < 0 ? names : names.slice(0, and)
}

/** What two forms of address leave between them: of "Dhr. en Mevr. Jan" the "en". */
const withoutLeadingAnd = (names: readonly string[]): readonly string[] =>
  AND.has(names[0] ?? '') ? names.slice(1) : names

/**
 * First names in register order, folded; an initial is one letter, a compound name keeps one hyphen between its parts.
 * Forms of address ("Mevr.", "M.", "Dhr. en Mevr.") are dropped, and so is what stands for no name ("onbekend"); of two
 * people's names the first counts.
 */
export const parseFirstNames = (text: string | undefined): readonly string[] => {
  const folded = fold(text ?? '').trim()
  if (NO_NAME.test(folded)) return []
  const words = folded
    .replace(/\bde heer\b/g, ' ')
    .replace(/[&+]/g, ' en ')
    .split(/[\s,;/.]+/)
    .flatMap(parseFirstName)
    .filter(name => name !== '')
  const named = words.filter(name => !TITLES.has(name))
  const names = isMonsieur(named) ? named.slice(1) : named
  return firstOfTwo(names.length < words.length ? withoutLeadingAnd(names) : names)
}
