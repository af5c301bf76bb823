import { Hash, Hmac } from 'node:crypto'
import type { CustomerRecord, ServiceLine } from '#src/kernel/customer.ts'
import type { TypedContact } from '#src/linking/typed-contact.ts'
import { watchStatements } from '#test/admin/count-queries.ts'
import { LOTTE, lotteIn, unclear } from './people.ts'
import { type Linking, openLinking, verified } from './support.ts'

/** Each by another identity, for tries are few. */
const ROUNDS = 15
/** Of times whatever it meets. */
const MOST_RATIO = 1.3

const ofNobody = { customerId: 'X', invoiceReference: 'INV-X' }
const NOBODYS: TypedContact = { channel: 'mail', value: 'nobody@example.net' }
const context = { clientId: 'app', attemptUid: 'a' }

/** Housemates' records without a date: all are compared, some are offered. */
const house = (records: number) =>
  Array.from({ length: records }, (_, at) =>
    unclear('tv', { customerId: `L-${at}`, firstName: at % 2 ? 'Lotte' : 'Tom' }),
  )

/** A stranger's records under the number that is typed: it exists, and is nobody's here. */
const strangers = (...lines: readonly ServiceLine[]): readonly CustomerRecord[] =>
  lines.map(line =>
    lotteIn(line, {
      customerId: ofNobody.customerId,
      firstName: 'Karel',
      lastName: 'Wouters',
      birthDate: '1950-01-02',
      emails: ['karel@example.net'],
      phones: ['0499 00 11 22'],
      address: { street: 'Markt', number: '1', postalCode: '8000' },
      invoiceReferences: Array.from({ length: 12 }, (_, at) => `INV-${line}/${at}`),
    }),
  )

/** Her own records under the number that is typed: the right answer would be one of their invoices. */
const own = (...lines: readonly ServiceLine[]): readonly CustomerRecord[] =>
  lines.map(line => unclear(line, { customerId: ofNobody.customerId }))

/** What a wrong answer may meet: how many candidates there are, and whose the number is. */
const MET: readonly (readonly [string, readonly CustomerRecord[]])[] = [
  ['nothing', []],
  ['one candidate', house(1)],
  ['thirty candidates', house(30)],
  ['the number on a stranger’s record', strangers('tv')],
  ['one candidate, and the number on a stranger’s record', [...house(1), ...strangers('mobile')]],
  [
    'thirty candidates, and the number on four strangers’ records',
    [...house(30), ...strangers('mobile', 'internet', 'tv', 'landline')],
  ],
  ['the number on her own record', own('tv')],
  ['the number on four records of hers', own('mobile', 'internet', 'tv', 'landline')],
]

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
  '%s takes the same time whatever it meets',
  async (_what, attempt, kind) => {
    const worlds: Linking[] = []
    for (const [, records] of MET) worlds.push(await openLinking(records))
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
  180_000,
)

/** Counts digests made in this process, whoever makes them. */
const watchDigests = () => {
  let digests = 0
  const [ofHash, ofHmac] = [Hash.prototype.digest, Hmac.prototype.digest]
  const counting = <Digest extends (this: never, ...args: never[]) => unknown>(digest: Digest) =>
    function (this: unknown, ...args: unknown[]) {
      digests += 1
      return Reflect.apply(digest, this, args)
    } as unknown as Digest
  Hash.prototype.digest = counting(ofHash)
  Hmac.prototype.digest = counting(ofHmac)
  return {
    take: () => {
      const taken = digests
      digests = 0
      return taken
    },
    end: () => {
      Hash.prototype.digest = ofHash
      Hmac.prototype.digest = ofHmac
    },
  }
}

/** Candidates are read by a statement of their own on SQLite; all else is the same without any. */
const READ_CANDIDATES = /^SELECT service_line, customer_id, document FROM customers WHERE record IN/

test.each([
  ['a wrong proof by an invoice', byInvoice],
  ['a code that goes nowhere', askForCode],
])('%s asks the store for the same things and makes as many digests, whatever it meets', async (_what, attempt) => {
  const work: [string, { statements: readonly string[]; digests: number }][] = []
  for (const [met, records] of MET) {
    const linking = await openLinking(records)
    const [statements, digests] = [watchStatements(), watchDigests()]
    try {
      // The first prepares what is kept.
      await attempt(linking, 0)
      statements.take()
      digests.take()
      await attempt(linking, 1)
      const asked = statements.take().statements.filter(sql => !READ_CANDIDATES.test(sql))
      work.push([met, { statements: asked, digests: digests.take() }])
    } finally {
      statements.end()
      digests.end()
      await linking.close()
    }
  }
  const [, first] = work[0] ?? []
  expect(first?.statements.length).toBeGreaterThan(5)
  expect(first?.digests).toBeGreaterThan(2)
  expect(Object.fromEntries(work)).toEqual(Object.fromEntries(work.map(([met]) => [met, first])))
})
