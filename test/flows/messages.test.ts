import { loadConfig } from '#src/config/load.ts'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { createTestApp, logIn } from '#test/support/log-in.ts'
import { runJobs } from '#test/support/run-jobs.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'
import { until } from '#test/support/until.ts'

/** People are told of every new link (docs/decisions/0055-messages.md). */
let running: RunningPias
afterEach(() => running?.close())

const outbox = async () => (await createHttpBrowser().get(`${running.issuer}/outbox`)).body

test('a customer who is linked is told so, once; in development the outbox shows it', async () => {
  running = await startPias()
  expect(await outbox()).toContain('Nothing yet')
  for (let login = 0; login < 2; login++) {
    await logIn(createHttpBrowser(), createTestApp(running).authorize().url, 'lotte')
  }
  // One node in turn tells people, so its job may have to wait for the next turn.
  await until(async () => {
    await runJobs(running.pias, ['telling people', 'message delivery'])
    return /Mail to/.test(await outbox())
  })
  const page = await outbox()
  expect(page.match(/Text message to \+32470123456/g)).toHaveLength(1)
  expect(page.match(/Mail to lotte\.vandenbroucke@example\.com/g)).toHaveLength(1)
  const mail = /href="(\/outbox\/[\w-]+)"/.exec(page)?.[1] ?? ''
  const shown = await createHttpBrowser().get(running.issuer + mail)
  expect([shown.status, shown.body.startsWith('<!DOCTYPE html>')]).toEqual([200, true])
  expect((await createHttpBrowser().get(`${running.issuer}/outbox/unknown`)).status).toBe(404)
  expect(JSON.stringify(running.log)).not.toMatch(/470123456|vandenbroucke/)
})

test('production has no outbox, and without a way out it says so', () => {
  const env = {
    PIAS_ENVIRONMENT: 'production',
    PIAS_ISSUER: 'https://id.example',
    PIAS_PROXY_HOPS: '1',
    PIAS_KEK_FILE: 'kek',
    PIAS_UPSTREAM_ITSME_ISSUER: 'https://idp.example/v2',
  }
  const load = (more: object) => loadConfig({ root: '.', env: { ...env, ...more } })
  expect(load({}).messages).toEqual({})
  expect(() => load({ PIAS_SMS: 'outbox' })).toThrow(/messages\.sms\.kind: must not be the outbox in production/)
  expect(() => load({ PIAS_SMS: 'http', PIAS_SMS_URL: 'http://gateway.example/' })).toThrow(/must be https/)
  const smtp = {
    PIAS_MAIL: 'smtp',
    PIAS_MAIL_URL: 'smtps://user:pw@mail.example',
    PIAS_MAIL_FROM: 'no-reply@id.example',
  }
  expect(load(smtp).messages.mail).toEqual({
    kind: 'smtp',
    url: 'smtps://user:pw@mail.example',
    from: 'no-reply@id.example',
  })
})
