import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

const PIAS = join(import.meta.dirname, '..', '..', 'src', 'cli', 'pias.ts')

const LOTTE = {
  customerId: 'MOB-1',
  serviceLine: 'mobile',
  firstName: 'Lotte',
  lastName: 'Vandenbroucke',
  birthDate: '1988-03-14',
  emails: ['lotte@example.com'],
  phones: ['0470/12.34.56'],
  address: { street: 'Zennestraat', number: '32', postalCode: '1000', locality: 'Brussel' },
  createdAt: '2015-01-01',
}
const IDENTITY = {
  identityId: 'P1',
  given_name: 'Lotte Marie',
  family_name: 'Vandenbroucke',
  birthdate: '1988-03-14',
  gender: 'female',
  address: { street_address: 'Zennestraat 32', postal_code: '1000', locality: 'BRUSSEL', country: 'BE' },
  locale: 'nl',
  phone_number: '+32 470123456',
  email: 'lotte@example.com',
  email_verified: false,
}
const STRANGER = { ...IDENTITY, identityId: 'P2', given_name: 'Anna', phone_number: '+32 470999999' }

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pias-evaluate-'))
})

afterEach(async () => {
  await rm(folder, { recursive: true })
})

const write = (name: string, ...lines: readonly unknown[]): Promise<void> =>
  writeFile(
    join(folder, name),
    lines.map(line => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''),
  )

/** Runs `matching evaluate` in the folder of the test, which also holds what it puts aside. */
const evaluate = (...more: string[]): Promise<{ code: number | string; stdout: string; stderr: string }> =>
  new Promise(resolve => {
    const files = ['--customers', 'customers.jsonl', '--identities', 'identities.jsonl', '--out', 'decisions.jsonl']
    const env = { PATH: process.env.PATH, TMPDIR: folder }
    execFile(
      process.execPath,
      [PIAS, 'matching', 'evaluate', ...files, ...more],
      { cwd: folder, env },
      (error, stdout, stderr) => resolve({ code: error?.code ?? 0, stdout, stderr }),
    )
  })

const decisions = async (): Promise<unknown[]> =>
  (await readFile(join(folder, 'decisions.jsonl'), 'utf8'))
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line))

