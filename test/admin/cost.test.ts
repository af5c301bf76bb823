import { randomBytes } from 'node:crypto'
import {
  ACTS,
  type AdminRequest,
  apiRequests,
  BY_THE_MASS,
  pageRequests,
  type Samples,
} from '#bench/admin/admin-requests.ts'
import { type BaseSize, fillBase } from '#bench/admin/fill-base.ts'
import { ALL_PAGES } from '#src/console/pages/all-pages.ts'
import { becomeOwner, type RunningConsole, startConsole } from '#test/console/support.ts'
import type { Answer, HttpBrowser } from '#test/support/http-browser.ts'
import { type Asked, explainStatements, watchStatements } from './count-queries.ts'

/**
 * What admins look at costs the same few queries whatever is in the store: with few apps and accounts and with many of them
 * every operation and every page is asked for, and its statements and rows are counted below everything else.
 */
const FEW: BaseSize = { clients: 20, accounts: 20 }
const MANY: BaseSize = { clients: 260, accounts: 650 }
/** Statements of the longest page, those for the session, who asks, roles and the audit trail included. */
const MOST_STATEMENTS = 40
/** Rows of the longest page: 200 of a list, their keys, and what stands around them. */
const MOST_ROWS = 500
/** Rows of what tells counters of logins: two weeks, ten steps, all apps together and the ten busiest. */
const COUNTERS = { of: new Set(['showOverview', '/']), rows: 2500 }
/** Of a fixed size: a row a service line, and what PIAS itself keeps. */
const SMALL = /^SCAN (customer_totals|keys)\b/
/** By this much a full page asks for more than one that is not: for the page after it, or the keys of its accounts. */
const MORE_STATEMENTS = 2

type Looked = AdminRequest & { readonly side: 'api' | 'console' }
type Counted = Looked & { readonly asked: Asked; readonly status: number; readonly told: string }

let admin: RunningConsole
let watched: ReturnType<typeof watchStatements>
let few: ReadonlyMap<string, Counted>
let many: ReadonlyMap<string, Counted>
const nameOf = ({ side, what }: Looked): string => `${side}: ${what}`

const lookedAt = (samples: Samples): readonly Looked[] => [
  ...apiRequests(samples).map(request => ({ ...request, side: 'api' as const })),
  ...pageRequests(samples).map(request => ({ ...request, side: 'console' as const })),
]

/** Asks for everything twice: what is read once and kept, such as keys of accounts, is not in the second. */
const countAll = async (samples: Samples, browser: HttpBrowser, token: string): Promise<Map<string, Counted>> => {
  const { origin } = admin
  const page = await browser.get(`${origin}/people`)
  const [, csrf = ''] = /name="csrf" value="([^"]+)"/.exec(page.body) ?? []
  const send = ({ side, path, body }: AdminRequest & Pick<Looked, 'side'>): Promise<Answer> => {
    if (side === 'api') return admin.call(token, body === undefined ? 'GET' : 'POST', path, { body })
    if (body === undefined) return browser.get(`${origin}${path}`)
    const form = new URLSearchParams({ csrf, once: randomBytes(16).toString('base64url'), ...body } as never)
    return browser.send('POST', `${origin}${path}`, form.toString(), {
      'content-type': 'application/x-www-form-urlencoded',
      origin,
      'sec-fetch-site': 'same-origin',
    })
  }
  const counted = new Map<string, Counted>()
  for (const one of lookedAt(samples)) {
    watched.take()
    const { status, body } = await send(one)
    counted.set(nameOf(one), { ...one, asked: watched.take(), status, told: body })
  }
  return counted
}

beforeAll(async () => {
  watched = watchStatements()
  admin = await startConsole()
  const { running } = admin
  const browser = await becomeOwner(admin, 'lotte')
  const { token } = await admin.login('lotte')
  const filling = {
    store: running.pias.store,
    upstream: { issuer: running.simulator.issuer, clientId: 'PIAS_DEMO' },
    now: Date.now(),
  }
  few = await countAll(await fillBase(filling, FEW, { clients: 0, accounts: 0 }), browser, token)
  many = await countAll(await fillBase(filling, MANY, FEW), browser, token)
}, 120_000)
afterAll(async () => {
  watched.end()
  await admin.close()
})

test('every operation and every page is in the table, and none that there is not', async () => {
  const { body } = await admin.call(undefined, 'GET', '/../openapi.json')
  const { paths } = JSON.parse(body) as { paths: Record<string, Record<string, { operationId: string }>> }
  const operations = Object.values(paths).flatMap(path => Object.values(path).map(({ operationId }) => operationId))
  const all = [...many.values()]
  const of = (side: Looked['side']) => all.filter(one => one.side === side).map(one => one.of)
  expect([...new Set([...of('api'), ...ACTS, ...BY_THE_MASS])].sort()).toEqual([...operations].sort())
  // Reached by an answer of PIAS alone.
  const pages = ALL_PAGES.map(({ path }) => path).filter(path => path !== '/trial/callback')
  expect([...new Set(of('console'))].sort()).toEqual(pages.sort())
})

test('each is answered', () => {
  for (const one of [...few.values(), ...many.values()]) {
    expect({ name: nameOf(one), status: one.status, ...(one.status === 200 ? {} : { told: one.told }) }).toEqual({
      name: nameOf(one),
      status: 200,
    })
  }
})

test('each asks the store a bounded number of times, and no oftener of many than of few', () => {
  const found = [...many].map(([name, { asked }]) => {
    const before = few.get(name)?.asked.statements.length ?? 0
    const now = asked.statements.length
    return { name, before, now, tooMany: now > MOST_STATEMENTS || now > before + MORE_STATEMENTS }
  })
  expect(found.filter(({ tooMany }) => tooMany)).toEqual([])
})

const mostOf = (of: string): number => (COUNTERS.of.has(of) ? COUNTERS.rows : MOST_ROWS)

test('each reads a bounded number of rows', () => {
  const found = [...many].map(([name, { of, asked }]) => ({ name, rows: asked.rows, most: mostOf(of) }))
  expect(found.filter(({ rows, most }) => rows > most)).toEqual([])
  expect(Math.max(...found.map(({ rows }) => rows))).toBeGreaterThan(100)
})

test('no statement goes through a table', () => {
  const statements = [...many.values()].flatMap(({ asked }) => asked.statements)
  const plans = explainStatements(admin.running.dataDir, statements)
  expect(plans.length).toBeGreaterThan(20)
  // In the order of an index, as far as a page goes, is no scan; json_each goes through what was given, and what goes through
  // a subquery through what that has found, whose own steps are there as well.
  const isScan = (sql: string) => (step: string) =>
    /^SCAN (?!json_each|CONSTANT|\(subquery)/.test(step) &&
    !SMALL.test(step) &&
    !(/USING (COVERING )?INDEX/.test(step) && /LIMIT/.test(sql))
  expect(plans.filter(({ sql, steps }) => steps.some(isScan(sql)))).toEqual([])
})

test('events of an account are looked for among its own, whatever else is asked for', () => {
  const searches = [...many.values()]
    .flatMap(({ asked }) => asked.statements)
    .filter(sql => /FROM audit_events\b/.test(sql) && sql.includes('account_id = :accountId'))
  const plans = explainStatements(admin.running.dataDir, searches)
  expect(plans.some(({ sql }) => sql.includes('type = :type'))).toBe(true)
  const byAccount = /audit_events_by_account \(account_id=/
  expect(plans.filter(({ steps }) => !steps.some(step => byAccount.test(step)))).toEqual([])
})
