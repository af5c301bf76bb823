import type { TypedContact } from '#src/linking/typed-contact.ts'
import { LOTTE, unclear } from './people.ts'
import { type Linking, openLinking, verified } from './support.ts'

/** Each by another identity, for tries are few. */
const ROUNDS = 15
/** Of times for nobody, one record and many. */
const MOST_RATIO = 1.2

const ofNobody = { customerId: 'X', invoiceReference: 'INV-X' }
const NOBODYS: TypedContact = { channel: 'mail', value: 'nobody@example.net' }
const context = { clientId: 'app', attemptUid: 'a' }

/** Housemates' records without a date: all are compared, some are offered. */
const house = (records: number) =>
  Array.from({ length: records }, (_, at) =>
    unclear('tv', { customerId: `L-${at}`, firstName: at % 2 ? 'Lotte' : 'Tom' }),
  )

type Try = (linking: Linking, round: number) => Promise<unknown>

const byInvoice: Try = (linking, round) => linking.prove(verified(LOTTE, `s-${round}`), context, ofNobody)

/** A code to a contact that no record holds goes nowhere, which is kept in the attempt and told to nobody. */
const askForCode: Try = async (linking, round) => {
  // Each from a network of its own, for these are counted, too.
  const ip = `198.51.100.${round}`
  const made = await linking.proveContact.newCode(verified(LOTTE, `s-${round}`), context, { contact: NOBODYS, ip })
  return made === 'locked' ? made : { kind: made.silent ? 'nowhere' : 'sent' }
}

test.each([
  ['a wrong proof by an invoice', byInvoice, 'wrong'],
  ['a code that goes nowhere', askForCode, 'nowhere'],
])(
  '%s takes the same time whether there is no candidate, one or thirty',
  async (_what, attempt, kind) => {
    const worlds: Linking[] = []
    for (const records of [0, 1, 30]) worlds.push(await openLinking(house(records)))
    try {
      const quickest = worlds.map(() => Number.POSITIVE_INFINITY)
      // In turn, so that a slow moment of the machine falls on all; the quickest is what somebody patient sees.
      for (let round = 0; round < ROUNDS; round += 1) {
        for (const [at, linking] of worlds.entries()) {
          const started = performance.now()
          const outcome = await attempt(linking, round)
          const took = performance.now() - started
          expect(outcome).toMatchObject({ kind })
          quickest[at] = Math.min(quickest[at] as number, took)
        }
      }
      expect(Math.max(...quickest) / Math.min(...quickest)).toBeLessThan(MOST_RATIO)
    } finally {
      for (const linking of worlds) await linking.close()
    }
  },
  60_000,
)
