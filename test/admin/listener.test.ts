import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts } from '#test/support/free-ports.ts'
import { runScript, startScript } from '#test/support/processes.ts'

/** The admin plane of a node as it is started. */
const dir = mkdtempSync(join(tmpdir(), 'pias-admin-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

test('has a port of its own, and its first owner from the command line', async () => {
  const [port = 0, adminPort = 0] = await freePorts(2)
  const env = {
    PIAS_PORT: `${port}`,
    PIAS_ADMIN_PORT: `${adminPort}`,
    PIAS_DATA_DIR: join(dir, 'data'),
    PIAS_CLIENTS_DIR: mkdtempSync(join(dir, 'clients-')),
  }
  const node = startScript('src/main.ts', { env })
  try {
    await node.line(/"ready":true/)
    const described = await fetch(`http://localhost:${adminPort}/openapi.json`)
    expect(await described.json()).toMatchObject({
      openapi: '3.1.0',
      servers: [{ url: `http://localhost:${adminPort}/api` }],
    })
    expect((await fetch(`http://localhost:${adminPort}/api/me`)).status).toBe(401)
    // Neither plane answers for the other.
    expect((await fetch(`http://localhost:${port}/openapi.json`)).status).toBe(404)
    expect((await fetch(`http://localhost:${adminPort}/auth`)).status).toBe(404)
    const bootstrap = await runScript('src/cli/pias.ts', { args: ['admin', 'bootstrap'], env })
    expect(bootstrap.stdout).toMatch(/^[\w-]{32}\n/)
    const { PIAS_ADMIN_PORT: _, ...without } = env
    expect(await runScript('src/cli/pias.ts', { args: ['admin', 'bootstrap'], env: without })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('PIAS_ADMIN_PORT'),
    })
  } finally {
    expect((await node.stop()).code).toBe(0)
  }
})
