import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MongoClient } from 'mongodb'
import { mongoConfigSchema } from '#src/store/mongo/config.ts'
import { openMongoStore } from '#src/store/mongo/open.ts'
import type { TestServer } from '#test/support/servers/server.ts'
import { startMongo } from '#test/support/servers/start-mongo.ts'
import { createTestCertificate } from '#test/support/test-certificate.ts'

/** A user with a password, over TLS, by nothing but the URL. */
const PASSWORD = 'p@ss/word'
const DATABASE = 'pias-access'
const ROOT = { name: 'root', password: 'root' }

let dir: string
let caFile: string
let server: TestServer
let admin: MongoClient
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'pias-mongo-access-'))
  const certificate = await createTestCertificate(dir)
  caFile = certificate.certFile
  const both = join(dir, 'both.pem')
  writeFileSync(both, [certificate.pem, readFileSync(certificate.keyFile, 'utf8')].join('\n'))
  const tls = ['--tlsMode', 'preferTLS', '--tlsCertificateKeyFile', both, '--tlsCAFile', caFile]
  const nameless = ['--tlsAllowConnectionsWithoutCertificates']
  server = await startMongo({ owned: true, args: [...tls, ...nameless], root: ROOT })
  admin = new MongoClient(server.url, { auth: { username: ROOT.name, password: ROOT.password } })
  await admin.db(DATABASE).command({
    createUser: 'pias',
    pwd: PASSWORD,
    roles: [{ role: 'readWrite', db: DATABASE }],
  })
})
afterAll(async () => {
  await admin.close()
  await server.close()
  rmSync(dir, { recursive: true, force: true })
})

const urlFor = (password: string, ca: string | undefined) => {
  const url = new URL(server.url)
  url.username = 'pias'
  url.password = encodeURIComponent(password)
  url.searchParams.set('authSource', DATABASE)
  url.searchParams.set('tls', 'true')
  if (ca !== undefined) url.searchParams.set('tlsCAFile', ca)
  return mongoConfigSchema.parse({ url: url.href, database: DATABASE })
}

/** Who has connected over what, as the server sees it. */
const connections = async () => {
  const all = admin
    .db('admin')
    .aggregate([{ $currentOp: { allUsers: true, idleConnections: true } }, { $match: { appName: 'pias' } }])
  return (await all.toArray()).flatMap(({ effectiveUsers = [] }) =>
    effectiveUsers.map(({ user }: { user: string }) => user),
  )
}

test('works as the user of the URL, over TLS', async () => {
  const before = (await admin.db('admin').command({ serverStatus: 1 })).transportSecurity
  const store = await openMongoStore({ ...urlFor(PASSWORD, caFile), clock: Date.now, migrate: true })
  await store.ping()
  await store.grants.upsert('Grant', 'id', { n: 1 }, 60, {})
  expect(await store.grants.find('Grant', 'id')).toEqual({ payload: { n: 1 } })
  expect(await connections()).toContain('pias')
  const after = (await admin.db('admin').command({ serverStatus: 1 })).transportSecurity
  const total = (seen: Record<string, number>) => Number(seen['1.2']) + Number(seen['1.3'])
  expect(total(after)).toBeGreaterThan(total(before))
  await store.close()
})

test.each([
  ['another password', () => urlFor('other', caFile), 'store.unusable', /refuses the user or the password/],
  ['an authority nobody knows', () => urlFor(PASSWORD, undefined), 'store.unavailable', /cannot be reached/],
])('is refused with %s, which is not repeated', async (_what, config, code, message) => {
  const error = await openMongoStore({ ...config(), clock: Date.now, migrate: true }).catch(reason => reason)
  expect(error).toMatchObject({ code, message: expect.stringMatching(message) })
  expect(error.message).not.toContain(PASSWORD)
})
