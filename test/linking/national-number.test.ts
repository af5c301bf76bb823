import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCustomerFeed } from '#src/customers/snapshot/customer-feed.ts'
import { decodeDocument } from '#src/customers/snapshot/document.ts'
import type { CustomerRecord } from '#src/kernel/customer.ts'
import type { IdentityClaims } from '#src/kernel/identity.ts'
import { recordFormOf } from '#src/matching/record-form.ts'
import { openSqliteStore } from '#src/store/sqlite/open.ts'
import { encryptTestStore } from '#test/support/encrypted-store.ts'
import { LOTTE, lotteIn } from './people.ts'
import { type Linking, MATCHING, openLinking, verified } from './support.ts'

/** Valid numbers of nobody: of 1988-03-14 and of 1990-02-15. */
const HERS = '88031402665'
const ANOTHERS = '90021503165'
const WITH_NUMBER: IdentityClaims = { ...LOTTE, nationalNumber: HERS }
const ALLOWED = { ...MATCHING, nationalNumber: true }
const WEB = { clientId: 'app' }

let linking: Linking | undefined
const close = async () => {
  await linking?.close()
  linking = undefined
}
afterEach(close)

const linked = async (record: CustomerRecord, { claims = WITH_NUMBER, matching = ALLOWED } = {}) => {
  linking = await openLinking([record], { matching })
  return (await linking.resolveLink(verified(claims), WEB)).kind === 'linked'
}

const withoutDate = (changes: Partial<CustomerRecord>): CustomerRecord => {
  const { birthDate: _, ...rest } = lotteIn('mobile', changes)
  return rest
}

/** Nothing on it leads to her but the number: moved, another name of hers, another contact. */
const FAR = {
  nationalNumber: HERS,
  emails: [],
  phones: [],
  address: { street: 'Dorp', number: '1', postalCode: '2000', locality: 'Antwerpen' },
}

describe('the national number at a login', () => {
  test('stands for the birth date where a name fits and something else is hers, too', async () => {
    expect(await linked(withoutDate({ nationalNumber: HERS }))).toBe(true)
  })

  test('is not looked at unless configuration says so', async () => {
    const record = withoutDate({ nationalNumber: HERS })
    expect(await linked(record, { matching: { ...MATCHING, nationalNumber: false } })).toBe(false)
    await linking?.close()
    expect(
      await linked(lotteIn('tv', { nationalNumber: ANOTHERS }), { matching: { ...MATCHING, nationalNumber: false } }),
    ).toBe(true)
  })

  test.each([
    ['another birth date', lotteIn('mobile', { nationalNumber: HERS, birthDate: '1961-07-30' })],
    ['another first name', withoutDate({ nationalNumber: HERS, firstName: 'Karel' })],
    ['another surname', withoutDate({ nationalNumber: HERS, lastName: 'Peeters' })],
    ['no name', withoutDate({ nationalNumber: HERS, firstName: '' })],
    ['nothing else in common', withoutDate(FAR)],
    ['another number', lotteIn('mobile', { nationalNumber: ANOTHERS })],
  ])('does not link a record with %s', async (_, record) => {
    expect(await linked(record)).toBe(false)
  })

  test('leads to a record that nothing else leads to, which is not linked for that', async () => {
    const record = lotteIn('mobile', { ...FAR, lastName: 'Broeckx', birthDate: '1961-07-30' })
    const compared = async (claims: IdentityClaims) => {
      expect(await linked(record, { claims })).toBe(false)
      const events = (await linking?.events()) ?? []
      await close()
      return events.map(({ data }) => (data as { compared: number }).compared)
    }
    expect([await compared(WITH_NUMBER), await compared(LOTTE)]).toEqual([[1], [0]])
  })

  test('is not kept with the account', async () => {
    await linked(withoutDate({ nationalNumber: HERS }))
    const account = await linking?.store.accounts.find('account-1' as never)
    expect(JSON.stringify([account, await linking?.events()])).not.toContain(HERS)
  })
})

test.each([
  ['off: it is not kept at all', false],
  ['on: it is in the sealed record and a blind index', true],
])('the number of a record where the switch is %s', async (_, nationalNumber) => {
  const dir = await mkdtemp(join(tmpdir(), 'pias-number-'))
  const clock = () => 0
  const raw = await openSqliteStore({ dataDir: dir, clock })
  const store = await encryptTestStore(raw, { clock, dir })
  try {
    const form = recordFormOf({ nationalNumber })
    await createCustomerFeed({ ...store, form, clock }).upsert(lotteIn('mobile', { nationalNumber: HERS }))
    const everything = JSON.stringify([
      await raw.customers.page({ limit: 10 }),
      await raw.customers.findByKeys([`i:${HERS}`], 9),
    ])
    expect(everything).not.toContain(HERS)
    const found = await store.customers.findByKeys([`i:${HERS}`], 9)
    expect(found.records).toHaveLength(nationalNumber ? 1 : 0)
    const [record] = (await store.customers.page({ limit: 10 })).records
    const { person } = decodeDocument(record?.document ?? '')
    expect(person.nationalNumber).toBe(nationalNumber ? HERS : undefined)
    expect(record?.document.split(HERS)).toHaveLength(nationalNumber ? 2 : 1)
    // Switched over, the same record is written anew by the next import.
    const other = recordFormOf({ nationalNumber: !nationalNumber })
    const again = createCustomerFeed({ ...store, form: other, clock })
    expect(await again.upsert(lotteIn('mobile', { nationalNumber: HERS }))).toBe('updated')
  } finally {
    await store.close()
    await rm(dir, { recursive: true })
  }
})
