import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import { runPias } from '#test/support/run-pias.ts'

/** `pias export` against `plan` and `apply`: nothing of an app is lost on the way, and nothing comes to life on it. */

const DAY = 24 * 3600 * 1000
const START = Date.parse('2036-11-22T12:00:00Z')
let now = START
const dir = mkdtempSync(join(tmpdir(), 'pias-export-'))
const clientsDir = join(dir, 'clients')
mkdirSync(clientsDir)
afterAll(() => rmSync(dir, { recursive: true, force: true }))
beforeEach(() => {
  now = START
})

const on =
  (store: string) =>
  (...args: string[]) =>
    runPias({ PIAS_DATA_DIR: join(dir, store), PIAS_CLIENTS_DIR: clientsDir }, dir, args, { clock: () => now })

const write = (name: string, content: string | object): string => {
  const file = join(dir, name)
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
  return file
}

const app = (id: string, more: object = {}) => ({
  client_id: id,
  client_name: `Synthetic ${id}`,
  redirect_uris: [`https://${id}.example/callback`],
  token_endpoint_auth_method: 'client_secret_basic',
  ...more,
})

/** What is exported, and the file that it makes. */
const exportOf = async (pias: ReturnType<typeof on>, name: string) => {
  const { code, stdout, stderr } = await pias('export')
  expect(code).toBe(0)
  const { clients } = parse(stdout) as { clients: { [field: string]: unknown }[] }
  return { file: write(name, stdout), stderr, of: (id: string) => clients.find(one => one.client_id === id) }
}

test('a disabled app and one that admins made are exported as what they are, and come to be the same elsewhere', async () => {
  const [one, other] = [on('kinds'), on('kinds-copy')]
  await one('clients', 'create', write('own.json', app('own')))
  await one('clients', 'create', write('off.json', app('off')))
  await one('clients', 'disable', 'off', '--yes')
  const both = [app('mine', { token_endpoint_auth_method: 'none' })]
  const resting = app('resting', { token_endpoint_auth_method: 'none', pias_state: 'disabled' })
  await one('apply', '-f', write('kinds.yaml', { clients: [...both, resting] }))
  const { file, of } = await exportOf(one, 'kinds-out.yaml')
  expect(of('own')).toMatchObject({ pias_managed_by: 'api' })
  expect(of('off')).toMatchObject({ pias_managed_by: 'api', pias_state: 'disabled' })
  expect(of('mine')).not.toHaveProperty('pias_managed_by')
  expect(await one('plan', '-f', file)).toMatchObject({ code: 0, stdout: 'nothing changes\n' })

  expect((await other('apply', '-f', file)).code).toBe(0)
  expect((await other('clients', 'list')).stdout).toBe(
    'mine active apply 1 Synthetic mine\noff disabled api 1 Synthetic off\n' +
      'own active api 1 Synthetic own\nresting disabled apply 1 Synthetic resting\n',
  )
  expect(await other('plan', '-f', file)).toMatchObject({ code: 0 })
  // What admins made stays theirs there, too.
  expect((await other('clients', 'restore', 'off')).code).toBe(0)
  const planned = await other('plan', '-f', file)
  expect(planned).toMatchObject({ code: 2, stdout: expect.stringContaining('    state: "active" → "disabled"\n') })
})

