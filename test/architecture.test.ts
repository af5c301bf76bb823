import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The import rules of docs/architecture.md, held against the text of every file, so that type imports count too. */
const SRC = join(dirname(fileURLToPath(import.meta.url)), '..', 'src')

/** What every kind of upstream may use: a kind never imports another kind. */
const UPSTREAM_SHARED = ['upstream/openid', 'upstream/transport', 'upstream/public-urls.ts']

/** Folder → what it may import from other folders; a name ending in `.ts` allows that file only. */
const ALLOWED: Record<string, string[]> = {
  kernel: [],
  matching: ['kernel'],
  crypto: ['kernel', 'store/ports'],
  'store/ports': ['kernel'],
  'upstream/port.ts': ['kernel'],
  'upstream/public-routes.ts': ['kernel'],
  'customers/port.ts': ['kernel'],
  clients: ['kernel', 'rollout/policy.ts', 'store/ports'],
  'rollout/policy.ts': ['kernel'],
  accounts: ['kernel', 'store/ports'],
  'accounts/credentials/verifier': ['kernel', 'accounts/credentials/check-password.ts', 'upstream/transport'],
  rollout: ['kernel', 'store/ports'],
  audit: ['kernel', 'crypto/load-secret.ts', 'store/ports'],
  alarms: ['kernel', 'linking/decision-record.ts', 'linking/read-decisions.ts', 'store/ports'],
  admin: [
    'kernel',
    'accounts',
    'alarms',
    'audit',
    'clients',
    'http',
    'rollout',
    'store/ports',
    'linking/decision-record.ts',
    'linking/find-by-name.ts',
    'provider/token-preview.ts',
    'provider/trial-grants.ts',
    // Systems of service lines send changes of records.
    'customers/lines',
    'customers/snapshot/customer-feed.ts',
    // Rules are tried and put in force.
    'customers/port.ts',
    'linking/compare-models.ts',
    'linking/count-outcomes.ts',
    'linking/match-identity.ts',
    'linking/replay-decisions.ts',
    'linking/rule-changes.ts',
    'linking/stored-model.ts',
  ],
  console: [
    'kernel',
    'admin',
    // What may be chosen of an app.
    'clients/algorithms.ts',
    'clients/client-shape.ts',
    'http',
    'pages',
    'rollout',
    'store/ports',
  ],
  linking: ['kernel', 'matching', 'customers/port.ts', 'store/ports'],
  'self-service': [
    'kernel',
    'accounts',
    'clients',
    'pages',
    'http',
    'store/ports',
    'interaction/routes/facts.ts',
    'linking/decision-record.ts',
  ],
  'app-events': ['kernel', 'accounts', 'audit/follow-trail.ts', 'clients', 'messaging', 'store/ports'],
  messaging: [
    'kernel',
    'audit/follow-trail.ts',
    'pages',
    'matching/normalise/contacts.ts',
    'customers/port.ts',
    'store/ports',
  ],
  interaction: [
    'kernel',
    'accounts/credentials/check-password.ts',
    'messaging/queue-message.ts',
    'accounts/credentials/passkeys.ts',
    'upstream/port.ts',
    'linking',
    'pages',
    'http',
    'rollout',
    'store/ports',
  ],
  provider: ['kernel', 'clients', 'crypto', 'pages', 'http', 'store/ports'],
  pages: ['kernel'],
  http: ['kernel', 'pages'],
  operations: ['kernel', 'store/ports'],
  limits: ['kernel', 'store/ports'],
  'store/sqlite': ['kernel', 'store/ports'],
  'store/mongo': ['kernel', 'store/ports'],
  'store/redis': ['kernel', 'store/ports'],
  'store/unit-of-work': ['kernel', 'store/ports'],
  'store/encrypted': ['kernel', 'crypto', 'store/ports', 'store/registry.ts'],
  'upstream/transport': ['kernel'],
  'upstream/openid': ['kernel', 'upstream/transport'],
  'upstream/public-urls.ts': ['kernel'],
  'upstream/itsme': ['kernel', 'crypto', 'upstream/port.ts', ...UPSTREAM_SHARED, 'store/ports'],
  'upstream/oidc': ['kernel', 'upstream/port.ts', ...UPSTREAM_SHARED, 'store/ports'],
  'customers/lines': ['kernel'],
  'customers/join-sources.ts': ['kernel', 'customers/port.ts'],
  'customers/snapshot': ['kernel', 'customers/port.ts', 'customers/lines', 'store/ports'],
  'customers/http': ['kernel', 'customers/port.ts', 'customers/lines', 'upstream/transport'],
  'store/registry.ts': ['kernel', 'store'],
  'store/copies.ts': ['kernel', 'store'],
  'upstream/registry.ts': ['kernel', 'crypto', 'upstream', 'store/ports'],
  'customers/registry.ts': ['kernel', 'customers', 'store/ports'],
  config: [
    'kernel',
    'alarms/config.ts',
    'messaging/config.ts',
    'accounts/credentials/verifier/config.ts',
    'crypto/kek/config.ts',
    'customers/registry.ts',
    'store/registry.ts',
    'upstream/registry.ts',
  ],
  backup: ['kernel', 'audit', 'crypto', 'store/encrypted', 'store/ports'],
  evaluation: [
    'kernel',
    'customers/snapshot/read-lines.ts',
    'matching',
    'linking/match-identity.ts',
    'upstream/itsme/tokens',
  ],
  cli: [
    'kernel',
    'accounts',
    'admin',
    'alarms',
    'audit',
    'backup',
    'config',
    'crypto',
    'customers',
    'store',
    'matching',
    'operations',
    'rollout',
    'clients',
    'evaluation',
    'pages/images.ts',
    'provider/outgoing/guarded-fetch.ts',
    'self-service/account-client.ts',
    'linking/match-identity.ts',
    'linking/compare-on-recent.ts',
    'linking/level-drift.ts',
    'linking/decision-record.ts',
    'linking/look-at-changes.ts',
    'linking/stored-model.ts',
    'linking/model-format.ts',
    'linking/resolve-link.ts',
    'interaction/walk.ts',
    'interaction/attempt.ts',
    'upstream/itsme/onboarding.ts',
    'upstream/itsme/keys.ts',
    'compose.ts',
  ],
  'compose.ts': ['*'],
  composition: ['*'],
  'main.ts': ['*'],
}

