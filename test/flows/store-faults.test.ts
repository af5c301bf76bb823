import { MongoClient } from 'mongodb'
import { type PersonaId, personaTruth } from '#examples/customer-data/personas.ts'
import { until } from '#test/store/redis/support.ts'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { type Stores, startStores } from '#test/support/servers/start-stores.ts'
import { PATIENT } from '#test/support/slow-down-store.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'
import { forgetEverybody, readAgreement } from './store-faults/agreement.ts'
import { createPerson, type Person, ROTATING_CLIENT } from './store-faults/person.ts'
import { during, planFaults } from './store-faults/plan.ts'

/**
 * The servers of the production store, broken in the middle of logins that link a person:
 * no half account, no double spend, no acknowledged link lost, and nothing to be mended by hand.
 * PIAS_TEST_SEED gives other faults.
 */
const SEED = process.env.PIAS_TEST_SEED ?? 'store faults'
const FAULTS = planFaults(SEED, 20)

/** Persons who are linked without a page, no two of them to the same record. */
const PERSONAS: readonly PersonaId[] = [
  ...(['lotte', 'thomas', 'twin-a', 'twin-b', 'senior'] as const),
  ...(['junior', 'dutch-document', 'no-email', 'business', 'household'] as const),
]

let stores: Stores
let running: RunningPias
let inspector: MongoClient
const messages = { mongo: 0, redis: 0 }
/** Everybody who got tokens since the last time that all were forgotten. */
const acknowledged = new Map<PersonaId, string>()

const database = () => inspector.db('pias')

const recovered = () => until(async () => (await createHttpBrowser().get(`${running.issuer}/readyz`)).status === 200)

/** As people do: again, until it works. */
const logInAtLast = (person: Person) => until(() => person.logIn())

const checkAgreement = async (): Promise<void> => {
  const agreement = await readAgreement(database(), running.pias.store)
  expect(agreement.half).toEqual([])
  expect(agreement.accounts).toBe(acknowledged.size)
  for (const [persona, sub] of acknowledged) {
    expect([persona, agreement.linksOf(sub)]).toEqual([persona, personaTruth()[persona].link])
  }
}

beforeAll(async () => {
  stores = await startStores()
  running = await startPias({ config: { ...PATIENT, store: stores.config }, clients: [ROTATING_CLIENT] })
  inspector = new MongoClient(stores.mongo.url)
  const before = { mongo: stores.mongo.wire.messages(), redis: stores.redis.wire.messages() }
  expect(await createPerson(running, 'lotte').logIn()).toBe(true)
  for (const name of ['mongo', 'redis'] as const) messages[name] = stores[name].wire.messages() - before[name]
  await forgetEverybody(database())
})
afterAll(async () => {
  await inspector?.close()
  await running?.close()
  await stores?.close()
})

const described = FAULTS.map((fault, index) => {
  const { server, kind, at, when, hasty } = fault
  const name = `${kind} ${server} ${when} message ${Math.floor(at * 100)} %${hasty ? ', everything sent twice' : ''}`
  const turn = index % PERSONAS.length
  return { name, fault, persona: PERSONAS[turn] as PersonaId, isFirstTurn: turn === 0 }
})

test.each(described)(`$name, $persona (seed "${SEED}")`, async ({ fault, persona, isFirstTurn }) => {
  if (isFirstTurn) {
    await forgetEverybody(database())
    acknowledged.clear()
  }
  const person = createPerson(running, persona)
  await during(stores, fault, messages[fault.server], () => person.logIn(fault.hasty ? 2 : 1))

  await recovered()
  if (!fault.hasty) expect(await person.refreshUnsent()).toBe(true)
  await logInAtLast(person)
  acknowledged.set(persona, [...person.subs][0] as string)
  expect(person.unclear).toEqual([])
  expect([...person.subs]).toHaveLength(1)
  await checkAgreement()
  expect(Math.max(...(await person.replayAll()))).toBe(1)
  expect(person.unclear).toEqual([])
})

test('everybody who ever got tokens is still the same account', async () => {
  for (const [persona, sub] of acknowledged) {
    const person = createPerson(running, persona)
    expect(await person.logIn()).toBe(true)
    expect([...person.subs]).toEqual([sub])
  }
  await checkAgreement()
})
