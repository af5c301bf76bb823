import { createRandom, type Random } from '#examples/customer-data/random.ts'
import { createLinkChanges } from '#src/accounts/link-changes.ts'
import { type CustomerRecord, customerKeyOf, SERVICE_LINES } from '#src/kernel/customer.ts'
import type { AccountId, IdentityClaims, VerifiedIdentity } from '#src/kernel/identity.ts'
import type { Clock } from '#src/kernel/runtime.ts'
import { SETTLE_AFTER_MS } from '#src/linking/look-at-changes.ts'
import type { TypedContact } from '#src/linking/typed-contact.ts'
import { terms } from '#src/matching/blocking.ts'
import { toComparablePerson } from '#src/matching/normalise.ts'
import type { Store } from '#src/store/ports/store.ts'
import { openStore, storeConfigSchema } from '#src/store/registry.ts'
import { openTestDatabase, type TestDatabase } from '#test/store/mongo/test-database.ts'
import { createBench, newPrefix } from '#test/store/redis/support.ts'
import { encryptTestStore } from '#test/support/encrypted-store.ts'
import { importLines } from '#test/support/import-lines.ts'
import { lotteIn } from './people.ts'
import { type Linking, openLinking, verified } from './support.ts'

/** `PIAS_TEST_SEED` gives other sequences. */
const SEED = process.env.PIAS_TEST_SEED ?? 'sequences'
const SEQUENCES = 3
/** What a machine with other work may need for one of them. */
const LONGEST_MS = 240_000
const ROUNDS = 10
const ACTS_PER_ROUND = 5
const CONTEXT = { clientId: 'app', attemptUid: 'attempt' }

type Version = 'own' | 'other-language' | 'from-before' | 'strangers'

/** Synthetic people who have nothing in common, each with a record in every service line. */
const NAMES = [
  ['Lotte', 'Vandenbroeck', '1988-03-14', '1'],
  ['Youssef', 'Benali', '1975-11-02', '2'],
  ['Germaine', 'Tilmant', '1951-08-29', '3'],
] as const

const PEOPLE = NAMES.map(([firstName, lastName, birthDate, digit]) => {
  const email = `${firstName.toLowerCase()}@example.com`
  const formerMail = `${firstName.toLowerCase()}.before@example.net`
  const claims: IdentityClaims = {
    givenName: firstName,
    familyName: lastName,
    birthdate: birthDate,
    email,
    phoneNumber: `+32 47012345${digit}`,
    phoneVerified: true,
    address: { streetAddress: `Kerkstraat ${digit}`, postalCode: `${digit}000`, locality: 'X' },
  }
  const record = (version: Version, customerId: string, line: (typeof SERVICE_LINES)[number]): CustomerRecord =>
    version === 'strangers'
      ? lotteIn(line, {
          customerId,
          firstName: 'Karel',
          lastName: 'Wouters',
          birthDate: '1940-01-02',
          emails: ['karel@example.net'],
          phones: ['0499 99 99 99'],
          address: { street: 'Markt', number: '77' },
        })
      : lotteIn(line, {
          customerId,
          firstName,
          lastName,
          birthDate,
          emails: [email],
          phones: [`047012345${digit}`],
          address: { street: 'Kerkstraat', number: digit, postalCode: `${digit}000`, locality: 'X' },
          language: version === 'own' ? 'nl' : 'fr',
          // Made before she moved: a code to the contact of then proves it.
          ...(version === 'from-before' && {
            emails: [formerMail],
            phones: [],
            address: { street: 'Dorp', number: digit, postalCode: '8000', locality: 'Y' },
          }),
        })
  return { claims, record, name: firstName, former: { channel: 'mail', value: formerMail } as const }
})

const KEYS = PEOPLE.flatMap((person, at) =>
  SERVICE_LINES.map(serviceLine => ({ person, key: { serviceLine, customerId: `C-${at}-${serviceLine}` } })),
)

/**
 * What must be so, kept step by step beside the store: what each record is, whose it was ever seen to be, which subjects
 * each person has had at the upstream, and whose account the rebound ones must lead to.
 */
