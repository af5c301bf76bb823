import type { DecisionView } from '#src/admin/operations/decisions.ts'
import { fieldWord, levelWord, reasonWord, rivalWord } from '#src/console/matching-words.ts'
import type { HttpBrowser } from '#test/support/http-browser.ts'
import { runPias } from '#test/support/run-pias.ts'
import { meetUncertain } from '#test/support/uncertain.ts'
import { becomeOwner, type RunningConsole, startConsole } from './support.ts'

/** Why somebody was not linked: by the console, the command and the API, on a login that matching asked a proof for. */
let admin: RunningConsole
let owner: HttpBrowser
let token: string
/** The customer number that the persona's records have. */
const NUMBER = 'INT-200001'

beforeAll(async () => {
  admin = await startConsole()
  owner = await becomeOwner(admin, 'lotte')
  token = (await admin.login('lotte')).token
  await meetUncertain(admin.running, 'confirm')
  // Nobody like her is a customer: there is nothing to look at.
  await meetUncertain(admin.running, 'nora')
})
afterAll(() => admin.close())

type Page = { readonly decisions: readonly DecisionView[]; readonly next?: string }
const list = async (query = '') => (await admin.call(token, 'GET', `/decisions/undecided${query}`)).json() as Page
const read = async (path: string, browser = owner) => (await browser.get(`${admin.origin}${path}`)).body
const pias = (...args: string[]) =>
  runPias({ PIAS_DATA_DIR: admin.running.dataDir }, admin.running.dataDir, ['reviews', 'undecided', ...args])

const signed = (bits: number): string => `${bits > 0 ? '+' : ''}${bits.toFixed(1)}`

