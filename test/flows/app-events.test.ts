import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose'
import { createLinkChanges } from '#src/accounts/link-changes.ts'
import type { LinkRequest } from '#src/accounts/link-plan.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import { addSecondLogin } from '#test/support/add-second-login.ts'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { claimsOf, createTestApp, logIn, redeem } from '#test/support/log-in.ts'
import { type RunningPias, startPias, TEST_CLIENT } from '#test/support/start-pias.ts'
import { meetUncertain } from '#test/support/uncertain.ts'
import { until } from '#test/support/until.ts'

/** Apps are told by webhook what was done to accounts they know: signed, once, by the sub they know, and nothing personal. */
const BOTH = { ...TEST_CLIENT, client_id: 'app-of-both' }
const PART = { ...TEST_CLIENT, client_id: 'app-of-part', subject_type: 'pairwise', pias_sector: 'one' }
const NO_RECORDS = { ...TEST_CLIENT, client_id: 'app-without-records', scope: 'openid profile' }

/** An app's endpoint for pushed events (RFC 8935). */
const startReceiver = async (clientId: string, issuer: () => string) => {
  const taken: (JWTPayload & { events: object; sub_id: { sub: string } })[] = []
  const state = { answer: 202, calls: 0, jtis: new Set<string>() }
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    state.calls++
    const token = Buffer.concat(chunks).toString()
    state.jtis.add(`${claimsOf(token).jti}`)
    if (state.answer !== 202 || request.headers['content-type'] !== 'application/secevent+jwt') {
      return response.writeHead(state.answer).end('{"err":"invalid_request"}')
    }
    const jwks = createRemoteJWKSet(new URL(`${issuer()}/jwks`))
    const checks = {
      issuer: issuer(),
      audience: clientId,
      typ: 'secevent+jwt',
      requiredClaims: ['jti', 'iat', 'events'],
    }
    const { payload } = await jwtVerify(token, jwks, checks)
    taken.push(payload as (typeof taken)[number])
    return response.writeHead(202).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`
  const close = async () => {
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  }
  return { url, taken, state, close }
}

let running: RunningPias
let receivers: Record<string, Awaited<ReturnType<typeof startReceiver>>>
let now = 0

beforeAll(async () => {
  const clients = [BOTH, PART, NO_RECORDS]
  const started = await Promise.all(clients.map(({ client_id: id }) => startReceiver(id, () => running.issuer)))
  receivers = Object.fromEntries(clients.map(({ client_id: id }, index) => [id, started[index]])) as typeof receivers
  running = await startPias({
    clock: () => Date.now() + now,
    clients: clients.map((client, index) => ({ ...client, pias_webhook_uri: started[index]?.url })),
  })
})
afterAll(async () => {
  await running.close()
  for (const receiver of Object.values(receivers)) await receiver.close()
})

/** What a node does by itself: reads the trail, and sends what is due. */
const runJobs = async () => {
  for (const name of ['telling apps', 'message delivery']) await running.pias.jobs.find(job => job.name === name)?.run()
}

const subAt = async (client: typeof TEST_CLIENT, persona: string): Promise<string> => {
  const app = createTestApp(running, client, client === NO_RECORDS ? 'openid profile' : undefined)
  const browser = createHttpBrowser()
  const request = app.authorize()
  return `${claimsOf((await redeem(app, browser, await logIn(browser, request.url, persona), request)).id_token).sub}`
}

const untilTaken = async (client: { client_id: string }, count: number) => {
  const { taken } = receivers[client.client_id] as (typeof receivers)[string]
  for (let tries = 0; taken.length < count && tries < 200; tries++) {
    await runJobs()
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  expect(taken).toHaveLength(count)
  return taken.at(-1) as (typeof taken)[number]
}

/** Acts on links, approved where they take two. @returns the act */
const act = async (request: LinkRequest): Promise<string> => {
  const newAccountId = () => randomBytes(16).toString('base64url') as AccountId
  const changes = createLinkChanges({ ...running.pias.store, clock: Date.now, newAccountId })
  const asked = await changes.request(request, { by: 'admin-1', reason: 'a synthetic reason' })
  const done = asked.kind === 'proposed' ? await changes.approve(asked.change.id, 'admin-2') : asked
  if (done.kind !== 'done') throw new Error(`refused: ${JSON.stringify(done)}`)
  return done.change.id
}

const identifier = (sub: string) => ({ format: 'iss_sub', iss: running.issuer, sub })

const sentTo = async ({ client_id: id }: { client_id: string }): Promise<number> =>
  (await running.pias.store.audit.search({ type: 'message.sent', clientId: id, limit: 100 })).length

test('of a merge, its undoing, and records; tried again under one jti until it is taken', async () => {
  const { store } = running.pias
  const lotte = await subAt(BOTH, 'lotte')
  await subAt(NO_RECORDS, 'lotte')
  await (await meetUncertain(running, 'nora')).openAccount()
  const nora = await subAt(BOTH, 'nora')
  const atPart = await subAt(PART, 'nora')
  await runJobs()
  expect(Object.values(receivers).map(({ state }) => state.calls)).toEqual([0, 0, 0])

  const merged = await act({ kind: 'merge', account: nora as AccountId, into: lotte as AccountId })
  // One that knew both is told which sub gave way to which; one that goes on by the same sub, that the records are others.
  expect(await untilTaken(BOTH, 1)).toMatchObject({
    sub_id: identifier(nora),
    txn: merged,
    toe: expect.any(Number),
    events: { 'urn:pias:event:account-merged': { into: identifier(lotte) } },
  })
  expect(await untilTaken(PART, 1)).toMatchObject({
    sub_id: identifier(atPart),
    txn: merged,
    events: { 'urn:pias:event:records-changed': {} },
  })

  const back = receivers[BOTH.client_id]?.state
  if (back === undefined) throw new Error('it listens')
  ;[back.answer, back.calls] = [500, 0]
  back.jtis.clear()
  const undone = await act({ kind: 'undo', change: merged })
  for (let tries = 0; back.calls === 0 && tries < 200; tries++) {
    await runJobs()
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  back.answer = 202
  // Not before all others are through: what is under way for a minute is taken for lost, and sent again.
  await untilTaken(PART, 2)
  await until(async () => (await sentTo(PART)) === 2)
  now += 60_000
  const told = await untilTaken(BOTH, 2)
  expect(told).toMatchObject({
    sub_id: identifier(nora),
    txn: undone,
    events: { 'urn:pias:event:account-unmerged': { from: identifier(lotte) } },
  })
  expect([back.calls > 1, [...back.jtis]]).toEqual([true, [told.jti]])
  expect(receivers[PART.client_id]?.taken.at(-1)).toMatchObject({
    sub_id: identifier(atPart),
    txn: undone,
    events: { 'urn:pias:event:account-unmerged': { from: { iss: running.issuer } } },
  })

  const [record] = await store.accounts.customersOf(lotte as AccountId)
  if (record === undefined) throw new Error('Lotte has records')
  const { serviceLine, customerId } = record
  await act({ kind: 'unlink', record: { serviceLine, customerId } })
  const changed = await untilTaken(BOTH, 3)
  expect(changed).toMatchObject({ sub_id: identifier(lotte), events: { 'urn:pias:event:records-changed': {} } })
  expect(JSON.stringify(changed)).not.toContain(customerId)
  // Read again from the begin of what is unsettled: nobody is told twice, and who may not know of records is not told.
  await runJobs()
  expect(receivers[NO_RECORDS.client_id]?.state.calls).toBe(0)
  expect(receivers[PART.client_id]?.taken).toHaveLength(2)
  const sent = await store.audit.search({ type: 'message.sent', limit: 100 })
  expect(sent.filter(({ clientId }) => clientId === BOTH.client_id).map(({ data }) => data)).toContainEqual(
    expect.objectContaining({ name: 'app-event.merged', channel: 'webhook' }),
  )
})

test('of a split, by the sub it knows the account by; and of its undoing, where it knows the account that was opened', async () => {
  const { store } = running.pias
  const senior = await subAt(BOTH, 'senior')
  const identity = await addSecondLogin(store, senior)
  const before = receivers[BOTH.client_id]?.taken.length ?? 0
  const split = await act({ kind: 'split', account: senior as AccountId, identities: [identity], records: [] })
  expect(await untilTaken(BOTH, before + 1)).toMatchObject({
    sub_id: identifier(senior),
    txn: split,
    events: { 'urn:pias:event:account-split': {} },
  })

  const opened = (await store.linkChanges.find(split))?.moves[0]?.to as AccountId
  await store.consents.give({ accountId: opened, clientId: BOTH.client_id, scopes: ['openid'], at: 0 })
  const undone = await act({ kind: 'undo', change: split })
  expect(await untilTaken(BOTH, before + 2)).toMatchObject({
    sub_id: identifier(opened),
    txn: undone,
    events: { 'urn:pias:event:account-split': {} },
  })
})

test('an app that refuses for good is given up', async () => {
  const { store } = running.pias
  const thomas = await subAt(BOTH, 'thomas')
  const { state } = receivers[BOTH.client_id] as (typeof receivers)[string]
  ;[state.answer, state.calls] = [400, 0]
  const [record] = await store.accounts.customersOf(thomas as AccountId)
  const { serviceLine = 'tv', customerId = '' } = record ?? {}
  await act({ kind: 'unlink', record: { serviceLine, customerId } })
  for (let tries = 0; state.calls === 0 && tries < 200; tries++) {
    await runJobs()
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  now += 3_600_000
  await runJobs()
  expect(state.calls).toBe(1)
  const [event] = await store.audit.search({ type: 'message.abandoned', limit: 1 })
  expect(event).toMatchObject({ clientId: BOTH.client_id, data: { reason: 'HTTP 400', tries: 1 } })
})