test('a secret is exported with its end, and not at all once that has come', async () => {
  const [one, other] = [on('ends'), on('ends-copy')]
  await one('clients', 'create', write('ending.json', app('ending')))
  await one('clients', 'secret', 'add', 'ending', '--expires', '30')
  await one('clients', 'create', write('ended.json', app('ended')))
  const [id = ''] = (await one('clients', 'secret', 'list', 'ended')).stdout.split(' ')
  await one('clients', 'secret', 'remove', 'ended', id, '--yes')
  await one('clients', 'secret', 'add', 'ended', '--expires', '1')
  const early = await exportOf(one, 'early.yaml')
  const hash = expect.stringMatching(/^sha256:/)
  const end = { hash, expires_at: '2036-12-22T12:00:00.000Z' }
  expect(early.of('ending')).toMatchObject({ pias_secret_hashes: [hash, end] })

  now = START + 2 * DAY
  const { file, of } = await exportOf(one, 'ends.yaml')
  expect(of('ending')).toMatchObject({ pias_secret_hashes: [hash, end] })
  expect(of('ended')).toMatchObject({ pias_secret_hashes: [] })
  expect(await one('plan', '-f', file)).toMatchObject({ code: 0, stdout: 'nothing changes\n' })
  expect((await other('apply', '-f', file)).code).toBe(0)
  expect((await other('clients', 'secret', 'list', 'ending')).stdout).toMatch(
    /until - used -\n.* until 2036-12-22T12:00:00.000Z used -\n$/,
  )
  expect((await other('clients', 'secret', 'list', 'ended')).stdout).toBe('')
  expect(await other('plan', '-f', file)).toMatchObject({ code: 0 })

  // An older export brings nothing back that has expired since.
  const third = on('ends-third')
  expect(await third('plan', '-f', early.file)).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('! ended cannot be done: needs a secret that has not expired'),
  })
  // And a file that names a hash alone takes no end away.
  const hashes = ((of('ending')?.pias_secret_hashes ?? []) as (string | { hash: string })[]).map(given =>
    typeof given === 'string' ? given : given.hash,
  )
  const plain = { ...of('ending'), pias_secret_hashes: hashes }
  expect(await one('plan', '-f', write('plain.yaml', { clients: [plain] }))).toMatchObject({
    code: 0,
    stdout: '? ended is managed by others, and stays\nnothing changes\n',
  })
})

test('a policy that was put in force is exported, and is in force where the file is applied', async () => {
  const [one, other] = [on('policies'), on('policies-copy')]
  await one('clients', 'create', write('rolled.json', app('rolled', { pias_rollout: { password: 'allow' } })))
  const why = ['--reason', 'a synthetic start', '--yes'] as const
  await one('rollout', 'set', '--client', 'rolled', ...why, '--set', 'existing.percentage=20')
  const { file, of } = await exportOf(one, 'policies.yaml')
  expect(of('rolled')).toMatchObject({ pias_rollout: { password: 'allow', existing: { percentage: 20 } } })
  expect(await one('plan', '-f', file)).toMatchObject({ code: 0, stdout: 'nothing changes\n' })

  expect((await other('apply', '-f', file)).code).toBe(0)
  const policyOf = async (pias: typeof one) =>
    JSON.parse((await pias('rollout', 'show', '--client', 'rolled', '--json')).stdout).policy
  expect(await policyOf(other)).toEqual(await policyOf(one))
  expect(await other('plan', '-f', file)).toMatchObject({ code: 0 })

  // Another policy in the file does not overrule what was put in force, such as a kill switch; the plan says so.
  const changed = { ...of('rolled'), pias_rollout: { password: 'off' } }
  expect(await one('plan', '-f', write('changed.yaml', { clients: [changed] }))).toMatchObject({
    code: 2,
    stdout: expect.stringContaining('a stored rollout policy is in force'),
  })
})

test('what a client file has is left out of an export, and that is told', async () => {
  const pias = on('files')
  await pias('clients', 'create', write('both.json', app('both')))
  writeFileSync(join(clientsDir, 'both.json'), JSON.stringify(app('both', { token_endpoint_auth_method: 'none' })))
  const { file, of, stderr } = await exportOf(pias, 'files.yaml')
  rmSync(join(clientsDir, 'both.json'))
  expect(of('both')).toBeUndefined()
  expect(stderr).toBe('left out, as they stand in client files: both\n')
  expect((await pias('plan', '-f', file)).code).toBe(0)
})

test.each([
  [{ pias_state: 'removed' }, 'x: pias_state: must be one of active, disabled'],
  [{ pias_managed_by: 'file' }, 'x: pias_managed_by: must be one of apply, api, dcr'],
  [{ pias_secret_hashes: [{ hash: 'sha256:x', expires_at: 'soon' }] }, 'x: pias_secret_hashes.0.hash: must be sha256:'],
  [{ pias_implicit: true }, 'x: pias_implicit: is for clients that register themselves'],
])('%j in a file is refused', async (wrong, problem) => {
  const file = write('wrong.yaml', { clients: [app('x', wrong)] })
  expect(await on('wrong')('plan', '-f', file)).toMatchObject({ code: 1, stderr: expect.stringContaining(problem) })
})
