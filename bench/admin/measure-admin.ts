import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { median, quantile } from '#bench/report/statistics.ts'
import type { MongoStore, Work } from '#bench/stores/mongo-store.ts'
import type { Answer } from '#test/support/http-browser.ts'
import { type AdminRequest, apiRequests, pageRequests } from './admin-requests.ts'
import type { AdminSession } from './admin-session.ts'
import type { RunningPlane } from './start-admin-plane.ts'

/**
 * What one request costs: milliseconds of PIAS as delivered, and the work of the database for a node without jobs, so that it
 * is what the request asks and nothing else.
 */
export type AdminCost = {
  readonly side: 'api' | 'console'
  readonly of: string
  readonly what: string
  readonly p50Ms: number
  readonly p95Ms: number
  /** Bytes of the answer. */
  readonly bytes: number
  readonly database?: Work
}

const WARM_UP = 3
/** Requests whose work is counted; what comes now and then, such as a look for changed apps, is not in the median. */
const COUNTED = 3
const COUNTED_WARM_UP = 2
/** On a machine that has no time for the database, it is asked again. */
const TRIES = 5
const PAUSE_MS = 1000
const FORM = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' }
const JSON_TYPE = { 'content-type': 'application/json' }

type Send = () => Promise<Answer>
type Row = Pick<AdminCost, 'side' | 'of' | 'what'> & { readonly most?: number; readonly send: Send }

const workBetween = (before: Work, after: Work): Work => ({
  // Less the look itself.
  commands: after.commands - before.commands - 1,
  keys: after.keys - before.keys,
  documents: after.documents - before.documents,
})

const medianOf = (all: readonly Work[]): Work => ({
  commands: median(all.map(({ commands }) => commands)),
  keys: median(all.map(({ keys }) => keys)),
  documents: median(all.map(({ documents }) => documents)),
})

/** Sends a request until it is answered, and looks at what that took. */
const sendOnce = async <Seen>({ what, send }: Row, look: (send: Send) => Promise<{ answer: Answer; seen: Seen }>) => {
  for (let left = TRIES; ; left -= 1) {
    const { answer, seen } = await look(send)
    if (answer.status < 300) return { answer, seen }
    if (answer.status !== 503 || left === 0) {
      throw new Error(`${what}: unexpected ${answer.status}\n${answer.body.slice(0, 500)}`)
    }
    await sleep(PAUSE_MS)
  }
}

const timeRow = async (row: Row, times: number) => {
  const { send: _, most = times, ...named } = row
  const milliseconds: number[] = []
  let bytes = 0
  for (let index = -WARM_UP; index < Math.min(times, most); index += 1) {
    const { answer, seen } = await sendOnce(row, async send => {
      const began = performance.now()
      return { answer: await send(), seen: performance.now() - began }
    })
    bytes = Buffer.byteLength(answer.body)
    if (index >= 0) milliseconds.push(seen)
  }
  return { ...named, p50Ms: quantile(milliseconds, 0.5), p95Ms: quantile(milliseconds, 0.95), bytes }
}

const countRow = async (row: Row, mongod: MongoStore): Promise<Work> => {
  const work: Work[] = []
  for (let index = -COUNTED_WARM_UP; index < COUNTED; index += 1) {
    const { seen } = await sendOnce(row, async send => {
      const before = await mongod.work()
      const answer = await send()
      return { answer, seen: workBetween(before, await mongod.work()) }
    })
    if (index >= 0) work.push(seen)
  }
  return medianOf(work)
}

type Session = { readonly current: () => Promise<AdminSession> }

/** Everything that is asked for, of the API and of the console, and an app that is saved. */
const rowsOf = ({ origin, samples }: RunningPlane, session: Session): readonly Row[] => {
  const callApi = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const { token, browser } = await session.current()
    const sent = { accept: 'application/json', authorization: `Bearer ${token}`, ...headers }
    const text = body === undefined ? undefined : JSON.stringify(body)
    return browser.send(method, `${origin}/api${path}`, text, { ...sent, ...(text !== undefined && JSON_TYPE) })
  }
  const callPage = async ({ path, body }: AdminRequest): Promise<Answer> => {
    const { browser, csrf } = await session.current()
    if (body === undefined) return browser.get(`${origin}${path}`)
    const form = new URLSearchParams({ csrf, once: randomBytes(16).toString('base64url'), ...body } as never)
    return browser.send('POST', `${origin}${path}`, form.toString(), { ...FORM, origin })
  }

  /** Each saves what the one before has left. */
  let app: Answer | undefined
  const save: Send = async () => {
    const path = `/clients/${samples.clientId}`
    app ??= await callApi('GET', path)
    const { metadata } = app.json<{ metadata: object }>()
    const saved = await callApi('PUT', path, { metadata }, { 'if-match': `${app.headers.etag}` })
    if (saved.status < 300) app = saved
    return saved
  }

  return [
    ...apiRequests(samples).map(request => ({
      ...request,
      side: 'api' as const,
      send: () => callApi(request.body === undefined ? 'GET' : 'POST', request.path, request.body),
    })),
    { side: 'api', of: 'replaceClient', what: 'save a client', send: save },
    ...pageRequests(samples).map(request => ({
      ...request,
      side: 'console' as const,
      send: () => callPage(request),
    })),
  ]
}

/**
 * Sends requests one after the other, as often as asked, to the API and to the console, and saves an app as often; on MongoDB then
 * once more to a node without jobs, whose work is counted.
 */
export const measureAdmin = async (
  plane: RunningPlane,
  session: Session & { readonly renew: () => void },
  times: number,
  progress: (text: string) => void,
): Promise<readonly AdminCost[]> => {
  const { mongod, withoutJobs } = plane
  const rows = rowsOf(plane, session)
  const costs: AdminCost[] = []
  for (const { side, of, what, most, send } of rows) {
    // A login in the middle of a measurement would be in it.
    await session.current()
    const cost = await timeRow({ side, of, what, send, ...(most !== undefined && { most }) }, times)
    progress(`${side}: ${what}: p95 ${cost.p95Ms.toFixed(1)} ms`)
    costs.push(cost)
  }
  if (mongod === undefined) return costs
  progress('counting')
  await withoutJobs()
  session.renew()
  const counted: AdminCost[] = []
  for (const [at, cost] of costs.entries()) {
    await session.current()
    counted.push({ ...cost, database: await countRow(rows[at] as Row, mongod) })
  }
  return counted
}
