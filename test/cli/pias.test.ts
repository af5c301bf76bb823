import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dataDirFromEnv } from '#src/cli/data-dir.ts'
import { drawTown } from '#test/matching/train/town.ts'

const PIAS = join(import.meta.dirname, '..', '..', 'src', 'cli', 'pias.ts')
const GOOD = JSON.stringify({ customerId: 'MOB-1', serviceLine: 'mobile', firstName: 'Lotte' })

let folder: string
let file: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pias-cli-'))
  file = join(folder, 'customers.jsonl')
})

afterEach(async () => {
  await rm(folder, { recursive: true })
})

type Outcome = { code: number | string; stdout: string; stderr: string }

const pias = (...args: string[]): Promise<Outcome> =>
  new Promise(resolve => {
    const env = { PATH: process.env.PATH, PIAS_DATA_DIR: join(folder, 'data') }
    execFile(process.execPath, [PIAS, ...args], { cwd: folder, env }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    )
  })

test('who reads no more ends it quietly, as any other program', async () => {
  await writeFile(file, GOOD)
  await pias('customers', 'import', file)
  const env = { PATH: process.env.PATH, PIAS_DATA_DIR: join(folder, 'data') }
  const child = spawn(process.execPath, [PIAS, 'customers', 'count'], { cwd: folder, env })
  let told = ''
  child.stderr.on('data', text => {
    told += text
  })
  child.stdout.destroy()
  const [code] = await once(child, 'close')
  expect([code, told]).toEqual([141, ''])
})

/** The types of what the trail tells of customers, in alphabetical order. */
const noted = async (): Promise<readonly string[]> =>
  (await pias('audit', 'list', '--json')).stdout
    .trim()
    .split('\n')
    .map(event => JSON.parse(event).type as string)
    .filter(type => type.startsWith('customers.'))
    .sort()