test('a login that was asked for a proof tells each field with its weight, the threshold, runner-up, margin and rules', async () => {
  const { decisions } = await list()
  expect(decisions).toHaveLength(1)
  const [decision] = decisions
  const [record] = decision?.records ?? []
  if (decision === undefined || record === undefined) throw new Error('nothing was offered')
  const errorBudget = 1e-4
  expect(decision).toMatchObject({ outcome: 'confirm', errorBudget, ruleVersion: expect.stringMatching(/./) })
  expect(record).toMatchObject({ verdict: 'offered', customerId: expect.stringMatching(/^#/) })
  expect(record.wrong).toBeGreaterThan(errorBudget)
  expect(record.fields.length).toBeGreaterThanOrEqual(3)
  // The waterfall adds up to the margin.
  const sum = record.fields.reduce((all, { bits }) => all + bits, record.start)
  expect(sum).toBeCloseTo(record.margin)

  const queue = await read('/reviews')
  const path = /href="(\/reviews\/undecided\/[\d.]+)"/.exec(queue)?.[1] ?? ''
  expect(queue.split('/reviews/undecided/')).toHaveLength(2)
  expect(queue).toMatch(/asked for a proof.*1 in [\d,]+.*accepted is 1 in 10,000/s)
  const page = await read(path)
  const cell = (number: number) => `>\\s*${signed(number).replace('+', '\\+')}\\s*<`
  const besides = record.runnerUp !== 'stranger'
  for (const { field, level, bits, strangerBits } of record.fields) {
    const stranger = besides ? `.*${cell(strangerBits)}` : ''
    expect(page).toMatch(new RegExp(`${fieldWord(field)}.*${levelWord(level)}.*${cell(bits)}${stranger}`, 's'))
  }
  expect(page).toContain('A bit doubles the odds that the record is this person’s and not that of')
  expect(page.includes('Against a stranger')).toBe(besides)
  for (const told of [
    'asked for a proof',
    'not certain: offered for a proof',
    reasonWord(record.because),
    'accepted is 1 in 10,000',
    decision.ruleVersion,
    'Ahead of the runner-up',
    rivalWord(record.runnerUp),
    signed(record.margin),
    record.customerId,
  ])
    expect(page).toContain(told)

  const { stdout } = await pias()
  expect(stdout).toContain(`nobody: confirm by ${decision.ruleVersion}, error budget ${errorBudget}`)
  for (const { field, level } of record.fields)
    expect(stdout).toMatch(new RegExp(`^ {4}${field} ${level}: [+−][\\d.]+(, against a stranger [+−][\\d.]+)?$`, 'm'))
  expect(stdout).toMatch(new RegExp(`ahead of ${record.runnerUp} by [+−][\\d.]+ bits`))
  expect(stdout.match(/: confirm by/g)).toHaveLength(1)
  expect(JSON.parse((await pias('--json')).stdout)).toEqual(decision)
  for (const told of [queue, page, stdout]) expect(told).not.toContain(NUMBER)
})

test('every role sees it, and nobody without one; what is no such login is told', async () => {
  const { accountId } = await admin.login('thomas')
  const path = /href="(\/reviews\/undecided\/[\d.]+)"/.exec(await read('/reviews'))?.[1] ?? ''
  const stranger = await admin.signIn('thomas')
  for (const hidden of ['/reviews', path]) expect(await read(hidden, stranger)).not.toContain('asked for a proof')
  await admin.give(accountId, ['viewer'])
  const viewer = await admin.signIn('thomas')
  expect(await read('/reviews', viewer)).toContain(path)
  const shown = await read(path, viewer)
  expect(shown).toContain('Evidence for')
  // Its records have no name there that numbers could be tried against; nor in the API, nor in the trail.
  const reference = (await list()).decisions[0]?.records[0]?.customerId ?? ''
  expect(reference).toMatch(/^#/)
  expect(shown).toContain('only roles see that may reveal numbers')
  const as = (await admin.login('thomas')).token
  const answers = await Promise.all([
    admin.call(as, 'GET', '/decisions/undecided'),
    admin.call(as, 'POST', '/records/decisions', { body: { serviceLine: 'internet', customerId: NUMBER } }),
    admin.call(as, 'GET', '/audit/events?type=link.unresolved'),
  ])
  for (const { status, body } of answers) {
    expect([status, body]).toEqual([200, expect.stringContaining('"customerId":"…"')])
    expect(body).not.toContain(reference.slice(-3))
  }
  expect(shown).not.toContain(reference)
  for (const none of ['1.2', 'none', '9999999999999.1']) {
    expect([none, (await owner.get(`${admin.origin}/reviews/undecided/${none}`)).status]).toEqual([none, 404])
  }
})

test('pages follow each other without a gap, over logins that found nobody; so does the command', async () => {
  const { audit } = admin.running.pias.store
  const [found] = (await audit.search({ type: 'link.unresolved', limit: 10 })).filter(
    ({ data }) => (data as { outcome?: string }).outcome === 'confirm',
  )
  if (found === undefined) throw new Error('nothing was left undecided')
  const { sequence: _, ...event } = found
  const at = Date.now()
  const data = { ...(event.data as object), outcome: 'owned-elsewhere' } as never
  const matched = Array.from({ length: 24 }, (_one, index) => ({ ...event, data, at: at + index * 100 }))
  const off = Array.from({ length: 300 }, (_one, index) => ({
    at: at + 5 + index,
    type: 'link.unresolved',
    data: { outcome: 'off' },
  }))
  await audit.append([...matched, ...off])
  const seen: number[] = []
  let path = '/reviews'
  for (let pages = 0; path !== '' && pages < 9; pages += 1) {
    const page = await read(path)
    seen.push(...[...page.matchAll(/href="\/reviews\/undecided\/\d+\.(\d+)"/g)].map(([, one]) => Number(one)))
    path = (/href="(\/reviews\?undecided=[^"]+)"[^>]*>\s*Older logins/.exec(page)?.[1] ?? '').replaceAll('&amp;', '&')
  }
  // What came of it is told, and not what matching would have done.
  const queue = await read('/reviews')
  expect(queue).toContain('somebody else’s already')
  // Some of them wait for people: nothing else is said of all.
  expect(queue).toContain('Those that need somebody are above.')
  expect(queue).not.toContain('Nobody has to do anything')
  expect(seen).toHaveLength(25)
  expect(new Set(seen).size).toBe(25)
  const all = (await pias('--json')).stdout.trimEnd().split('\n')
  expect(all.map(line => (JSON.parse(line) as DecisionView).event)).toEqual(seen)
  expect((await pias('--json', '--limit', '3')).stdout.trimEnd().split('\n')).toEqual(all.slice(0, 3))
  expect(await pias('--limit', 'many')).toMatchObject({ code: 2, stdout: '' })
})
