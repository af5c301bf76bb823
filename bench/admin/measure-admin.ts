import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { median, quantile } from '#bench/report/statistics.ts'
import type { MongoStore, Work } from '#bench/stores/mongo-store.ts'
import type { Answer } from '#test/support/http-browser.ts'
import { type AdminRequest, apiRequests, pageRequests } from './admin-requests.ts'
import type { AdminSession } from './admin-session.ts'
import type { RunningPlane } from './start-admin-plane.ts'

/** What one request costs; the work of the database is the median of all, so that what jobs do meanwhile is not in it. */
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

const measureRow = async ({ send, most, ...row }: Row, times: number, mongod?: MongoStore): Promise<AdminCost> => {
  const milliseconds: number[] = []
  const work: Work[] = []
  let bytes = 0
  const count = Math.min(times, most ?? times)
  let left = TRIES
  for (let index = -WARM_UP; index < count; index += 1) {
    const before = await mongod?.work()
    const began = performance.now()
    const { status, body } = await send()
    const took = performance.now() - began
    const after = await mongod?.work()
    if (status === 503 && left > 0) {
      left -= 1
      index -= 1
      await sleep(PAUSE_MS)
      continue
    }
    if (status >= 300) throw new Error(`${row.what}: unexpected ${status}\n${body.slice(0, 500)}`)
    bytes = Buffer.byteLength(body)
    if (index < 0) continue
    milliseconds.push(took)
    if (before !== undefined && after !== undefined) work.push(workBetween(before, after))
  }
  return {
    ...row,
    p50Ms: quantile(milliseconds, 0.5),
    p95Ms: quantile(milliseconds, 0.95),
    bytes,
    ...(work.length > 0 && { database: medianOf(work) }),
  }
}

/** Sends requests one after the other, as often as asked, to the API and to the console, and saves an app as often. */
export const measureAdmin = async (
  { origin, samples, mongod }: RunningPlane,
  session: { readonly current: () => Promise<AdminSession> },
  times: number,
  progress: (text: string) => void,
): Promise<readonly AdminCost[]> => {
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
    app = await callApi('PUT', path, { metadata }, { 'if-match': `${app.headers.etag}` })
    return app
  }

  const rows: readonly Row[] = [
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
  const costs: AdminCost[] = []
  for (const { side, of, what, most, send } of rows) {
    // A login in the middle of a measurement would be in it.
    await session.current()
    const cost = await measureRow({ side, of, what, send, ...(most !== undefined && { most }) }, times, mongod)
    progress(`${side}: ${what}: p95 ${cost.p95Ms.toFixed(1)} ms`)
    costs.push(cost)
  }
  return costs
}
