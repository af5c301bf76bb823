import { createHash } from 'node:crypto'

/** One synthetic person: the upstream plays them, the customer base holds records of them. `phone` is E.164. */
export type Persona = {
  readonly index: number
  readonly subject: string
  readonly firstNames: readonly string[]
  readonly familyName: string
  readonly birthdate: string
  readonly gender: 'female' | 'male'
  readonly locale: 'NL' | 'FR'
  readonly email: string
  readonly phone: string
  readonly address: {
    readonly street: string
    readonly number: string
    readonly box: string | undefined
    readonly postalCode: string
    readonly locality: string
  }
}

const FIRST_NAMES = {
  female:
    'Lotte Emma Marie Elise Julie Louise Charlotte Sofie Eva Anna Nora Camille Léa Manon Chloé Inès Sarah Laura Hanne Katrien Greet Lies An Els Martine Nathalie Isabelle Véronique Fatima Yasmina',
  male: 'Jan Pieter Lucas Noah Arthur Louis Jules Liam Victor Mathias Thomas Simon Maxime Nicolas Antoine Hugo Wout Jeroen Koen Dirk Luc Marc Philippe Olivier Benoît Karim Mehdi Youssef Stijn Bart',
}
const FAMILY_NAMES =
  'Peeters Janssens Maes Jacobs Mertens Willems Claes Goossens Wouters Dubois Lambert Martin Dupont Simon Laurent Leclercq Hermans Michiels Aerts Pauwels Hendrickx Bogaerts Vandenbroucke Desmet Declercq Verhoeven Martens Stevens Thijs Cools Segers Lemmens Baert Moens Wauters Coppens Renard Gérard Leroy Noël Collignon Delvaux Henry Petit Mathieu Lejeune Servais Bertrand Masson Fontaine Evrard Bauwens Verbeke Lauwers Geerts Nijs Smets Van_Damme De_Backer Vermeulen Van_den_Broeck De_Wilde'
const STREETS = {
  NL: 'Zennestraat Kerkstraat Stationsstraat Molenstraat Schoolstraat Dorpsstraat Nieuwstraat Kapelstraat Veldstraat Beekstraat Bosstraat Lindelaan Eikenlaan Meersstraat Hoogstraat Brugsesteenweg Leuvensesteenweg Parklaan',
  FR: 'Rue_de_la_Gare Rue_Haute Rue_du_Moulin Avenue_Louise Rue_des_Écoles Rue_de_l’Église Avenue_des_Tilleuls Rue_du_Parc Chaussée_de_Namur Rue_Neuve Rue_du_Pont Place_Communale Rue_des_Champs Avenue_de_la_Liberté',
}
const LOCALITIES = {
  NL: '2000_Antwerpen 9000_Gent 8000_Brugge 3000_Leuven 2800_Mechelen 9300_Aalst 8500_Kortrijk 3500_Hasselt 9100_Sint-Niklaas 8400_Oostende 3600_Genk 8800_Roeselare 2300_Turnhout 1800_Vilvoorde 3800_Sint-Truiden',
  FR: '1000_Bruxelles 1050_Ixelles 1180_Uccle 4000_Liège 6000_Charleroi 5000_Namur 7000_Mons 7500_Tournai 4800_Verviers 1300_Wavre 1400_Nivelles 6700_Arlon 7100_La_Louvière',
}

const FIRST_BIRTH_DAY = Date.UTC(1940, 0, 1)
const BIRTH_DAYS = 23_000 // until late 2002: everybody is an adult

/** The same bytes for the same index, in every process: the upstream and the customer base must agree. */
const drawsOf = (index: number) => {
  const digest = createHash('sha256').update(`synthetic person ${index}`).digest()
  let offset = 0
  return {
    digest,
    below: (limit: number): number => {
      const value = digest.readUInt32BE(offset)
      offset += 4
      return value % limit
    },
  }
}

const pick = (words: string, below: (limit: number) => number): string => {
  const all = words.split(' ')
  return (all[below(all.length)] ?? '').replaceAll('_', ' ')
}

/** Folded to what a mailbox name may hold. */
const mailboxOf = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/[^A-Za-z ]/g, '')
    .replaceAll(' ', '')
    .toLowerCase()

/** 30 mobile prefixes; the rest a permutation of the six-digit numbers, so that no two agree and none looks made up. */
const phoneOf = (index: number): string => {
  const rest = (Math.floor(index / 30) * 387_421 + 518_263) % 1_000_000
  return `+324${70 + (index % 30)}${String(rest).padStart(6, '0')}`
}

/** Nobody is born on 1 January: legacy records write "year only" so, and it is not enough to link a person by. */
const birthdateOf = (day: number): string =>
  new Date(FIRST_BIRTH_DAY + day * 86_400_000).toISOString().slice(0, 10).replace('-01-01', '-01-02')

/**
 * The synthetic person with this index; stable; no two share a phone number or an e-mail address.
 * @param index 0 to 29,999,999
 */
export const personaOf = (index: number): Persona => {
  const { digest, below } = drawsOf(index)
  const gender = below(2) === 0 ? 'female' : 'male'
  const locale = below(5) < 3 ? 'NL' : 'FR'
  const firstName = pick(FIRST_NAMES[gender], below)
  const familyName = pick(FAMILY_NAMES, below)
  const birthdate = birthdateOf(below(BIRTH_DAYS))
  const street = pick(STREETS[locale], below)
  const [postalCode = '', ...locality] = pick(LOCALITIES[locale], below).split(' ')
  return {
    index,
    subject: BigInt(`0x${digest.toString('hex')}`)
      .toString(36)
      .padStart(50, '0')
      .slice(-36),
    firstNames: [firstName, gender === 'female' ? 'Marie' : 'Jozef', 'A'],
    familyName,
    birthdate,
    gender,
    locale,
    email: `${mailboxOf(firstName)}.${mailboxOf(familyName)}.${index}@example.com`,
    phone: phoneOf(index),
    address: {
      street,
      number: String(1 + (digest[28] ?? 0)),
      box: (digest[29] ?? 0) < 80 ? String(1 + ((digest[30] ?? 0) % 20)) : undefined,
      postalCode,
      locality: locality.join(' '),
    },
  }
}