type Model = {
  readonly records: Map<string, CustomerRecord>
  readonly owners: Map<string, AccountId>
  readonly subjects: Map<string, string[]>
  readonly rebound: Map<string, AccountId>
  readonly retired: Map<string, AccountId>
  /** Whose account it is, of all that somebody was told to be logged in to. */
  readonly told: Map<AccountId, string>
  /** The account that a subject was told to have last. */
  readonly accountOf: Map<string, AccountId>
  /** What happened at least once. */
  readonly seen: Set<string>
}

const newModel = (): Model => ({
  records: new Map(),
  owners: new Map(),
  rebound: new Map(),
  retired: new Map(),
  told: new Map(),
  accountOf: new Map(),
  seen: new Set(),
  subjects: new Map(PEOPLE.map(({ name }) => [name, [name]])),
})

/** Outcomes after which somebody is logged in to the account. */
const LOGGED_IN = new Set(['linked', 'known', 'proved'])

/** Keeps what somebody was told: from then on it must be so. */
const keep = (
  { told, accountOf, seen }: Model,
  { act, name, subject }: { act: string; name: string; subject: string },
  outcome: { kind: string; accountId?: AccountId },
): void => {
  if (outcome.accountId === undefined || !LOGGED_IN.has(outcome.kind)) return
  seen.add(act)
  told.set(outcome.accountId, name)
  accountOf.set(subject, outcome.accountId)
}

/** A code to a contact that the upstream did not tell; all that it proves is taken. */
const proveByCode = async (
  linking: Linking,
  model: Model,
  name: string,
  { identity, contact }: { identity: VerifiedIdentity; contact: TypedContact },
) => {
  const asked = await linking.proveContact.newCode(identity, CONTEXT, { contact, ip: '198.51.100.7' })
  if (asked === 'locked') return
  const outcome = await linking.proveContact.checkCode(identity, CONTEXT, { typed: asked.code, codes: [asked.sent] })
  if (outcome.kind !== 'found') return
  const linked = await linking.linkRecords(identity, CONTEXT, outcome.proof, outcome.records)
  keep(model, { act: 'code', name, subject: identity.key.subject }, linked)
}

/** Support gives an account another identity of the same person, beside whatever logins are under way. */
const rebind = async (
  { store, clock }: Linking,
  model: Model,
  { name, retired, fresh }: { name: string; retired: VerifiedIdentity; fresh: VerifiedIdentity },
) => {
  const account = await store.accounts.findByIdentity(retired.key)
  if (account === undefined) return
  const changes = createLinkChanges({ ...store, clock, newAccountId: () => 'none' as AccountId })
  const retire = await store.linkChanges.referTo(retired.key)
  const request = { kind: 'rebind', account, retire, identity: fresh.key } as const
  const { kind } = await changes.request(request, { by: 'admin-1', reason: 'new card' })
  if (kind !== 'done') return
  model.seen.add('rebind')
  model.subjects.get(name)?.push(fresh.key.subject)
  model.rebound.set(fresh.key.subject, account)
  model.retired.set(retired.key.subject, account)
  model.rebound.delete(retired.key.subject)
}

/** The identity a person had last is retired for one that nobody has had. */
const drawRebind = (linking: Linking, model: Model, { claims, name }: (typeof PEOPLE)[number]) => {
  const subjects = model.subjects.get(name) ?? []
  const [retired, fresh] = [subjects.at(-1) ?? name, `${name}-${subjects.length}`]
  return () => rebind(linking, model, { name, retired: verified(claims, retired), fresh: verified(claims, fresh) })
}

