import companies from '#examples/customer-data/data/companies.json' with { type: 'json' }
import { createRandom, type Random } from '#examples/customer-data/random.ts'
import { drawAddress, drawPlace } from './addresses.ts'
import { drawLandline, drawMobile } from './contacts.ts'
import type { Registers } from './registers.ts'
import type { Address, Language } from './types.ts'

/**
 * A shop that opens contracts, or a guardian's office: writes its own contact where the customer's belongs, and types one
 * and the same birth date where it does not ask.
 */
export type Agent = { readonly phone: string; readonly email: string; readonly address: Address; readonly date: string }

/** A company with the contact it gives to everybody. */
export type Company = {
  readonly name: string
  readonly phone: string
  readonly email: string
  readonly address: Address
  readonly language: Language
}

const DEALERS = 40
const GUARDIANS = 60

const drawAgents = (seed: string, kind: 'dealer' | 'guardian', count: number, registers: Registers): readonly Agent[] =>
  Array.from({ length: count }, (_, index) => {
    const random = createRandom(`${seed}/${kind}/${index}`)
    const place = drawPlace(random, registers.ground)
    const address = drawAddress(random, place, place.region === 'fr' ? 'fr' : 'nl')
    const mobile = kind === 'dealer' && random.chance(0.5)
    const phone = mobile ? drawMobile(random, registers) : drawLandline(random, address.area, registers)
    const date = `19${random.int(60, 89)}-0${random.int(1, 9)}-${random.int(10, 28)}`
    return { phone, email: `shop${100 + index}@${kind}s.example.com`, address, date }
  })

/** The dealers of a run, and those who look after others' affairs: few, so that each stands on many records. */
export const drawOutsiders = (seed: string, registers: Registers) => ({
  dealers: drawAgents(seed, 'dealer', DEALERS, registers),
  guardians: drawAgents(seed, 'guardian', GUARDIANS, registers),
})

/** A company near the people who run it. */
export const drawCompany = (
  random: Random,
  registers: Registers,
  { address, language, family }: { address: Address; language: Language; family: string },
): Company => {
  const kind = random.pick(companies[language].split(', '))
  const form = random.pick(companies.forms[language].split(', '))
  return {
    name: `${kind} ${family} ${form}`,
    phone: drawLandline(random, address.area, registers),
    email: `info@company${random.int(10_000, 9_999_999)}.example.com`,
    address,
    language,
  }
}
