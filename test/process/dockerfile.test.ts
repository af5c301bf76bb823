import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { makeKeyFile } from '#src/crypto/kek/key-file.ts'
import { freePorts } from '#test/support/free-ports.ts'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { ROOT, startScript } from '#test/support/processes.ts'
import { createTestCertificate } from '#test/support/test-certificate.ts'
import { parseDockerfile } from './dockerfile.ts'

/**
 * Replays the Dockerfile in an empty folder and runs what it would run, in production: fails when the sources need a
 * file that is not copied or a package that is only there for development. What the base image and the mounts bring
 * (Node.js, folders, the user) is the machine's here.
 */
const { env, steps, command } = parseDockerfile(readFileSync(join(ROOT, 'Dockerfile'), 'utf8'))

/** What `npm test` tells its own children about itself must not reach another npm: it would install elsewhere. */
const npmEnv = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(npm_(package|lifecycle|command|config_local)|INIT_CWD)/i.test(name),
    ),
  )

/** As Docker copies: a folder's content to the destination, a file into it. */
const copy = (app: string, sources: readonly string[], to: string): void => {
  for (const source of sources) {
    const target = to.endsWith('/') ? join(app, to, basename(source)) : join(app, to)
    cpSync(join(ROOT, source), target, { recursive: true })
  }
}

const replay = (app: string): void => {
  for (const step of steps) {
    if ('copy' in step) copy(app, step.copy, step.to)
    else if (step.run.startsWith('npm ')) {
      const args = [...step.run.split(' ').slice(1), '--prefix', app]
      execFileSync('npm', args, { cwd: app, env: { ...npmEnv(), ...env }, stdio: 'pipe' })
    }
  }
}

/** Packages that the sources import, also those that only some configurations load. */
const importedPackages = (src: string): string[] => {
  // Quickstarts are texts for others' apps, with imports of theirs.
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(
    file => file.endsWith('.ts') && !file.includes('quickstarts'),
  )
  const specifiers = files.flatMap(file =>
    [...readFileSync(join(src, file), 'utf8').matchAll(/(?:\bfrom |\bimport\(|^import )'([^'.#][^']*)'/gm)].map(
      ([, specifier = '']) => specifier,
    ),
  )
  const names = specifiers.filter(name => !name.startsWith('node:')).map(name => /^(@[^/]+\/)?[^/]+/.exec(name)?.[0])
  return [...new Set(names)].filter(name => name !== undefined)
}

describe('the Dockerfile', () => {
  let app: string
  beforeAll(() => {
    app = mkdtempSync(join(tmpdir(), 'pias-image-'))
    replay(app)
  }, 180_000)
  afterAll(() => rmSync(app, { recursive: true, force: true }))

  test('installs what runs, and nothing of development', () => {
    const { devDependencies } = JSON.parse(readFileSync(join(app, 'package.json'), 'utf8'))
    const isInstalled = (name: string): boolean => existsSync(join(app, 'node_modules', name))
    // Type packages may come along with others; they hold no code.
    const programs = Object.keys(devDependencies).filter(name => !name.startsWith('@types/'))
    expect(programs.length).toBeGreaterThan(5)
    expect(programs.filter(isInstalled)).toEqual([])
    const imported = importedPackages(join(app, 'src'))
    expect(imported).toContain('koa')
    expect(imported.filter(name => !isInstalled(name))).toEqual([])
    expect(['test', 'examples', 'bench', 'docs'].filter(folder => existsSync(join(app, folder)))).toEqual([])
  })

  test('runs PIAS in production', async () => {
    const outside = mkdtempSync(join(app, 'mounts-'))
    const certificate = await createTestCertificate(outside)
    const clients = join(outside, 'clients')
    mkdirSync(clients)
    const client = {
      client_id: 'shop',
      client_name: 'Synthetic shop',
      client_secret: 'a synthetic secret of enough characters',
      token_endpoint_auth_method: 'client_secret_basic',
      redirect_uris: ['https://shop.example.com/callback'],
    }
    writeFileSync(join(clients, 'shop.json'), JSON.stringify(client))
    const kek = join(outside, 'kek')
    makeKeyFile(kek)
    const [port] = (await freePorts(1)) as [number]
    const issuer = `https://localhost:${port}`
    const [node, script = '', ...args] = command
    expect(node).toBe('node')
    expect(env).toMatchObject({ NODE_ENV: 'production', PIAS_ENVIRONMENT: 'production' })

    const pias = startScript(script, {
      cwd: app,
      args,
      env: {
        ...env,
        PIAS_CLIENTS_DIR: clients,
        PIAS_DATA_DIR: join(outside, 'data'),
        PIAS_KEK_FILE: kek,
        PIAS_PORT: String(port),
        PIAS_ISSUER: issuer,
        PIAS_TLS_CERT_FILE: certificate.certFile,
        PIAS_TLS_KEY_FILE: certificate.keyFile,
        PIAS_UPSTREAM_ITSME_ISSUER: 'https://itsme.example.com/v2',
      },
    })
    try {
      expect(JSON.parse(await pias.line(/./))).toMatchObject({ ready: true, issuer, port })
      const browser = createHttpBrowser({ ca: certificate.pem })
      const get = (path: string) => browser.get(`${issuer}${path}`)
      expect((await get('/livez')).json()).toEqual({ status: 'ok' })
      expect((await get('/readyz')).json()).toEqual({ status: 'ok' })
      const discovery = await get('/.well-known/openid-configuration')
      expect(discovery.json()).toMatchObject({ issuer, jwks_uri: `${issuer}/jwks` })
      const page = await get('/nowhere')
      expect([page.status, page.headers['content-type']]).toEqual([404, 'text/html; charset=utf-8'])
      const [, styles = ''] = /<link rel="stylesheet" href="([^"]+)"/.exec(page.body) ?? []
      expect((await get(styles)).status).toBe(200)
    } finally {
      await pias.stop()
    }
    expect((await pias.ended()).code).toBe(0)
  })
})