/** Acts of one round that run beside each other; no two of them write one record, so what is left is known. */
const drawRound = (random: Random, linking: Linking, model: Model): (() => Promise<unknown>)[] => {
  const written = new Set<string>()
  const rebinding = new Set<string>()
  const acts: (() => Promise<unknown>)[] = []

  const drawRecord = () => {
    const { person, key } = random.pick(KEYS)
    const text = customerKeyOf(key)
    if (written.has(text)) return undefined
    written.add(text)
    const version = random.pick(['own', 'own', 'other-language', 'from-before', 'strangers'] as const)
    return { text, key, record: person.record(version, key.customerId, key.serviceLine) }
  }
  const set = ({ text, record }: { text: string; record: CustomerRecord }) => model.records.set(text, record)

  const draws: (() => void)[] = [
    () => {
      const drawn = drawRecord()
      if (drawn === undefined) return
      set(drawn)
      acts.push(() => linking.add([drawn.record]))
    },
    () => {
      const drawn = drawRecord()
      if (drawn === undefined) return
      model.records.delete(drawn.text)
      acts.push(() => linking.remove(drawn.key))
    },
    () => {
      const drawn = [drawRecord(), drawRecord(), drawRecord()].filter(one => one !== undefined)
      for (const one of drawn) set(one)
      acts.push(() =>
        importLines(
          linking.store,
          drawn.map(({ record }) => record),
        ),
      )
    },
    () => {
      const { claims, name } = random.pick(PEOPLE)
      // Now and then somebody with another subject comes with the very same claims.
      const subject = random.chance(0.3) ? `${name}-again` : random.pick(model.subjects.get(name) ?? [name])
      acts.push(async () =>
        keep(model, { act: 'login', name, subject }, await linking.resolveLink(verified(claims, subject), CONTEXT)),
      )
    },
    () => {
      const { claims, name, former } = random.pick(PEOPLE)
      const identity = verified(claims, random.pick(model.subjects.get(name) ?? [name]))
      acts.push(() => proveByCode(linking, model, name, { identity, contact: former }))
    },
    () => {
      const person = random.pick(PEOPLE)
      if (rebinding.has(person.name)) return
      rebinding.add(person.name)
      acts.push(drawRebind(linking, model, person))
    },
    () => {
      const { person, key } = random.pick(KEYS)
      const reference = random.chance(0.7) ? `INV-${key.serviceLine}/001` : 'wrong'
      const answer = { customerId: key.customerId, invoiceReference: reference }
      const { claims, name } = person
      acts.push(async () =>
        keep(
          model,
          { act: 'invoice', name, subject: name },
          await linking.proveCustomer(verified(claims, name), CONTEXT, answer),
        ),
      )
    },
    () => {
      acts.push(linking.lookAtChanges)
    },
  ]
  for (let act = 0; act < ACTS_PER_ROUND; act += 1) random.pick(draws)()
  return acts
}

const linksOf = async ({ accounts }: Store): Promise<ReadonlyMap<string, AccountId>> => {
  const owners = new Map<string, AccountId>()
  for (const { id } of await accounts.survey({ after: '', limit: 1000 })) {
    for (const link of await accounts.customersOf(id)) {
      // No record with two owners.
      expect(owners.has(customerKeyOf(link))).toBe(false)
      owners.set(customerKeyOf(link), id)
    }
  }
  return owners
}

/** What somebody was told is so, and nobody has a record of somebody else's. */
const checkTold = async (
  { accounts }: Store,
  { accountOf, retired, told }: Model,
  owners: ReadonlyMap<string, AccountId>,
): Promise<void> => {
  for (const [subject, account] of accountOf) {
    if (retired.has(subject)) continue
    expect([subject, await accounts.findByIdentity(verified({}, subject).key)]).toEqual([subject, account])
  }
  for (const { person, key } of KEYS) {
    const text = customerKeyOf(key)
    const owner = owners.get(text)
    if (owner !== undefined) expect([text, told.get(owner)]).toEqual([text, person.name])
  }
}