describe('pias customers', () => {
  test('an import begins once in the trail, however many batches it writes', async () => {
    const line = (_: unknown, at: number) => `${JSON.stringify({ customerId: `SYN-${at}`, serviceLine: 'tv' })}\n`
    await writeFile(file, Array.from({ length: 2001 }, line).join(''))
    expect((await pias('customers', 'import', file)).stdout).toContain('2,001 inserted')
    expect(await noted()).toEqual(['customers.import-begun', 'customers.imported'])
  })

  test('import, again, and count', async () => {
    await writeFile(file, `${GOOD}\n`)
    const first = await pias('customers', 'import', file)
    expect(first).toMatchObject({ code: 0, stderr: '' })
    expect(first.stdout).toMatch(
      /^1 lines in \d+\.\d s: 1 inserted, 0 updated, 0 unchanged, 0 removed, 0 absent, 0 superseded, 0 rejected\n$/,
    )
    expect((await pias('customers', 'import', file)).stdout).toContain(' 0 inserted, 0 updated, 1 unchanged')
    expect(await pias('customers', 'count')).toEqual({ code: 0, stdout: '1\n', stderr: '' })
    // The one that changed nothing began nothing.
    expect(await noted()).toEqual(['customers.import-begun', 'customers.imported', 'customers.imported'])
    await expect(access(`${file}.rejects.jsonl`)).rejects.toThrow('ENOENT')
  })

  test('--data-dir goes before the environment', async () => {
    await writeFile(file, GOOD)
    await pias('customers', 'import', file, '--data-dir', join(folder, 'other'))
    expect((await pias('customers', 'count')).stdout).toBe('0\n')
    expect((await pias('customers', 'count', '--data-dir', join(folder, 'other'))).stdout).toBe('1\n')
  })

  test('rejected lines are told in a file that only its owner reads, and exit 0', async () => {
    await writeFile(file, `${GOOD}\nLotte Geheim\n{"customerId":"MOB-2","serviceLine":"Geheim"}\n`)
    const { code, stderr } = await pias('customers', 'import', file)
    const path = `${file}.rejects.jsonl`
    expect({ code, stderr }).toEqual({ code: 0, stderr: `pias: 2 lines were rejected, see ${path}\n` })
    const rejects = (await readFile(path, 'utf8')).trimEnd().split('\n')
    expect(rejects.map(line => JSON.parse(line))).toEqual([
      { line: 2, reason: 'is not JSON' },
      { line: 3, reason: 'must be one of mobile, internet, tv, landline', field: 'serviceLine' },
    ])
    expect(rejects.join()).not.toContain('Geheim')
    expect((await stat(path)).mode & 0o077).toBe(0)
  })

  test('--rejects names the file, and a good run removes that of an earlier one', async () => {
    const rejects = join(folder, 'bad.jsonl')
    await writeFile(file, `${GOOD}\nx\n`)
    await pias('customers', 'import', file, '--rejects', rejects)
    expect(await readFile(rejects, 'utf8')).toBe('{"line":2,"reason":"is not JSON"}\n')
    await writeFile(file, GOOD)
    await pias('customers', 'import', file, '--rejects', rejects)
    await expect(access(rejects)).rejects.toThrow('ENOENT')
  })

  test('nothing but bad lines: exit 2', async () => {
    await writeFile(file, 'x\ny\n')
    const { code, stderr } = await pias('customers', 'import', file)
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `pias: every line was rejected, see ${file}.rejects.jsonl\n`,
    })
  })

  test('an empty file is done at once', async () => {
    await writeFile(file, '')
    expect(await pias('customers', 'import', file)).toMatchObject({ code: 0, stderr: '' })
  })

  test('a file that is not there, or is a folder: exit 2 with one line', async () => {
    expect(await pias('customers', 'import', file)).toEqual({
      code: 2,
      stdout: '',
      stderr: `pias: cannot read ${file}: no such file or directory\n`,
    })
    expect(await pias('customers', 'import', folder)).toMatchObject({
      code: 2,
      stderr: `pias: cannot read ${folder}: it is a directory\n`,
    })
  })

  test('the file itself cannot be its rejects file', async () => {
    await writeFile(file, 'x\n')
    const { code, stderr } = await pias('customers', 'import', file, '--rejects', file)
    expect({ code, stderr }).toEqual({ code: 2, stderr: 'pias: the rejects file must not be the file itself\n' })
    expect(await readFile(file, 'utf8')).toBe('x\n')
  })

  test('a rejects file that cannot be written: one line, exit 1', async () => {
    await writeFile(file, 'x\n')
    const { code, stderr } = await pias('customers', 'import', file, '--rejects', join(folder, 'no', 'r.jsonl'))
    expect(code).toBe(1)
    expect(stderr).toBe(`pias: cannot write ${join(folder, 'no', 'r.jsonl')}: no such file or directory\n`)
  })

  test('a rejects file on a full disk is named', async () => {
    await writeFile(file, 'x\n')
    const { code, stderr } = await pias('customers', 'import', file, '--rejects', '/dev/full')
    expect({ code, stderr }).toEqual({ code: 1, stderr: 'pias: cannot write /dev/full: no space left\n' })
  })

  test('a data directory that cannot be used: one line, exit 1, no stack trace', async () => {
    await writeFile(file, GOOD)
    const { code, stderr } = await pias('customers', 'import', file, '--data-dir', file)
    expect(code).toBe(1)
    expect(stderr).toMatch(/^pias: store\.unusable: .+\n$/)
  })

  test('a database that is none: one line, exit 1', async () => {
    const other = join(folder, 'other')
    await pias('customers', 'count', '--data-dir', other)
    await writeFile(join(other, 'durable.db'), 'not a database, whatever it is called'.repeat(40))
    await chmod(join(other, 'durable.db'), 0o600)
    const { code, stderr } = await pias('customers', 'count', '--data-dir', other)
    expect(code).toBe(1)
    expect(stderr).toMatch(/^pias: store\.unusable: .+\n$/)
  })

  test('a wrong command line tells what is wrong', async () => {
    expect(await pias('customers', 'import')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("missing required argument 'file'"),
    })
    expect(await pias('customers', 'export')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("unknown command 'export'"),
    })
  })
})

describe('dataDirFromEnv', () => {
  test.each([
    [{}, 'data/pias'],
    [{ PIAS_DATA_DIR: '' }, 'data/pias'],
    [{ PIAS_DATA_DIR: '/srv/pias' }, '/srv/pias'],
  ])('%j', (env, dataDir) => {
    expect(dataDirFromEnv(env)).toBe(dataDir)
  })
})

