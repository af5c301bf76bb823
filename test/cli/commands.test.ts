import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { personaLines } from '#examples/customer-data/personas.ts'
import { commandsOf, declaredOf } from '#src/cli/declared.ts'
import { createProgram } from '#src/cli/program.ts'
import { NAMES_IN_REFERENCE } from '#src/cli/reference.ts'
import type { ProcessTerminal } from '#src/cli/terminal.ts'
import { addSecondLogin } from '#test/support/add-second-login.ts'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { createTestApp, logIn } from '#test/support/log-in.ts'
import { ROOT } from '#test/support/processes.ts'
import { runPias } from '#test/support/run-pias.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'
import { meetUncertain } from '#test/support/uncertain.ts'

/** What holds for every command of `pias`: JSON, questions before harm, exit codes. */

const ALL = commandsOf(createProgram(NAMES_IN_REFERENCE as unknown as ProcessTerminal)).map(({ command, path }) => ({
  name: path.join(' '),
  options: command.options.map(({ long }) => long),
  ...declaredOf(command),
}))

/** What does harm if it is a mistake; each asks. */
const DANGEROUS = [
  'accounts block',
  'accounts erase',
  'accounts revoke-sessions',
  'accounts withdraw-consent',
  'apply',
  'clients disable',
  'clients secret remove',
  'customers remove',
  'erasures replay',
  'kek move',
  'keys rotate',
  'keys withdraw',
  'links approve',
  'links link',
  'links merge',
  'links split',
  'links undo',
  'links unlink',
  'matching activate',
  'matching rollback',
  'reviews close',
  'rollout revert',
  'rollout set',
]

/** What changes nothing that the audit trail is about. */
const READING = new Set([
  'accounts consents',
  'accounts search',
  'accounts show',
  'alarms',
  'audit list',
  'audit verify',
  'backup check',
  'backup make',
  'clients apis',
  'clients lint',
  'clients list',
  'clients preview-token',
  'clients quickstart',
  'clients secret list',
  'clients show',
  'config check',
  'config print',
  'customers count',
  'doctor',
  // The ledger that is replayed holds what was erased already.
  'erasures replay',
  'export',
  'itsme onboarding',
  // Makes a file that no store is encrypted with yet.
  'kek create',
  'keys status',
  'links list',
  'links why',
  'matching drift',
  'matching evaluate',
  'matching explain',
  'matching models',
  'matching outcomes',
  'matching replay',
  'migrate status',
  // The embedded store has none to do.
  'migrate up',
  'plan',
  'reviews list',
  'reviews show',
  'reviews undecided',
  'rollout decisions',
  'rollout explain',
  'rollout funnel',
  'rollout show',
])

test('every command takes --json, or says which format of its own it prints', () => {
  const without = ALL.filter(({ options }) => !options.includes('--json'))
  expect(Object.fromEntries(without.map(({ name, format }) => [name, format]))).toEqual({
    'admin client': 'TypeScript',
    'audit export': 'JSON lines or CSV',
    'erasures export': 'JSON lines',
    reference: 'Markdown',
  })
  expect(ALL.filter(({ options, format }) => options.includes('--json') && format !== undefined)).toEqual([])
})

test('what does harm takes --yes, and nothing else does', () => {
  const asking = ALL.filter(({ options }) => options.includes('--yes')).map(({ name }) => name)
  expect(asking.sort()).toEqual(DANGEROUS)
})

test('who did it is the user of the machine: nothing lets anybody say otherwise', () => {
  expect(ALL.filter(({ options }) => options.includes('--by'))).toEqual([])
})

let running: RunningPias
let dir: string
beforeAll(async () => {
  running = await startPias({ config: { registration: { policies: { any: {} } }, admin: { port: 9 } } })
  dir = dirname(running.dataDir)
})
afterAll(() => running.close())

const environment = () => ({
  PIAS_CONFIG: join(dir, 'pias.json'),
  PIAS_DATA_DIR: running.dataDir,
  PIAS_CLIENTS_DIR: running.clientsDir,
  PIAS_ISSUER: running.issuer,
  PIAS_UPSTREAM_ITSME_ISSUER: running.simulator.issuer,
})
const pias = (args: readonly string[], more: Parameters<typeof runPias>[3] = {}) =>
  runPias(environment(), dir, args, more)

