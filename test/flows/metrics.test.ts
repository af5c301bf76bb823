import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { activateModel, keepModel } from '#src/linking/stored-model.ts'
import { DEFAULT_MODEL } from '#src/matching/model.ts'
import { type Listening, listen } from '#src/operations/listen.ts'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { createTestApp, logIn, redeem, type Tokens } from '#test/support/log-in.ts'
import { rawRequest } from '#test/support/raw-request.ts'
import { runJobs } from '#test/support/run-jobs.ts'
import { type RunningPias, startPias, TEST_CLIENT } from '#test/support/start-pias.ts'
import { meetUncertain } from '#test/support/uncertain.ts'
import { until } from '#test/support/until.ts'

/** What docs/metrics.md promises to scrapers, held against what they get; the dashboard and the alerts ask for nothing else. */
const ROOT = join(import.meta.dirname, '..', '..')
const read = (...path: string[]): string => readFileSync(join(ROOT, ...path), 'utf8')

type Described = { readonly type: string; readonly labels: readonly string[] }
const DOCUMENTED: ReadonlyMap<string, Described> = new Map(
  [...read('docs', 'metrics.md').matchAll(/^\| `(\w+)` \| (\w+) \| ([^|]+) \|/gm)].map(([, name, type, labels]) => [
    name ?? '',
    { type: type ?? '', labels: [...(labels ?? '').matchAll(/`(\w+)`/g)].map(([, label]) => label ?? '').sort() },
  ]),
)

let running: RunningPias
let scrapers: Listening
let ahead = 0