describe('pias matching train', () => {
  test('a base too small to tell rates from trains nothing', async () => {
    await writeFile(file, GOOD)
    await pias('customers', 'import', file)
    const { code, stdout, stderr } = await pias('matching', 'train')
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^pias: a model needs 2.000 customer records at least\n$/)
  })

  test('keeps a model and tells what it would change; it is put in force, and taken back, by commands', async () => {
    const records = drawTown(600)
    await writeFile(file, records.map(record => `${JSON.stringify(record)}\n`).join(''))
    await pias('customers', 'import', file)
    const written = join(folder, 'model.json')
    const trained = await pias('matching', 'train', '--out', written)
    expect(trained.code).toBe(0)
    expect(trained.stdout).toMatch(/^model +t-\d{8}-[0-9a-f]{8}\nrecords read +2.\d{3}\nhouses looked at +600\n/)
    expect(trained.stdout).toContain('against 0 decisions of the last 30 days, by models that are gone: 0\n')
    expect(trained.stdout).toContain(
      'against the model in force, on 0 people who have an account, those decided about last first:\n',
    )
    const [, version = ''] = /not in force; npm run pias -- matching activate (\S+)\n$/.exec(trained.stdout) ?? []
    expect((await pias('matching', 'models')).stdout).toMatch(
      /^(\S+) built-in in force, error budget 0.0001\nt-\S+ \S+Z\n$/,
    )
    expect(await pias('matching', 'activate', 'never')).toMatchObject({ code: 2, stdout: '' })
    expect(await pias('matching', 'activate', version, '--error-budget', '1e-5', '--yes')).toMatchObject({ code: 0 })
    expect((await pias('matching', 'models')).stdout).toMatch(/ built-in\nt-\S+ \S+Z in force, error budget 0.00001\n$/)

    const identities = join(folder, 'identities.jsonl')
    await writeFile(identities, '')
    const evaluate = (model: string) => {
      const files = ['--customers', file, '--identities', identities, '--out', `${identities}.out`]
      return pias('matching', 'evaluate', ...files, '--model', model)
    }
    for (const model of ['stored', written]) {
      expect((await evaluate(model)).stdout).toMatch(new RegExp(`^rules r\\d+, model ${version}$`, 'm'))
    }
    expect(await evaluate(identities)).toMatchObject({ code: 2, stderr: expect.stringContaining('holds no model') })
    expect(await evaluate(`${file}.none`)).toMatchObject({ code: 2, stderr: expect.stringContaining('no such file') })

    const bare = records.map(({ emails: _, phones: __, ...record }) => ({ ...record, language: 'nl' }))
    await writeFile(file, bare.map(record => `${JSON.stringify(record)}\n`).join(''))
    expect((await pias('customers', 'import', file)).stdout).toMatch(
      /\ndrift \d+\.\d\d \((mobile|e-mail)\), against the records of t-/,
    )

    expect((await pias('matching', 'rollback', '--yes')).stdout).toMatch(
      / is in force on all nodes within a minute, error budget 0.0001\n$/,
    )
    expect((await pias('matching', 'models')).stdout).toContain(' built-in in force, error budget 0.0001\n')
  })
})

describe('pias customers put, remove and reviews', () => {
  const pipe = (input: string, ...args: string[]): Promise<Outcome> =>
    new Promise(resolve => {
      const env = { PATH: process.env.PATH, PIAS_DATA_DIR: join(folder, 'data') }
      const child = execFile(process.execPath, [PIAS, ...args], { cwd: folder, env }, (error, stdout, stderr) =>
        resolve({ code: error?.code ?? 0, stdout, stderr }),
      )
      child.stdin?.end(input)
    })

  test('one record comes, changes and goes; a line that is none is told without its values', async () => {
    expect(await pipe(GOOD, 'customers', 'put')).toEqual({ code: 0, stdout: 'inserted\n', stderr: '' })
    expect((await pipe(GOOD, 'customers', 'put')).stdout).toBe('unchanged\n')
    expect((await pipe(GOOD.replace('Lotte', 'Else'), 'customers', 'put')).stdout).toBe('updated\n')
    expect((await pias('customers', 'remove', 'mobile', 'MOB-1', '--yes')).stdout).toBe('removed\n')
    expect((await pias('customers', 'remove', 'mobile', 'MOB-1', '--yes')).stdout).toBe('absent\n')
    expect(await pias('customers', 'remove', 'Geheim', 'MOB-1')).toMatchObject({ code: 2, stdout: '' })
    const wrong = await pipe('{"customerId":"MOB-1","serviceLine":"Geheim"}', 'customers', 'put')
    expect(wrong).toMatchObject({ code: 2, stdout: '' })
    expect(wrong.stderr).toMatch(/^pias: the line \(serviceLine\) must be one of/)
    expect(wrong.stderr).not.toContain('Geheim')
  })

  test('reviews that are none are told', async () => {
    expect(await pias('reviews', 'list')).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(await pias('reviews', 'show', 'none')).toMatchObject({ code: 2, stdout: '' })
    expect(await pias('reviews', 'close', 'none', '--outcome', 'kept', '--reason', 'why')).toMatchObject({ code: 2 })
    expect(await pias('reviews', 'close', 'none', '--outcome', 'Geheim', '--reason', 'why')).toMatchObject({ code: 2 })
  })
})