const write = (name: string, content: unknown): string => {
  const file = join(dir, name)
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
  return file
}

const parse = (text: string, lines: boolean | undefined): unknown => {
  const rows = text.split('\n')
  expect(rows.pop()).toBe('')
  if (lines) return rows.map(row => JSON.parse(row))
  expect(rows).toHaveLength(1)
  return JSON.parse(rows[0] ?? '')
}

/** Runs a command as a program does, and reads strictly what it printed. */
const asProgram = async (
  line: string,
  args: readonly string[],
  more: { typed?: string; input?: string; operator?: string } = {},
) => {
  const of = ALL.find(({ name }) => line === name || line.startsWith(`${name} `))
  const { code, stdout, stderr } = await pias([...line.split(' '), ...args, '--json'], more)
  const last = stderr.trimEnd().split('\n').at(-1) ?? ''
  const isRefused = stdout === '' && last.startsWith('{')
  return {
    name: of?.name ?? '',
    code,
    stderr,
    error: isRefused ? JSON.parse(last) : undefined,
    value: (isRefused ? undefined : parse(stdout, of?.lines)) as never,
  }
}

const reason = ['--reason', 'a synthetic reason']

test('every command tells a program what it came to, asks before it does harm, and leaves who did it', async () => {
  const ran = new Set<string>()
  const events = async () => (await running.pias.store.audit.list({ after: 0, limit: 1000 })).length

  const lastEvent = async () => (await running.pias.store.audit.list({ after: 0, limit: 10_000 })).at(-1)?.sequence ?? 0
  const authorsAfter = async (after: number) =>
    (await running.pias.store.audit.list({ after, limit: 1000 })).map(
      ({ data }) => (data as { by?: string } | null)?.by,
    )

  /** Runs it; where it does harm, first with nobody to ask, then with somebody who is not sure. */
  const run = async (
    line: string,
    args: readonly string[] = [],
    more: { input?: string; operator?: string } = {},
  ): Promise<never> => {
    let typed: { typed?: string } = {}
    if (DANGEROUS.some(name => name === line)) {
      const before = await events()
      const alone = await asProgram(line, args)
      expect([line, alone.code, alone.error]).toMatchObject([
        line,
        2,
        { code: 'unconfirmed', message: expect.any(String) },
      ])
      const unsure = await asProgram(line, args, { typed: 'y' })
      expect(unsure).toMatchObject({ code: 2, error: { code: 'unconfirmed' } })
      expect(await events()).toBe(before)
      const [, name = ''] = /\. Type (\S+) to do it: /.exec(unsure.stderr) ?? []
      typed = { typed: name }
    }
    const before = await lastEvent()
    const done = await asProgram(line, args, { ...more, ...typed })
    expect([line, done.code, done.error]).toEqual([line, expect.any(Number), undefined])
    if (!READING.has(line))
      expect([line, await authorsAfter(before)]).toEqual([line, expect.arrayContaining(['operator'])])
    ran.add(done.name)
    return done.value as never
  }

  const lotteCame = await logIn(createHttpBrowser(), createTestApp(running).authorize().url, 'lotte')
  expect(lotteCame).not.toEqual([])
  await (await meetUncertain(running, 'nora')).openAccount()

  // Customers, accounts and links.
  const known = personaLines()[0] as object
  const own = { ...known, customerId: 'MOB-SYNTHETIC', serviceLine: 'mobile' }
  expect(await run('customers put', [], { input: JSON.stringify(own) })).toMatchObject({ outcome: 'inserted' })
  expect(await run('customers import', [write('one.jsonl', own)])).toMatchObject({ lines: 1, unchanged: 1 })
  expect(await run('customers count')).toEqual({ count: expect.any(Number) })
  const opened = await running.pias.store.audit.search({ type: 'account.opened', limit: 2 })
  const [nora = '', lotte = ''] = opened.map(({ accountId }) => `${accountId}`)
  expect(await run('accounts show', [lotte])).toMatchObject({ id: lotte })
  const [{ records }] = (await run('links list', [lotte])) as [
    { records: { serviceLine: string; customerId: string }[] },
  ]
  const [first, second] = records.map(({ serviceLine, customerId }) => `${serviceLine}:${customerId}`)
  expect(await run('accounts search', ['--customer-number', `${records[0]?.customerId}`])).toMatchObject([
    { id: lotte },
  ])
  const why = (await run('links why', [lotte])) as object[]
  expect(why).toMatchObject([...records.map(() => ({ method: 'match' })), { account: lotte }])
  expect(await run('matching explain', ['--account', lotte])).toMatchObject([{ outcome: 'link' }])
  type Done = { kind: string; change: { id: string } }
  const unlinked: Done = await run('links unlink', [`${first}`, ...reason])
  expect(unlinked).toMatchObject({ kind: 'done', change: { id: expect.any(String) } })
  await run('links undo', [unlinked.change.id, ...reason])
  const wallet = await addSecondLogin(running.pias.store, lotte)
  await run('links link', [nora, 'mobile:MOB-SYNTHETIC', '--role', 'holder', ...reason])
  expect(await run('links split', [lotte, '--identity', wallet.subject, ...reason])).toMatchObject({
    kind: 'done',
  })
  const merge = async () => (await run('links merge', [nora, lotte, ...reason])) as Done
  expect(await run('links withdraw', [(await merge()).change.id])).toMatchObject({ state: 'withdrawn' })
  const merged = await merge()
  expect(await run('links approve', [merged.change.id], { operator: 'another' })).toMatchObject({ kind: 'done' })
  await run('links undo', [merged.change.id, ...reason])
  expect(await run('customers remove', `${second}`.split(':'))).toMatchObject({ outcome: 'removed', raised: 1 })
  const reviews: { id: string; kind: string }[] = await run('reviews list')
  const review = `${reviews.find(({ kind }) => kind === 'record-withdrawn')?.id}`
  expect(await run('reviews show', [review])).toMatchObject({ id: review, kind: 'record-withdrawn', facts: {} })
  expect(await run('reviews close', [review, '--outcome', 'changed', '--unlink', ...reason])).toMatchObject({
    closed: { outcome: 'changed' },
  })
  // Nobody was asked for a proof here.
  expect(await run('reviews undecided')).toEqual([])

  // Accounts.
  await run('accounts import', [write('accounts.jsonl', { legacyId: 'synthetic-1', customers: [] })])
  await running.pias.store.consents.give({ accountId: lotte as never, clientId: 'app', scopes: ['email'], at: 7 })
  expect(await run('accounts consents', [lotte])).toEqual([{ client: 'app', scopes: ['email'], since: 7 }])
  await run('accounts withdraw-consent', [lotte, 'app'])
  expect(await run('accounts block', [lotte, ...reason])).toEqual({ account: lotte, done: 'block' })
  await run('accounts unblock', [lotte, ...reason])
  await run('accounts revoke-sessions', [lotte, ...reason])

  // Rules.
  expect(await run('matching models')).toMatchObject({ inForce: { errorBudget: 1e-4 } })
  const models: { versions: { version: string }[] } = await run('matching models')
  const version = `${models.versions[0]?.version}`
  expect(await run('matching activate', [version])).toMatchObject({ inForce: { version } })
  await run('matching rollback')
  await run('matching drift')
  await run('matching replay', ['--people', '2'])
  await run('matching outcomes')
  const identity = {
    identityId: 'P1',
    given_name: 'Lotte',
    family_name: 'Synthetic',
    birthdate: '1988-03-14',
    email: 'sam@example.com',
    email_verified: false,
  }
  const files = ['--customers', write('one.jsonl', own), '--identities', write('people.jsonl', identity)]
  const truth = [
    '--truth',
    write('truth.jsonl', { identityId: 'P1', customerIds: [] }),
    '--out',
    join(dir, 'out.jsonl'),
  ]
  expect(await run('matching evaluate', [...files, ...truth])).toMatchObject({ identities: 1, all: expect.any(Object) })
  expect(await run('alarms')).toMatchObject({ alarms: expect.any(Array) })

  // Apps.
  const app = { client_id: 'own', client_name: 'Synthetic', redirect_uris: ['https://own.example/cb'] }
  expect(await run('clients lint', [write('app.json', app)])).toMatchObject({ errors: expect.any(Array) })
  const made: { secret: string } = await run('clients create', [join(dir, 'app.json'), '--preset', 'web'])
  expect(made).toEqual({
    client: expect.objectContaining({ clientId: 'own' }),
    secret: expect.stringMatching(/^.{43}$/),
  })
  const added: { secret: string; id: string } = await run('clients secret add', ['own'])
  expect(added).toEqual({ secret: expect.stringMatching(/^.{43}$/), id: expect.any(String) })
  const secrets = await run('clients secret list', ['own'])
  expect(secrets).toMatchObject([{ id: expect.any(String) }, { id: added.id }])
  const shown: { metadata: object } = await run('clients show', ['own'])
  for (const told of [secrets, shown]) {
    expect(JSON.stringify(told)).not.toContain(made.secret)
    expect(JSON.stringify(told)).not.toContain(added.secret)
  }
  await run('clients secret remove', ['own', added.id])
  expect(await run('clients update', ['own', '-f', write('app.json', shown.metadata)])).toMatchObject({
    clientId: 'own',
  })
  expect(await run('clients disable', ['own'])).toMatchObject({ state: 'disabled' })
  await run('clients restore', ['own'])
  expect(await run('clients list')).toContainEqual(expect.objectContaining({ clientId: 'own' }))
  expect(await run('clients apis')).toEqual([])
  expect(await run('clients quickstart', ['own'])).toContainEqual(expect.objectContaining({ code: expect.any(String) }))
  expect(await run('clients preview-token', ['test-app'])).toMatchObject({ idToken: expect.any(Object) })
  const token = await run('clients initial-access-token', ['--policy', 'any'])
  expect(token).toEqual({ token: expect.any(String), policy: 'any', expiresAt: expect.any(Number) })
  const kiosk = { ...app, client_id: 'kiosk', token_endpoint_auth_method: 'none' }
  const file = write('clients.json', { clients: [kiosk] })
  expect(await run('plan', ['-f', file])).toMatchObject([{ clientId: 'kiosk', act: 'create' }, {}])
  expect(await asProgram('apply', ['-f', file])).toMatchObject({ code: 0 })
  write('clients.json', { clients: [] })
  expect(await run('apply', ['-f', file, '--prune'])).toContainEqual(expect.objectContaining({ act: 'remove' }))
  expect(await run('export')).toMatchObject({ clients: [{ client_id: 'own' }] })

  // Rollout.
  const client = ['--client', 'test-app']
  expect(await run('rollout set', [...client, ...reason, '--set', 'existing.percentage=20'])).toMatchObject({
    versions: [{ version: 1 }],
  })
  await run('rollout revert', [...client, ...reason])
  expect(await run('rollout show', client)).toMatchObject({ policy: expect.any(Object), versions: [{}, {}] })
  const personas = join(ROOT, 'examples', 'itsme-simulator', 'personas.json')
  await run('rollout explain', [...client, '--as', 'lotte', '--personas', personas])
  expect(await run('rollout funnel', [...client, '--since', '2026-01-01'])).toEqual({ counts: expect.any(Array) })
  expect(await run('rollout decisions', [...client, '--since', '2026-01-01'])).toEqual({ counts: expect.any(Array) })

  // Operations.
  await run('itsme onboarding')
  expect(await run('config check')).toMatchObject({ issuer: running.issuer })
  await run('config print')
  expect(await run('doctor')).toContainEqual(expect.objectContaining({ what: 'store takes writes' }))
  expect(await run('admin bootstrap')).toMatchObject({ code: expect.any(String) })
  expect(await run('audit list', ['--limit', '2'])).toHaveLength(2)
  expect(await run('audit verify')).toMatchObject({ problems: expect.any(Array) })
  expect(await run('migrate status')).toEqual({ migrations: [] })
  await run('migrate up')
  await run('backup make', [join(dir, 'copy.db')])
  expect(await run('backup check')).toMatchObject({ problems: expect.any(Array) })
  const keys: { keys: string; kid: string }[] = await run('keys status')
  await run('keys rotate', ['--now', '--force'])
  const kid = keys.find(one => one.keys === 'signing')?.kid ?? ''
  expect(await run('keys withdraw', [kid])).toEqual({ keys: 'signing', kid })
  const old = join(dir, 'old-kek')
  copyFileSync(join(running.dataDir, 'kek'), old)
  await run('kek create', [join(dir, 'new-kek')])
  await run('kek add-version')
  await run('kek rewrap')
  await run('kek move', [write('old.json', { kind: 'file', file: old })])
  expect(await run('accounts erase', [nora, ...reason])).toEqual({ account: nora })
  const ledger = write('ledger.jsonl', (await pias(['erasures', 'export'])).stdout)
  expect(readFileSync(ledger, 'utf8')).toContain(nora)
  expect(await run('erasures replay', [ledger])).toEqual({ replayed: 0, accounts: 0 })

  // A base too small to train on is told as an error.
  const few = await asProgram('matching train', [])
  expect(few).toMatchObject({ code: 2, error: { code: 'too-few', message: expect.any(String) } })
  ran.add(few.name)
  expect([...ran].sort()).toEqual(
    ALL.filter(({ format }) => format === undefined)
      .map(({ name }) => name)
      .sort(),
  )
})

