import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runPias } from '#test/support/run-pias.ts'

/** `pias clients`, `plan`, `apply` and `export`, on an embedded store of their own. */

const dir = mkdtempSync(join(tmpdir(), 'pias-plan-'))
const clientsDir = join(dir, 'clients')
mkdirSync(clientsDir)
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const pias = (...args: string[]) =>
  runPias({ PIAS_DATA_DIR: join(dir, 'data'), PIAS_CLIENTS_DIR: clientsDir }, dir, args)

const write = (name: string, text: string): string => {
  const file = join(dir, name)
  writeFileSync(file, text)
  return file
}

const secretFile = write('secret', 'a synthetic secret of enough characters')
const yaml = (name: string, more = '') => `clients:
  - client_id: shop
    client_name: ${name}
    redirect_uris: [https://shop.example/callback]
    token_endpoint_auth_method: client_secret_basic
    pias_secret_file: ${secretFile}
${more}`
const KIOSK = `  - client_id: kiosk
    client_name: Synthetic kiosk
    redirect_uris: [https://kiosk.example/callback]
    token_endpoint_auth_method: none
`

test('a file of apps is planned, applied, exported, and found again without a change', async () => {
  const file = write('clients.yaml', yaml('Synthetic shop', KIOSK))
  const planned = await pias('plan', '-f', file)
  expect(planned).toMatchObject({ code: 2, stdout: '+ shop is registered\n+ kiosk is registered\n' })
  expect((await pias('clients', 'list')).stdout).toBe('')
  expect(await pias('apply', '-f', file)).toMatchObject({ code: 0, stderr: expect.stringContaining('applied') })
  expect(await pias('plan', '-f', file)).toMatchObject({ code: 0, stdout: 'nothing changes\n' })
  const exported = await pias('export')
  expect(exported.stdout).not.toContain('synthetic secret')
  expect(await pias('plan', '-f', write('exported.yaml', exported.stdout))).toMatchObject({ code: 0 })

  write('clients.yaml', yaml('Another name'))
  const changed = await pias('plan', '-f', file)
  expect(changed.code).toBe(2)
  expect(changed.stdout).toContain('    client_name: "Synthetic shop" → "Another name"\n')
  expect(changed.stdout).toContain('= kiosk is from an earlier file')
  expect((await pias('apply', '-f', file, '--prune', '--yes')).stdout).toContain('- kiosk is removed')
  expect((await pias('clients', 'list')).stdout).toBe('shop active apply 2 Another name\n')
  // An id never comes to mean another app.
  write('clients.yaml', yaml('Another name', KIOSK))
  expect(await pias('apply', '-f', file)).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('! kiosk cannot be done'),
  })
})

test('what others registered is listed, and what a file manages is changed there alone', async () => {
  const metadata = write(
    'app.json',
    JSON.stringify({
      client_id: 'own',
      client_name: 'Synthetic own',
      redirect_uris: ['https://own.example/callback'],
    }),
  )
  const made = await pias('clients', 'create', metadata, '--preset', 'web')
  expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(/^[\w-]{43}\n$/) })
  expect(made.stderr).toContain('warning: token_endpoint_auth_method')
  const file = write('only-shop.yaml', yaml('Another name'))
  expect((await pias('plan', '-f', file)).stdout).toContain('? own is managed by others')
  expect(await pias('clients', 'disable', 'shop', '--yes')).toMatchObject({
    code: 2,
    stderr: 'pias: refused: managed\n',
  })
  expect((await pias('clients', 'disable', 'own', '--yes')).stdout).toBe('own disabled api 2 Synthetic own\n')
  expect((await pias('clients', 'restore', 'own')).stdout).toBe('own active api 3 Synthetic own\n')
  expect((await pias('clients', 'create', metadata)).stderr).toMatch(/^error: jwks: is needed by private_key_jwt/)
  const shown = JSON.parse((await pias('clients', 'show', 'own')).stdout)
  expect(shown).toMatchObject({ managedBy: 'api', secrets: [{ id: expect.any(String) }] })
  write('app.json', JSON.stringify({ ...shown.metadata, client_name: 'Renamed' }))
  expect((await pias('clients', 'update', 'own', '-f', metadata)).stdout).toBe('own active api 4 Renamed\n')
})