const check = async (linking: Linking, model: Model): Promise<void> => {
  const { store } = linking
  const owners = await linksOf(store)
  // No link is lost, and none moved.
  for (const [key, owner] of model.owners) expect([key, owners.get(key)]).toEqual([key, owner])
  for (const [key, owner] of owners) model.owners.set(key, owner)
  expect(await store.accounts.ownersOf(KEYS.map(({ key }) => key))).toEqual(owners)

  await checkTold(store, model, owners)

  // A rebound account goes by its new identity, and never again by the one that was retired.
  for (const [subject, account] of model.rebound) {
    expect([subject, await store.accounts.findByIdentity(verified({}, subject).key)]).toEqual([subject, account])
  }
  for (const [subject, account] of model.retired) {
    expect(await store.accounts.findByIdentity(verified({}, subject).key)).not.toBe(account)
  }

  // Where a linked record is somebody else's by now, or gone, people are told.
  await linking.lookAtChanges()
  const reviewed = new Set((await linking.reviews()).map(({ customer }) => customer && customerKeyOf(customer)))
  for (const key of owners.keys()) {
    const record = model.records.get(key)
    if (record === undefined || record.firstName === 'Karel') expect([...reviewed]).toContain(key)
  }

  // Records, frequencies and totals are what the changes come to.
  const all = [...model.records.values()]
  expect(await store.customers.count()).toBe(all.length)
  const wanted = new Map<string, number>()
  for (const term of all.flatMap(record => terms(toComparablePerson(record)))) {
    wanted.set(term, (wanted.get(term) ?? 0) + 1)
  }
  const asked = [...wanted.keys(), 'first:nobody']
  expect((await store.customers.termCounts(asked)).counts).toEqual(wanted)
}

const describeSequences = (name: string, open: (deps: { clock: Clock; dataDir: string }) => Promise<Store>) => {
  const seeds = Array.from({ length: SEQUENCES }, (_, at) => `${SEED} ${at}`)
  test.each(seeds)(
    `no link is lost, doubled or moved in silence on ${name}: %s`,
    async seed => {
      const random = createRandom(seed)
      const byCode = random.pick(PEOPLE)
      const model = newModel()
      const linking = await openLinking([], { open })
      // All that leads to one of them is a contact from before.
      const versionOf = (person: (typeof PEOPLE)[number]): Version => (person === byCode ? 'from-before' : 'own')
      const first = KEYS.map(({ person, key }) => person.record(versionOf(person), key.customerId, key.serviceLine))
      await importLines(linking.store, first)
      for (const record of first) model.records.set(customerKeyOf(record), record)
      try {
        await proveByCode(linking, model, byCode.name, {
          identity: verified(byCode.claims, byCode.name),
          contact: byCode.former,
        })
        await check(linking, model)
        for (let round = 0; round < ROUNDS; round += 1) {
          await Promise.all(drawRound(random, linking, model).map(act => act()))
          await check(linking, model)
          if (random.chance(0.5)) linking.pass(SETTLE_AFTER_MS)
        }
        expect(model.owners.size).toBeGreaterThan(0)
        await drawRebind(linking, model, byCode)()
        await check(linking, model)
        expect([...model.seen]).toEqual(expect.arrayContaining(['code', 'login', 'rebind']))
      } finally {
        await linking.close()
      }
    },
    LONGEST_MS,
  )
}

const bench = createBench()
let mongo: TestDatabase
let redisUrl = ''

beforeAll(async () => {
  mongo = await openTestDatabase()
  bench.ending(mongo.close)
  redisUrl = (await bench.server()).url
})

const openSqlite = ({ clock, dataDir }: { clock: Clock; dataDir: string }) =>
  openStore({ kind: 'sqlite', dataDir }, { clock, dataDir })

const openServers = async ({ clock }: { clock: Clock }) => {
  await mongo.empty()
  const config = storeConfigSchema.parse({
    kind: 'mongo-redis',
    mongo: { url: mongo.url, database: mongo.database },
    redis: { url: redisUrl, keyPrefix: newPrefix() },
  })
  return openStore(config, { clock, migrate: true })
}

describeSequences('SQLite', openSqlite)
describeSequences('SQLite, encrypted', async deps =>
  encryptTestStore(await openSqlite(deps), { clock: deps.clock, dir: deps.dataDir }),
)
describeSequences('MongoDB and Redis, encrypted', async deps =>
  encryptTestStore(await openServers(deps), { clock: deps.clock, dir: deps.dataDir }),
)
