import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { readEnvironment, switchVariable } from '#examples/itsme-simulator/environment.ts'
import { ENDPOINTS, LINE_FAULTS, OUTCOME_FAULTS, TOKEN_FAULTS } from '#examples/itsme-simulator/faults/faults.ts'
import { SWITCHES } from '#examples/itsme-simulator/options.ts'

const MAIN = 'examples/itsme-simulator/main.ts'

const start = (env: Record<string, string>) =>
  spawn(process.execPath, [MAIN], { env: { PATH: process.env.PATH ?? '', ...env }, stdio: ['ignore', 'pipe', 'pipe'] })

/** Runs the program to its end, which these settings bring about. */
const failure = async (env: Record<string, string>) => {
  const child = start(env)
  const [stderr, stdout, [code]] = await Promise.all([text(child.stderr), text(child.stdout), once(child, 'exit')])
  return { code, stderr, stdout }
}

describe('the simulator as a program', () => {
  test('says in one line that it is ready, and stops when told', async () => {
    const child = start({ SIM_PORT: '0' })
    const exited = once(child, 'exit')
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    const { ready, issuer } = JSON.parse(line.toString()) as { ready: boolean; issuer: string }
    expect(ready).toBe(true)
    const metadata = (await (await fetch(`${issuer}/.well-known/openid-configuration`)).json()) as { issuer: string }
    expect(metadata.issuer).toBe(issuer)
    child.kill('SIGTERM')
    expect(await exited).toEqual([0, null])
  })

  test.each(['NODE_ENV', 'PIAS_ENVIRONMENT'])('does not start with %s=production', async name => {
    const { code, stderr, stdout } = await failure({ SIM_PORT: '0', [name]: 'production' })
    expect(code).toBe(1)
    expect(stdout).toBe('')
    expect(stderr.trim().split('\n')).toEqual([expect.stringContaining('production')])
  })

  test('names a taken port in one line', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    const { code, stderr } = await failure({ SIM_PORT: String(port) })
    taken.close()
    expect(code).toBe(1)
    expect(stderr.trim().split('\n')).toEqual([expect.stringContaining(`port ${port} is taken`)])
  })

  test('names all wrong settings at once', () => {
    const env = { SIM_PORT: 'x', SIM_REDIRECT_URIS: 'here', SIM_SERVICE_CODES: 'A=other', SIM_JWE_KID: 'maybe' }
    expect(() => readEnvironment(env)).toThrow(/SIM_PORT.*here.*other.*SIM_JWE_KID must be on or off/)
  })

  test('reads its client from the environment', () => {
    const { clients } = readEnvironment({
      SIM_CLIENT_ID: 'P',
      SIM_REDIRECT_URIS: 'http://localhost:1/a, http://localhost:2/b',
      SIM_CLIENT_JWKS_URI: 'http://localhost:1/jwks',
      SIM_SERVICE_CODES: 'LOGIN,IDENT=identification',
      SIM_REQUEST_URIS: 'http://localhost:1/request/',
      SIM_SCOPES: 'profile eid',
    })
    expect(clients).toEqual([
      {
        clientId: 'P',
        redirectUris: ['http://localhost:1/a', 'http://localhost:2/b'],
        jwksUri: 'http://localhost:1/jwks',
        requestUris: ['http://localhost:1/request/'],
        serviceCodes: { LOGIN: { service: 'authentication' }, IDENT: { service: 'identification' } },
        scopes: ['profile', 'eid'],
      },
    ])
  })

  test('is a piece of its own: it imports nothing but its own files and packages', () => {
    const folder = 'examples/itsme-simulator'
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts'))
    expect(files.length).toBeGreaterThan(20)
    const foreign = files.flatMap(file => {
      const specifiers = readFileSync(join(folder, file), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)
      return [...specifiers].flatMap(([, specifier = '']) => {
        const path = specifier.startsWith('.') ? join(dirname(file), specifier) : specifier
        return path.startsWith('..') || path.startsWith('#') ? [`${file}: ${specifier}`] : []
      })
    })
    expect(foreign).toEqual([])
  })

  test('says in its README all that can be switched, broken and set', () => {
    const readme = readFileSync('examples/itsme-simulator/README.md', 'utf8')
    const controls = readme.slice(readme.indexOf('## Driving it'))
    const switches = Object.entries(SWITCHES).map(([name, values]) => `\`${name}\` \`${values.join('`\\|`')}\``)
    const faults = [...ENDPOINTS, ...LINE_FAULTS, ...TOKEN_FAULTS, ...OUTCOME_FAULTS].map(name => `\`${name}\``)
    const bodies = ['"endpoint","kind","count":1,"delayMs":2000', '"offsetSeconds":', '"persona"', '"clientId"']
    for (const text of [...switches, ...faults, ...bodies]) expect(controls).toContain(text)
  })

  test.each(Object.entries(SWITCHES))('has the switch %s in the environment', (name, values) => {
    const last = values.at(-1) ?? ''
    expect(readEnvironment({ [switchVariable(name)]: last }).switches).toEqual({ [name]: last })
    expect(readEnvironment({}).switches).toEqual({})
  })
})