test('what might be better of what would be written is told by plan and apply', async () => {
  const page = { client_name: 'Synthetic page', redirect_uris: ['https://page.example/cb'], pias_first_party: true }
  const clients = [{ ...page, client_id: 'page', token_endpoint_auth_method: 'none' }]
  const file = write('page.yaml', JSON.stringify({ clients }))
  const planned = await pias('plan', '-f', file)
  expect([planned.code, planned.stdout]).toEqual([2, expect.stringContaining('+ page is registered\n')])
  expect(planned.stderr).toMatch(/^warning: page: pias_origins: .*; list the origins of its pages/)
  const json = JSON.parse((await pias('plan', '-f', file, '--json')).stdout) as { clientId: string }[]
  const [warning] = [expect.objectContaining({ field: 'pias_origins', fix: expect.any(String) })]
  expect(json.find(({ clientId }) => clientId === 'page')).toMatchObject({ act: 'create', warnings: [warning] })
  expect((await pias('apply', '-f', file)).stderr).toMatch(/^warning: page: pias_origins.*\napplied/)
  expect((await pias('plan', '-f', file)).stderr).not.toContain('warning')
})

test('what is wrong is told with what to do', async () => {
  const metadata = write(
    'wrong.json',
    JSON.stringify({ client_id: 'x', client_name: 'X', redirect_uris: ['https://*.x/cb'] }),
  )
  const { code, stdout } = await pias('clients', 'lint', metadata)
  expect(code).toBe(1)
  expect(stdout).toContain('error: redirect_uris.0: must not have a wildcard; list every address as it is\n')
  expect(stdout).toContain(
    "error: jwks: is needed by private_key_jwt (or jwks_uri); give jwks with the app's public keys",
  )
  const elsewhere = { pias_upstreams: ['walet'], pias_logo: 'gone.svg' }
  const own = { client_id: 'x', client_name: 'X', redirect_uris: ['https://x.example/cb'], ...elsewhere }
  const refused = await pias('clients', 'create', write('elsewhere.json', JSON.stringify(own)), '--preset', 'web')
  expect(refused).toMatchObject({ code: 2, stdout: '' })
  expect(refused.stderr).toMatch(/^error: pias_upstreams: no upstream "walet" is configured; name one of/)
  expect(refused.stderr).toContain('\nerror: pias_logo: there is no folder of images (pages.imagesDir)')
  const app = { ...own, jwks_uri: 'https://x.example/jwks' }
  const several = write(
    'elsewhere.yaml',
    JSON.stringify({ clients: [app, { ...app, grant_types: ['refresh_token'] }] }),
  )
  const planned = await pias('plan', '-f', several)
  expect(planned).toMatchObject({ code: 1, stdout: '' })
  expect(planned.stderr).toContain(
    'error: x: pias_upstreams: no upstream "walet" is configured; name one of upstreams in the configuration\n',
  )
  expect(planned.stderr).toContain('error: x: client_id: stands twice; remove one')
  const told = JSON.parse((await pias('apply', '-f', several, '--json')).stderr)
  const upstreams = 'no upstream "walet" is configured'
  expect(told).toMatchObject({ code: 'client.invalid', errors: expect.any(Array) })
  expect(told.errors).toEqual(
    expect.arrayContaining([
      { clientId: 'x', field: 'pias_upstreams', reason: upstreams, fix: 'name one of upstreams in the configuration' },
      expect.objectContaining({ field: 'grant_types', fix: expect.stringContaining('first token') }),
    ]),
  )
  // The second app's grants are wrong, too, which hides nothing.
  const ofUpstreams = (told.errors as { reason: string }[]).filter(({ reason }) => reason === upstreams)
  expect(ofUpstreams).toHaveLength(2)
  const many = write('wrong.yaml', yaml('x').replace('https://shop', 'ftp://shop'))
  expect(await pias('plan', '-f', many)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('shop: redirect_uris.0'),
  })
  expect(await pias('plan', '-f', write('broken.yaml', 'clients: ['))).toMatchObject({ code: 1, stdout: '' })
})

test('the APIs of files are listed', async () => {
  const apisDir = join(dir, 'apis')
  mkdirSync(apisDir)
  const words = { nl: 'x', fr: 'x', de: 'x', en: 'x' }
  const scopes = ['orders:read', 'orders:write'].map(name => ({ name, description: words }))
  const audience = 'https://orders.example/'
  writeFileSync(join(apisDir, 'orders.json'), JSON.stringify({ audience, name: 'Synthetic orders', scopes }))
  const on = { PIAS_DATA_DIR: join(dir, 'data'), PIAS_CLIENTS_DIR: clientsDir }
  expect(await runPias({ ...on, PIAS_APIS_DIR: apisDir }, dir, ['clients', 'apis'])).toMatchObject({
    code: 0,
    stdout: 'https://orders.example/ jwt orders:read,orders:write Synthetic orders\n',
  })
  expect(await pias('clients', 'apis')).toMatchObject({ code: 0, stdout: '' })
})