describe('pias matching evaluate', () => {
  beforeEach(async () => {
    await write('customers.jsonl', LOTTE, { ...LOTTE, customerId: 'INT-1', serviceLine: 'internet' })
    await write('identities.jsonl', IDENTITY, STRANGER)
    await write(
      'truth.jsonl',
      { identityId: 'P1', customerIds: ['MOB-1', 'INT-1'], classes: ['plain'] },
      {
        identityId: 'P2',
        customerIds: [],
      },
    )
  })

  test('writes a decision a line, and leaves nothing else behind', async () => {
    expect(await evaluate()).toMatchObject({ code: 0, stderr: '' })
    expect(await decisions()).toEqual([
      { identityId: 'P1', decision: 'link', customerIds: ['INT-1', 'MOB-1'], candidates: [] },
      { identityId: 'P2', decision: 'none', customerIds: [], candidates: [] },
    ])
    expect((await readdir(folder)).sort()).toEqual([
      'customers.jsonl',
      'decisions.jsonl',
      'identities.jsonl',
      'truth.jsonl',
    ])
    expect((await stat(join(folder, 'decisions.jsonl'))).mode & 0o077).toBe(0)
  })

  test('measures them where the truth is given', async () => {
    const { stdout } = await evaluate('--truth', 'truth.jsonl')
    expect(stdout).toMatch(/^2 identities decided in \d+\.\d s: decisions\.jsonl$/m)
    expect(stdout).toMatch(/^wrong links +0 \(95 % bound: 0\.776 of links\)$/m)
    expect(stdout).toMatch(/^precision +1\.0000000$/m)
    expect(stdout).toMatch(/^recall of records +1\.0000$/m)
    expect(stdout).toMatch(/^plain +1 +2 +0 /m)
  })

  test('of the own records that it did not find, counts those that their number and invoice would prove', async () => {
    const elsewhere = { address: { street: 'Dorp', number: '1', postalCode: '2000' }, emails: [], phones: [] }
    const dateless = { ...LOTTE, ...elsewhere, serviceLine: 'tv', birthDate: null }
    await write(
      'customers.jsonl',
      LOTTE,
      { ...dateless, customerId: 'TV-1', firstName: 'L.' },
      { ...dateless, customerId: 'TV-2', firstName: 'Tom' },
    )
    await write('truth.jsonl', { identityId: 'P1', customerIds: ['MOB-1', 'TV-1', 'TV-2'] })
    const { stdout } = await evaluate('--truth', 'truth.jsonl')
    expect(stdout).toMatch(/^ {2}with a second proof +0\.3333$/m)
    expect(stdout).toMatch(/^ {2}or with its number and invoice +0\.6667$/m)
  })

  test('a truth that says otherwise shows as wrong links', async () => {
    await write('truth.jsonl', { identityId: 'P1', customerIds: ['MOB-1'] })
    const { stdout } = await evaluate('--truth', 'truth.jsonl')
    expect(stdout).toMatch(/^wrong links:\n {2}P1 -> INT-1$/m)
    expect(stdout).toContain('1 identities have no truth and are not counted')
  })

  test('refuses a customer number that stands for two records', async () => {
    await write('customers.jsonl', LOTTE, '', { ...LOTTE, serviceLine: 'internet' })
    expect(await evaluate()).toEqual({
      code: 2,
      stdout: '',
      stderr: 'pias: customers.jsonl line 3: the customerId stands for another record on line 1\n',
    })
  })

  test('refuses identities and truths it cannot read, and tells no value of theirs', async () => {
    await write('identities.jsonl', IDENTITY, 'Geheim', { ...IDENTITY, birthdate: 1988 }, IDENTITY)
    await write('truth.jsonl', { identityId: 'P1', customerIds: 'Geheim' })
    const { code, stderr } = await evaluate('--truth', 'truth.jsonl')
    expect({ code, lines: stderr.trimEnd().split('\n') }).toEqual({
      code: 2,
      lines: [
        'pias: identities.jsonl line 2: is not JSON',
        'pias: identities.jsonl line 3: birthdate must be a string',
        'pias: identities.jsonl line 4: the identityId stands on line 1 already',
        'pias: truth.jsonl line 1: customerIds must be a list of strings',
      ],
    })
  })

  test('a record the import rejects is told and left out', async () => {
    await write('customers.jsonl', LOTTE, { customerId: 'X-1', serviceLine: 'radio' })
    expect(await evaluate()).toMatchObject({
      code: 0,
      stderr:
        'pias: 1 customers were left out, the first for line 2, serviceLine must be one of mobile, internet, tv, landline\n',
    })
  })

  test('told to stop, it ends by the signal and leaves no customer behind', async () => {
    await write(
      'customers.jsonl',
      ...Array.from({ length: 20_000 }, (_, at) => ({ ...LOTTE, customerId: `MOB-${at}` })),
    )
    const inputs = ['--customers', 'customers.jsonl', '--identities', 'identities.jsonl', '--out', 'decisions.jsonl']
    const env = { PATH: process.env.PATH, TMPDIR: folder }
    const child = spawn(process.execPath, [PIAS, 'matching', 'evaluate', ...inputs], { cwd: folder, env })
    const exit = once(child, 'exit')
    const stores = async () => (await readdir(folder)).filter(name => name.startsWith('pias-'))
    while ((await stores()).length === 0) await setTimeout(10)
    child.kill('SIGTERM')
    expect(await exit).toEqual([null, 'SIGTERM'])
    expect(await stores()).toEqual([])
  })

  test('refuses to write over an input, and says which file is missing', async () => {
    expect(await evaluate('--truth', 'decisions.jsonl')).toMatchObject({
      code: 2,
      stderr: 'pias: --out must not be one of the inputs\n',
    })
    expect(await evaluate('--truth', 'gone.jsonl')).toMatchObject({
      code: 2,
      stderr: 'pias: cannot read gone.jsonl: no such file or directory\n',
    })
    expect(await readdir(folder)).not.toContain('decisions.jsonl')
  })
})
