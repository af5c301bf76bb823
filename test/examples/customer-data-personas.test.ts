import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateCustomers } from '#examples/customer-data/draw-lines.ts'
import { type PersonaId, personaTruth } from '#examples/customer-data/personas.ts'
import type { CustomerSource } from '#src/customers/port.ts'
import { importCustomers } from '#src/customers/snapshot/import-customers.ts'
import { createPrepareLines } from '#src/customers/snapshot/prepare-lines.ts'
import { createSnapshotSource } from '#src/customers/snapshot/snapshot-source.ts'
import type { IdentityClaims, VerifiedIdentity } from '#src/kernel/identity.ts'
import { createMatchIdentity } from '#src/linking/match-identity.ts'
import type { Store } from '#src/store/ports/store.ts'
import { openSqliteStore } from '#src/store/sqlite/open.ts'
import { recordForm } from '#test/support/record-form.ts'

const SIMULATOR = join(import.meta.dirname, '..', '..', 'examples', 'itsme-simulator', 'personas.json')

type Claims = { readonly [claim: string]: unknown; readonly address?: Readonly<Record<string, string>> }
type Persona = { readonly id: PersonaId; readonly claims: Claims }

const personas = JSON.parse(await readFile(SIMULATOR, 'utf8')) as readonly Persona[]
const truth = personaTruth()

const text = (value: unknown): string => String(value)

/** The persona's claims as PIAS holds them once itsme has vouched for them. */
const toClaims = ({ claims }: Persona): IdentityClaims => ({
  givenName: text(claims.given_name),
  familyName: text(claims.family_name),
  birthdate: text(claims.birthdate),
  phoneNumber: text(claims.phone_number),
  phoneVerified: true,
  ...(claims.email !== undefined && { email: text(claims.email), emailVerified: false }),
  ...(claims.address && {
    address: {
      streetAddress: claims.address.street_address ?? '',
      postalCode: claims.address.postal_code ?? '',
      locality: claims.address.locality ?? '',
    },
  }),
})

const toIdentity = (persona: Persona): VerifiedIdentity => ({
  upstream: 'itsme',
  assurance: 'verified',
  key: { issuer: 'http://127.0.0.1:3100', clientId: 'pias', subject: persona.id },
  acr: 'urn:pias:acr:basic',
  amr: [],
  authTime: 0,
  claims: toClaims(persona),
})

async function* file() {
  for (const line of generateCustomers({ seed: 4, customers: 20_000 })) yield `${JSON.stringify(line)}\n`
}

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

describe('the personas among 20,000 customers in the embedded store', () => {
  let dataDir: string
  let store: Store
  let source: CustomerSource

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'personas-'))
    store = await openSqliteStore({ dataDir, clock: Date.now })
    source = createSnapshotSource({ customers: store.customers })
  })

  afterAll(async () => {
    await store.close()
    await rm(dataDir, { recursive: true })
  })

  test('all are imported', async () => {
    const result = await importCustomers({
      input: file(),
      prepare: createPrepareLines({ ...store, form: recordForm }),
      write: store.customers.write,
      clock: Date.now,
    })
    expect(result).toMatchObject({ lines: 20_000, inserted: 20_000, rejected: 0 })
    expect(await store.customers.count()).toBe(20_000)
  })

  test('the simulator and the truth know the same personas', () => {
    expect(personas.map(({ id }) => id).sort()).toEqual(Object.keys(truth).sort())
  })

  test.each(personas.map(persona => [persona.id, persona] as const))(
    '%s is decided as the truth says',
    async (id, persona) => {
      const matching = { errorBudget: 1e-4, deadlineMs: 60_000, limitPerKey: 400 }
      const matcher = createMatchIdentity({ source, matching, logger: silent })
      const decision = matcher.decideOn(await matcher.search(toIdentity(persona)))
      expect(decision.links).toEqual(truth[id].link)
      expect(decision.candidates).toEqual(expect.arrayContaining([...truth[id].confirm]))
    },
  )

  test('what is to be confirmed has an invoice reference to prove it with', async () => {
    const keys = Object.values(truth).flatMap(({ confirm }) => confirm)
    const found = (await Promise.all(keys.map(key => source.findByCustomerId(key.customerId)))).flat()
    expect(found.map(({ record }) => [record.customerId, record.invoiceReferences])).toEqual([
      ['INT-200001', ['INV-2025-0200001']],
    ])
  })

  test('lotte is a customer in all four service lines', () => {
    expect(truth.lotte.link).toEqual([
      { serviceLine: 'internet', customerId: 'INT-100001' },
      { serviceLine: 'landline', customerId: 'LND-100001' },
      { serviceLine: 'mobile', customerId: 'MOB-100001' },
      { serviceLine: 'tv', customerId: 'TV-100001' },
    ])
  })
})
