import { watchStatements } from '#test/admin/count-queries.ts'
import { createHttpBrowser, type HttpBrowser } from '#test/support/http-browser.ts'
import { createTestApp, logIn, toCallback } from '#test/support/log-in.ts'
import { runPias } from '#test/support/run-pias.ts'
import { becomeOwner, filledIn, type RunningConsole, startConsole } from './support.ts'

/** What the dashboard and the rollout page of an app show after logins that are known, by their charts and tables. */
const DAY_MS = 24 * 3600 * 1000
const PAGE = '/clients/test-app/rollout'
/** Counters are kept for ten seconds before they are read again. */
const LATER_MS = 11_000

let admin: RunningConsole
let owner: HttpBrowser
let ahead = 0
beforeAll(async () => {
  admin = await startConsole({ clock: () => Date.now() + ahead })
  owner = await becomeOwner(admin, 'lotte')
})
afterAll(() => admin.close())

const read = async (path: string): Promise<string> => {
  await admin.running.pias.jobs.find(({ name }) => name === 'funnel')?.run()
  ahead += LATER_MS
  return (await owner.get(`${admin.origin}${path}`)).body
}
const textOf = (html: string): string =>
  html
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll('&#39;', "'")
    .replaceAll(/\s+/g, ' ')
    .trim()
/** The section with a title that begins so. */
const sectionOf = (body: string, title: string): string =>
  body.split('<section').find(part => textOf(/<h[23][^>]*>.*?<\/h[23]>/s.exec(part)?.[0] ?? '').startsWith(title)) ?? ''
/** The rows of a table, each by its cells. */
const rowsOf = (body: string, title: string): string[][] =>
  [...sectionOf(body, title).matchAll(/<tr>(?!<th)(.*?)<\/tr>/gs)].map(([, row = '']) =>
    [...row.matchAll(/<td[^>]*>(.*?)<\/td>/gs)].map(([, cell = '']) => textOf(cell)),
  )
/** A figure, with what stands under it. */
const figureOf = (body: string, label: string): string =>
  [...body.matchAll(/<li><span class="hint">(.*?)<\/li>/gs)]
    .map(([, figure = '']) => textOf(figure))
    .find(text => text.includes(label))
    ?.replace(label, '')
    .trim() ?? ''
const numbersOf = (text: string): number[] => (text.match(/\d+/g) ?? []).map(Number)
/** How many columns or parts of a chart have this look. */
const partsOf = (body: string, title: string, look: string): number => {
  const chart = /<svg class="chart".*?<\/svg>/s.exec(sectionOf(body, title))?.[0] ?? ''
  return chart.split(`class="series-${look}"`).length - 1
}

const setPolicy = async (changes: Record<string, string>) => {
  const filled = { reason: 'a synthetic phase', ...changes }
  const { body } = await admin.submit(owner, PAGE, `${PAGE}/preview`, filled)
  return owner.post(`${admin.origin}${PAGE}/set`, Object.fromEntries(filledIn(body, `${PAGE}/set`)))
}
const arrive = (persona: string) =>
  logIn(createHttpBrowser(), createTestApp(admin.running).authorize({ ui_locales: 'en' }).url, persona)

test('shadow: what would have come of it, as a chart and a table, and in no number of what was done', async () => {
  expect(await read(PAGE)).not.toContain('Shadow: what matching would have done')
  await setPolicy({ existing_phase: 'shadow' })
  expect(sectionOf(await read(PAGE), 'Shadow: what matching')).toContain('Nothing was recorded')
  for (const persona of ['senior', 'confirm', 'nora', 'nora']) await arrive(persona)

  const page = await read(PAGE)
  expect(rowsOf(page, 'Shadow: what matching would have done, by day')).toEqual([
    [expect.stringMatching(/\d{4}$/), '1', '1', '2', '0', '4'],
    ['All days', '1', '1', '2', '0', '4'],
  ])
  const chart = 'Shadow: what matching would have done, last'
  expect(['good', 'warning', 'quiet', 'bad'].map(look => partsOf(page, chart, look))).toEqual([1, 1, 1, 0])
  expect(textOf(sectionOf(page, chart))).toContain('Of 4: Would have been linked: 1 (25 %)')
  expect(sectionOf(page, 'What matching did')).toContain('Nothing was decided')

  await setPolicy({ existing_phase: 'default' })
  await arrive('senior')
  const after = await read(PAGE)
  expect(rowsOf(after, 'What matching did, by day').at(-1)).toEqual(['All days', '1', '0', '0', '0', '1'])
  // What was recorded stays to be seen, and is not mixed with what was done.
  expect(rowsOf(after, 'Shadow: what matching would have done, by day').at(-1)?.at(-1)).toBe('4')
  const decisions = rowsOf(await read('/'), 'Link decisions, all days')
  const of = (label: string) => decisions.find(([first]) => first?.startsWith(label))?.at(-1)
  expect([of('Not certain: asked'), of('Only recorded')]).toEqual(['0', '4'])
})

test('the rollout page reads the counters of its app once', async () => {
  const watched = watchStatements()
  await owner.get(`${admin.origin}${PAGE}`)
  const { statements } = watched.take()
  watched.end()
  expect(statements.filter(sql => /FROM funnel\b/.test(sql))).toHaveLength(1)
})

