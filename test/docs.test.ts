import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { commandLine } from '#examples/start/command-line.ts'
import { createProgram } from '#src/cli/program.ts'
import { commandReference, NAMES_IN_REFERENCE } from '#src/cli/reference.ts'
import type { ProcessTerminal } from '#src/cli/terminal.ts'
import { createClientFileSchema } from '#src/clients/client-file.ts'
import { clientMetadataSchema } from '#src/clients/client-metadata.ts'
import { OVERRIDES } from '#src/config/environment.ts'
import { configSchema } from '#src/config/schema.ts'
import { ERROR_CODES } from '#src/kernel/errors.ts'

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..')
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
const documents = [
  ...readdirSync(ROOT).filter(name => name.endsWith('.md')),
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.md'))
    .map(name => join('docs', name)),
]

describe('documentation', () => {
  test('every error code has its line, with its status, and no line is of yesterday', () => {
    const lines = [...read('docs/errors.md').matchAll(/^\| `([\w.]+)` \| (\d+|–) \|/gm)].map(([, code, status]) => ({
      code,
      status,
    }))
    expect(lines.map(({ code }) => code)).toEqual(Object.keys(ERROR_CODES))
    for (const { code, status } of lines) {
      if (status !== '–')
        expect([code, Number(status)]).toEqual([code, ERROR_CODES[code as keyof typeof ERROR_CODES].status])
    }
  })

  test('every variable is explained, and every explained variable exists', () => {
    const text = read('docs/configuration.md')
    const named = new Set([...text.matchAll(/PIAS_[A-Z_]+/g)].map(([name]) => name))
    const known = Object.entries(OVERRIDES).flatMap(([name, { file }]) => (file ? [name, `${name}_FILE`] : [name]))
    expect([...named].sort()).toEqual([...known, 'PIAS_CONFIG'].sort())
    for (const name of known) expect(read('README.md')).toContain(name)
  })

  test('every setting and every client field is explained', () => {
    const text = read('docs/configuration.md')
    const settings = Object.keys(configSchema.shape)
    expect(settings.filter(name => !new RegExp(`\`${name}[\`.]`).test(text))).toEqual([])
    const explained = Object.keys(clientMetadataSchema.in.shape).filter(field => text.includes(`\`${field}\``))
    for (const field of ['client_id', 'redirect_uris', 'scope', 'jwks_uri', 'pias_help_uri'])
      expect(explained).toContain(field)
  })

  test.each(documents)('the links of %s lead somewhere', document => {
    const targets = [...read(document).matchAll(/\]\((?!https?:)([^)#\s]+)/g)].map(([, target]) => target ?? '')
    expect(targets.filter(target => !existsSync(join(ROOT, dirname(document), target)))).toEqual([])
  })

  test('every document that the code names is there', () => {
    // The baseline is frozen, its words as well.
    const files = ['src', 'test', 'bench', 'examples'].flatMap(folder =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
        .filter(name => name.endsWith('.ts') && !name.startsWith('baseline'))
        .map(name => join(folder, name)),
    )
    const named = files.flatMap(file =>
      [...read(file).matchAll(/(?<![\w/.#-])(?:[\w-]+\/)*[\w-]+\.md\b/g)].map(([name]) => ({ file, name })),
    )
    const missing = named.filter(({ file, name }) =>
      ['', dirname(file), 'docs'].every(place => !existsSync(join(ROOT, place, name))),
    )
    expect(missing).toEqual([])
    expect(named.length).toBeGreaterThan(50)
  })

  test('every folder of the code is on the map', () => {
    const map = read('docs/architecture.md')
    const folders = readdirSync(join(ROOT, 'src'), { withFileTypes: true }).filter(entry => entry.isDirectory())
    expect(folders.map(({ name }) => name).filter(name => !map.includes(`\`${name}\``))).toEqual([])
  })

  test('every document is found from the first one', () => {
    const index = read('docs/README.md')
    const top = documents.filter(path => dirname(path) === 'docs' && path !== 'docs/README.md')
    expect(top.filter(path => !index.includes(`](${basename(path)})`))).toEqual([])
  })

  test('the commands of the README are scripts of the project', () => {
    const { scripts } = JSON.parse(read('package.json'))
    const commands = [...read('README.md').matchAll(/npm (?:run )?([\w:-]+)/g)].map(([, name]) => name ?? '')
    expect(commands.length).toBeGreaterThan(4)
    expect(commands.filter(name => !(name in scripts) && !['ci', 'and'].includes(name))).toEqual([])
  })

  test('the README tells the command line of npm start, as npm start does', () => {
    const variables = {
      PIAS_ADMIN_PORT: '3001',
      PIAS_DATA_DIR: 'data/pias',
      PIAS_UPSTREAM_ITSME_ISSUER: 'http://127.0.0.1:3100/v2',
      PIAS_CLIENTS_DIR: 'data/pias/clients',
      PIAS_APIS_DIR: 'data/pias/apis',
    }
    expect(read('README.md')).toContain(`\n${commandLine(variables)}`)
    expect(commandLine({ ...variables, PIAS_DATA_DIR: "/tmp/it's here" })).toContain(
      String.raw`PIAS_DATA_DIR='/tmp/it'\''s here' `,
    )
  })

  test('the list of commands is that of the program', () => {
    const program = createProgram(NAMES_IN_REFERENCE as unknown as ProcessTerminal)
    expect(read('docs/cli.md')).toBe(commandReference(program))
  })

  test('every decision has a number of its own', () => {
    const numbers = readdirSync(join(ROOT, 'docs/decisions')).map(name => Number(name.slice(0, 4)))
    expect(numbers.filter(number => Number.isInteger(number) && number > 0)).toHaveLength(numbers.length)
    expect(new Set(numbers).size).toBe(numbers.length)
  })

  test('every test that holds a clause is there', () => {
    const cited = [...read('docs/conformance.md').matchAll(/\| `(test\/[\w./-]+)`: `([^`]+)` \|$/gm)]
    expect(cited.length).toBeGreaterThan(60)
    const missing = cited.filter(([, file = '', name = '']) => !read(file).includes(name))
    expect(missing.map(([, file, name]) => `${file}: ${name}`)).toEqual([])
  })

  test('every module of a plan has its test', () => {
    const plans = [...read('docs/conformance.md').matchAll(/^\| [\w. -]+ \| `(test\/[\w./-]+)` \| (.+) \|$/gm)]
    const modules = plans.flatMap(([, file = '', names = '']) =>
      (names.split(';')[0] ?? '').split(', ').map(name => ({ file, name })),
    )
    expect(modules.length).toBeGreaterThan(120)
    const isThere = ({ file, name }: { file: string; name: string }) =>
      new RegExp(`(?<![\\w-])${name}(?![\\w-])`).test(read(file))
    expect(modules.filter(module => !isThere(module))).toEqual([])
  })

  test('the client file of the tutorial is a good one', () => {
    const [, json = ''] = /```json\n([\s\S]*?)```/.exec(read('docs/tutorial-first-app.md')) ?? []
    expect(createClientFileSchema('development').safeParse(JSON.parse(json)).error?.issues ?? []).toEqual([])
  })
})