/** Vendor → the only places that may import it. */
const VENDORS: Record<string, string[]> = {
  'oidc-provider': ['provider', 'composition'],
  'openid-client': ['upstream', 'admin/trials'],
  ejs: ['pages/templates.ts'],
  uqr: ['pages/qr-image.ts'],
  'node:sqlite': ['store/sqlite'],
  mongodb: ['store/mongo'],
  ioredis: ['store/redis'],
  'libphonenumber-js': ['matching'],
  commander: ['cli'],
  nodemailer: ['messaging/transports'],
  pino: ['operations'],
  '@opentelemetry': ['operations/metrics'],
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter(file => file.endsWith('.ts'))
  .map(file => ({ file, text: readFileSync(join(SRC, file), 'utf8') }))

const importsOf = (text: string): string[] =>
  [
    ...text.matchAll(
      /(?:^|\n)\s*(?:import|export)[^'";]*?from\s+'([^']+)'|import\(\s*'([^']+)'\s*\)|(?:^|\n)import\s+'([^']+)'/g,
    ),
  ].map(match => match[1] ?? match[2] ?? match[3] ?? '')

/** The most specific entry of a table that a path lies in. */
const placeOf = (path: string, places: string[]): string | undefined =>
  places.filter(place => path === place || path.startsWith(`${place}/`)).sort((a, b) => b.length - a.length)[0]

const within = (path: string, places: string[]): boolean => places.includes('*') || placeOf(path, places) !== undefined

describe('architecture', () => {
  test('sees the source', () => {
    expect(files.length).toBeGreaterThan(60)
    expect(files.flatMap(({ text }) => importsOf(text)).length).toBeGreaterThan(150)
  })

  test.each(files.map(({ file, text }) => [file, text]))('%s imports only what its folder may', (file, text) => {
    const home = placeOf(file, Object.keys(ALLOWED))
    expect(home).toBeDefined()
    const wrong = importsOf(text).filter(specifier => {
      if (specifier.startsWith('../')) return true
      if (specifier.startsWith('#src/')) {
        const target = specifier.slice('#src/'.length)
        return !(within(target, [home as string]) || within(target, ALLOWED[home as string] ?? []))
      }
      const vendor = Object.keys(VENDORS).find(name => specifier === name || specifier.startsWith(`${name}/`))
      return vendor !== undefined && !within(file, VENDORS[vendor] ?? [])
    })
    expect(wrong).toEqual([])
  })

  test('the dispatcher is pure: it imports errors and the types of what it looks at only', () => {
    const dispatcher = files.find(({ file }) => file === 'interaction/next-step.ts')
    expect(importsOf(dispatcher?.text ?? '').sort()).toEqual([
      '#src/kernel/errors.ts',
      '#src/rollout/allowed-methods.ts',
      './attempt.ts',
    ])
  })

  test('steps do not import steps, but for the last one', () => {
    const steps = files.filter(({ file }) => file.startsWith('interaction/steps/'))
    const crossing = steps.flatMap(({ file, text }) =>
      importsOf(text)
        .filter(specifier => specifier.startsWith('./') && specifier !== './finish.ts')
        .map(specifier => `${file} → ${specifier}`),
    )
    expect(steps.length).toBeGreaterThan(2)
    expect(crossing).toEqual([])
  })

  test('registries load their children lazily: only the configuration of a child is imported at once', () => {
    const registries = files.filter(({ file }) => file.endsWith('/registry.ts'))
    const eager = registries.flatMap(({ file, text }) => {
      const children = new RegExp(`\\bfrom '(#src/${dirname(file)}/(?!ports/)[^/']+/[^']+)'`, 'g')
      const values = text.replaceAll(/import type [^']*'[^']+'/g, '')
      return [...values.matchAll(children)].map(match => match[1]).filter(path => !path?.endsWith('/config.ts'))
    })
    expect(registries.length).toBe(4)
    expect(eager).toEqual([])
  })

  test('which kinds of customer sources there are, customers alone knows: a new one is a folder and an entry of its registry', () => {
    const others = files.filter(({ file }) => !file.startsWith('customers/'))
    expect(others.filter(({ text }) => /\bcustomers\.sources\b/.test(text)).map(({ file }) => file)).toEqual([])
  })

  test('every folder says what it owns', () => {
    const folders = [...new Set(files.map(({ file }) => dirname(file)))].filter(folder => /^\w+$/.test(folder))
    const readmes = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('README.md'))
    expect(folders.filter(folder => !readmes.includes(join(folder, 'README.md')))).toEqual([])
    expect(folders.length).toBeGreaterThan(10)
  })

  test('only the configuration, its callers and the command line read the environment', () => {
    // Quickstarts are texts for others' apps.
    const own = files.filter(({ file }) => !file.startsWith('clients/quickstarts/'))
    const readers = own.filter(({ text }) => text.replaceAll('`process.env`', '').includes('process.env'))
    expect(readers.map(({ file }) => file).sort()).toEqual(['cli/pias.ts', 'main.ts'])
  })
})