test('the command tells the same', async () => {
  const { dataDir, clientsDir } = admin.running
  const since = new Date(Date.now() - DAY_MS).toISOString().slice(0, 'YYYY-MM-DD'.length)
  const pias = (...args: string[]) =>
    runPias({ PIAS_DATA_DIR: dataDir, PIAS_CLIENTS_DIR: clientsDir }, dataDir, [
      'rollout',
      'decisions',
      '--client',
      ...args,
    ])
  const table = (await pias('test-app', '--since', since)).stdout.split('\n').map(line => line.split(/ +/))
  expect(table).toEqual([
    ['outcome', 'acted', 'shadow'],
    ['link', '1', '1'],
    ['confirm', '0', '1'],
    ['none', '0', '2'],
    ['contested', '0', '0'],
    ['owned-elsewhere', '0', '0'],
    [''],
  ])
  const told = JSON.parse((await pias('test-app', '--since', since, '--json')).stdout)
  expect(told.counts).toContainEqual({ day: expect.any(String), kind: 'shadow', outcome: 'none', count: 2 })
  const funnel = await runPias({ PIAS_DATA_DIR: dataDir, PIAS_CLIENTS_DIR: clientsDir }, dataDir, [
    'rollout',
    'funnel',
    '--client',
    'test-app',
    '--since',
    since,
    '--json',
  ])
  expect(funnel.stdout).not.toContain('shadow')
  expect(await pias('test-app', '--since', 'monday')).toMatchObject({ code: 2 })
  expect((await pias('test-app', '--since', '2999-01-01')).stdout).toBe('nothing was decided\n')
})

test('the dashboard: figures, chart and funnel of logins, and how itsme is, as this node sees it', async () => {
  const before = await read('/')
  const [done, begun] = numbersOf(figureOf(before, 'Logged in today'))
  const [back, away] = numbersOf(figureOf(before, 'Came back from itsme today').replace(/^.*%/, ''))
  const barsOf = (body: string) => ['plain', 'warning'].map(look => partsOf(body, 'Logins, last', look))
  for (const persona of ['twin-a', 'twin-b']) await arrive(persona)
  await createHttpBrowser().get(createTestApp(admin.running).authorize({ ui_locales: 'en' }).url)

  const after = await read('/')
  expect(numbersOf(figureOf(after, 'Logged in today'))).toEqual([(done ?? 0) + 2, (begun ?? 0) + 3])
  const cameBack = figureOf(after, 'Came back from itsme today').replace(/^.*%/, '')
  expect(numbersOf(cameBack)).toEqual([(back ?? 0) + 2, (away ?? 0) + 3])
  expect(barsOf(after)).toEqual([1, 1])
  expect(textOf(sectionOf(after, 'Logins, last'))).toContain(`${(begun ?? 0) + 3} logins begun, ${(done ?? 0) + 2} of`)
  expect(rowsOf(after, 'Logins by day')[0]?.slice(1, 3)).toEqual([`${(begun ?? 0) + 3}`, `${(done ?? 0) + 2}`])
  expect(
    rowsOf(after, 'Busiest apps, by way')
      .find(([app]) => app === 'test-app')
      ?.slice(1, 4),
  ).toEqual(['itsme', expect.any(String), expect.any(String)])
  expect(partsOf(after, 'How far people come', 'plain')).toBeGreaterThan(3)
  expect(partsOf(after, 'How far people come', 'good')).toBe(1)
  expect(rowsOf(after, 'How far people come, all apps, last 14 days: step').at(0)).toEqual([
    '1. Began to log in',
    `${(begun ?? 0) + 3}`,
    '100 %',
  ])

  // What needs somebody is before what is only to be known, and days are folded under their chart.
  const places = [
    'Audit trail<',
    'id="keys"',
    'Upstreams, last 15',
    'Logins, last 14',
    'id="logins-by-day"',
    'Busiest apps',
  ].map(part => after.indexOf(part, after.indexOf('<main')))
  expect(places).toEqual(places.filter(place => place > 0).toSorted((a, b) => a - b))
  expect(after).toMatch(/<details class="fold" id="logins-by-day">/)
  // Every third day has its label, and not the first, which would be cut at the edge of a phone.
  const labels = [...sectionOf(after, 'Logins, last').matchAll(/<text x="([\d.]+)"/g)].map(([, x]) => Number(x))
  expect(labels).toHaveLength(5)
  expect(Math.min(...labels)).toBeGreaterThan(60)

  const [name, state, calls, failed] = rowsOf(after, 'Upstreams, last 15 minutes')[0] ?? []
  expect([name, state, failed]).toEqual(['itsme', 'Well', '0'])
  expect(Number(calls)).toBeGreaterThan(3)
  expect(figureOf(after, 'itsme now')).toBe(`Well one node: 0 of ${calls} calls failed`)
})

test('once itsme does not answer, its figure says so', async () => {
  const personas = ['business', 'household', 'minor', 'no-email', 'junior', 'dutch-document']
  const callbacks: (() => Promise<unknown>)[] = []
  for (const persona of personas) {
    const browser = createHttpBrowser()
    const { url } = createTestApp(admin.running).authorize({ ui_locales: 'en' })
    const callback = await toCallback(browser, url, persona)
    callbacks.push(() => browser.follow(callback))
  }
  await admin.running.simulator.close()
  for (const comeBack of callbacks) await comeBack()
  const page = await read('/')
  const row = rowsOf(page, 'Upstreams, last 15 minutes')[0] ?? []
  expect(row[1]).toBe('Calls fail')
  expect(row[3]).toMatch(/^6 \(/)
  expect(row[6]).toMatch(/\d{4}, \d\d:\d\d/)
  expect(figureOf(page, 'itsme now')).toMatch(/^Calls fail one node: 6 of/)
})
