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

const TITLES = new Set('mr mrs ms mme mlle mevr mevrouw mej dhr heer madame monsieur mademoiselle ir dr'.split(' '))

/** "Peeters ep. Janssens": the birth name comes first. `van` belongs to the marker only when that is spelled out. */
const SPOUSE =
  /[\s,(]+(?:ep(?:se|ouse|oux)?|echtg(?:enote|enoot)? van|echtg(?:enote|enoot)?|e\.\s?v|vve|veuve|wed(?:uwe)?)[.\s]+/
/** "Janssens née Peeters": the birth name comes last. */
const BORN = /[\s,(]+(?:nee|geb(?:oren)?)[.\s]+/

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
  const last = names.pop() ?? ''
  return [...names, particles + last]
}

const parseSingle = (text: string): string[] => groupNames(expandAbbreviations(lettersOf(text)))

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
 * @see matching.md, 5: names
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

/**
 * First names in register order, folded; an initial is one letter, a compound name keeps one hyphen between its parts.
 * Forms of address ("Mevr.", "M.") are dropped.
 */
export const parseFirstNames = (text: string | undefined): readonly string[] => {
  const names = fold(text ?? '')
    .split(/[\s,;/.]+/)
    .flatMap(parseFirstName)
    .filter(name => name !== '' && !TITLES.has(name))
  return isMonsieur(names) ? names.slice(1) : names
}