test('a policy that somebody changed while another read the question stays', async () => {
  const client = ['--client', 'test-app', ...reason]
  const kill = () => pias(['rollout', 'set', ...client, '--set', 'killSwitch=true', '--yes'])
  const typed = async () => {
    expect(await kill()).toMatchObject({ code: 0 })
    return 'test-app'
  }
  for (const act of [['set', '--set', 'existing.percentage=30'], ['revert']]) {
    const late = await pias(['rollout', ...act, ...client, '--json'], { typed })
    expect([late.code, late.stdout]).toEqual([1, ''])
    expect(late.stderr).toContain('"code":"stale"')
    const { stdout } = await pias(['rollout', 'show', '--client', 'test-app', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ policy: { killSwitch: true } })
  }
})

const CLIENTS = { clients: [{ client_id: 'x', client_name: 'X', redirect_uris: ['https://x.example/cb'] }] }

test.each<[number, string | undefined, () => readonly string[]]>([
  [0, undefined, () => ['customers', 'count']],
  [1, undefined, () => ['clients', 'lint', write('bad.json', {})]],
  [1, 'store.unusable', () => ['customers', 'count', '--data-dir', write('file', '')]],
  [2, 'usage', () => ['customers', 'count', '--colour']],
  [2, 'usage', () => ['customers', 'discount']],
  [2, 'usage', () => ['customers']],
  [2, 'usage', () => ['accounts', 'show']],
  [2, 'not-found', () => ['accounts', 'show', 'nobody']],
  [2, 'not-found', () => ['clients', 'restore', 'nobody']],
  [2, 'request.invalid', () => ['audit', 'list', '--from', 'yesterday']],
  [2, 'client.invalid', () => ['clients', 'create', write('bad.json', {})]],
  [2, 'unconfirmed', () => ['clients', 'disable', 'test-app']],
  [
    2,
    undefined,
    () => [
      'plan',
      '-f',
      write('good.json', { clients: [{ ...CLIENTS.clients[0], token_endpoint_auth_method: 'none' }] }),
    ],
  ],
  // 2 says that something would change, and nothing else.
  [1, 'usage', () => ['plan']],
  [1, 'request.invalid', () => ['plan', '-f', write('none.json', {})]],
  [1, 'usage', () => ['migrate', 'status', '--colour']],
])('exit code %i, %s', async (code, problem, args) => {
  const words = await pias(args())
  const json = await pias([...args(), '--json'])
  expect([words.code, json.code]).toEqual([code, code])
  if (problem === undefined) return expect(json.stderr).toBe('')
  expect(JSON.parse(json.stderr)).toMatchObject({ code: problem, message: expect.stringMatching(/./) })
  expect(json.stdout).toBe('')
  expect(words.stderr).not.toMatch(/^\{/)
})

test('help is no failure', async () => {
  expect(await pias(['customers', 'count', '--help'])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('--json'),
  })
})