const scrape = async (): Promise<string> => {
  const answer = await createHttpBrowser().get(`http://localhost:${scrapers.port}/metrics`)
  expect([answer.status, answer.headers['content-type']]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8'])
  return answer.body
}

/** The value of a series that has these labels among others; 0 where there is none. */
const sumOf = (text: string, name: string, labels: Record<string, string> = {}): number =>
  text
    .split('\n')
    .filter(line => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .filter(line => Object.entries(labels).every(([label, value]) => line.includes(`${label}="${value}"`)))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)

const logInAgain = async (persona: string): Promise<Tokens> => {
  const [app, browser] = [createTestApp(running), createHttpBrowser()]
  const request = app.authorize()
  return redeem(app, browser, await logIn(browser, request.url, persona), request)
}

const refuse = (form: Record<string, string>, clientId = 'test-app') =>
  createHttpBrowser().post(`${running.issuer}/token`, { ...form, client_id: clientId }, { accept: 'application/json' })

/** A trained model in force, and decisions by it, enough to tell whether it fits still. */
const decideByTrained = async (): Promise<void> => {
  const { audit, keys } = running.pias.store
  const model = { ...DEFAULT_MODEL, version: 'trained' }
  await keepModel(keys, { model, trainedAt: Date.now() - 60_000, profile: {} })
  await activateModel(keys, { version: model.version, at: Date.now() })
  const [decided] = await audit.search({ type: 'link.decided', limit: 1 })
  if (decided === undefined) throw new Error('nobody was linked')
  const data = JSON.parse(JSON.stringify(decided.data).replaceAll(`+${DEFAULT_MODEL.version}+`, `+${model.version}+`))
  await audit.append(Array.from({ length: 100 }, () => ({ at: Date.now(), type: decided.type, data })))
}

beforeAll(async () => {
  running = await startPias({
    clock: () => Date.now() + ahead,
    config: { metrics: { port: 0 }, rateLimits: { client: 60 } },
  })
  const handle = running.pias.handleMetrics
  if (handle === undefined) throw new Error('there is no listener for scrapers')
  scrapers = await listen(handle, { port: 0, loopback: true })
})
afterAll(async () => {
  await scrapers.close(0)
  await running.close()
})

test('what docs/metrics.md lists is what a scraper gets, with these types and labels', async () => {
  await logInAgain('lotte')
  await decideByTrained()
  await (await meetUncertain(running, 'nora')).openAccount()
  await refuse({ grant_type: 'refresh_token', refresh_token: 'x' })
  for (const job of running.pias.jobs) await job.run()
  await until(async () => {
    await runJobs(running.pias, ['message delivery'])
    return sumOf(await scrape(), 'pias_messages_total') > 0
  })
  const authorization = `Basic ${btoa(`test-app:${encodeURIComponent(TEST_CLIENT.client_secret)}`)}`
  for (let tries = 0; tries < 80; tries++) {
    await createHttpBrowser().post(`${running.issuer}/token`, { grant_type: 'x' }, { authorization })
  }

  const text = await scrape()
  const types = new Map([...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name, type]) => [name, type]))
  expect([...types]).toEqual(expect.arrayContaining([...DOCUMENTED].map(([name, { type }]) => [name, type])))
  expect(new Set(types.keys())).toEqual(new Set(DOCUMENTED.keys()))
  for (const [name, { labels }] of DOCUMENTED) {
    const series = text.split('\n').filter(line => new RegExp(`^${name}(_count)?[{ ]`).test(line))
    const seen = new Set(series.flatMap(line => [...line.matchAll(/[{,](\w+)="/g)].map(([, label]) => label)))
    // Nothing failed here.
    expect([name, [...seen].sort()]).toEqual([name, labels.filter(label => label !== 'error_type')])
  }
})

test('a login counts once wherever it should', async () => {
  ahead += 60_000
  const before = await scrape()
  const { refresh_token } = await logInAgain('lotte')
  const after = await scrape()
  const more = (name: string, labels: Record<string, string>) =>
    sumOf(after, name, labels) - sumOf(before, name, labels)
  expect(refresh_token).toEqual(expect.any(String))
  expect({
    started: more('pias_interaction_steps_total', { client: 'test-app', step: 'started', method: 'itsme' }),
    finished: more('pias_interaction_steps_total', { client: 'test-app', step: 'finished' }),
    known: more('pias_link_decisions_total', { outcome: 'known' }),
    begun: more('pias_upstream_duration_seconds_count', { operation: 'begin', outcome: 'ok' }),
    completed: more('pias_upstream_duration_seconds_count', { operation: 'complete', outcome: 'ok' }),
    tokens: more('pias_tokens_issued_total', { client: 'test-app', grant: 'authorization_code' }),
    authorized: more('http_server_request_duration_seconds_count', { http_route: '/auth', http_request_method: 'GET' }),
    redeemed: more('http_server_request_duration_seconds_count', {
      http_route: '/token',
      http_response_status_code: '200',
    }),
    called: more('http_server_request_duration_seconds_count', { http_route: '/callback/:upstream' }),
  }).toEqual({
    started: 1,
    finished: 1,
    known: 1,
    begun: 1,
    completed: 1,
    tokens: 1,
    authorized: 1,
    redeemed: 1,
    called: 1,
  })
})

test('what strangers write makes no series', async () => {
  ahead += 60_000
  const canary = `canary-${randomUUID()}`
  const seriesOf = (text: string) => new Set(text.split('\n').map(line => line.replace(/ [^ ]*$/, '')))
  const all = async () => {
    await createHttpBrowser().get(`${running.issuer}/${canary}/auth/me/token`)
    await createHttpBrowser().get(`${running.issuer}/interaction/${canary}`)
    await createHttpBrowser().get(createTestApp(running).authorize({ client_id: canary, prompt: canary }).url)
    await refuse({ grant_type: canary }, canary)
    await rawRequest(running.issuer, { path: `/${canary}`, headers: { host: canary } })
  }
  await all()
  const before = seriesOf(await scrape())
  for (let round = 0; round < 3; round++) await all()
  const text = await scrape()
  expect([...seriesOf(text)].filter(one => !before.has(one))).toEqual([])
  expect(text).not.toContain(canary)
  expect(text).toContain('http_route="other"')
})

test('they are on no listener but their own, and there only by one path', async () => {
  const at = (origin: string, path: string) => createHttpBrowser().get(`${origin}${path}`)
  expect((await at(running.issuer, '/metrics')).status).toBe(404)
  expect((await at(`http://localhost:${scrapers.port}`, '/')).status).toBe(404)
  expect((await at(`http://localhost:${scrapers.port}`, '/auth')).status).toBe(404)
})

test.each(['dashboard.json', 'alerts.yml'])('examples/monitoring/%s asks for what there is', file => {
  const known = [...DOCUMENTED].flatMap(([name, { type }]) =>
    type === 'histogram' ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name],
  )
  const prefixes = [...new Set([...DOCUMENTED.keys()].map(name => name.split('_')[0]))].join('|')
  const text = file.endsWith('.json')
    ? JSON.stringify(JSON.parse(read('examples', 'monitoring', file)))
    : read('examples', 'monitoring', file)
  const labels = [...DOCUMENTED.values()].flatMap(one => one.labels)
  const asked = [...text.matchAll(new RegExp(`\\b(?:${prefixes})_[a-z_]+`, 'g'))].map(([name]) => name)
  const unknown = asked.filter(name => !known.includes(name) && !labels.includes(name))
  expect(asked.length).toBeGreaterThan(10)
  expect(unknown).toEqual([])
})
