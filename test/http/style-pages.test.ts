import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compose } from '#src/compose.ts'
import { loadConfig } from '#src/config/load.ts'
import { NOTIFICATION_STATES } from '#src/pages/style/notification-states.ts'
import { PAGE_STATES } from '#src/pages/style/page-states.ts'
import { isOwnPage } from '#test/support/own-page.ts'
import { ROOT } from '#test/support/processes.ts'
import { rawRequest } from '#test/support/raw-request.ts'

/** The style page on a whole node, in development and in production. */
const dir = mkdtempSync(join(tmpdir(), 'pias-style-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

const serve = async (environment: 'development' | 'production') => {
  // One folder for both: production makes no key-encryption key of its own.
  const env = { PIAS_PORT: '1', PIAS_ISSUER: 'http://localhost:1', PIAS_DATA_DIR: dir }
  const pias = await compose({ ...loadConfig({ root: ROOT, env }), environment }, { clock: Date.now, logger })
  const server = createServer(pias.handle).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    get: (path: string) => rawRequest(origin, { path, headers: { host: 'localhost:1', accept: 'text/html' } }),
    close: async () => {
      server.close()
      await once(server, 'close')
      await pias.close()
    },
  }
}

describe('in development', () => {
  let node: Awaited<ReturnType<typeof serve>>
  beforeAll(async () => {
    node = await serve('development')
  })
  afterAll(() => node.close())

  test('shows every state in every language and theme', async () => {
    const { body, status } = await node.get('/style')
    expect(status).toBe(200)
    expect(body.match(/<iframe /g)).toHaveLength((PAGE_STATES.length + NOTIFICATION_STATES.length) * 8)
    const one = await node.get('/style?page=logout&width=desktop')
    expect(new Set(one.body.match(/(?<=src=")\/style\/[a-z-]+/g))).toEqual(new Set(['/style/logout']))
    expect(one.body).toContain('<a href="?page=prove&amp;width=desktop">prove</a>')
  })

  test('serves each state as the page it is, which the style page alone may frame', async () => {
    const answer = await node.get('/style/prove/wrong?lang=fr')
    expect(isOwnPage(answer)).toBe(true)
    expect(answer.body).toContain('<html lang="fr">')
    expect(answer.headers['content-security-policy']).toContain("frame-ancestors 'self'")
    expect(answer.headers['x-frame-options']).toBe('SAMEORIGIN')
  })

  test('shows mails with the styles they carry, and text messages as they are', async () => {
    const mail = await node.get('/style/mail/code/default?lang=de')
    expect(mail.body).toContain('482913 ist Ihr Code für Proximus')
    expect(mail.headers['content-security-policy']).toContain("style-src 'unsafe-inline'")
    expect((await node.get('/style')).body).toContain('@localhost #482913')
    expect((await node.get('/style/prove/wrong')).headers['content-security-policy']).not.toContain('unsafe-inline')
  })

  test('knows no other state', async () => {
    expect((await node.get('/style/prove/none')).status).toBe(404)
  })
})

test('in production there is none', async () => {
  const node = await serve('production')
  for (const path of ['/style', '/style/prove/wrong']) expect((await node.get(path)).status).toBe(404)
  await node.close()
})
