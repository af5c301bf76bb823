import companies from '#examples/customer-data/data/companies.json' with { type: 'json' }
import { createRandom, type Random } from '#examples/customer-data/random.ts'
import { drawAddress, drawPlace } from './addresses.ts'
import { drawLandline, drawMobile } from './contacts.ts'
import type { Address, Language } from './types.ts'

/** A shop that opens contracts and at times writes its own contact where the customer's belongs. */
export type Dealer = { readonly phone: string; readonly email: string; readonly address: Address }

/** A company with the contact it gives to everybody. */
export type Company = {
  readonly name: string
  readonly phone: string
  readonly email: string
  readonly address: Address
  readonly language: Language
}

const DEALERS = 40

/** The dealers of a run: few, so that each stands on the records of many people. */
export const drawDealers = (seed: string): readonly Dealer[] =>
  Array.from({ length: DEALERS }, (_, index) => {
    const random = createRandom(`${seed}/dealer/${index}`)
    const place = drawPlace(random)
    const address = drawAddress(random, place, place.region === 'fr' ? 'fr' : 'nl')
    const phone = random.chance(0.5) ? drawMobile(random) : drawLandline(random, address.area)
    return { phone, email: `shop${100 + index}@dealers.example.com`, address }
  })

/** A company near the people who run it. */
export const drawCompany = (random: Random, address: Address, language: Language, family: string): Company => {
  const kind = random.pick(companies[language].split(', '))
  const form = random.pick(companies.forms[language].split(', '))
  return {
    name: `${kind} ${family} ${form}`,
    phone: drawLandline(random, address.area),
    email: `info@company${random.int(10_000, 99_999)}.example.com`,
    address,
    language,
  }
}
